"""Reads and checks the `targets*.txt` files of Enformer (8 columns) and Basenji (9 columns)."""

from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from enformer.errors import TrackError

_NEEDED = ("identifier", "clip", "scale", "sum_stat", "description")
_EXAMPLE = "index, identifier, file, clip, clip_soft, scale, sum_stat, strand_pair, description"


def read_targets(path: Path) -> pd.DataFrame:
    """Rows of a targets file, `strand_pair` counted from its first row.

    The first column numbers the rows; it may start anywhere (the published mouse file starts at
    5313, after the human tracks) but must not jump.

    Raises:
        TrackError: the file is missing, no such table, or contradicts itself.
    """
    rows = _read_table(path)
    missing = [column for column in _NEEDED if column not in rows]
    if missing:
        raise _refusal(path, f"It has no column {', '.join(missing)}.", "Add it.", _EXAMPLE)
    cut = np.flatnonzero(rows["description"].fillna("").str.strip() == "")
    if len(cut):
        raise _refusal(
            path, f"Row {cut[0] + 1} has no description.", "Complete that row.", _EXAMPLE
        )
    for column in rows.columns.intersection(["clip", "clip_soft", "scale", "strand_pair"]):
        rows[column] = _numbers(rows[column], path)
    first = _first_index(rows, path)
    if "strand_pair" in rows:
        rows["strand_pair"] -= first
    return rows


def _read_table(path: Path) -> pd.DataFrame:
    try:
        rows = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False, quoting=3)
    except OSError as error:
        wrong = f"The file cannot be opened: {error.strerror}."
        raise _refusal(path, wrong, "Give the path of a targets file.") from error
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        wrong = "It is no tab-separated table."
        raise _refusal(path, wrong, "Give a tab-separated file.", _EXAMPLE) from error
    if rows.empty:
        raise _refusal(path, "It has no rows.", "Give one row a track.")
    if not isinstance(rows.index, pd.RangeIndex):
        raise _refusal(path, "Its rows have more columns than its header.", "Correct it.", _EXAMPLE)
    return rows


def _numbers(column: pd.Series, path: Path) -> pd.Series:
    numbers = pd.to_numeric(column.replace("", "nan"), errors="coerce")
    bad = column[~np.isfinite(numbers) & ~column.str.lower().isin(["", "nan"])]
    if len(bad):
        wrong = f"{column.name} of row {bad.index[0] + 1} is {bad.iloc[0]!r}, not a number."
        raise _refusal(path, wrong, "Correct that row.")
    return numbers.astype(float)


def _first_index(rows: pd.DataFrame, path: Path) -> int:
    index = _numbers(rows.iloc[:, 0], path)
    jumps = np.flatnonzero(index.to_numpy() != index[0] + np.arange(len(rows)))
    if len(jumps) or index[0] % 1 != 0:
        row = int(jumps[0]) if len(jumps) else 0
        wrong = f"The first column jumps to {rows.iloc[row, 0]!r} at row {row + 1}."
        raise _refusal(path, wrong, "Number the rows one by one, in output order.")
    return int(index[0])


def check_identifiers(rows: pd.DataFrame, head: str) -> None:
    """Refuse rows without an identifier or with one that comes twice.

    Raises:
        TrackError: as said.
    """
    identifiers = rows["identifier"]
    bad = rows[(identifiers.str.strip() == "") | identifiers.duplicated()]
    if len(bad):
        raise TrackError(
            f"The identifier {bad['identifier'].iloc[0]!r} is empty or comes twice.",
            read=f"a track table for the head {head!r}",
            do="Give each track its own identifier.",
            example="ENCFF833POA",
        )


def strands_of(identifiers: pd.Series) -> pd.Series:
    """`+`, `-` or `.` from the last letter of each identifier."""
    last = identifiers.str[-1]
    return last.where(last.isin(["+", "-"]), ".")


def pairs_of(rows: pd.DataFrame) -> Int[np.ndarray, " tracks"]:
    """Index of each track's partner on the other strand, its own where there is none.

    From `strand_pair` where the table has it, else from identifiers that differ in their strand.

    Raises:
        TrackError: `strand_pair` does not join tracks of opposite strand in pairs.
    """
    own = np.arange(len(rows))
    if "strand_pair" not in rows:
        place = pd.Series(own, rows["identifier"])
        swapped = rows["identifier"].str.translate({ord("+"): "-", ord("-"): "+"}).str[-1:]
        stranded = strands_of(rows["identifier"]) != "."
        partner = (rows["identifier"].str[:-1] + swapped).where(stranded, rows["identifier"])
        return place.reindex(partner).fillna(pd.Series(own, partner)).to_numpy().astype(np.int64)
    given = rows["strand_pair"].to_numpy(dtype=float)
    named = np.where(np.isnan(given), own, given)
    pair = np.where(np.isin(named, own), named, -1).astype(np.int64)
    _check_pairs(rows, pair, named)
    return pair


def _check_pairs(
    rows: pd.DataFrame, pair: Int[np.ndarray, " tracks"], named: Float[np.ndarray, " tracks"]
) -> None:
    """`pair` is -1 where `named`, what the table says, is no row of it."""
    own = np.arange(len(rows))
    back = np.where(pair >= 0, pair[pair], -1)
    strand = strands_of(rows["identifier"]).to_numpy()
    bad = np.flatnonzero((back != own) | ((pair != own) & (strand[pair] == strand)))
    if len(bad):
        raise TrackError(
            f"strand_pair of {rows['identifier'].iloc[bad[0]]} is {named[bad[0]]:g} of "
            f"{len(rows)} rows, which is not its partner on the other strand.",
            read="a track table",
            do="Let + and - tracks name each other, and unstranded tracks themselves.",
        )


def _refusal(path: Path, wrong: str, do: str, example: str = "") -> TrackError:
    return TrackError(wrong, read=f"the track table {path.name}", do=do, example=example)
