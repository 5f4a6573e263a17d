"""What the Contributions view asks for and draws from: the result, a quicker one meanwhile, the picture."""

import streamlit as st

from app import services, targets, widgets
from app.asking.scene import Scene
from app.computing.seat import Seat, Waiting
from app.contributions import alleles
from app.contributions.ways import Way
from app.figures.contribution_data import ContributionPicture
from app.figures.data import Highlight, LocusPicture
from app.truth import truth
from enformer.errors import Cancelled
from enformer.genes import Gene
from interpret.contributions import INTEGRATED, Contributions
from interpret.target import Target

LARGE_GAP = 0.05
"""Share of the difference from which on contributions are not to be trusted."""


def contributions(
    shown: Scene, target: Target, way: Way, seat: Seat, allele: str = alleles.REF
) -> Contributions:
    """The result of a method; while a long one is computed, or when it was stopped, a quick one.

    Raises:
        EnformerLensError: it cannot be computed.
        Cancelled: this session has stopped the quick one.
        NotReady: the quick one's progress is drawn here.
    """
    asked = alleles.requests(shown, target, way, allele)
    kept = services.kept_explanations(asked)
    if len(kept) == len(asked):
        return alleles.joined([kept[each] for each in asked], shown)
    # asked for first, as one device does one thing after the other
    first = way if way.quick else Way(both=way.both)
    quick = widgets.ready(_ask(shown, target, first, seat, allele), seat)
    if way.quick:
        return quick
    try:
        found = _ask(shown, target, way, seat, allele)
    except Cancelled:
        widgets.stopped(seat)
    else:
        if not isinstance(found, Waiting):
            return found
        widgets.progress(found.job, seat)
    st.caption(":material/hourglass_top: Input × gradient is drawn meanwhile.")
    return quick


def settled(found: Contributions, way: Way) -> bool:
    """Whether a result is by the way that was asked for, and not the quick one in its place."""
    return way.quick or found.method == INTEGRATED


def second(
    shown: Scene, target: Target, way: Way, seat: Seat, allele: str = alleles.REF
) -> Contributions | None:
    """The result that the first is compared with; None while a job is at it, or when that was stopped."""
    try:
        return widgets.ready(_ask(shown, target, way, seat, allele), seat)
    except widgets.NotReady:
        return None
    except Cancelled:
        widgets.stopped(seat, "second")
        return None


def _ask(
    shown: Scene, target: Target, way: Way, seat: Seat, allele: str
) -> Contributions | Waiting:
    """One allele after the other; what is kept is not asked for, which would end the other's job."""
    found: list[Contributions] = []
    for request in alleles.requests(shown, target, way, allele):
        one = services.kept_explanation(request)
        if one is None:
            title = way.title + ("" if request.variant is None else f", ALT of {request.variant}")
            one = services.explain(request, shown.checkpoint, shown.place, seat, title=title)
        if isinstance(one, Waiting):
            return one
        found.append(one)
    return alleles.joined(found, shown)


def locus_of(
    shown: Scene,
    target: Target,
    genes: tuple[Gene, ...],
    tissue: str = "",
    washes: tuple[Highlight, ...] = (),
) -> LocusPicture:
    """What is around the contributions in view: genes, marks, and with a tissue what was planted."""
    where, gene = targets.interval(target, shown), shown.parsed.gene
    # a wash over all that is seen would tell nothing and spoil the letters' colours
    washed = () if where.contains(shown.view) else (Highlight(where, "explained"),)
    locus = LocusPicture(
        window=shown.window,
        region=shown.region,
        bin_size=shown.checkpoint.config.bin_size,
        contig_length=shown.contig_length,
        view=shown.view,
        genes=genes,
        lanes=(),
        assembly=shown.place.genome.assembly,
        variant=shown.parsed.variant,
        highlights=(*washed, *washes),
        focus="" if gene is None else gene.symbol,
        trained=shown.checkpoint.card.trained,
    )
    return truth.with_truth(locus, tissue)


def picture(found: Contributions, shown: Scene, locus: LocusPicture) -> ContributionPicture:
    """What is drawn of a result in the part in view."""
    return ContributionPicture(
        locus=locus,
        sequence=found.letters,
        values=found.per_position,
        pooled=found.pooled(locus.bin_size, "sum"),
        method=method(found),
        explained=targets.sentence(found.target, shown),
        gap=gap(found),
        allele=alleles.name_of(found),
        stacks=alleles.stacks(found),
        reference=None if (ref := alleles.reference_of(found)) is None else ref.per_position,
    )


def method(found: Contributions) -> str:
    """How a result was found, for people."""
    way = "" if found.baseline_value is None else f", {found.steps} steps from {found.baseline}"
    strands = ", both strands" if found.reverse_complement else ""
    return f"{found.method[0].upper()}{found.method[1:].replace(' x ', ' × ')}{way}{strands}"


def gap(found: Contributions) -> str:
    """How nearly contributions add up to what they explain; empty where they need not."""
    missing, share = found.completeness_gap, found.relative_gap
    if missing is None or share is None or found.baseline_value is None:
        return ""
    difference = found.value - found.baseline_value
    what = "The contributions add up"
    if alleles.reference_of(found) is not None:
        what = "ALT − REF of all bases adds up"
    return (
        f"{what} to {difference + missing:.4g} of a difference of {difference:.4g}: "
        f"a gap of {share:.2%} at {found.steps} steps"
        + (", which are too few" if share > LARGE_GAP else "")
    )
