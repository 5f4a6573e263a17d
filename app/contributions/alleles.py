"""Whose contributions are shown where the question is a variant: the reference's, ALT's, or ALT − REF."""

from collections.abc import Sequence

import streamlit as st

from app import state
from app.asking.scene import Scene
from app.computing.explanations import Explanation
from app.contributions.ways import Way
from app.figures.contribution_data import Stack
from interpret.allele_contributions import (
    ALT,
    DIFFERENCE,
    AlleleContributions,
    Changed,
    difference,
    of_alt,
)
from interpret.contributions import Contributions
from interpret.target import Target

REF = "REF"
NAMES = {"": REF, "alt": ALT, "difference": DIFFERENCE}
"""What a link says, and what people read."""
_OF_INDEL = (
    " Positions are the reference's: inserted bases stand on the base before them, a deleted one has no "
    "contribution in ALT."
)
_SAID = {
    REF: "The reference is explained; the variant is only marked.",
    ALT: "ALT is explained: the sequence with the variant in it.",
    DIFFERENCE: "Both alleles are explained; drawn is ALT's contribution minus REF's. Where the letters "
    "differ, ALT's counts as it is and REF's with the other sign.",
}  # fmt: skip
OF_REF = "Knock-outs are of the reference: choose REF to see or to make them."


def allele_of(query: state.Query, shown: Scene) -> str:
    """The allele that was asked for; REF where there is no variant."""
    return REF if shown.parsed.variant is None else NAMES[query.allele]


def choose(allele: str, shown: Scene) -> None:
    """A widget for it, where there is a variant."""
    if shown.parsed.variant is None:
        return
    st.session_state[state.CONTRIBUTION_ALLELE] = allele

    def changed() -> None:
        chosen = st.session_state[state.CONTRIBUTION_ALLELE]
        state.choose_allele(next(name for name, known in NAMES.items() if known == chosen))

    st.segmented_control("Allele", list(NAMES.values()), key=state.CONTRIBUTION_ALLELE,
                         required=True, on_change=changed)  # fmt: skip


def said(allele: str, shown: Scene) -> str:
    """What is shown of a variant, for people."""
    variant = shown.parsed.variant
    moved = variant is not None and variant.is_indel and allele != REF
    unnamed = (
        " Motifs are named under peaks of the reference only." if moved and allele == ALT else ""
    )
    return f"{_SAID[allele]}{_OF_INDEL if moved else ''}{unnamed}"


def requests(shown: Scene, target: Target, way: Way, allele: str) -> tuple[Explanation, ...]:
    """What is asked of the services: one allele, or REF and ALT."""
    ref, variant = way.request(shown, target), shown.parsed.variant
    if variant is None or allele == REF:
        return (ref,)
    alt = way.request(shown, target, variant)
    return (alt,) if allele == ALT else (ref, alt)


def joined(found: Sequence[Contributions], shown: Scene) -> Contributions:
    """What is drawn of the results of `requests`."""
    variant, last = shown.parsed.variant, found[-1]
    origin = last.provenance
    if variant is None or origin is None or origin.variant is None:
        return last
    return of_alt(last, variant) if len(found) == 1 else difference(found[0], last, variant)


def name_of(found: Contributions) -> str:
    """Whose they are; empty for the reference's."""
    return found.allele if isinstance(found, AlleleContributions) else ""


def reference_of(found: Contributions) -> Contributions | None:
    """REF's, of a difference."""
    return found.ref if isinstance(found, AlleleContributions) else None


def with_motifs(found: Contributions) -> Contributions | None:
    """Those under whose peaks motifs are named: REF's of a difference; None where bases have moved."""
    if not isinstance(found, AlleleContributions) or found.ref is not None:
        return reference_of(found) or found
    return None if found.variant.is_indel else found


def stacks(found: Contributions) -> tuple[Stack, ...]:
    """The letters of positions at which the alleles differ."""
    if not isinstance(found, AlleleContributions):
        return ()
    return tuple(_stack(one, found) for one in found.changed)


def _stack(one: Changed, found: AlleleContributions) -> Stack:
    """A base that both have is drawn once."""
    alt, ref = list(zip(one.alt, one.values, strict=True)), [(one.ref, -one.of_ref)]
    if found.ref is None:
        ref = []
    elif one.alt.startswith(one.ref):
        alt[0], ref = (one.ref, one.values[0] - one.of_ref), []
    return Stack(found.interval.start + one.offset, (*alt, *ref), _about(one))


def _about(one: Changed) -> str:
    if not one.alt:
        return f"{one.ref} is deleted in ALT"
    return f"{one.ref} of REF, {one.alt} of ALT"
