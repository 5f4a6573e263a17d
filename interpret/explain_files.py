"""The files of an explanation: each whole or not at all, each with where it comes from."""

import io
import os
from pathlib import Path

import numpy as np
import pandas as pd

from enformer.provenance import Provenance
from interpret import contribution_files
from interpret.attention_summary import AttentionSummary
from interpret.contributions import Contributions


def put(path: Path, content: bytes | str) -> None:
    """Writes a file beside its place and gives it its name."""
    partial = path.with_name(f"{path.name}.partial")
    partial.write_bytes(content.encode() if isinstance(content, str) else content)
    os.replace(partial, path)


def put_table(path: Path, table: pd.DataFrame, provenance: Provenance | None) -> None:
    """Tab-separated, under `# key: value` lines; a provenance JSON beside it."""
    lines = [] if provenance is None else provenance.lines()
    text = table.to_csv(sep="\t", index=False, float_format="%.9g")
    put(path, "".join(f"{line}\n" for line in lines) + text)
    if provenance is not None:
        put(path.with_name(f"{path.name}.json"), provenance.to_json())


def put_arrays(path: Path, provenance: Provenance | None, **arrays: np.ndarray) -> None:
    """NPZ, with the provenance as text under that name."""
    made = "" if provenance is None else provenance.to_json()
    named = {**arrays, "provenance": np.array(made)}
    packed = io.BytesIO()
    np.savez_compressed(packed, **named)  # pyright: ignore[reportArgumentType]
    put(path, packed.getvalue())


def put_attention(folder: Path, found: AttentionSummary) -> None:
    """`attention.tsv`, `attention_heads.tsv` and `attention.npz`."""
    rows = found.rows.mean(2)
    edges = found.edges
    table = pd.DataFrame(
        {
            "contig": found.interval.contig,
            "start": edges[:-1],
            "end": edges[1:],
            "token": np.arange(found.tokens),
            "mean": rows.mean((0, 1)),
            "largest": rows.max((0, 1)),
            "rollout": found.rollout_rows.mean(0),
            **{f"layer{i}": layer.mean(0) for i, layer in enumerate(rows)},
        }
    )
    put_table(folder / "attention.tsv", table, found.provenance)
    put_table(folder / "attention_heads.tsv", _heads(found), found.provenance)
    put_arrays(
        folder / "attention.npz",
        found.provenance,
        rows=found.rows,
        queries=np.array(found.queries),
        token_starts=edges[:-1],
        rollout_rows=found.rollout_rows,
        pooled_mean=found.pooled_mean,
        pooled_max=found.pooled_max,
        profile=found.profile,
        offsets=found.offsets,
        entropy=found.entropy,
        distance=found.distance,
    )


def _heads(found: AttentionSummary) -> pd.DataFrame:
    """One row an attention head: how focused and how far it looks, and where the target's tokens look."""
    layer, head = np.indices(found.entropy.shape)
    rows = found.rows.mean(2)
    strongest = rows.argmax(2)
    return pd.DataFrame(
        {
            "layer": layer.ravel(),
            "head": head.ravel(),
            "entropy_bits": found.entropy.ravel(),
            "mean_distance_bp": found.distance.ravel(),
            "strongest_token": strongest.ravel(),
            "strongest_start": found.edges[strongest].ravel(),
            "strongest_weight": rows.max(2).ravel(),
        }
    )


def put_contributions(folder: Path, found: Contributions, contig_length: int) -> None:
    """`contributions.bw`, `.bedgraph`, `.npz`, and `contributions.modisco.zip`."""
    put(folder / "contributions.bw", contribution_files.bigwig(found, contig_length))
    put(folder / "contributions.bedgraph", contribution_files.bedgraph(found, contig_length))
    put(folder / "contributions.modisco.zip", contribution_files.modisco(found, contig_length))
    put_arrays(
        folder / "contributions.npz",
        found.provenance,
        contributions=found.values,
        hypothetical=found.hypothetical,
        gradient=found.gradient,
        start=np.array(found.interval.start),
        letters=np.array(found.letters),
    )
