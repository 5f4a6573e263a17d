"""Which pairs of tracks of two models are compared: all that match, and those that are drawn."""

from collections.abc import Sequence
from dataclasses import dataclass

from app import services
from enformer.checkpoint import Checkpoint
from enformer.errors import TrackError
from enformer.tracks import TrackId
from interpret.track_pairs import TrackPair, match_assays, match_tracks

MOST_PAIRS = 8
"""Two lanes each that are still read."""
DEFAULT_PAIRS = 3


@dataclass(frozen=True, eq=False)
class Matching:
    """Which tracks of two models belong together.

    Attributes:
        a: model A.
        b: model B.
        pairs: all that were found.
        measured: whether they agree in the biosample too; else only in assay and target.
    """

    a: Checkpoint
    b: Checkpoint
    pairs: tuple[TrackPair, ...]
    measured: bool

    def chosen(
        self, asked: Sequence[str], shown: Sequence[TrackId], head: str
    ) -> tuple[tuple[TrackPair, ...], tuple[str, ...]]:
        """The pairs that are drawn, and those asked for that these models do not have.

        Args:
            asked: pairs as text; without any that can be read, the app chooses.
            shown: tracks of A that other views show, whose pairs come first.
            head: of A, whose pairs come next.
        """
        read = {text: self._read(text) for text in asked}
        pairs = tuple(pair for pair in read.values() if pair is not None)[:MOST_PAIRS]
        unknown = tuple(text for text, pair in read.items() if pair is None)
        first = sorted(self.pairs, key=lambda pair: (pair.a not in shown, pair.a.head != head))
        return pairs or tuple(first[:DEFAULT_PAIRS]), unknown

    def _read(self, text: str) -> TrackPair | None:
        try:
            pair = TrackPair.parse(text)
        except TrackError:
            return None
        if pair.a not in self.a.tracks or pair.b not in self.b.tracks:
            return None
        return next((one for one in self.pairs if (one.a, one.b) == (pair.a, pair.b)), pair)


def matching(a: Checkpoint, b: Checkpoint) -> Matching:
    """Pairs of tracks; where no two measure the same, of the same assay. Found once for all sessions."""
    pairs, measured = services.remembered(f"pairs|{a.sha256}|{b.sha256}", lambda: _pairs(a, b))
    return Matching(a, b, pairs, measured)


def _pairs(a: Checkpoint, b: Checkpoint) -> tuple[tuple[TrackPair, ...], bool]:
    found = match_tracks(a, b)
    return found or match_assays(a, b), bool(found)
