"""A figure of the Locus or Variant view again, from the provenance that was downloaded with it."""

import json
from dataclasses import dataclass, replace
from typing import Any

from app.figures import locus_paper, paper
from app.figures.data import LocusPicture, locus_picture
from app.figures.difference import with_differences
from app.figures.scale import LINEAR, Scale
from app.sheet.computed import Computed
from app.truth import truth
from enformer.coordinates import Interval
from enformer.provenance import Provenance
from enformer.tracks import TrackId


@dataclass(frozen=True)
class Single:
    """What such a file says.

    Attributes:
        made: where the prediction comes from; of ALT where there is one.
        view: what is seen, 0-based half-open.
        focus: symbol of the gene that was asked for.
        tissue: whose planted truth is drawn.
        differences: whether ALT − REF is drawn below each track.
        scale: of the value axes.
        groups: of each track; none where they were not grouped.
        own: names of files that were drawn beside them, and are not here.
    """

    made: Provenance
    view: tuple[int, int]
    focus: str
    tissue: str
    differences: bool
    scale: Scale = LINEAR
    groups: tuple[str, ...] = ()
    own: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, text: str) -> "Single | None":
        """What a file says; None where it is of something else."""
        try:
            values: dict[str, Any] = json.loads(text)
            if "view" not in values or values.get("method") != "prediction":
                return None
            start, end = map(int, values["view"])
        except (ValueError, TypeError, AttributeError):
            return None
        more = values.get("focus", ""), values.get("truth", ""), values.get("differences", False)
        scale = Scale.parse(str(values.get("scale", "")))
        groups, own = tuple(values.get("groups", ())), tuple(values.get("own", ()))
        return cls(Provenance.from_json(text), (start, end), *more, scale, groups, own)

    def picture(self, source: Computed) -> LocusPicture:
        """What was drawn."""
        made, place = self.made, source.place
        tracks = tuple(map(TrackId.parse, made.tracks))
        answer = source.predicted(made.interval, made.variant)
        picture = locus_picture(
            answer.reference, tracks, place.genes.overlapping(made.interval),
            place.genome.length(made.interval.contig), Interval(made.interval.contig, *self.view),
            alt=answer.alternative, focus=self.focus, scale=self.scale,
        )  # fmt: skip
        picture = truth.with_truth(picture, self.tissue, tracks, source.checkpoint.tracks)
        if len(self.groups) == len(picture.lanes):
            pairs = zip(picture.lanes, self.groups, strict=True)
            lanes = tuple(replace(lane, group=group) for lane, group in pairs)
            picture = replace(picture, lanes=lanes)
        return with_differences(picture) if self.differences else picture

    def render(self, source: Computed, width: int, form: paper.Format, provenance: str) -> bytes:
        """The file again, with the provenance as it stands."""
        return locus_paper.render(self.picture(source), width, form, provenance)
