"""Motifs that the variant makes or breaks, in the Variant view: the scan, the list, what is drawn."""

import json

import streamlit as st

from app import services, widgets
from app.asking.scene import Scene
from app.computing.seat import Seat, Waiting
from app.contributions import motif_library
from app.contributions.motif_library import Library
from app.figures.motif_data import Called
from enformer.errors import Cancelled, EnformerLensError
from interpret.motif_change import LEAST_CHANGE, THRESHOLD, MotifChange, MotifChanges, motif_changes
from interpret.origin import Subject

DRAWN = 4
"""Changes under the logo, those of the smallest p-values: families of motifs would fill it."""


def changes_of(shown: Scene, seat: Seat) -> MotifChanges | None:
    """What the variant does to motifs; None while a job is at it, or where that cannot be told."""
    try:
        chosen = motif_library.library(shown)
        if chosen is None:
            motif_library.offer("Motifs made and broken cannot be told yet", seat)
            return None
        found = _scanned(shown, chosen, seat)
    except EnformerLensError as error:
        st.caption(f":material/warning: No motifs are compared. {widgets.plain(str(error))}")
        return None
    except (Cancelled, widgets.NotReady):
        return None
    if isinstance(found, Waiting):
        widgets.quiet_progress(found.job)
        return None
    return found


def _scanned(shown: Scene, chosen: Library, seat: Seat) -> MotifChanges | Waiting:
    variant, genome = shown.parsed.variant, shown.place.genome
    assert variant is not None, "the question is a variant"
    where = [shown.checkpoint.sha256, genome.identity, str(shown.window), variant.key, chosen.name]
    return services.derived(
        json.dumps(["motif changes/1", *where]),
        lambda _control: scanned(shown, chosen),
        seat,
        f"Motifs made and broken: {chosen.name}",
    )


def scanned(shown: Scene, chosen: Library) -> MotifChanges:
    """What the variant does to the motifs of a library, looked for now."""
    variant, genome = shown.parsed.variant, shown.place.genome
    assert variant is not None, "the question is a variant"
    subject = Subject.read(shown.checkpoint, genome, shown.window)
    return motif_changes(
        subject.sequence, subject.window, variant, chosen.motifs(), chosen.name,
        origin=subject.provenance,
    )  # fmt: skip


def called(found: MotifChanges | None) -> tuple[Called, ...] | None:
    """What is drawn under the logo."""
    return None if found is None else tuple(_called(one) for one in found.changes[:DRAWN])


def _called(one: MotifChange) -> Called:
    change = "gained" if one.gained else "lost"
    scores = f"score {score(one.ref_score)} with REF, {score(one.alt_score)} with ALT"
    about = f"{one.name} ({one.id}) {change}, strand {one.strand}<br>{scores}, p {one.p_value:.1g}"
    return Called(one.interval, f"{one.name} {change}", one.strand, about, change)


def score(bits: float) -> str:
    """Log2 odds; of no placement, none."""
    return "none" if bits == float("-inf") else f"{bits:.1f}".replace("-", "−")


def draw(found: MotifChanges | None) -> None:
    """The list of what is gained and lost."""
    if found is None:
        return
    about = (
        f"{found.motifs:,} motifs ({found.library}); one is listed where it fits over the changed bases with "
        f"p ≤ {THRESHOLD:g} before one allele, and at least {LEAST_CHANGE:g} bit worse before the other. So "
        "many motifs make chance hits likely: a motif says what may bind."
    )
    if not found.changes:
        st.markdown("**Motifs made or broken**: none")
        st.caption(widgets.plain(about), width="stretch")
        return
    st.markdown(f"**Motifs made or broken**: {len(found.changes)}")
    number = st.column_config.NumberColumn
    st.dataframe(
        found.table().drop(columns=["contig", "end"]).assign(start=lambda t: t["start"] + 1),
        hide_index=True, height="auto" if len(found.changes) < 8 else 300,
        column_config={
            "name": "Motif", "id": "Id", "effect": "With ALT", "strand": "Strand",
            "start": number("Starts at", format="localized"),
            "ref_score": number("REF (bits)", format="%.1f", help="Best log2 odds over the change."),
            "alt_score": number("ALT (bits)", format="%.1f"),
            "change": number("ALT − REF", format="%+.1f"),
            "p_value": number("p", format="%.1e", help="Of the better allele's, at a random place."),
        },
    )  # fmt: skip
    st.caption(widgets.plain(about), width="stretch")
