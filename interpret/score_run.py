"""A scoring run: a VCF into the work file, its windows through the model, the work file into a table.

Each of the three can be killed at any moment and gone on with.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, repeat
from pathlib import Path

import numpy as np

from enformer.checkpoint import Checkpoint
from enformer.coordinates import Interval
from enformer.errors import EnformerLensError
from enformer.genome import Genome
from interpret.origin import Cancel
from interpret.percentiles import Background
from interpret.score_columns import Columns
from interpret.score_output import Layout, kind_of, write_parquet, write_tsv
from interpret.score_reasons import SCORED, Judge
from interpret.score_store import Row, Store
from interpret.variants import WindowScorer
from interpret.vcf import VcfFile
from interpret.vcf_output import write_vcf

Tell = Callable[[int], object]
"""Called with how many more are done."""
_TAKEN = 1_000  # records in one transaction
_AT_ONCE = 256  # alleles of a window that are in memory
_SECONDS = 0.5  # of scoring that a kill may cost
_Result = tuple[int, str, str, np.ndarray | None]


@dataclass(frozen=True, eq=False)
class Run:
    """What is scored, with what, and into which file.

    Attributes:
        source: VCF or BCF.
        out: the table; its ending says which.
        checkpoint: the model.
        genome: what it reads.
        columns: of the table; their heads are scored.
        grid: as in `Judge`.
        outside: as in `Judge`.
        reverse_complement: average with the other strand.
        shifts: average over windows moved by so many bp.
        background: for percentiles.
    """

    source: Path
    out: Path
    checkpoint: Checkpoint
    genome: Genome
    columns: Columns
    grid: int
    outside: float = 0.5
    reverse_complement: bool = False
    shifts: tuple[int, ...] = (0,)
    background: Background | None = None

    @property
    def work(self) -> Path:
        """The work file, beside the output."""
        return work_file(self.out)

    def take_in(self, store: Store, tell: Tell) -> None:
        """Reads what has not been read of the input, and judges each allele."""
        if store.note("taken in"):
            return
        with VcfFile(self.source) as file:
            judge = Judge(self.checkpoint, self.genome, self.grid, self.outside, file.assembly)
            records = islice(file, store.records(), None)
            while some := list(islice(records, _TAKEN)):
                store.add((r, [judge.judge(r, alt) for alt in r.alts]) for r in some)
                tell(len(some))
        store.keep("taken in", "yes")

    def score(self, store: Store, tell: Tell, cancel: Cancel | None = None) -> None:
        """Scores the alleles that wait, window by window.

        Args:
            store: what is done is kept there.
            tell: may raise to stop; what was told of is kept.
            cancel: asked before each pass over a sequence; True ends it.

        Raises:
            Cancelled: when `cancel` says so.
        """
        scorer: WindowScorer | None = None
        while window := store.next_window(self.checkpoint.config.window_length):
            if scorer is None or scorer.window != window:
                scorer = None  # first, so that two windows are never in memory
                scorer = self._scorer(window, cancel)
            rows = store.waiting_in(window, _AT_ONCE)
            for some in _timed(map(self._scored, rows, repeat(scorer))):
                store.settle(some)
                tell(len(some))

    def _scorer(self, window: Interval, cancel: Cancel | None) -> WindowScorer:
        return WindowScorer(
            self.checkpoint,
            self.genome,
            window,
            heads=self.columns.tracks.heads,
            reverse_complement=self.reverse_complement,
            shifts=self.shifts,
            background=self.background,
            cancel=cancel,
        )

    def _scored(self, row: Row, scorer: WindowScorer) -> _Result:
        assert row.variant is not None, "an allele waits only with a variant"
        try:
            numbers = self.columns.numbers(scorer.score(row.variant))
        except EnformerLensError as error:
            return row.id, "failed", str(error), None
        return row.id, SCORED, "", numbers

    def write(self, store: Store, provenance: Mapping[str, str]) -> int:
        """Writes the table and gives it its name.

        Returns:
            How many rows it has no place for: those that are no VCF, in a VCF.
        """
        layout = Layout(self.columns, self.checkpoint.config.window_length)
        kind, left_out = kind_of(self.out), 0
        partial = self.out.with_name(f"{self.out.name}.partial")
        if kind == "parquet":
            write_parquet(partial, store.rows(), layout, provenance)
        elif kind == "tsv":
            write_tsv(partial, store.rows(), layout, provenance)
        else:
            left_out = write_vcf(partial, self.source, store.rows(), layout, provenance)
        index, old = (path.with_name(f"{path.name}.tbi") for path in (partial, self.out))
        old.unlink(missing_ok=True)  # that of a file which is replaced would mislead
        os.replace(partial, self.out)
        if index.exists():
            os.replace(index, old)
        return left_out


def work_file(out: Path) -> Path:
    """Where a run keeps what it has done so far."""
    return out.with_name(f"{out.name}.work.sqlite")


def _timed(results: Iterator[_Result]) -> Iterator[list[_Result]]:
    """The results in lists, each of about so long as may be lost."""
    some: list[_Result] = []
    begun = time.monotonic()
    for result in results:
        some.append(result)
        if time.monotonic() - begun > _SECONDS:
            yield some
            some, begun = [], time.monotonic()
    if some:
        yield some
