"""Motifs under the peaks of contributions: what is asked, what is drawn, what is said where none is."""

import json
from dataclasses import replace

import streamlit as st

from app import services, widgets
from app.asking.scene import Scene
from app.computing.explanations import Explanation
from app.computing.seat import Seat, Waiting
from app.contributions import motif_library
from app.contributions.motif_library import Library
from app.figures.contribution_data import BARS_UP_TO, ContributionPicture
from app.figures.motif_data import Called
from enformer.coordinates import Interval
from enformer.errors import Cancelled, EnformerLensError
from interpret.contributions import Contributions
from interpret.peak_motifs import CHANCE, NamedPeaks, name_peaks


def named(
    picture: ContributionPicture, found: Contributions, asked: Explanation, shown: Scene, seat: Seat
) -> ContributionPicture:
    """The same with the motifs under peaks, where single bases are drawn; what is there is told here.

    Args:
        picture: what they are drawn in.
        found: whose peaks are looked at.
        asked: what it answers.
        shown: the question.
        seat: of this session.
    """
    if shown.view.length > BARS_UP_TO:
        st.caption(f"Motifs under the peaks are named from {BARS_UP_TO:,} bp in view on.")
        return picture
    peaks = peaks_of(found, asked, shown, seat)
    if peaks is None:
        return picture
    whose = "" if picture.reference is None else " Peaks are those of REF."
    st.caption(widgets.plain(said(peaks, shown.view) + whose), width="stretch")
    return replace(picture, called=called(peaks, shown.view))


def peaks_of(
    found: Contributions, asked: Explanation, shown: Scene, seat: Seat
) -> NamedPeaks | None:
    """The named peaks of a result; None while a job is at it or where it cannot be, which is then told."""
    try:
        chosen = motif_library.library(shown)
        if chosen is None:
            motif_library.offer("Motifs under the peaks have no names yet", seat)
            return None
        made = _named(found, asked, chosen, seat)
    except EnformerLensError as error:
        st.caption(f":material/warning: No motifs are named. {widgets.plain(str(error))}")
        return None
    except (Cancelled, widgets.NotReady):
        return None
    if isinstance(made, Waiting):
        widgets.quiet_progress(made.job)
        return None
    return made


def _named(
    found: Contributions, asked: Explanation, chosen: Library, seat: Seat
) -> NamedPeaks | Waiting:
    key = json.dumps(["motifs under peaks/1", asked.key, chosen.name])
    return services.derived(
        key,
        lambda control: name_peaks(
            found, chosen.motifs(), chosen.name, progress=control.progress, cancel=control.cancelled
        ),
        seat,
        f"Naming motifs: {chosen.name}",
    )


def called(peaks: NamedPeaks, view: Interval) -> tuple[Called, ...]:
    """What is drawn under the contributions in view: each peak with its name, or without one."""
    return tuple(_called(peaks, number) for number in peaks.in_view(view))


def _called(peaks: NamedPeaks, number: int) -> Called:
    hit, peak = peaks.best(number), peaks.peaks[number]
    if hit is None:
        return Called(peak.interval, "", about="peak without a known motif")
    fit = f"{hit.name} ({hit.id}), strand {hit.strand}" if hit.id != hit.name else (
        f"{hit.name}, strand {hit.strand}"
    )  # fmt: skip
    fit += f", score {hit.score:.1f} bits, p {hit.p_value:.1g}"
    chance = f"{peaks.chance(hit):.1%} of shuffled peaks do as well"
    if peaks.named(number) is None:
        return Called(peak.interval, "", about=f"no motif known; best is {fit}, but {chance}")
    others = peaks.others(number)
    more = f"; also {', '.join(others[:3])}{' …' if len(others) > 3 else ''}" if others else ""
    return Called(hit.interval, hit.name, hit.strand, f"{fit}; {chance}{more}")


def said(peaks: NamedPeaks, view: Interval) -> str:
    """One line: what was looked for, and how much of what is in view has a name."""
    here = peaks.in_view(view)
    named = sum(peaks.named(number) is not None for number in here)
    if not here:
        top = f"the {len(peaks.peaks)} highest peaks of the window lie elsewhere"
        return f"No motif is named in view: {top} ({peaks.library})."
    count = "1 peak" if len(here) == 1 else f"{len(here)} peaks"
    rest = f"; the others fit no motif better than {CHANCE:.0%} of shuffled peaks do"
    return (
        f"Motifs: {named} of {count} in view have a name, from {peaks.library}"
        f"{rest if named < len(here) else ''}. A name says what may bind there, not that it does."
    )
