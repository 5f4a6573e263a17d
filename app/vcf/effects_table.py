"""A table of variant effects as people look through it: which rows, in which order, which columns."""

from dataclasses import dataclass

import pandas as pd

from enformer.alleles import shorten
from enformer.coordinates import Interval
from enformer.references import bare
from interpret.score_columns import Columns
from interpret.score_reasons import SCORED

GIVEN = (
    "record",
    "contig",
    "position",
    "id",
    "ref",
    "alt",
    "alt_number",
    "status",
    "reason",
    "variant",
)
ORDERS = {"size": "Largest effect", "file": "Order of the file", "position": "Position"}
STRONGEST = ""
MOST_ROWS = 10_000
"""That a browser is sent at once."""


@dataclass(frozen=True)
class Wish:
    """Which rows are looked at, and by which number.

    Attributes:
        score: one of the table's.
        of: the strongest track where empty, else an assay or a track as `human/4828`.
        statuses: that are shown; none means all.
        region: a contig, or a part of one; empty for everywhere.
        least: of the size of the value.
        percentile: at least, of the strongest track or of that track.
        order: one of `ORDERS`.
    """

    score: str
    of: str = STRONGEST
    statuses: tuple[str, ...] = ()
    region: str = ""
    least: float = 0.0
    percentile: float = 0.0
    order: str = "size"

    @property
    def value(self) -> str:
        """The column of the number."""
        if "/" in self.of:
            return f"{self.score}:{self.of}"
        return f"{self.score}_{self.of or 'top'}"

    @property
    def ranked(self) -> str:
        """The column of its percentile; an assay has none of its own."""
        return f"{self.score}_percentile" + (f":{self.of}" if "/" in self.of else "")

    def columns(self, columns: Columns) -> tuple[str, ...]:
        """Those that are read of the file."""
        there = {column.name for column in columns.described}
        ranked = (self.ranked,) if self.ranked in there and not self._of_assay else ()
        track = () if self.of else (f"{self.score}_track_name",)
        return (*GIVEN, self.value, *ranked, *track)

    @property
    def _of_assay(self) -> bool:
        return bool(self.of) and "/" not in self.of


def choices(columns: Columns) -> dict[str, str]:
    """What a value can be of, with how people read it."""
    assays = {assay: f"Strongest {assay} track" for assay in columns.tracks.assays if assay}
    tracks = {str(columns.tracks.ids[at]): columns.names[at] for at in columns.chosen}
    return {STRONGEST: "Strongest track", **assays, **tracks}


def chosen(table: pd.DataFrame, wish: Wish) -> pd.DataFrame:
    """The rows that are wished for, in their order.

    Raises:
        QueryError: the region cannot be read.
    """
    keep = pd.Series(True, table.index)
    if wish.statuses:
        keep &= table["status"].isin(wish.statuses)
    if wish.region.strip():
        keep &= _within(table, wish.region.strip())
    if wish.least > 0:
        keep &= table[wish.value].abs() >= wish.least
    if wish.percentile > 0 and wish.ranked in table:
        keep &= table[wish.ranked] >= wish.percentile
    return _ordered(table[keep], wish)


def _ordered(table: pd.DataFrame, wish: Wish) -> pd.DataFrame:
    if wish.order == "size":
        return table.sort_values(wish.value, key=abs, ascending=False, kind="stable")
    if wish.order == "position":
        return table.sort_values(["contig", "position"], kind="stable")
    return table


def _within(table: pd.DataFrame, region: str) -> pd.Series:
    """Rows whose REF touches a region; contigs go by any of their names."""
    place = Interval.parse(region) if ":" in region else None
    wanted = bare(region if place is None else place.contig)
    named = {contig: bare(contig) == wanted for contig in table["contig"].unique()}
    here = table["contig"].map(named).astype(bool)
    if place is None:
        return here
    last = table["position"] + table["ref"].str.len() - 1
    return here & (table["position"] <= place.end) & (last > place.start)


def shown(table: pd.DataFrame, wish: Wish) -> pd.DataFrame:
    """The columns that people read; the first `MOST_ROWS`."""
    rows = table.head(MOST_ROWS)
    columns: dict[str, object] = {
        "Contig": rows["contig"],
        "Position": rows["position"],
        "ID": rows["id"].where(rows["id"] != ".", ""),
        "REF": rows["ref"].map(shorten),
        "ALT": rows["alt"].map(shorten),
        wish.score: rows[wish.value],
    }
    if wish.ranked in rows:
        columns["Percentile"] = rows[wish.ranked]
    if not wish.of:
        columns["Track"] = rows[f"{wish.score}_track_name"].fillna("")
    if (rows["status"] != SCORED).any():
        columns |= {"Status": rows["status"], "Reason": rows["reason"]}
    return pd.DataFrame(columns).reset_index(drop=True)


def summary(columns: Columns, row: pd.Series) -> pd.DataFrame:
    """All scores of one allele, each with its strongest track."""
    found = [
        {
            "Score": score,
            "Strongest track": row[f"{score}_track_name"],
            "Value": row[f"{score}_top"],
            "Percentile": row.get(f"{score}_percentile"),
        }
        for score in columns.scores
    ]
    return pd.DataFrame(found).dropna(axis="columns", how="all")


def columns_of_summary(columns: Columns) -> tuple[str, ...]:
    """Those that `summary` reads."""
    there = {column.name for column in columns.described}
    names = [
        f"{score}_{what}"
        for score in columns.scores
        for what in ("top", "track_name", "percentile")
    ]
    return ("record", *(n for n in names if n in there or n.endswith("_track_name")))
