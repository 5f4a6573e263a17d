"""Parts of the Learn view: a step of the tour, the glossary, why attention is no causation, the papers."""

from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from app import services, state, widgets
from app.asking import start
from app.computing.seat import Seat
from app.figures import page
from app.learn import touring
from app.learn.citations import citations
from app.learn.glossary import search, terms
from app.learn.tour_pictures import PICTURES, Drawn
from app.learn.tours import STEPS, Step, Tour, demo_tour
from app.learn.words import text
from enformer.errors import Cancelled, EnformerLensError

VIEWS = Path(__file__).parents[1] / "views"
HERE, DEMO = "here", "demo"
METHODS = {
    "planted links by knock-out": "Knock-out",
    "planted links by contribution mass": "Contributions",
    "planted links by nearness": "Nearness alone",
    "planted links by attention": "Attention",
}
"""Figures on the card of the demo model, by what they compare."""
CHANCE = "0.71"
"""Share of the candidates that act: `python -m benchmarks truth`."""


# --- the tour -------------------------------------------------------------------------------------


def choose_step() -> Step:
    """The row of steps."""
    asked = state.query().step or 0
    number = asked if asked < len(STEPS) else 0
    st.session_state[state.LEARN_STEP] = number
    st.segmented_control(
        "Step", range(len(STEPS)), key=state.LEARN_STEP, required=True, label_visibility="collapsed",
        format_func=lambda n: f"{n + 1}  {STEPS[n].title}", on_change=_step_chosen, width="stretch",
    )  # fmt: skip
    return STEPS[number]


def _step_chosen() -> None:
    state.choose_step(st.session_state[state.LEARN_STEP])


def turn_pages(step: Step) -> None:
    """To the step before and to the next."""
    number = STEPS.index(step)
    with st.container(horizontal=True):
        st.button("Back", icon=":material/arrow_back:", disabled=number == 0,
                  on_click=state.choose_step, args=(number - 1,))  # fmt: skip
        last = number == len(STEPS) - 1
        st.button("Next" if last else f"Next: {STEPS[number + 1].title}", icon=":material/arrow_forward:",
                  disabled=last, type="primary", key="next_step", on_click=state.choose_step,
                  args=(number + 1,))  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """What a step has come to.

    Attributes:
        tour: that it belongs to.
        query: of the view that shows its picture large.
        found: what came out, in sentences; none while the picture is not there.
    """

    tour: Tour
    query: state.Query
    found: tuple[str, ...] = ()


def live(step: Step, seat: Seat) -> Seen | None:
    """The step's picture; None until it is known what it is of."""
    seen = None
    try:
        tour = _choose_tour(seat)
        query, shown = touring.opened(step, tour, seat)
        seen = Seen(tour, query)
        for warning in shown.warnings:
            st.warning(widgets.plain(warning), icon=":material/warning:")
        drawn = PICTURES[step.name](tour, query, shown, seat)
        _picture(step, drawn)
        seen = Seen(tour, drawn.query, drawn.found)
    except EnformerLensError as error:
        widgets.explain(error, seat)
    except Cancelled:
        widgets.stopped(seat)
    except widgets.NotReady:
        st.caption("The picture comes as soon as it is computed. The words do not wait.")
    return seen


def _choose_tour(seat: Seat) -> Tour:
    """The one on the open genome, or the one whose truth is known."""
    truth = demo_tour(services.default_model("demo"))
    try:
        home = touring.home_tour(start.resolved(state.query()), seat)
    except EnformerLensError as error:  # there is always the demo genome to learn at
        st.caption(f":material/warning: {widgets.plain(error.wrong)}")
        return truth
    if home is None or home.genome == "demo":
        return home or truth
    st.session_state.setdefault(state.LEARN_PLACE, HERE)
    names = {HERE: f"{home.gene}, on your genome", DEMO: f"{truth.gene}, where the truth is known"}
    chosen = st.segmented_control(
        "Taken at", list(names), format_func=names.__getitem__, key=state.LEARN_PLACE, required=True,
        on_change=state.touch, persist_state="session",
    )  # fmt: skip
    return home if chosen == HERE else truth


def _picture(step: Step, drawn: Drawn) -> None:
    st.plotly_chart(drawn.figure, key=f"tour_{step.name}_{state.redraws()}", theme=None, alt=drawn.alt,
                    config=page.config(f"tour_{step.name}"))  # fmt: skip


def came_out(seen: Seen) -> None:
    """What the picture shows in numbers."""
    if seen.found:
        st.markdown("**What came out**, computed just now")
        st.markdown("\n".join(f"- {widgets.plain(sentence)}" for sentence in seen.found))


def open_view(step: Step, seen: Seen) -> None:
    """A button to the view that shows the step's picture large, on the same question."""
    name = step.view.capitalize()
    if st.button(f"Open it in {name}", icon=":material/open_in_full:", key=f"open_{step.view}",
                 help=f"{seen.tour.gene} on {seen.tour.genome}, with all that the view can do."):  # fmt: skip
        query = replace(seen.query, step=STEPS.index(step))
        state.recall(query)
        st.switch_page(VIEWS / f"{step.view}.py", query_params=query.to_url())


# --- what is looked up ----------------------------------------------------------------------------


def glossary() -> None:
    """All terms, or those with the words that are typed."""
    words = st.text_input(
        "Search the glossary", key=state.GLOSSARY_TEXT, type="search", live="300ms", on_change=state.touch,
        placeholder=f"{len(terms())} terms: try attention, percentile, SAD", icon=":material/search:",
    )  # fmt: skip
    shown = search(words or "")
    if not shown:
        st.info(
            "No term has these words. Take one back, or try another.", icon=":material/search_off:"
        )
    for column, part in zip(st.columns(2, gap="large"), (shown[::2], shown[1::2]), strict=True):
        for term in part:
            also = (
                f"  \n:small[:gray[also: {widgets.plain(', '.join(term.also))}]]"
                if term.also
                else ""
            )
            column.markdown(
                f"**{widgets.plain(term.name)}**  \n{widgets.plain(term.meaning)}{also}"
            )


def causation(seat: Seat) -> None:
    """Why attention is no causation, with what was measured on the planted truth."""
    st.markdown(text("causation"))
    try:
        card = widgets.ready(services.open_model(services.default_model("demo"), seat), seat).card
    except widgets.NotReady:
        return
    rows = {name: card.figures.get(f"{figure}, AUPRC") for figure, name in METHODS.items()}
    table = ["| which elements act on a promoter | AUPRC |", "|---|---|"]
    table += [f"| {name} | {value:.2f} |" for name, value in rows.items() if value is not None]
    st.markdown("\n".join([*table, f"| Chance | {CHANCE} |"]))
    st.caption("Model demo on 302 pairs of held-out contigs: benchmarks/results/truth.md, made by "
               "`python -m benchmarks truth`.", width="stretch")  # fmt: skip
    st.markdown(text("causation_after"))


def sources() -> None:
    """Papers with their DOI."""
    for title, papers in citations().items():
        st.markdown(f"**{title}**")
        st.markdown("\n".join(
            f"- {widgets.plain(paper.text)}. [doi:{paper.doi}]({paper.link})  \n  {widgets.plain(paper.why)}"
            for paper in papers
        ))  # fmt: skip
