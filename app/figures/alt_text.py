"""A figure in words, for those who do not see it."""

import numpy as np

from app.figures.data import LocusPicture
from app.figures.lanes import FeatureLane, TrackLane
from enformer.coordinates import Interval


def describe(picture: LocusPicture) -> str:
    """One paragraph: where, which genes, which tracks, and where each track is highest in view."""
    lanes = "; ".join(_peak(picture, lane) for lane in picture.lanes)
    parts = [
        f"Predicted tracks over {picture.place} ({picture.assembly}).",
        _genes(picture),
        *(_features(picture, lane) for lane in picture.features),
        f"Variant {picture.variant}, REF and ALT overlaid." if picture.variant else "",
        f"Tracks, each with its highest value in view: {lanes}." if lanes else "",
        picture.scale.note,
        "" if picture.trained else "The weights were never trained.",
    ]
    return " ".join(part for part in parts if part)


def _genes(picture: LocusPicture, at_most: int = 12) -> str:
    names = sorted({g.symbol for g in picture.genes if g.interval.intersect(picture.view)})
    if not names:
        return "No genes in view."
    more = f" and {len(names) - at_most} more" if len(names) > at_most else ""
    return f"Genes: {', '.join(names[:at_most])}{more}."


def _features(picture: LocusPicture, lane: FeatureLane) -> str:
    """How many are in view of a lane of intervals or genes."""
    view = picture.view
    count = sum(gene.start < view.end and view.start < gene.end for gene in lane.genes)
    return f"{lane.label}: {count:,} {lane.kind} in view."


def _peak(picture: LocusPicture, lane: TrackLane) -> str:
    shown = picture.bins_in_view
    values = lane.values if lane.alternative is None else lane.alternative
    seen = values[shown.start : shown.stop]
    title = f"{lane.assay_name} {lane.label}"
    if not np.isfinite(seen).any():
        return f"{title} none"
    best = shown.start + int(np.nanargmax(seen))
    where: Interval = picture.bin_interval(best)
    remark = f" ({lane.remark})" if lane.remark else ""
    return f"{title} {values[best]:.3g} at {where}{remark}"
