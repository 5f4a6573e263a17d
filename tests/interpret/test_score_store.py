import sqlite3
from pathlib import Path

import numpy as np
import pytest

from enformer import Interval, Variant
from enformer.errors import EnformerLensError
from interpret.score_reasons import SCORED, WAITING, Verdict
from interpret.score_store import Store, settled
from interpret.vcf import Record

FINGERPRINT = {"model": "a", "grid": "1"}
WINDOWS = [Interval("chr2", 100, 200), Interval("chr1", 300, 400), Interval("chr1", 0, 100)]


def filled(path: Path) -> Store:
    """Three records that wait, one a window, and one that is refused."""
    store = Store(path, FINGERPRINT)
    waiting = [
        (_record(i + 1), [Verdict(WAITING, "", Variant(w.contig, w.start + 50, "A", "C"), w)])
        for i, w in enumerate(WINDOWS)
    ]
    store.add([*waiting, (_record(4), [Verdict("star", "It is a star.")])])
    return store


def _record(number: int) -> Record:
    return Record(number, "1", 10 * number, ".", "A", ("C",), "a line")


def test_windows_come_in_order_and_rows_as_they_went_in(tmp_path: Path):
    store = filled(tmp_path / "work")
    assert (store.records(), store.waiting()) == (4, 3)
    seen = []
    while window := store.next_window(100):
        (row,) = store.waiting_in(window, 10)
        seen.append(window)
        store.settle([(row.id, SCORED, "", np.array([row.record, np.nan], np.float32))])
    assert seen == sorted(WINDOWS)
    rows = list(store.rows())
    assert [row.record for row in rows] == [1, 2, 3, 4]
    assert [row.numbers[:1].tolist() for row in rows] == [[1], [2], [3], []]
    assert rows[0].variant == Variant("chr2", 150, "A", "C")
    assert (rows[3].status, rows[3].reason, rows[3].variant) == ("star", "It is a star.", None)
    assert store.counts() == {SCORED: 3, "star": 1}
    store.remove()
    assert not list(tmp_path.iterdir())


def test_what_was_committed_is_there_after_the_process_is_gone(tmp_path: Path):
    store = filled(tmp_path / "work")
    first = next(store.rows())
    store.settle([(first.id, SCORED, "", np.ones(2, np.float32))])
    assert store.keep("created", "now") == "now"
    store.close()
    again = Store(tmp_path / "work", FINGERPRINT)
    assert again.counts() == {SCORED: 1, WAITING: 2, "star": 1}
    assert again.keep("created", "later") == "now"


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path):
    store = filled(tmp_path / "work")

    def broken():
        yield _record(5), [Verdict("star", "x")]
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store.add(broken())
    assert store.records() == 4


def test_another_run_or_another_process_is_refused(tmp_path: Path):
    store = filled(tmp_path / "work")
    with pytest.raises(EnformerLensError, match="another run is at work"):
        Store(tmp_path / "work", FINGERPRINT)
    store.close()
    with pytest.raises(EnformerLensError, match=r"grid was 1, now 2.*--restart"):
        Store(tmp_path / "work", {"model": "a", "grid": "2"})
    (tmp_path / "text").write_text("no database " * 100)
    with pytest.raises(EnformerLensError, match="cannot be used"):
        Store(tmp_path / "text", FINGERPRINT)
    with sqlite3.connect(tmp_path / "work") as database:
        assert database.execute("SELECT count(*) FROM allele").fetchone() == (4,)
    database.close()


def test_what_is_refused_and_in_how_many_windows_the_rest_waits(tmp_path: Path):
    store = filled(tmp_path / "work")
    assert store.windows() == 3
    (row,) = store.refused(5)
    assert (row.record, row.status, row.reason) == (4, "star", "It is a star.")
    assert store.refused(0) == []


def test_how_far_a_run_is_can_be_seen_once_it_has_stopped(tmp_path: Path):
    path = tmp_path / "work"
    assert settled(path) is None
    store = filled(path)
    assert settled(path) is None, "a run is at work on it"
    (row,) = store.waiting_in(WINDOWS[0], 1)
    store.settle([(row.id, SCORED, "", np.array([1.0], np.float32))])
    store.close()
    assert settled(path) == 1
