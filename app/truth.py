"""What was planted where a scene looks: known on the demo genome, and nowhere else.

The demo genome is imported where it is used: the app starts on real sequence without it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from jaxtyping import Float64

from app.figures.data import LocusPicture, TrackLane
from app.figures.truth_data import Link, Planted, Truth
from app.scene import Scene
from enformer.coordinates import Interval, Variant
from enformer.planted import FACTORS, HEADS, Reading, planted_tracks, read
from enformer.tracks import TrackId, TrackTable

if TYPE_CHECKING:
    from enformer.demo_layout import Element

TISSUES = HEADS["human"]
_DIGITS = ".3g"


def is_known(shown: Scene) -> bool:
    """Whether the truth of what is shown is known."""
    return shown.place.genome.assembly == "demo"


def tissue_of(tracks: Sequence[TrackId], table: TrackTable) -> str:
    """The tissue that tracks are mostly about, CAGE first; the first there is for other tracks."""
    rows = sorted((table.row(track) for track in tracks), key=lambda row: row["assay"] != "CAGE")
    words = [str(row["description"]).rpartition(":")[2] for row in rows]
    return next((word for word in words if word in TISSUES), TISSUES[0])


@cache
def truth_on(contig: str, tissue: str) -> Truth:
    """Everything that was planted on a contig, as it acts in a tissue."""
    names, reading = _Names.of(contig), _reading(contig)
    elements = [*_promoters(contig, reading, names), *_enhancers(contig, tissue, reading, names),
                *_walls(contig, reading, names)]  # fmt: skip
    links = [
        Link(names.enhancers[int(row.enhancer)], names.genes[int(row.promoter)],
             int(middle), int(tss), float(lost))
        for row, middle, tss, lost in _linked(reading, tissue) if lost > 0
    ]  # fmt: skip
    elements.sort(key=lambda one: one.interval)
    return Truth(tissue, tuple(elements), _sites(contig, tissue, reading), tuple(links))


def with_truth(
    picture: LocusPicture,
    tissue: str,
    tracks: Sequence[TrackId] = (),
    table: TrackTable | None = None,
) -> LocusPicture:
    """The same figure with what was planted, and with the expectation of tracks that it decides.

    Args:
        picture: over the demo genome; its lanes are those of `tracks`.
        tissue: whose enhancers act; empty leaves the figure as it is.
        tracks: of the lanes.
        table: of the model.
    """
    if not tissue:
        return picture
    contig = picture.window.contig
    ref = _expected(_reading(contig), picture, tracks, table)
    alt = _expected(altered(picture.variant), picture, tracks, table) if picture.variant else {}
    lanes = tuple(
        _with_expectation(lane, ref.get(track), alt.get(track))
        for lane, track in zip(picture.lanes, tracks, strict=True)
    )
    return replace(picture, lanes=lanes, truth=truth_on(contig, tissue))


def _with_expectation(lane: TrackLane, ref: np.ndarray | None, alt: np.ndarray | None) -> TrackLane:
    return replace(lane, expected=ref, expected_alternative=alt)


def _expected(
    reading: Reading | None,
    picture: LocusPicture,
    tracks: Sequence[TrackId],
    table: TrackTable | None,
) -> Mapping[TrackId, Float64[np.ndarray, " bins"]]:
    """The noiseless values of those tracks that are planted ones, by the identifier they carry."""
    if reading is None or table is None:
        return {}
    where = {head: _columns(head) for head in {track.head for track in tracks} & set(HEADS)}
    start, found = picture.region.start, {}
    for head, columns in where.items():
        values = reading.expected(head, start, picture.bins, picture.bin_size)
        for track in tracks:
            column = columns.get(str(table.row(track)["identifier"]))
            if track.head == head and column is not None:
                found[track] = values[:, column]
    return found


@cache
def _columns(head: str) -> Mapping[str, int]:
    return {name: place for place, name in enumerate(planted_tracks(head).frame["identifier"])}


# --- a variant ------------------------------------------------------------------------------------


@lru_cache(maxsize=32)
def altered(variant: Variant) -> Reading | None:
    """The contig with a substitution in it; None where bases move, and bins with them."""
    if len(variant.ref) != len(variant.alt):
        return None
    whole = _sequence(variant.contig)
    return read(whole[: variant.start] + variant.alt + whole[variant.end :])


@dataclass(frozen=True)
class TrueEffect:
    """What a substitution does.

    Attributes:
        broken: sites that it takes, as people read them.
        made: sites that it makes.
        gene: whose CAGE changes most; empty where none does.
        before: expected CAGE events of that gene in the tissue.
        after: the same with ALT.
    """

    broken: tuple[str, ...]
    made: tuple[str, ...]
    gene: str = ""
    before: float = 0.0
    after: float = 0.0

    def __str__(self) -> str:
        done = [f"it {verb} a site of {' and of '.join(sites)}"
                for verb, sites in (("breaks", self.broken), ("makes", self.made)) if sites]  # fmt: skip
        return " and ".join(done) or "it touches no site and changes nothing"


def true_effect(variant: Variant, tissue: str) -> TrueEffect | None:
    """What a variant truly does in a tissue; None for insertions and deletions."""
    after = altered(variant)
    if after is None:
        return None
    before = _reading(variant.contig)
    here, there = _names_of_sites(variant.contig, before), _names_of_sites(variant.contig, after)
    lost, made = (tuple(one[at] for at in sorted(one.keys() - other.keys()))
                  for one, other in ((here, there), (there, here)))  # fmt: skip
    cage = [pd.Series(reading.cage([tissue])[:, 0], index=reading.promoters["tss"].to_numpy())
            for reading in (before, after)]  # fmt: skip
    change = cage[1].sub(cage[0], fill_value=0.0)
    most = int(change.abs().idxmax())
    if abs(change[most]) < 1e-9:
        return TrueEffect(lost, made)
    names = _Names.of(variant.contig)
    values = [float(one.get(most, 0.0)) for one in cage]
    return TrueEffect(lost, made, names.gene_at(most), *values)


def _names_of_sites(contig: str, reading: Reading) -> dict[tuple[int, int, bool], str]:
    names, found = _Names.of(contig), {}
    for number, start, end, reverse in zip(*(c.tolist() for c in reading.sites), strict=True):
        where = names.element_over(start, end)
        found[(number, start, reverse)] = FACTORS[number].name + (f" in {where}" if where else "")
    return found


# --- tables for files -----------------------------------------------------------------------------


def identity() -> str:
    """Of the genome that everything here is true of."""
    from enformer.demo import DemoGenome

    return DemoGenome().identity


def element_table(contig: str) -> pd.DataFrame:
    """Name, kind, 0-based half-open place, strand, strength of promoters, of enhancers by tissue."""
    reading, names = _reading(contig), _Names.of(contig)
    promoters = reading.promoters.assign(
        name=[f"{gene}-promoter" for gene in names.genes], kind="promoter",
        start=reading.promoters["tss"], end=reading.promoters["tss"] + 1,
    )  # fmt: skip
    enhancers = reading.enhancers.assign(name=names.enhancers, kind="enhancer")
    walls = pd.DataFrame({"name": names.walls, "kind": "insulator", "start": reading.walls,
                          "end": reading.walls + 1})  # fmt: skip
    columns = ["name", "kind", "contig", "start", "end", "strand", "strength", *TISSUES]
    table = pd.concat([promoters, enhancers, walls], ignore_index=True).assign(contig=contig)
    return table[columns].sort_values("start", ignore_index=True)


def link_table(contig: str) -> pd.DataFrame:
    """Enhancer, gene, distance in bp, and for each tissue the CAGE events lost without the enhancer."""
    reading, names = _reading(contig), _Names.of(contig)
    links = reading.links()
    named = {
        "enhancer": [names.enhancers[int(at)] for at in links["enhancer"]],
        "gene": [names.genes[int(at)] for at in links["promoter"]],
    }
    table = pd.DataFrame(named).assign(contig=contig, distance=links["distance"].astype(int))
    return table.join(links[list(TISSUES)])


# --- tables of the grammar as things with names ---------------------------------------------------


def _reading(contig: str) -> Reading:
    from enformer.demo import demo_reading

    return demo_reading(contig)


@cache
def _sequence(contig: str) -> str:
    from enformer.demo import DemoGenome

    genome = DemoGenome()
    return genome.fetch(Interval(contig, 0, genome.length(contig)))


@dataclass(frozen=True, eq=False)
class _Names:
    """Names of what the grammar finds on a contig, in the order of its tables."""

    elements: tuple["Element", ...]
    genes: tuple[str, ...]
    enhancers: tuple[str, ...]
    walls: tuple[str, ...]
    starts: tuple[int, ...]

    @classmethod
    def of(cls, contig: str) -> "_Names":
        return _names(contig)

    def gene_at(self, tss: int) -> str:
        """The gene that starts there, or the place itself where a variant has made a promoter."""
        known = dict(zip(self.starts, self.genes, strict=True))
        return known.get(tss, f"a new promoter at {tss + 1:,}")

    def element_over(self, start: int, end: int) -> str:
        kinds = ("enhancer", "promoter", "insulator")
        return next((one.name for one in self.elements if one.kind in kinds
                     and one.interval.start < end and start < one.interval.end), "")  # fmt: skip


@cache
def _names(contig: str) -> _Names:
    from enformer.demo import demo_elements

    reading = _reading(contig)
    here = tuple(one for one in demo_elements() if one.interval.contig == contig)
    middles = {
        "promoter": reading.promoters["tss"],
        "enhancer": (reading.enhancers["start"] + reading.enhancers["end"]) // 2,
        "insulator": reading.walls,
    }
    found = {
        kind: [_nearest(here, kind, int(at)) for at in places] for kind, places in middles.items()
    }
    genes = tuple(name.removesuffix("-promoter") for name in found["promoter"])
    starts = tuple(int(at) for at in middles["promoter"])
    return _Names(here, genes, tuple(found["enhancer"]), tuple(found["insulator"]), starts)


def _nearest(elements: Sequence["Element"], kind: str, at: int) -> str:
    fitting = (one for one in elements if one.kind == kind)
    return min(fitting, key=lambda one: abs(one.interval.center - at)).name


def _promoters(contig: str, reading: Reading, names: _Names) -> list[Planted]:
    rows = zip(names.genes, reading.promoters.itertuples(), strict=True)
    return [
        Planted(f"{gene}-promoter", "promoter", Interval(contig, int(row.tss), int(row.tss) + 1),
                about=f"promoter of {gene}, strength {row.strength:{_DIGITS}}", strand=str(row.strand))
        for gene, row in rows
    ]  # fmt: skip


def _enhancers(contig: str, tissue: str, reading: Reading, names: _Names) -> list[Planted]:
    found = []
    for name, (_, row) in zip(names.enhancers, reading.enhancers.iterrows(), strict=True):
        strengths = ", ".join(f"{t} {row[t]:{_DIGITS}}" for t in TISSUES if row[t] > 0)
        place = Interval(contig, int(row["start"]), int(row["end"]))
        about = f"enhancer {name}: {strengths}"
        found.append(Planted(name, "enhancer", place, bool(row[tissue] > 0), about))
    return found


def _walls(contig: str, reading: Reading, names: _Names) -> list[Planted]:
    rows = zip(names.walls, reading.walls.tolist(), strict=True)
    return [Planted(name, "insulator", Interval(contig, at, at + 1), about=f"insulator {name}")
            for name, at in rows]  # fmt: skip


def _sites(contig: str, tissue: str, reading: Reading) -> tuple[Planted, ...]:
    rows = zip(*(column.tolist() for column in reading.sites), strict=True)
    found = []
    for number, start, end, reverse in rows:
        factor, strand = FACTORS[number], "-" if reverse else "+"
        about = f"site of {factor.name} ({factor.role}), strand {strand}"
        place = Interval(contig, start, end)
        found.append(Planted(factor.name, "site", place, factor.level(tissue) > 0, about, strand))
    return tuple(found)


def _linked(reading: Reading, tissue: str):
    """Rows of links with the enhancer's middle, the TSS and what is lost in the tissue."""
    links, enhancers = reading.links(), reading.enhancers
    middles = ((enhancers["start"] + enhancers["end"]) // 2).to_numpy()[
        links["enhancer"].to_numpy(int)
    ]
    starts = reading.promoters["tss"].to_numpy()[links["promoter"].to_numpy(int)]
    return zip(links.itertuples(), middles, starts, links[tissue], strict=True)
