"""What a report says, as tables and JSON: every number of it is here."""

import hashlib
import json
import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from enformer.checkpoint import Checkpoint
from enformer.provenance import versions
from train.dataset import Windows
from train.gene_scores import GeneScores
from train.head_scores import EXAMPLE_RULE, HeadResult
from train.metrics import VARIANTS, mean_and_median


@dataclass(frozen=True, eq=False)
class Evaluation:
    """A model's scores on a split, and where they come from.

    Attributes:
        heads: one result per head, in the order of the data.
        provenance: model, sha256, trained, checkpoint, data, bytes, split, windows_sha256 (of positions
            and tracks, by head), strands, genes (by head), device, dtype, versions, citation, created.
    """

    heads: tuple[HeadResult, ...]
    provenance: Mapping[str, Any]

    @property
    def title(self) -> str:
        """What was evaluated on what, in a line."""
        p = self.provenance
        never = "" if p["trained"] else " (NEVER TRAINED: random weights)"
        return f"{p['model']}{never} on the {p['split']} split of {p['data']}"

    @property
    def tracks(self) -> pd.DataFrame:
        """`HeadScores.frame` of all heads."""
        return pd.concat([result.tracks for result in self.heads], ignore_index=True)

    @property
    def unscored(self) -> pd.DataFrame:
        """Tracks of all heads without a Pearson (a)."""
        return pd.concat([result.unscored for result in self.heads], ignore_index=True)

    @property
    def with_genes(self) -> list[tuple[HeadResult, GeneScores]]:
        """Heads whose genes were scored."""
        return [(result, result.genes) for result in self.heads if result.genes is not None]


def provenance_of(
    checkpoint: Checkpoint,
    data: Path,
    held: Mapping[str, Windows],
    both_strands: bool,
    genes: Mapping[str, str],
) -> dict[str, Any]:
    """Where the numbers come from, see `Evaluation.provenance`.

    Args:
        checkpoint: the model.
        data: the prepared file.
        held: the windows of each head, all of one split.
        both_strands: whether both were averaged.
        genes: name of the gene models of each head.
    """
    return {
        "model": checkpoint.card.name,
        "title": checkpoint.card.title,
        "trained": checkpoint.card.trained,
        "checkpoint": checkpoint.source.name,
        "sha256": checkpoint.sha256,
        "data": data.name,
        "bytes": data.stat().st_size,
        "split": next(iter(held.values())).split,
        "windows_sha256": {head: fingerprint(windows) for head, windows in held.items()},
        "strands": "mean of both" if both_strands else "forward",
        "genes": dict(genes),
        "device": checkpoint.model.device.type,
        "dtype": str(checkpoint.model.dtype).removeprefix("torch."),
        "versions": versions(),
        "citation": checkpoint.card.citation,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def fingerprint(windows: Windows) -> str:
    """SHA-256 of the assembly, the positions of the windows and the track table."""
    said = [windows.assembly, *map(str, windows.intervals), windows.tracks.to_json()]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def summary(result: HeadResult) -> list[dict[str, Any]]:
    """One row per assay of a head, then one for all its tracks.

    Each variant that an assay has is a mapping: mean, median, scored, not_scored. Scored are tracks in
    (a) and (b), samples in (c), genes in (d).
    """
    rows: list[dict[str, Any]] = []
    groups = [(str(assay), part) for assay, part in result.tracks.groupby("assay")]
    for assay, part in [*groups, ("all", result.tracks)]:
        row: dict[str, Any] = {"head": result.head, "assay": assay, "tracks": len(part)}
        row["per_track"] = _statistics(part["pearson"])
        row["per_sequence"] = _statistics(part["pearson_per_sequence"])
        if assay == "CAGE" and result.genes is not None:
            row["across_genes"] = _statistics(result.genes.across_genes["pearson"])
            row["across_tracks"] = _statistics(result.genes.across_tracks["pearson"])
        rows.append(row)
    return rows


def _statistics(values: pd.Series) -> dict[str, float | int]:
    mean, median = mean_and_median(values.to_numpy(dtype=np.float64))
    missing = int(values.isna().sum())
    return {
        "mean": mean,
        "median": median,
        "scored": len(values) - missing,
        "not_scored": missing,
    }


def tables(evaluation: Evaluation) -> dict[str, pd.DataFrame]:
    """The tables behind the report by file name; those of genes only where genes were scored."""
    genes = evaluation.with_genes
    parts: dict[str, list[pd.DataFrame]] = {
        "scores": [result.tracks for result in evaluation.heads],
        "density": [result.density for result in evaluation.heads],
        "examples": [_curves(result) for result in evaluation.heads if result.examples],
        "samples": [_of(result, scores.across_genes) for result, scores in genes],
        "genes": [_of(result, scores.across_tracks) for result, scores in genes],
    }
    return {name: pd.concat(held, ignore_index=True) for name, held in parts.items() if held}


def _of(result: HeadResult, frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(head=result.head)[["head", *frame.columns]]


def cage_arrays(scores: GeneScores) -> dict[str, Any]:
    """Predicted and observed log(1 + x) at the TSS, (genes, samples) of float32, and what they are of;
    NaN where no track reads the gene's strand."""
    return {
        "predicted": scores.predicted.astype(np.float32),
        "observed": scores.observed.astype(np.float32),
        "genes": np.array([row.gene.symbol for row in scores.rows], dtype=str),
        "samples": np.array(scores.samples.names, dtype=str),
    }


def _curves(result: HeadResult) -> pd.DataFrame:
    """Head, contig, start and end (0-based half-open), track, predicted, observed: bins of examples."""
    parts = []
    for example in result.examples:
        edges = np.linspace(
            example.region.start, example.region.end, len(example.predicted) + 1, dtype=np.int64
        )
        parts.append(
            pd.DataFrame(
                {"head": result.head, "contig": example.region.contig, "start": edges[:-1],
                 "end": edges[1:], "track": int(example.track["index"]),
                 "predicted": example.predicted, "observed": example.observed}
            )
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def to_json(evaluation: Evaluation) -> str:
    """All of it but the curves and densities, which lie in tables; what is no number is null."""
    held = tables(evaluation)
    content = {
        "title": evaluation.title,
        "provenance": dict(evaluation.provenance),
        "definitions": {name: asdict(variant) for name, variant in VARIANTS.items()},
        "heads": [_head(result) for result in evaluation.heads],
        "not_scored": _records(evaluation.unscored),
        **{name: _records(held[name]) for name in ("scores", "samples", "genes") if name in held},
    }
    return json.dumps(_plain(content), indent=1, ensure_ascii=False, allow_nan=False)


def _head(result: HeadResult) -> dict[str, Any]:
    genes = result.genes
    return {
        "head": result.head,
        "assembly": result.assembly,
        "windows": result.windows,
        "summary": summary(result),
        "genes": None if genes is None else {
            "genes": len(genes.rows), "samples": len(genes.samples), "met": genes.seen
        },
        "examples": {
            "rule": EXAMPLE_RULE,
            "shown": [
                {"region": str(e.region), "track": int(e.track["index"]), "pearson": e.pearson}
                for e in result.examples
            ],
        },
    }  # fmt: skip


def _records(frame: pd.DataFrame) -> list[dict[Hashable, Any]]:
    return frame.to_dict("records")


def _plain(value: Any) -> Any:
    """The same in JSON's own types."""
    if isinstance(value, Mapping):
        return {str(key): _plain(held) for key, held in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(held) for held in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    return None if isinstance(value, float) and not math.isfinite(value) else value
