"""The search box and what can be clicked instead of typing."""

from dataclasses import replace

import streamlit as st

from app import state
from app.asking import commands
from app.asking.examples import DEMO, HG38, MORE_HG38, Example
from enformer.coordinates import Interval
from enformer.genome import Genome

_SPAN = 60_000
ELSEWHERE = (*HG38, *MORE_HG38)
"""What the demo genome has nothing of."""


def ask(query: state.Query, genome: Genome) -> state.Query:
    """One box for everything, examples under it; without a question, the first of them is asked."""
    query = replace(query, locus=query.locus or _on(genome)[0].text)
    st.session_state[state.SEARCH] = query.locus
    with st.container(gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="ask"):
            st.text_input(
                "Locus, gene, variant or sequence",
                key=state.SEARCH,
                placeholder="Type a locus, gene, variant or sequence: chr11:5,225,000-5,290,000, HBB, "
                "chr11:5,227,002 T>A, rs334, NC_000011.10:g.5227002T>A",
                type="search",
                icon=":material/search:",
                label_visibility="collapsed",
                on_change=_asked,
            )
            commands.draw()
        _examples(genome)
    return query


def _asked() -> None:
    state.ask(st.session_state[state.SEARCH] or "")


def _examples(genome: Genome) -> None:
    """Places worth a look: a few in a row, the others with a sentence each behind a button."""
    row, more = _on(genome), _more(genome)
    with st.container(horizontal=True, gap="small", key="examples"):
        for example in row:
            _example(example, genome)
        if more:
            with st.popover("More examples", icon=":material/lightbulb:", key="more_examples",
                            type="tertiary"):  # fmt: skip
                for example in more:
                    _example(example, genome)
                    st.caption(example.about)


def _example(example: Example, genome: Genome) -> None:
    """One click; what needs the network, or another genome than the open one, says so before."""
    here = example not in ELSEWHERE if genome.assembly == "demo" else example.is_on(genome)
    over_network = genome.remote or not here
    st.button(
        example.label if here else f"{example.label} (hg38, needs the network)",
        key=f"example_{example.label}", type="tertiary",
        help=example.about + (" Its sequence is fetched over the network." if over_network else ""),
        icon=":material/cloud_download:" if over_network else ":material/place:",
        on_click=state.ask if here else state.ask_on,
        args=(example.text,) if here else ("hg38", example.text),
    )  # fmt: skip


def _on(genome: Genome) -> tuple[Example, ...]:
    known = {"hg38": HG38, "demo": DEMO}
    return known.get(genome.assembly) or (_middle(genome),)


def _more(genome: Genome) -> tuple[Example, ...]:
    return {"hg38": MORE_HG38, "demo": ELSEWHERE}.get(genome.assembly, ())


def _middle(genome: Genome) -> Example:
    """The middle of the longest contig, where nothing else is known."""
    contig = max(genome.contigs, key=lambda name: genome.contigs[name])
    length = genome.contigs[contig]
    start = max(0, (length - _SPAN) // 2)
    where = str(Interval(contig, start, min(start + _SPAN, length)))
    return Example(where, where, f"The middle of {contig}.")
