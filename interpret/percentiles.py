"""Where an effect stands among those of random common-like variants, scored with the same weights."""

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from enformer.checkpoint import Checkpoint
from enformer.errors import EnformerLensError
from enformer.files import typed_path
from interpret.effects import VariantEffect
from interpret.origin import frozen
from interpret.scores import SCORES

_TAIL = (0, 0.25, 0.5, 1, 1.5, 2, 3, 4, 5, 7.5)
LEVELS = np.array([*_TAIL, *range(10, 91, 5), *(100 - level for level in reversed(_TAIL))])
"""Percentiles that are kept, closer in the tails: those of all tracks and scores fit in a small file."""
KEPT = tuple(name for name in SCORES if name != "SAD_sum")
"""Scores that have percentiles; SAD_sum has those of SAD, of which it is a multiple."""
KIND = "enformer-lens background/1"
_FOLDER = Path(__file__).parent / "backgrounds"


@dataclass(frozen=True, eq=False)
class Background:
    """Quantiles of the scores of random variants, per track.

    Attributes:
        signed: by score, its value at each of `LEVELS`; only for scores that have a sign.
        absolute: the same of sizes, without sign.
        about: how it was made: model, sha256, assembly, genome, heads, count, seed, options, command.
    """

    signed: Mapping[str, Float[np.ndarray, "levels tracks"]]
    absolute: Mapping[str, Float[np.ndarray, "levels tracks"]]
    about: Mapping[str, Any]

    @classmethod
    def of(
        cls, scores: Mapping[str, Float[np.ndarray, "variants tracks"]], about: Mapping[str, Any]
    ) -> "Background":
        """The background that the scores of random variants make.

        Args:
            scores: by name, all of `KEPT`.
            about: how it was made.
        """
        signed = {name: _quantiles(scores[name]) for name in KEPT if SCORES[name].signed}
        absolute = {name: _quantiles(np.abs(scores[name])) for name in KEPT}
        return cls(signed, absolute, json.loads(json.dumps(about)))

    @classmethod
    def load(cls, path: str | Path) -> "Background":
        """Read what `save` wrote.

        Raises:
            EnformerLensError: there is no such file, or it is something else.
        """
        place = typed_path(path, EnformerLensError)
        try:
            with np.load(place, allow_pickle=False) as file:
                about = json.loads(str(file["about"]))
                if about["kind"] != KIND or not np.array_equal(file["levels"], LEVELS):
                    raise ValueError("other percentiles")
                signed = {n: frozen(file[f"signed/{n}"]) for n in KEPT if SCORES[n].signed}
                absolute = {n: frozen(file[f"absolute/{n}"]) for n in KEPT}
        except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
            raise EnformerLensError(
                f"It holds no background of this version ({error}).",
                read=str(path),
                do="Make one with `python -m interpret.background`.",
            ) from error
        return cls(signed, absolute, about)

    @classmethod
    def bundled(cls, checkpoint: Checkpoint) -> "Background | None":
        """The background that comes with the program for a model, if there is one."""
        unfinished = (".partial.npz", ".writing.npz")
        for path in sorted(p for p in _FOLDER.glob("*.npz") if not p.name.endswith(unfinished)):
            found = cls.load(path)
            if found.about["sha256"] == checkpoint.sha256:
                return found
        return None

    def save(self, path: str | Path) -> None:
        """Write it as NPZ, whole or not at all."""
        arrays: dict[str, Any] = {f"signed/{name}": q for name, q in self.signed.items()}
        arrays |= {f"absolute/{name}": q for name, q in self.absolute.items()}
        path = Path(path)
        partial = path.with_name(f"{path.name}.writing.npz")
        partial.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(
            partial, about=np.array(json.dumps(self.about)), levels=LEVELS, **arrays
        )
        partial.replace(path)

    def check(self, checkpoint: Checkpoint) -> None:
        """Refuse a background that says nothing of a model.

        Raises:
            EnformerLensError: it was made with other weights.
        """
        if self.about["sha256"] != checkpoint.sha256:
            raise EnformerLensError(
                f"It was made with {self.about['model']} ({self.about['sha256'][:12]}); this model is "
                f"{checkpoint.card.name} ({checkpoint.sha256[:12]}), whose effects have another size.",
                read="a background",
                do="Make one for this model with `python -m interpret.background`.",
            )

    def percentile(
        self, effect: VariantEffect, score: str, signed: bool = False
    ) -> Float[np.ndarray, " tracks"]:
        """Percent of random variants that change a track less than this one; NaN stays NaN.

        100 means more than any of them, so at best one in `count`. A percentile compares a variant with
        random ones on the same track; it is no probability of being causal.

        Args:
            effect: of the same model.
            score: one of `KEPT`, or SAD_sum for that of SAD.
            signed: compare values, 0 for the greatest loss; else sizes, 0 for no change.

        Raises:
            EnformerLensError: the score has no sign or no percentile, or a head of the effect is not here.
        """
        name = "SAD" if score == "SAD_sum" else score
        quantiles = (self.signed if signed else self.absolute).get(name)
        if quantiles is None:
            raise EnformerLensError(
                "It has no such percentile.",
                read=f"the score {score!r}, {'signed' if signed else 'absolute'}",
                do="Choose another score.",
                choices=tuple(self.signed if signed else self.absolute),
            )
        values = effect.scores[name] if signed else np.abs(effect.scores[name])
        columns = quantiles[:, self._columns(effect)].T
        found = [_percent_below(v, q) for v, q in zip(values, columns, strict=True)]
        return frozen(np.array(found), np.float64)

    def added_to(self, effect: VariantEffect) -> VariantEffect:
        """The same effect with the percentiles of the size of its scores."""
        found = {name: self.percentile(effect, name) for name in self.absolute}
        return replace(effect, percentiles=found, background=str(self))

    def __str__(self) -> str:
        about = self.about
        return (
            f"{about['count']:,} random single-base variants of {about['assembly']}, transitions and "
            f"transversions as among common ones, scored with {about['model']}"
        )

    def _columns(self, effect: VariantEffect) -> np.ndarray:
        """Of each track of the effect, its place here."""
        heads: Mapping[str, int] = self.about["heads"]
        if missing := set(effect.heads) - set(heads):
            raise EnformerLensError(
                f"It has the heads {', '.join(heads)}.",
                read=f"a background for the head {', '.join(sorted(missing))}",
                do="Make it again with all heads.",
            )
        ends = dict(zip(heads, np.cumsum(list(heads.values())), strict=True))
        return np.concatenate([np.arange(ends[h] - heads[h], ends[h]) for h in effect.heads])


def _percent_below(value: float, quantiles: Float[np.ndarray, " levels"]) -> float:
    """The first of `LEVELS` at a value that many random variants share; `np.interp` gives the last."""
    return 100 - float(np.interp(-value, -quantiles[::-1], 100 - LEVELS[::-1]))


def _quantiles(scores: Float[np.ndarray, "variants tracks"]) -> Float[np.ndarray, "levels tracks"]:
    return frozen(np.percentile(scores, LEVELS, axis=0))
