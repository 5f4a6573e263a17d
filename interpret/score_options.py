"""What a table of variant effects is to hold, and the run that makes it: for the command line and the app."""

from dataclasses import dataclass, fields
from pathlib import Path

from enformer.checkpoint import Checkpoint
from enformer.genome import Genome
from enformer.provenance import CITATION, versions
from enformer.tracks import TrackId, TrackTable
from interpret.percentiles import Background
from interpret.score_columns import Columns
from interpret.score_run import Run


@dataclass(frozen=True)
class Options:
    """What decides the values of a table, beside model, genome and input.

    Attributes:
        scores: names in `interpret.scores.SCORES`.
        heads: that are scored; none means those trained on the genome's assembly, else all.
        tracks: with columns of their own, as `human/4828`.
        assays: all tracks of these have columns of their own.
        grid: as in `Judge`; None for an eighth of the predicted region.
        outside: as in `Judge`.
        reverse_complement: average with the other strand.
        shifts: average over windows moved by so many bp.
    """

    scores: tuple[str, ...] = ("SAD", "SAR", "SAX")
    heads: tuple[str, ...] = ()
    tracks: tuple[str, ...] = ()
    assays: tuple[str, ...] = ()
    grid: int | None = None
    outside: float = 0.5
    reverse_complement: bool = False
    shifts: tuple[int, ...] = (0,)

    def run(
        self,
        source: Path,
        out: Path,
        checkpoint: Checkpoint,
        genome: Genome,
        background: Background | None,
    ) -> Run:
        """The run that makes such a table.

        Raises:
            EnformerLensError: the model has no such head, track or assay, or there is no such score.
        """
        columns = Columns.of(
            self.scored(checkpoint, genome),
            self.scores,
            [TrackId.parse(track) for track in self.tracks],
            self.assays,
            () if background is None else tuple(background.absolute),
        )
        region = checkpoint.config.target_bins * checkpoint.config.bin_size
        grid = region // 8 if self.grid is None else self.grid
        what = (source, out, checkpoint, genome, columns)
        return Run(*what, grid, self.outside, self.reverse_complement, self.shifts, background)

    def scored(self, checkpoint: Checkpoint, genome: Genome) -> TrackTable:
        """The tracks that are scored.

        Raises:
            TrackError: the model has no such head.
        """
        for head in self.heads:
            checkpoint.tracks.of_head(head)  # refuses one that is not there
        heads = self.heads or checkpoint.heads_on(genome.assembly) or checkpoint.config.heads
        return checkpoint.tracks.search(head=tuple(heads))

    def words(self) -> list[str]:
        """The options of the command line that say the same; those that are as without them are left out."""
        found: list[str] = []
        for field in fields(self):
            value, name = getattr(self, field.name), _FLAGS.get(field.name, f"--{field.name}")
            if value == field.default:
                continue
            several = isinstance(value, tuple)
            found.append(
                name
                if value is True
                else f"{name}={','.join(map(str, value)) if several else value}"
            )
        return found


_FLAGS = {"assays": "--assay", "reverse_complement": "--rc"}


def provenance(run: Run, input_sha256: str) -> dict[str, str]:
    """What a run is of and how it is done; a work file with another is refused.

    Args:
        run: what is done.
        input_sha256: of its input.
    """
    checkpoint = run.checkpoint
    return {
        "method": "variant effect",
        "input": run.source.name,
        "input_sha256": input_sha256,
        "model": checkpoint.card.name,
        "model_sha256": checkpoint.sha256,
        "trained": "yes" if checkpoint.card.trained else "no, these weights were never trained",
        "assembly": run.genome.assembly,
        "genome": run.genome.identity,
        "heads": ",".join(run.columns.tracks.heads),
        "scores": ",".join(run.columns.scores),
        "tracks": ",".join(str(run.columns.tracks.ids[place]) for place in run.columns.chosen),
        "window_length": str(checkpoint.config.window_length),
        "grid": str(run.grid),
        "outside": str(run.outside),
        "reverse_complement": "yes" if run.reverse_complement else "no",
        "shifts": ",".join(map(str, run.shifts)),
        "background": "none" if run.background is None else str(run.background),
        "device": checkpoint.model.device.type,
        "dtype": str(checkpoint.model.dtype).removeprefix("torch."),
        "versions": ", ".join(f"{name} {number}" for name, number in versions().items()),
        "citation": CITATION,
    }
