"""Track tables: which output of which head measures what, in which cells.

`scale`, `clip`, `clip_soft` and `sum_stat` say how a track's values were made from coverage (sum,
mean or square root of the sum over a bin, times `scale`, clipped): predictions are in those units.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Int

from enformer.errors import TrackError
from enformer.files import typed_path
from enformer.track_columns import GIVEN, derive
from enformer.track_file import check_identifiers, pairs_of, read_targets
from enformer.track_names import default_tracks

FACETS = ("head", "assay", "target", "biosample")


@dataclass(frozen=True, order=True)
class TrackId:
    """One output track: its head and its 0-based index there. Written `human/4828`."""

    head: str
    index: int

    def __str__(self) -> str:
        return f"{self.head}/{self.index}"

    @classmethod
    def parse(cls, text: str) -> "TrackId":
        """Read `human/4828`.

        Raises:
            TrackError: the text has no head or no index.
        """
        match = re.fullmatch(r"\s*([A-Za-z]\w*)\s*/\s*(\d{1,9})\s*", text, re.ASCII)
        if match is None:
            raise TrackError(
                "A track is named by its head and its 0-based index there.",
                read=f"the track {text[:80]!r}",
                do="Write head/index.",
                example="human/4828",
            )
        return cls(match[1], int(match[2]))


@dataclass(frozen=True, eq=False)
class TrackTable:
    """Tracks in a fixed order, one row each. Never edit the frame.

    Attributes:
        frame: head, index (0-based inside the head), identifier, description, strand_pair (index of
            the other strand's track, its own when unstranded), scale, clip, clip_soft (NaN: none),
            sum_stat, unit, and from the description assay, target, biosample, strand (+ - .), name.
    """

    frame: pd.DataFrame

    @classmethod
    def read(cls, path: str | Path, head: str) -> "TrackTable":
        """Read a `targets*.txt` with the 8 columns of Enformer or the 9 of Basenji.

        Args:
            path: tab-separated file, its rows in output order.
            head: output head the rows belong to.

        Raises:
            TrackError: the file is missing, no such table, or contradicts itself.
        """
        return cls.from_rows(read_targets(typed_path(path, TrackError)), head)

    @classmethod
    def from_rows(cls, rows: pd.DataFrame, head: str) -> "TrackTable":
        """The tracks of one head, in output order.

        Args:
            rows: `identifier` and `description`; where present also `strand_pair`, `scale`, `clip`,
                `clip_soft`, `sum_stat`, `unit`.
            head: the head's name.

        Raises:
            TrackError: identifiers or strand pairs contradict themselves.
        """
        rows = rows.reset_index(drop=True)
        check_identifiers(rows, head)
        pairs = pairs_of(rows)
        defaults = {"scale": 1.0, "clip": np.nan, "clip_soft": np.nan, "sum_stat": "mean"}
        for column in defaults.keys() - set(rows.columns):
            rows[column] = defaults[column]
        return cls(derive(rows.assign(head=head, index=np.arange(len(rows)), strand_pair=pairs)))

    @classmethod
    def concat(cls, tables: Iterable["TrackTable"]) -> "TrackTable":
        """Rows of all tables, in order.

        Raises:
            TrackError: two tables hold the same track.
        """
        frame = pd.concat([table.frame for table in tables], ignore_index=True)
        twice = frame[frame.duplicated(["head", "index"])]
        if len(twice):
            again = TrackId(twice["head"].iloc[0], int(twice["index"].iloc[0]))
            raise TrackError(
                f"{again} comes twice.", read="several track tables", do="Give each head one table."
            )
        return cls(frame)

    def __len__(self) -> int:
        return len(self.frame)

    def __iter__(self) -> Iterator[TrackId]:
        return iter(self.ids)

    def __contains__(self, track: object) -> bool:
        return track in self._places

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TrackTable) and self.frame.equals(other.frame)

    @cached_property
    def ids(self) -> tuple[TrackId, ...]:
        """Identity of each row, in order."""
        heads, indices = self.frame["head"], self.frame["index"]
        return tuple(TrackId(str(head), int(i)) for head, i in zip(heads, indices, strict=True))

    @cached_property
    def _places(self) -> dict[TrackId, int]:
        return {track: place for place, track in enumerate(self.ids)}

    @cached_property
    def _haystack(self) -> pd.Series:
        columns = ["identifier", "description", "name", *FACETS]
        ids = pd.Series([str(track) for track in self.ids], self.frame.index, dtype=str)
        return ids.str.cat(self.frame[columns], sep=" ").str.lower()

    @property
    def heads(self) -> tuple[str, ...]:
        """Heads in order of appearance."""
        return tuple(map(str, self.frame["head"].unique()))

    @property
    def assays(self) -> tuple[str, ...]:
        """Assays in order of appearance."""
        return tuple(map(str, self.frame["assay"].unique()))

    def row(self, track: TrackId) -> pd.Series:
        """Everything known of one track.

        Raises:
            TrackError: the table has no such track.
        """
        return self.frame.iloc[self._place(track)]

    def select(self, tracks: Iterable[TrackId]) -> "TrackTable":
        """These tracks, in the order asked for.

        Raises:
            TrackError: the table lacks one of them.
        """
        places = [self._place(track) for track in tracks]
        return TrackTable(self.frame.iloc[places].reset_index(drop=True))

    def _place(self, track: TrackId) -> int:
        if track in self._places:
            return self._places[track]
        sizes = self.frame["head"].value_counts(sort=False)
        raise TrackError(
            "This model has no such track.",
            read=f"the track {track}",
            do="It has " + ", ".join(f"{n:,} {head} tracks" for head, n in sizes.items()) + ".",
            example=str(self.ids[0]) if self.ids else "",
        )

    def of_head(self, head: str) -> "TrackTable":
        """The tracks of one head.

        Raises:
            TrackError: the table has no such head.
        """
        if head not in self.heads:
            raise TrackError(
                "This model has no such head.",
                read=f"the head {head!r}",
                do=f"Its heads are {', '.join(self.heads)}.",
                example=next(iter(self.heads), ""),
            )
        return self.search(head=(head,))

    def search(
        self,
        text: str = "",
        *,
        assay: Collection[str] = (),
        target: Collection[str] = (),
        biosample: Collection[str] = (),
        head: Collection[str] = (),
    ) -> "TrackTable":
        """Tracks that hold every word of the text and one value of each facet given, in order.

        Args:
            text: words or parts of words, in any case and order, of the name, description, facets,
                identifier or `head/index`.
            assay: such as `CAGE`; none means any, here and below.
            target: such as `H3K27ac`.
            biosample: such as `K562`.
            head: such as `human`.
        """
        keep = pd.Series(True, self.frame.index)
        for word in text.lower().split():
            keep &= self._haystack.str.contains(word, regex=False)
        for facet, values in zip(FACETS, (head, assay, target, biosample), strict=True):
            if values:
                keep &= self.frame[facet].isin(list(values))
        return TrackTable(self.frame[keep].reset_index(drop=True))

    def facets(self) -> dict[str, dict[str, int]]:
        """Tracks per value of head, assay, target and biosample, the most common first."""
        counts = {facet: self.frame[facet].value_counts() for facet in FACETS}
        return {
            facet: {str(value): int(n) for value, n in found.items() if value != ""}
            for facet, found in counts.items()
        }

    def strand_pairs(self, head: str) -> Int[np.ndarray, " tracks"]:
        """Order of a head's tracks after reverse complement: partners on the two strands swap.

        Raises:
            TrackError: the table does not hold the whole head in order, or pairs that are none.
        """
        frame = self.of_head(head).frame
        own, pairs = np.arange(len(frame)), frame["strand_pair"].to_numpy(dtype=np.int64)
        whole = np.array_equal(frame["index"], own)
        if not whole or not np.isin(pairs, own).all() or not np.array_equal(pairs[pairs], own):
            raise TrackError(
                "Strand pairs need all tracks of a head in order.",
                read=f"a selection of {len(frame)} {head} tracks",
                do="Use the model's whole table.",
            )
        return pairs

    def defaults(self, head: str, n: int = 5) -> tuple[TrackId, ...]:
        """What to show before anything was chosen: kinds of measurement in turn, well-known cells.

        Args:
            head: output head.
            n: how many; the two strands of a pair come together and count once.
        """
        frame = self.of_head(head).frame
        chosen = frame.iloc[default_tracks(frame, n)]
        pairs = zip(chosen["index"], chosen["strand_pair"], strict=True)
        return tuple(TrackId(head, int(i)) for pair in pairs for i in dict.fromkeys(pair))

    def to_json(self) -> str:
        """The table as text, for a checkpoint; `from_json` restores it."""
        given = self.frame[GIVEN].astype(object)
        rows = given.where(given.notna(), None).to_numpy().tolist()
        return json.dumps({"columns": GIVEN, "rows": rows}, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "TrackTable":
        """Restore what `to_json` wrote.

        Raises:
            TrackError: the text is no such table.
        """
        try:
            stored: dict[str, Any] = json.loads(text)
            rows = pd.DataFrame(stored["rows"], columns=stored["columns"])[GIVEN]
            return cls(derive(rows))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise TrackError(
                f"It holds no track table ({error}).",
                read="a stored track table",
                do="Save the model again with this version.",
            ) from error
