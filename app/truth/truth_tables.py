"""What the grammar finds on the demo genome, as things with names: for figures, and as tables for files.

The demo genome is imported where it is used: the app starts on real sequence without it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from app.figures.truth_data import Link, Planted, Truth
from enformer.coordinates import Interval
from enformer.planted import FACTORS, HEADS, Reading

if TYPE_CHECKING:
    from enformer.demo_layout import Element

TISSUES = HEADS["human"]
_DIGITS = ".3g"


@cache
def truth_on(contig: str, tissue: str) -> Truth:
    """Everything that was planted on a contig, as it acts in a tissue."""
    names, reading = Names.of(contig), reading_of(contig)
    elements = [*_promoters(contig, reading, names), *_enhancers(contig, tissue, reading, names),
                *_walls(contig, reading, names)]  # fmt: skip
    links = [
        Link(names.enhancers[int(row.enhancer)], names.genes[int(row.promoter)],
             int(middle), int(tss), float(lost))
        for row, middle, tss, lost in _linked(reading, tissue) if lost > 0
    ]  # fmt: skip
    elements.sort(key=lambda one: one.interval)
    return Truth(tissue, tuple(elements), _sites(contig, tissue, reading), tuple(links))


def reading_of(contig: str) -> Reading:
    """What the grammar reads on a contig of the demo genome."""
    from enformer.demo import demo_reading

    return demo_reading(contig)


@cache
def sequence_of(contig: str) -> str:
    """All bases of a contig of the demo genome."""
    from enformer.demo import DemoGenome

    genome = DemoGenome()
    return genome.fetch(Interval(contig, 0, genome.length(contig)))


@dataclass(frozen=True, eq=False)
class Names:
    """Names of what the grammar finds on a contig, in the order of its tables."""

    elements: tuple["Element", ...]
    genes: tuple[str, ...]
    enhancers: tuple[str, ...]
    walls: tuple[str, ...]
    starts: tuple[int, ...]

    @classmethod
    def of(cls, contig: str) -> "Names":
        """Those of a contig; found once."""
        return _names(contig)

    def gene_at(self, tss: int) -> str:
        """The gene that starts there, or the place itself where a variant has made a promoter."""
        known = dict(zip(self.starts, self.genes, strict=True))
        return known.get(tss, f"a new promoter at {tss + 1:,}")

    def element_over(self, start: int, end: int) -> str:
        """The element that a site lies in; empty where it lies in none."""
        kinds = ("enhancer", "promoter", "insulator")
        return next((one.name for one in self.elements if one.kind in kinds
                     and one.interval.start < end and start < one.interval.end), "")  # fmt: skip


@cache
def _names(contig: str) -> Names:
    from enformer.demo import demo_elements

    reading = reading_of(contig)
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
    return Names(here, genes, tuple(found["enhancer"]), tuple(found["insulator"]), starts)


def _nearest(elements: Sequence["Element"], kind: str, at: int) -> str:
    fitting = (one for one in elements if one.kind == kind)
    return min(fitting, key=lambda one: abs(one.interval.center - at)).name


def _promoters(contig: str, reading: Reading, names: Names) -> list[Planted]:
    rows = zip(names.genes, reading.promoters.to_dict("records"), strict=True)
    return [
        Planted(f"{gene}-promoter", "promoter", Interval(contig, row["tss"], row["tss"] + 1),
                about=f"promoter of {gene}, strength {row['strength']:{_DIGITS}}", strand=row["strand"])
        for gene, row in rows
    ]  # fmt: skip


def _enhancers(contig: str, tissue: str, reading: Reading, names: Names) -> list[Planted]:
    found = []
    for name, (_, row) in zip(names.enhancers, reading.enhancers.iterrows(), strict=True):
        strengths = ", ".join(f"{t} {row[t]:{_DIGITS}}" for t in TISSUES if row[t] > 0)
        place = Interval(contig, int(row["start"]), int(row["end"]))
        about = f"enhancer {name}: {strengths}"
        found.append(Planted(name, "enhancer", place, bool(row[tissue] > 0), about))
    return found


def _walls(contig: str, reading: Reading, names: Names) -> list[Planted]:
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


def _linked(reading: Reading, tissue: str) -> Iterator[tuple[Any, int, int, float]]:
    """Rows of links with the enhancer's middle, the TSS and what is lost in the tissue."""
    links, enhancers = reading.links(), reading.enhancers
    middles = ((enhancers["start"] + enhancers["end"]) // 2).to_numpy()[
        links["enhancer"].to_numpy(int)
    ]
    starts = reading.promoters["tss"].to_numpy()[links["promoter"].to_numpy(int)]
    return zip(links.itertuples(), middles, starts, links[tissue], strict=True)


def true_shares(place: Interval, tissues: Sequence[str]) -> dict[str, float] | None:
    """By enhancer, the share of CAGE over a place that its loss changes (negative), over tissues together.

    None where no promoter lies there.
    """
    reading, names = reading_of(place.contig), Names.of(place.contig)
    starts = reading.promoters["tss"].to_numpy()
    here = (starts >= place.start) & (starts < place.end)
    total = reading.cage(tissues)[here].sum()
    if total == 0:
        return None
    links = reading.links()
    lost = links.loc[here[links["promoter"].to_numpy(int)]].groupby("enhancer")[list(tissues)].sum()
    return {
        names.enhancers[int(row)]: -float(each.sum()) / float(total)
        for row, each in lost.iterrows()
    }


# --- tables for files -----------------------------------------------------------------------------


def identity() -> str:
    """Of the genome that everything here is true of."""
    from enformer.demo import DemoGenome

    return DemoGenome().identity


def element_table(contig: str) -> pd.DataFrame:
    """Name, kind, 0-based half-open place, strand, strength of promoters, of enhancers by tissue."""
    reading, names = reading_of(contig), Names.of(contig)
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
    reading, names = reading_of(contig), Names.of(contig)
    links = reading.links()
    named = {
        "enhancer": [names.enhancers[int(at)] for at in links["enhancer"]],
        "gene": [names.genes[int(at)] for at in links["promoter"]],
    }
    table = pd.DataFrame(named).assign(contig=contig, distance=links["distance"].astype(int))
    return table.join(links[list(TISSUES)])
