"""The scalar that is explained: some tracks of one head over some bins, reduced to one number."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor

from enformer.config import EnformerConfig
from enformer.coordinates import Interval, bins_over
from enformer.errors import EnformerLensError, QueryError
from enformer.genes import Gene
from enformer.model import Enformer
from enformer.tracks import TrackTable

_EXAMPLE = "human/0,3@447-449"
_TEXT = re.compile(
    r"(?P<head>[A-Za-z]\w*)/(?P<tracks>[\d,+-]+)@(?P<bins>[\d,+-]+)(?::(?P<reduce>mean|sum))?",
    re.ASCII,
)


@dataclass(frozen=True)
class Target:
    """Mean or sum of a head's output over tracks and bins. Written `human/0,3@447-449:mean`.

    Attributes:
        head: output head.
        tracks: 0-based indices in that head, ascending.
        bins: 0-based output bins, ascending.
        reduce: "mean" or "sum", over tracks and bins alike.
    """

    head: str
    tracks: tuple[int, ...]
    bins: tuple[int, ...]
    reduce: str = "mean"

    def __post_init__(self) -> None:
        object.__setattr__(self, "tracks", tuple(sorted({int(track) for track in self.tracks})))
        object.__setattr__(self, "bins", tuple(sorted({int(place) for place in self.bins})))
        if not self.tracks or not self.bins or min(self.tracks[0], self.bins[0]) < 0:
            raise _wrong(
                "A target needs at least one track and one bin, counted from 0.", str(self)
            )
        if self.reduce not in ("mean", "sum"):
            raise _wrong('It is reduced by "mean" or by "sum".', str(self))

    def __str__(self) -> str:
        reduced = "" if self.reduce == "mean" else f":{self.reduce}"
        return f"{self.head}/{_ranges(self.tracks)}@{_ranges(self.bins)}{reduced}"

    @classmethod
    def parse(cls, text: str) -> "Target":
        """Reads what `str` writes.

        Raises:
            QueryError: it is something else.
        """
        match = _TEXT.fullmatch(text.strip())
        if match is None:
            raise _wrong("A target is written head/tracks@bins.", text[:80])
        tracks, bins = (_numbers(match[part], text) for part in ("tracks", "bins"))
        return cls(match["head"], tracks, bins, "sum" if match["reduce"] == "sum" else "mean")

    @classmethod
    def over(
        cls,
        region: Interval,
        window: Interval,
        config: EnformerConfig,
        head: str,
        tracks: Sequence[int],
        reduce: str = "mean",
    ) -> "Target":
        """The bins of a window that share a base with a region.

        Raises:
            QueryError: the region has no bins there.
        """
        bins = tuple(bins_over(window, region, config))
        if not bins:
            raise QueryError(
                f"It lies outside the predicted region of the window {window}.",
                read=str(region),
                do="Move the window so that the region is near its middle.",
                example=str(region),
            )
        return cls(head, tuple(tracks), bins, reduce)

    @classmethod
    def of_gene(
        cls,
        gene: Gene,
        window: Interval,
        config: EnformerConfig,
        table: TrackTable,
        head: str,
        tracks: Sequence[int] = (),
    ) -> "Target":
        """CAGE of a gene: the bin of its TSS with one neighbour on each side, as the paper scores genes.

        Args:
            gene: its TSS decides the bins, its strand the tracks where CAGE is stranded.
            window: the model's input.
            config: of the model.
            table: the model's tracks.
            head: output head.
            tracks: those to take; all CAGE tracks of the gene's strand when empty.

        Raises:
            QueryError: the TSS has no bin there, or the head has no CAGE.
        """
        tss = Interval(window.contig, gene.tss, gene.tss + 1)
        tracks = tuple(tracks) or cage_tracks(table, head, gene.strand)
        if not tracks:
            raise _wrong(f"The head {head} has no CAGE track: name tracks.", f"gene {gene.symbol}")
        cls.over(tss, window, config, head, tracks)  # a neighbour's bin is not enough
        return cls.over(tss.resize(2 * config.bin_size + 1), window, config, head, tracks)

    def check(self, config: EnformerConfig) -> None:
        """Refuse what the model does not have.

        Raises:
            QueryError: naming the head, track or bin.
        """
        if self.head not in config.heads:
            raise _wrong(f"The model's heads are {', '.join(config.heads)}.", str(self))
        if self.tracks[-1] >= config.heads[self.head]:
            raise _wrong(f"{self.head} has {config.heads[self.head]:,} tracks, from 0.", str(self))
        if self.bins[-1] >= config.target_bins:
            raise _wrong(f"The model has {config.target_bins:,} bins, from 0.", str(self))

    def tokens(self, config: EnformerConfig, tokens: int | None = None) -> range:
        """Transformer positions from the first to the last bin; bins are the middle of the tokens."""
        total = config.window_length // config.bin_size if tokens is None else tokens
        margin = (total - config.target_bins) // 2
        return range(margin + self.bins[0], margin + self.bins[-1] + 1)

    def tokens_of_bins(self, config: EnformerConfig, tokens: int | None = None) -> list[int]:
        """The transformer position of each bin."""
        first = self.tokens(config, tokens).start - self.bins[0]
        return [first + place for place in self.bins]

    def read(
        self, model: Enformer, tokens: Float[Tensor, "batch positions channels"], first: int = 0
    ) -> Float[Tensor, " batch"]:
        """The target of each sample, from what the transformer leaves; only asked bins and tracks are
        computed.

        Args:
            model: whose last layers are applied.
            tokens: output of the transformer, from token `first` on.
            first: the first token that is there, counted as in a window of the model's usual length.
        """
        margin = self.tokens(model.config)[0] - self.bins[0] - first
        places = [margin + place for place in self.bins]
        return self._reduced(model.read(tokens[:, places], self.head, self.tracks))

    def of(self, values: Float[Tensor, "batch bins tracks"]) -> Float[Tensor, " batch"]:
        """The target, from a head's whole output."""
        return self._reduced(values[:, list(self.bins)][:, :, list(self.tracks)])

    def _reduced(self, chosen: Float[Tensor, "batch bins tracks"]) -> Float[Tensor, " batch"]:
        return chosen.mean((1, 2)) if self.reduce == "mean" else chosen.sum((1, 2))

    def mirrored(self, config: EnformerConfig, table: TrackTable | None = None) -> "Target":
        """The same scalar seen from the other strand: bins flipped, stranded tracks swapped."""
        pairs = range(config.heads[self.head]) if table is None else table.strand_pairs(self.head)
        bins = tuple(config.target_bins - 1 - place for place in self.bins)
        return Target(self.head, tuple(int(pairs[t]) for t in self.tracks), bins, self.reduce)


