"""Models on disk: one safetensors file holds weights, configuration, tracks and card."""

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import save_file

from enformer.assemblies import canonical_assembly
from enformer.card import ModelCard
from enformer.config import EnformerConfig
from enformer.errors import CheckpointError, EnformerLensError
from enformer.files import sha256_of, typed_path
from enformer.model import Enformer, cast_weights
from enformer.published import find_official, read_published
from enformer.tracks import TrackTable
from enformer.weights import Tensors, fill, read_safetensors

FORMAT = "enformer-lens/1"
BUNDLED = {
    name: Path(__file__).parent / "bundled" / f"{name}.safetensors" for name in ("demo", "mini")
}
"""Models that come with the program, by name."""


@dataclass(frozen=True)
class Checkpoint:
    """A loaded model and all that is known of it. The model is shared: call it, never change it.

    Attributes:
        model: in evaluation mode, its parameters frozen.
        config: its sizes.
        tracks: what each output means, all heads.
        card: what it is good for.
        sha256: of the file of weights, 64 hexadecimal digits.
        source: the file or directory it came from.
    """

    model: Enformer
    config: EnformerConfig
    tracks: TrackTable
    card: ModelCard
    sha256: str
    source: Path

    def heads_on(self, assembly: str) -> tuple[str, ...]:
        """The heads that were trained on an assembly, under any of its names; none where there is none."""
        names = self.card.assemblies
        return tuple(
            h for h in self.config.heads if canonical_assembly(names.get(h, "")) == assembly
        )


def load(source: str | Path, device: str = "auto", dtype: str = "auto") -> Checkpoint:
    """Load a model.

    Args:
        source: "demo"; "mini"; "official" (fetched with `python -m enformer.assets fetch official`); a
            .safetensors file of ours; or a directory in the layout of EleutherAI/enformer-official-rough.
        device: "cpu", "cuda", "mps", or "auto" for the first there is of CUDA, MPS, CPU.
        dtype: "float32", "bfloat16", or "auto": bfloat16 on CUDA, float32 elsewhere.

    Raises:
        CheckpointError: there is no such model, or the file is not what it should be.
    """
    place = choose_device(device)
    path = _locate(source)
    parts = read_published(path) if path.is_dir() else _read_own(path)
    tensors, config, tracks, card, weights = parts
    check_tracks(tracks, config, str(path))
    with torch.device("meta"):
        model = Enformer(config)
    fill(model, tensors, str(weights))
    cast_weights(model, choose_dtype(dtype, place))
    model.to(place).eval().requires_grad_(False)
    return Checkpoint(model, config, tracks, card, sha256_of(weights), path)


def save(path: str | Path, model: Enformer, tracks: TrackTable, card: ModelCard) -> None:
    """Write weights, configuration, tracks and card into one file, whole or not at all.

    Raises:
        CheckpointError: the track table does not belong to the model, or the file cannot be written.
    """
    check_tracks(tracks, model.config, str(path))
    metadata = {
        "format": FORMAT,
        "config": json.dumps(model.config.to_dict()),
        "tracks": tracks.to_json(),
        "card": card.to_json(),
    }
    tensors = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    path = Path(path)
    partial = path.with_suffix(".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file(tensors, partial, metadata)
        partial.replace(path)
    except (OSError, SafetensorError) as error:
        raise CheckpointError(
            f"It cannot be written: {error}.", read=str(path), do="Choose another place for it."
        ) from error


def check_tracks(tracks: TrackTable, config: EnformerConfig, source: str) -> None:
    """Refuse a track table whose heads or sizes are not the model's.

    Raises:
        CheckpointError: naming both.
        TrackError: the rows of a head are not all its tracks in order, or their strands no pairs.
    """
    found = {head: len(tracks.of_head(head)) for head in tracks.heads}
    if found != dict(config.heads):
        raise CheckpointError(
            f"Its track table describes {found}, its heads have {dict(config.heads)} tracks.",
            read=source,
            do="Give the table that belongs to these weights.",
        )
    for head in tracks.heads:
        tracks.strand_pairs(head)


def choose_device(name: str) -> torch.device:
    """The device of that name; "auto" takes CUDA, then MPS, then the CPU.

    Raises:
        EnformerLensError: this machine has no such device.
    """
    there = {"cuda": torch.cuda.is_available, "mps": torch.backends.mps.is_available}
    available = [device for device, is_there in there.items() if is_there()] + ["cpu"]
    if name == "auto":
        return torch.device(available[0])
    kind, colon, number = name.partition(":")
    count = torch.cuda.device_count() if kind == "cuda" else 1
    if kind in available and (not colon or number in map(str, range(count))):
        return torch.device(name)
    raise EnformerLensError(
        f"This machine has {', '.join(available)}.",
        read=f"the device {name!r}",
        do="Choose one of those, or auto.",
    )


def choose_dtype(name: str, device: torch.device) -> torch.dtype:
    """The dtype of that name; "auto" is bfloat16 on CUDA and float32 elsewhere.

    Raises:
        EnformerLensError: it is neither.
    """
    known = {"float32": torch.float32, "bfloat16": torch.bfloat16}
    if name == "auto":
        return known["bfloat16" if device.type == "cuda" else "float32"]
    if name not in known:
        raise EnformerLensError(
            "Models run in float32 or bfloat16.",
            read=f"the dtype {name!r}",
            do="Choose one, or auto.",
        )
    return known[name]


def _locate(source: str | Path) -> Path:
    if source == "official":
        return find_official()
    path = BUNDLED.get(str(source)) or typed_path(source, CheckpointError)
    if str(source).strip() and path.exists():
        return path
    raise CheckpointError(
        "There is no such model.",
        read=f"the model {str(source)!r}",
        do=f"Give {', '.join(BUNDLED)}, official, a .safetensors file, or a directory with config.json.",
        example="mini",
    )


def _read_own(path: Path) -> tuple[Tensors, EnformerConfig, TrackTable, ModelCard, Path]:
    tensors, metadata = read_safetensors(path)
    if metadata.get("format") != FORMAT:
        raise CheckpointError(
            f"It says it is {metadata.get('format', 'of no known format')!r}, not {FORMAT!r}.",
            read=str(path),
            do="Give a file written by enformer.save, or the directory that holds config.json.",
        )
    config = _read_config(metadata.get("config", ""), path)
    tracks = TrackTable.from_json(metadata.get("tracks", ""))
    return tensors, config, tracks, ModelCard.from_json(metadata.get("card", "")), path


def _read_config(text: str, path: Path) -> EnformerConfig:
    try:
        return EnformerConfig(**json.loads(text))
    except (TypeError, json.JSONDecodeError) as error:
        raise CheckpointError(
            f"Its configuration cannot be read ({error}).",
            read=str(path),
            do="Save the model again with this version.",
        ) from error
