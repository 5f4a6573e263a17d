"""What a sheet of panels is made of, as one value that a session keeps and a file of provenance holds."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from app.asking.question import Query
from app.figures.composed import LETTERS, NARROWEST, WIDEST
from app.figures.look import KINDS, PALETTES, SIZES, SWATCHES, Look
from enformer.coordinates import Interval
from enformer.errors import EnformerLensError
from interpret.elements import Element

PICTURES: Mapping[str, str] = {
    "locus": "Tracks over the locus",
    "variant": "REF, ALT and their difference",
    "contributions": "Contributions of the bases",
    "map": "Mutagenesis map",
    "head": "One attention head",
    "atlas": "All attention heads",
    "arcs": "Arcs of attention",
    "evidence": "Evidence for elements",
}
"""What a panel may show, as people read it."""
NEED_VARIANT = ("variant", "map")
_OF_ATTENTION, _OF_CONTRIBUTIONS = ("REF", "ALT", "REF − ALT"), ("REF", "ALT", "ALT − REF")
ALLELES: Mapping[str, tuple[str, ...]] = {
    "head": _OF_ATTENTION, "atlas": _OF_ATTENTION, "arcs": _OF_ATTENTION,
    "contributions": _OF_CONTRIBUTIONS,
}  # fmt: skip
"""Of the pictures that show one allele or a difference, by kind."""
MOST_ELEMENTS = 30
COLUMNS = {1: "whole width", 2: "half", 3: "third"}
_PALETTE = next(iter(PALETTES))


@dataclass(frozen=True)
class Bed:
    """Candidate elements of a file, kept so that they are drawn again without it.

    Attributes:
        file: its name.
        sha256: of its content.
        elements: those in the window of the panel that were nearest to its target.
    """

    file: str
    sha256: str
    elements: tuple[Element, ...]

    def to_values(self) -> dict[str, Any]:
        """Plain values; places as in BED."""
        places = ((one.interval, one.name) for one in self.elements)
        rows = [[place.contig, place.start, place.end, name] for place, name in places]
        return {"file": self.file, "sha256": self.sha256, "elements": rows}

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> "Bed":
        """What `to_values` wrote.

        Raises:
            ValueError, TypeError, KeyError: it is something else.
        """
        found = [
            Element(Interval(str(contig), int(start), int(end)), str(name))
            for contig, start, end, name in values["elements"]
        ]
        _check(len(found) <= MOST_ELEMENTS, f"{len(found)} elements are too many")
        return cls(str(values["file"]), str(values["sha256"]), tuple(found))


@dataclass(frozen=True)
class Panel:
    """One picture, of one question.

    Attributes:
        kind: of the `PICTURES`.
        question: what it answers; model and genome are those of the sheet.
        columns: how many of its width go into a row.
        names: a name for each track that is called something else, by `head/index`.
        allele: whose attention or contributions are shown; contributions of no other than theirs are REF's.
        lanes: how many of the tracks that a variant changes most are drawn.
        flank: bases on each side of the variant that a map takes in.
        bed: candidate elements of a file; None for those that are planted, or predicted open.
    """

    kind: str
    question: Query = field(default_factory=Query)
    columns: int = 1
    names: Mapping[str, str] = field(default_factory=dict, hash=False)
    allele: str = "REF"
    lanes: int = 3
    flank: int = 10
    bed: Bed | None = None

    def to_values(self) -> dict[str, Any]:
        """Plain values; the question as in a link."""
        # a link leaves out a pasted sequence that is too long for it
        question = self.question.to_url() | {"locus": self.question.locus}
        bed = None if self.bed is None else self.bed.to_values()
        bare = asdict(replace(self, names=dict(self.names), bed=None))
        return bare | {"question": question, "bed": bed}

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> "Panel":
        """What `to_values` wrote.

        Raises:
            ValueError, TypeError, KeyError: it is something else.
        """
        # sheets of before have no elements
        bed = Bed.from_values(values["bed"]) if values.get("bed") else None
        panel = cls(**{**values, "question": Query.from_url(values["question"]), "bed": bed})
        _check(panel.kind in PICTURES, f"there is no picture {panel.kind!r}")
        _check(panel.columns in COLUMNS, f"a row has no {panel.columns} columns")
        known = {name for names in ALLELES.values() for name in names}
        _check(panel.allele in known, f"there is no allele {panel.allele!r}")
        _check(
            1 <= panel.lanes <= 20 and 1 <= panel.flank <= 200, "lanes or bases are out of range"
        )
        return replace(panel, names=dict(map(_strings, panel.names.items())))


@dataclass(frozen=True)
class Plan:
    """A sheet for a paper.

    Attributes:
        width: mm.
        panels: in the order of their letters.
        text: pt of ordinary text.
        palette: of the `PALETTES`.
        colours: `#rrggbb` by kind of track, where it is not the palette's.
        title: whether panels are titled.
        genes: whether genes are drawn.
        scale_bar: whether lengths are drawn above lanes.
    """

    width: int = WIDEST
    panels: tuple[Panel, ...] = ()
    text: float = 6.0
    palette: str = _PALETTE
    colours: Mapping[str, str] = field(default_factory=dict, hash=False)
    title: bool = True
    genes: bool = True
    scale_bar: bool = True

    @property
    def look(self) -> Look:
        """How its panels look."""
        colours = {**PALETTES[self.palette], **self.colours}
        return Look(self.text, colours, self.title, self.genes, self.scale_bar)

    def with_panel(self, place: int, panel: Panel) -> "Plan":
        """The same with another panel in that place."""
        return replace(self, panels=(*self.panels[:place], panel, *self.panels[place + 1 :]))

    def without(self, place: int) -> "Plan":
        """The same with one panel less."""
        return replace(self, panels=self.panels[:place] + self.panels[place + 1 :])

    def moved(self, place: int, by: int) -> "Plan":
        """The same with a panel earlier or later, as far as there is room."""
        order, to = list(self.panels), min(max(place + by, 0), len(self.panels) - 1)
        order.insert(to, order.pop(place))
        return replace(self, panels=tuple(order))

    def to_values(self) -> dict[str, Any]:
        """Plain values."""
        panels = [panel.to_values() for panel in self.panels]
        bare = asdict(replace(self, panels=(), colours=dict(self.colours)))
        return bare | {"panels": panels}

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> "Plan":
        """What `to_values` wrote.

        Raises:
            EnformerLensError: it is something else.
        """
        try:
            panels = tuple(map(Panel.from_values, values["panels"]))
            plan = cls(**{**values, "panels": panels})
            _check(NARROWEST <= plan.width <= WIDEST, f"no sheet is {plan.width} mm wide")
            _check(len(panels) <= len(LETTERS), f"{len(panels)} panels are too many")
            _check(plan.text in SIZES, f"no text is {plan.text} pt large")
            _check(plan.palette in PALETTES, f"there is no palette {plan.palette!r}")
            _check(set(plan.colours) <= set(KINDS), "colours are of unknown kinds of tracks")
            known = set(SWATCHES[plan.palette].values())
            _check(set(plan.colours.values()) <= known, "a colour is not of the palette")
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise EnformerLensError(
                f"It holds no sheet of panels ({error}).",
                read="the provenance of a figure",
                do="Use the JSON that was downloaded with a sheet, as it was.",
            ) from error
        return plan


def _check(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ValueError(otherwise)


def _strings(pair: tuple[Any, Any]) -> tuple[str, str]:
    return str(pair[0]), str(pair[1])