def scalar(
    model: Enformer, one_hot: Float[Tensor, "batch length 4"], target: Target
) -> Float[Tensor, " batch"]:
    """The target of each sequence, of any length; differentiable where gradients are on."""
    target.check(model.config)
    tokens = model.tokens(one_hot)
    usual, here = (target.tokens(model.config, count) for count in (None, tokens.shape[1]))
    return target.read(model, tokens, usual.start - here.start)


def as_batch(one_hot: Tensor, model: Enformer) -> Float[Tensor, "1 length 4"]:
    """A single sequence, (length, 4) or (1, length, 4), on the model's device.

    Raises:
        EnformerLensError: it is of another shape.
    """
    single = one_hot.unsqueeze(0) if one_hot.dim() == 2 else one_hot
    if single.dim() != 3 or single.shape[0] != 1 or single.shape[2] != 4:
        raise EnformerLensError(
            "A method explains one sequence, (length, 4) with bases A, C, G, T.",
            read=f"an array of shape {tuple(one_hot.shape)}",
            do="Give one sequence at a time.",
        )
    return single.to(model.device, torch.float32)


def cage_tracks(table: TrackTable, head: str, strand: str) -> tuple[int, ...]:
    """Indices of a head's CAGE tracks of a strand, and of those of no strand."""
    frame = table.of_head(head).frame
    stranded = {"+": "-", "-": "+"}.get(strand, "")
    keep = (frame["assay"] == "CAGE") & (frame["strand"] != stranded)
    return tuple(int(index) for index in frame["index"][keep])


def _ranges(numbers: Sequence[int]) -> str:
    """`1,4-6` for 1, 4, 5, 6."""
    if not numbers:
        return ""
    breaks = [0, *(i for i, n in enumerate(numbers) if i and n != numbers[i - 1] + 1), len(numbers)]
    runs = [numbers[a:b] for a, b in pairwise(breaks)]
    return ",".join(str(r[0]) if len(r) == 1 else f"{r[0]}-{r[-1]}" for r in runs)


def _numbers(text: str, whole: str) -> tuple[int, ...]:
    found: list[int] = []
    for part in re.split(r"[,+]", text):
        match = re.fullmatch(r"(\d{1,6})(?:-(\d{1,6}))?", part)
        if match is None or int(match[2] or match[1]) < int(match[1]):
            raise _wrong("Tracks and bins are numbers or ascending ranges.", whole[:80])
        found += range(int(match[1]), int(match[2] or match[1]) + 1)
    return tuple(found)


def _wrong(wrong: str, read: str) -> QueryError:
    return QueryError(wrong, read=f"the target {read}", do="Correct it.", example=_EXAMPLE)
