"""The columns of a track table: what is given of each track, and what follows from it."""

import numpy as np
import pandas as pd

from enformer.track_file import strands_of
from enformer.track_names import name_of, parse_description, unit_of

GIVEN = ["head", "index", "identifier", "description", "strand_pair", "scale", "clip"]
GIVEN += ["clip_soft", "sum_stat", "unit"]
_DERIVED = ["assay", "target", "biosample", "strand", "name"]


def derive(rows: pd.DataFrame) -> pd.DataFrame:
    """All columns, each of its type, from rows of those that are given; `unit` may be left out."""
    rows = rows.copy()
    parsed = [parse_description(text) for text in rows["description"]]
    rows[["assay", "target", "biosample"]] = pd.DataFrame(parsed, rows.index, dtype=str)
    rows["strand"] = strands_of(rows["identifier"])
    units = [unit_of(*made) for made in zip(rows["assay"], rows["sum_stat"], strict=True)]
    rows["unit"] = rows.get("unit", units)
    rows["name"] = _names(rows)
    types: dict[str, type] = dict.fromkeys(GIVEN + _DERIVED, str)
    types |= {"index": np.int64, "strand_pair": np.int64}
    types |= dict.fromkeys(["scale", "clip", "clip_soft"], np.float64)
    return rows[GIVEN + _DERIVED].astype(types).reset_index(drop=True)


def _names(rows: pd.DataFrame) -> pd.Series:
    """Readable names; tracks of one head that share theirs get their identifier added."""
    made = [name_of(*of) for of in zip(rows["description"], rows["strand"], strict=True)]
    names = pd.Series(made, rows.index, dtype=str)
    shared = pd.DataFrame({"head": rows["head"], "name": names}).duplicated(keep=False)
    return names.where(~shared, names + " · " + rows["identifier"])
