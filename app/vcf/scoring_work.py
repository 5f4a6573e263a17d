"""The two long parts of a table of effects as work for the queue: reading the VCF, and scoring it.

Everything of a table lies in a folder of its own; what was done is kept there, whenever it is stopped.
"""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from app.computing.job import Control, Work
from enformer.cache import cache_dir
from interpret.score_reasons import SCORED, WAITING
from interpret.score_run import Run
from interpret.score_store import Store
from interpret.vcf import VcfFile

MOST_REFUSED = 1_000
"""Rows that are listed with their reasons before anything is scored."""
OF_A_PASS = 0.25
"""What an allele costs once the reference of its window is known, about, in forward passes."""


@dataclass(frozen=True, eq=False)
class Task:
    """A table that is to be made.

    Attributes:
        run: what makes it, into `effects.parquet` of the folder.
        origin: what it is of and how it is made.
        folder: of this table alone.
        begun: when; another table, should this one be removed to make room and be asked for again.
    """

    run: Run
    origin: Mapping[str, str]
    folder: Path
    begun: str

    @property
    def key(self) -> str:
        """Names it, here and in other sessions."""
        return f"{self.folder} {self.begun}"

    def file(self, ending: str) -> Path:
        """One of its files: parquet, tsv, vcf.gz, vcf.gz.tbi or json."""
        return self.folder / f"effects.{ending}"

    @property
    def is_done(self) -> bool:
        """Whether all files are there; Parquet is written last."""
        return self.run.out.exists()

    @property
    def passes_each(self) -> int:
        """Passes over one sequence: strands times shifts."""
        return len(self.run.shifts) * (2 if self.run.reverse_complement else 1)


@dataclass(frozen=True)
class Survey:
    """What is known of a VCF before it is scored.

    Attributes:
        records: rows of the file.
        alleles: ALTs by status; those that can be scored are `WAITING`.
        windows: in which those lie.
        refused: the first of the others: contig, position, id, REF, ALT, status, reason.
        assembly: that its header names, if any.
    """

    records: int
    alleles: Mapping[str, int]
    windows: int
    refused: tuple[tuple[str, int, str, str, str, str, str], ...]
    assembly: str | None

    @property
    def scorable(self) -> int:
        """Alleles that can be scored."""
        return self.alleles.get(WAITING, 0)

    @classmethod
    def of(cls, store: Store, source: Path) -> "Survey":
        """From the work file of a run that has read its input and scored nothing."""
        rows = store.refused(MOST_REFUSED)
        refused = (
            (r.contig, r.position, r.name, r.ref, r.alt, r.status, r.reason) for r in rows
        )  # fmt: skip
        with VcfFile(source) as file:
            assembly = file.assembly
        return cls(store.records(), store.counts(), store.windows(), tuple(refused), assembly)

    @classmethod
    def kept(cls, task: Task) -> "Survey | None":
        """The one that was written when the file was read."""
        try:
            found = json.loads((task.folder / "survey.json").read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        return cls(**found | {"refused": tuple(map(tuple, found["refused"]))})


def read_work(task: Task) -> Work:
    """Work that reads the VCF and judges each allele; gives the `Survey`."""

    def work(control: Control) -> Survey:
        with _held(task, control) as store:
            read = store.records()

            def tell(records: int) -> None:
                nonlocal read
                read += records
                control.progress(0.0, f"{read:,} records read")

            task.run.take_in(store, tell)
            survey = Survey.of(store, task.run.source)
        _write(task.folder / "survey.json", asdict(survey))
        return survey

    return work


def score_work(task: Task) -> Work:
    """Work that scores the alleles that wait and writes all files."""

    def work(control: Control) -> None:
        with _held(task, control) as store:
            if task.is_done:  # another process was faster
                return
            left, begun = store.waiting(), time.monotonic()
            before, windows = store.counts().get(SCORED, 0), store.windows()
            done = 0

            def tell(alleles: int) -> None:
                nonlocal done
                done += alleles
                said = f"{before + done:,} of {before + left:,} alleles scored"
                control.progress(done / left, said)

            control.progress(0.0, f"{before:,} of {before + left:,} alleles scored")
            task.run.score(store, tell, control.cancelled)
            if left:
                Pace.of(task).learn(windows, left, time.monotonic() - begun)
            control.progress(1.0, "writing the files")
            _write_files(task, store)
            store.remove()

    return work


def _write_files(task: Task, store: Store) -> None:
    """The command line's files, by its code."""
    origin = {**task.origin, "created": store.keep("created", task.begun)}
    _write(task.file("json"), origin)
    for ending in ("vcf.gz", "tsv", "parquet"):
        replace(task.run, out=task.file(ending)).write(store, origin)


@contextmanager
def _held(task: Task, control: Control) -> Iterator[Store]:
    """The work file, once no other process is at it."""
    task.folder.mkdir(exist_ok=True)
    lock = FileLock(task.folder / "lock")
    while not lock.is_locked:
        try:
            lock.acquire(timeout=0.5)
        except Timeout:
            control.progress(0.0, "waiting for another process that makes this table")
    store = Store(task.run.work, task.origin)
    try:
        yield store
    finally:
        store.close()
        lock.release()


def _write(path: Path, content: Mapping[str, object]) -> None:
    partial = path.with_name(f"{path.name}.partial")
    partial.write_text(json.dumps(content, indent=2, ensure_ascii=False), encoding="utf-8")
    partial.replace(path)


@dataclass(frozen=True)
class Pace:
    """How fast a model was on this machine, the last time that it scored a table.

    Attributes:
        file: where that is kept.
        each: passes over one sequence.
    """

    file: Path
    each: int

    @classmethod
    def of(cls, task: Task) -> "Pace":
        """That of the model of a table."""
        model = task.run.checkpoint
        name = "-".join([model.sha256[:16], task.origin["device"], task.origin["dtype"]])
        return cls(cache_dir("vcf", "pace") / f"{name}.txt", task.passes_each)

    def passes(self, windows: int, alleles: int) -> float:
        """What a table costs, about, in forward passes."""
        return self.each * (windows + OF_A_PASS * alleles)

    def seconds(self, windows: int, alleles: int) -> float | None:
        """How long that takes at the pace of the last time; None where there was none."""
        try:
            return float(self.file.read_text()) * self.passes(windows, alleles)
        except (FileNotFoundError, ValueError):
            return None

    def learn(self, windows: int, alleles: int, seconds: float) -> None:
        """Remember how long a table took."""
        self.file.write_text(f"{seconds / self.passes(windows, alleles):.4g}")
