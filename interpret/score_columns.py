"""What a table of variant effects says of each allele: the strongest tracks, the assays, chosen tracks.

A model has thousands of tracks, and a file of all scores of all of them cannot be read. So each score
has the track with the largest effect, the largest effect in each assay, and any tracks asked for.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float, Float32

from enformer.errors import EnformerLensError
from enformer.tracks import TrackId, TrackTable
from interpret.effects import VariantEffect
from interpret.scores import SCORES


@dataclass(frozen=True)
class Column:
    """One number of each allele.

    Attributes:
        name: in tables, such as `SAD_top` or `SAD:human/12`.
        about: one line for people.
        is_track: whether it is the place of a track in the table, rather than a value.
    """

    name: str
    about: str
    is_track: bool = False


@dataclass(frozen=True, eq=False)
class Columns:
    """The columns of a run.

    Attributes:
        tracks: of the scored heads, in order.
        scores: names in `interpret.scores.SCORES`.
        chosen: places in `tracks` that have columns of their own.
        percentiles: scores that have a background.
    """

    tracks: TrackTable
    scores: tuple[str, ...]
    chosen: tuple[int, ...] = ()
    percentiles: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        tracks: TrackTable,
        scores: Sequence[str],
        chosen: Collection[TrackId] = (),
        assays: Collection[str] = (),
        percentiles: Collection[str] = (),
    ) -> "Columns":
        """The columns that were asked for.

        Args:
            tracks: of the scored heads.
            scores: names of scores.
            chosen: tracks with columns of their own.
            assays: all tracks of these have columns of their own.
            percentiles: scores that have a background.

        Raises:
            EnformerLensError: there is no such score, assay or track.
        """
        for what, asked, there in (
            ("score", scores, tuple(SCORES)),
            ("assay", assays, tracks.assays),
        ):
            for name in set(asked) - set(there):
                raise EnformerLensError(
                    f"There is no such {what}.",
                    read=f"the {what} {name!r}",
                    do="Choose from these.",
                    choices=there,
                )
        tracks.select(chosen)  # refuses those that are not there
        wanted = set(chosen) | set(tracks.search(assay=assays).ids if assays else ())
        places = tuple(i for i, track in enumerate(tracks.ids) if track in wanted)
        return cls(tracks, tuple(dict.fromkeys(scores)), places, frozenset(percentiles))

    @cached_property
    def described(self) -> tuple[Column, ...]:
        """The columns in the order of `numbers`."""
        return tuple(column for score in self.scores for column in self._of_score(score))

    def _of_score(self, score: str) -> Iterator[Column]:
        about = SCORES[score].about
        yield Column(f"{score}_top", f"{about}: of the track with the largest absolute value")
        yield Column(f"{score}_track", "that track", is_track=True)
        if score in self.percentiles:
            yield Column(f"{score}_percentile", "percentile of that value in the background")
        for assay in self._assays:
            yield Column(
                f"{score}_{assay}", f"{about}: largest in absolute value of {assay} tracks"
            )
        for place in self.chosen:
            track = self.tracks.ids[place]
            name = self.names[place]
            yield Column(f"{score}:{track}", f"{about}: {name}")
            if score in self.percentiles:
                yield Column(
                    f"{score}_percentile:{track}", f"its percentile in the background: {name}"
                )

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What each track measures, in order."""
        return tuple(map(str, self.tracks.frame["name"]))

    @cached_property
    def _assays(self) -> Mapping[str, np.ndarray]:
        """Places of the tracks of each assay; tracks without one are in none."""
        named = self.tracks.frame["assay"].to_numpy()
        return {assay: np.flatnonzero(named == assay) for assay in self.tracks.assays if assay}

    def numbers(self, effect: VariantEffect) -> Float32[np.ndarray, " columns"]:
        """The values of one allele; NaN where there is none, and -1 for the track then."""
        found = [number for score in self.scores for number in self._numbers(effect, score)]
        return np.array(found, dtype=np.float32)

    def _numbers(self, effect: VariantEffect, score: str) -> Iterator[float]:
        values = effect.scores[score]
        percentiles = effect.percentiles[score] if score in self.percentiles else None
        top = _largest(values)
        yield values[top] if top >= 0 else np.nan
        yield top
        if percentiles is not None:
            yield percentiles[top] if top >= 0 else np.nan
        for places in self._assays.values():
            within = _largest(values[places])
            yield values[places][within] if within >= 0 else np.nan
        for place in self.chosen:
            yield values[place]
            if percentiles is not None:
                yield percentiles[place]


def _largest(values: Float[np.ndarray, " tracks"]) -> int:
    """Place of the largest absolute value, the first of several; -1 where all are NaN."""
    sizes = np.abs(values)
    return -1 if np.isnan(sizes).all() else int(np.nanargmax(sizes))
