"""Starts the app and routes between its views: `streamlit run app/main.py`."""

import streamlit as st

ABOUT = """Enformer Lens shows what a sequence-to-function model sees in a locus.
The architecture is Enformer: Avsec et al., Nature Methods 2021, doi 10.1038/s41592-021-01252-x."""

st.set_page_config(
    page_title="Enformer Lens",
    page_icon=":material/genetics:",
    layout="wide",
    initial_sidebar_state=320,
    menu_items={"About": ABOUT},
)
views = [
    st.Page("views/locus.py", title="Locus", icon=":material/genetics:", default=True),
    st.Page("views/models.py", title="Models", icon=":material/model_training:"),
]
st.navigation(views, position="top").run()
