"""The work file of a scoring run: every allele of the input and what has become of it, in SQLite.

A run that is killed at any moment leaves a whole file, because what belongs together is written in one
transaction; the same command goes on from there.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from enformer.coordinates import Interval, Variant
from enformer.errors import EnformerLensError
from interpret.score_reasons import WAITING, Verdict
from interpret.vcf import Record

_LAYOUT = """
CREATE TABLE note (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE allele (
    id INTEGER PRIMARY KEY, record INTEGER, number INTEGER, contig TEXT, position INTEGER, name TEXT,
    ref TEXT, alt TEXT, status TEXT, reason TEXT, variant TEXT, window TEXT, start INTEGER, numbers BLOB
);
CREATE INDEX todo ON allele (window, start, id) WHERE status = 'waiting';
CREATE INDEX of_record ON allele (record);
"""
_CELLS = ("id", "record", "number", "contig", "position", "name", "ref", "alt", "status", "reason")


@dataclass(frozen=True, eq=False)
class Row:
    """One allele with all that is known of it.

    Attributes:
        id: place in the input, over records and their ALTs.
        record: number of the record, from 1.
        number: of the ALT in its record, from 1.
        contig: as in the input, like the following.
        position: 1-based.
        name: the record's ID.
        ref: as it stands there.
        alt: as it stands there.
        status: one of `STATUSES`, or `WAITING`.
        reason: why it is not scored, or "".
        variant: as it is scored, or None.
        start: 0-based start of the window, or None.
        numbers: its scores; none where it has not been scored.
    """

    id: int
    record: int
    number: int
    contig: str
    position: int
    name: str
    ref: str
    alt: str
    status: str
    reason: str
    variant: Variant | None
    start: int | None
    numbers: np.ndarray


class Store:
    """The open work file. One process at a time."""

    def __init__(self, path: Path, fingerprint: Mapping[str, str]) -> None:
        """Opens the work file, or begins one.

        Args:
            path: of the file.
            fingerprint: what the run is of and how it is done, by name; none may change between runs.

        Raises:
            EnformerLensError: it belongs to another run, is in use, or is no work file.
        """
        self.path = path
        self._database = sqlite3.connect(path, isolation_level=None, timeout=1)
        try:
            self._database.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._database.execute("BEGIN EXCLUSIVE")
            self._begin(fingerprint)
            self._database.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            self.close()
            raise EnformerLensError(
                f"It cannot be used: {error}.",
                read=f"the work file {path}",
                do="If another run is at work on it, wait; else begin anew with --restart.",
            ) from error
        except EnformerLensError:
            self.close()
            raise

    def _begin(self, fingerprint: Mapping[str, str]) -> None:
        if self._database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
            for statement in filter(str.strip, _LAYOUT.split(";")):
                self._database.execute(statement)
            self._note("fingerprint", json.dumps(dict(fingerprint)))
        before: dict[str, str] = json.loads(self.note("fingerprint"))
        names = dict.fromkeys([*before, *fingerprint])
        changed = [name for name in names if before.get(name) != fingerprint.get(name)]
        if changed:
            told = "; ".join(
                f"{name} was {before.get(name)}, now {fingerprint.get(name)}" for name in changed
            )
            raise EnformerLensError(
                f"It belongs to another run: {told}.",
                read=f"the work file {self.path}",
                do="Go on with the same input and options, choose another --out, or begin anew with "
                "--restart.",
            )

    def close(self) -> None:
        """Closes the file; what was committed stays."""
        self._database.close()

    def remove(self) -> None:
        """Closes and deletes the file: the run is over."""
        self.close()
        self.path.unlink(missing_ok=True)

    def note(self, name: str) -> str:
        """A note that was kept, or ""."""
        found = self._database.execute("SELECT value FROM note WHERE name = ?", (name,)).fetchone()
        return "" if found is None else str(found[0])

    def _note(self, name: str, value: str) -> None:
        self._database.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", (name, value))

    def keep(self, name: str, value: str) -> str:
        """Keeps a note unless there is one of that name; the note that is there now."""
        self._database.execute("INSERT OR IGNORE INTO note VALUES (?, ?)", (name, value))
        return self.note(name)

    def records(self) -> int:
        """How many records have been taken in."""
        return self._database.execute("SELECT coalesce(max(record), 0) FROM allele").fetchone()[0]

    def add(self, judged: Iterable[tuple[Record, Sequence[Verdict]]]) -> None:
        """Takes in records, each with the verdict on each ALT, in one transaction."""
        with self._transaction():
            for record, verdicts in judged:
                alleles = enumerate(zip(record.alts, verdicts, strict=True), start=1)
                self._database.executemany(
                    f"INSERT INTO allele VALUES (NULL{', ?' * 12}, NULL)",
                    [_columns(record, number, alt, verdict) for number, (alt, verdict) in alleles],
                )

    def waiting(self) -> int:
        """How many alleles are still to be scored."""
        return self.counts().get(WAITING, 0)

    def next_window(self, length: int) -> Interval | None:
        """The first window, of so many bp, in which an allele waits; None when all is done."""
        found = self._database.execute(
            "SELECT window, start FROM allele WHERE status = 'waiting' ORDER BY window, start LIMIT 1"
        ).fetchone()
        return None if found is None else Interval(found[0], found[1], found[1] + length)

    def waiting_in(self, window: Interval, most: int) -> list[Row]:
        """The first alleles that wait in a window, in the input's order."""
        return list(
            self._rows(
                "WHERE status = 'waiting' AND window = ? AND start = ? ORDER BY id LIMIT ?",
                (window.contig, window.start, most),
            )
        )

    def settle(self, results: Iterable[tuple[int, str, str, np.ndarray | None]]) -> None:
        """Keeps id, status, reason and scores of some alleles, in one transaction."""
        with self._transaction():
            self._database.executemany(
                "UPDATE allele SET status = ?, reason = ?, numbers = ? WHERE id = ?",
                (
                    (status, reason, None if numbers is None else _packed(numbers), id)
                    for id, status, reason, numbers in results
                ),
            )

    def rows(self) -> Iterator[Row]:
        """All alleles in the input's order, from disk as they are asked for."""
        return self._rows("ORDER BY id", ())

    def counts(self) -> dict[str, int]:
        """Alleles by status."""
        return dict(self._database.execute("SELECT status, count(*) FROM allele GROUP BY status"))

    def windows(self) -> int:
        """In how many windows an allele waits."""
        query = "SELECT count(*) FROM (SELECT DISTINCT window, start FROM allele WHERE status = 'waiting')"
        return self._database.execute(query).fetchone()[0]

    def refused(self, most: int) -> list[Row]:
        """The first alleles that cannot be scored, in the input's order."""
        which = "WHERE status NOT IN ('waiting', 'scored') ORDER BY id LIMIT ?"
        return list(self._rows(which, (most,)))

    def _rows(self, which: str, values: tuple[object, ...]) -> Iterator[Row]:
        query = f"SELECT {', '.join(_CELLS)}, variant, start, numbers FROM allele {which}"
        for *cells, variant, start, numbers in self._database.execute(query, values):
            known = dict(zip(_CELLS, cells, strict=True))
            yield Row(**known, variant=_restored(variant), start=start, numbers=_unpacked(numbers))

    def _transaction(self) -> sqlite3.Connection:
        """Commits what its block does, or nothing of it."""
        self._database.execute("BEGIN")
        return self._database


def settled(path: Path) -> int | None:
    """How many alleles a work file has scored; None where there is none, or a run is at work on it."""
    query = (
        "SELECT count(*) FROM allele WHERE status IN ('scored', 'failed') AND window IS NOT NULL"
    )
    try:
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=0)
        ) as file:
            return file.execute(query).fetchone()[0]
    except sqlite3.Error:
        return None


def _columns(record: Record, number: int, alt: str, verdict: Verdict) -> tuple[object, ...]:
    window, variant = verdict.window, verdict.variant
    return (
        *(record.number, number, record.contig, record.position, record.name, record.ref, alt),
        *(verdict.status, verdict.reason),
        None
        if variant is None
        else f"{variant.contig}\t{variant.position}\t{variant.ref}\t{variant.alt}",
        *((None, None) if window is None else (window.contig, window.start)),
    )


def _restored(text: str | None) -> Variant | None:
    if text is None:
        return None
    contig, position, ref, alt = text.split("\t")
    return Variant(contig, int(position), ref, alt)


def _packed(numbers: np.ndarray) -> bytes:
    return np.asarray(numbers, dtype="<f4").tobytes()


def _unpacked(stored: bytes | None) -> np.ndarray:
    return np.frombuffer(stored or b"", dtype="<f4")
