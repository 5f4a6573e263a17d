"""Starts the app and routes between its views: `streamlit run app/main.py`."""

from pathlib import Path

import streamlit as st

# Whole, before any view imports a part of them: sessions that start at once would meet them half made.
# And the first before torch, whose threads it tells how to wait.
import enformer  # noqa: F401
import interpret  # noqa: F401

ABOUT = """Enformer Lens shows what a sequence-to-function model sees in a locus.
The architecture is Enformer: Avsec et al., Nature Methods 2021, doi 10.1038/s41592-021-01252-x."""

st.set_page_config(
    page_title="Enformer Lens",
    page_icon=":material/genetics:",
    layout="wide",
    initial_sidebar_state=320,
    menu_items={"About": ABOUT},
)
st.logo(str(Path(__file__).with_name("logo.svg")), size="large")
# Room for the picture, as Streamlit's own margins are made for text; captions and hints dark enough to
# be read (4.5 to 1 and more), as Streamlit's own are not; and buttons whose words are read aloud and
# shown as a tooltip, where only the icon is seen. Links of views stand close, so that all have room.
STYLE = """
[data-testid="stCaptionContainer"] {opacity: 0.76;}
input::placeholder, textarea::placeholder {color: inherit !important; opacity: 0.76 !important;}
[data-testid="stTopNavLink"] {padding: 0 4px; gap: 5px;}
.stMainBlockContainer {padding: 4.25rem 2rem 1rem 2rem;}
[class*="st-key-icon_"] button > div > span {gap: 0;}
[class*="st-key-icon_"] button [data-testid="stMarkdownContainer"] p {
    position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
}
"""
st.html(f"<style>{STYLE}</style>")
views = [
    st.Page("views/locus.py", title="Locus", icon=":material/genetics:", default=True),
    st.Page("views/variant.py", title="Variant", icon=":material/difference:"),
    st.Page("views/contributions.py", title="Contributions", icon=":material/equalizer:"),
    st.Page("views/attention.py", title="Attention", icon=":material/grid_on:"),
    st.Page("views/evidence.py", title="Evidence", icon=":material/fact_check:"),
    st.Page("views/vcf.py", title="VCF", icon=":material/table_rows:"),
    st.Page("views/figures.py", title="Figures", icon=":material/art_track:"),
    st.Page("views/models.py", title="Models", icon=":material/model_training:"),
    st.Page("views/learn.py", title="Learn", icon=":material/school:"),
]
st.navigation(views, position="top").run()
