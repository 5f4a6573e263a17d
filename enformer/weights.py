"""Tensors from files that nobody has to trust: read without unpickling, checked one by one."""

import pickle
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from enformer.errors import CheckpointError

Tensors = dict[str, Tensor]


def read_safetensors(path: Path) -> tuple[Tensors, dict[str, str]]:
    """Tensors and metadata of a safetensors file.

    Raises:
        CheckpointError: the file is missing, truncated or no safetensors file.
    """
    try:
        with safe_open(_existing(path), framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no dict)
            return tensors, file.metadata() or {}
    except SafetensorError as error:
        raise CheckpointError(
            f"It is no complete safetensors file ({error}).",
            read=str(path),
            do="Download or copy it again; it may have been cut off.",
        ) from error


def read_torch(path: Path) -> Tensors:
    """Tensors of a `pytorch_model.bin`; anything but tensors inside is refused, never run.

    Raises:
        CheckpointError: the file is missing, truncated, or holds objects.
    """
    try:
        found = torch.load(_existing(path), map_location="cpu", weights_only=True, mmap=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, OSError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        if isinstance(error, pickle.UnpicklingError):  # whose text says how to run what is inside
            reason = "it holds other objects, or is damaged"
        raise CheckpointError(
            f"It is no complete file of plain tensors ({reason}).",
            read=str(path),
            do="Download it again, or convert it to safetensors where you trust it.",
        ) from error
    if not isinstance(found, dict) or not all(
        isinstance(name, str) and isinstance(value, Tensor) for name, value in found.items()
    ):
        raise CheckpointError(
            "It does not hold a dictionary of tensors.",
            read=str(path),
            do="Save `model.state_dict()` and nothing else.",
        )
    return found


def fill(model: nn.Module, tensors: Mapping[str, Tensor], source: str) -> None:
    """Give every tensor of the model its value, float32, in place of whatever it held.

    Raises:
        CheckpointError: tensors are missing, left over, of another shape or kind, or not finite.
    """
    expected = model.state_dict()
    _refuse(source, "lacks", expected.keys() - tensors.keys())
    _refuse(source, "has tensors this model does not know:", tensors.keys() - expected.keys())
    shapes = {
        f"{name} {tuple(tensors[name].shape)} instead of {tuple(expected[name].shape)}"
        for name in expected
        if tensors[name].shape != expected[name].shape
    }
    _refuse(source, "has tensors of another shape:", shapes)
    kinds = {
        f"{name} ({tensor.dtype}, {tensor.layout})"
        for name, tensor in tensors.items()
        if tensor.is_floating_point() != expected[name].is_floating_point()
        or tensor.layout != torch.strided
    }
    _refuse(source, "has tensors of another kind:", kinds)
    whole = {k: v.float() if v.is_floating_point() else v for k, v in tensors.items()}
    broken = {name for name, tensor in whole.items() if not torch.isfinite(tensor).all()}
    _refuse(source, "has values that are not finite in", broken)
    model.load_state_dict(whole, assign=True)


def _refuse(source: str, verb: str, names: set[str]) -> None:
    if names:
        shown = ", ".join(sorted(names)[:3]) + (f" and {len(names) - 3} more" * (len(names) > 3))
        raise CheckpointError(
            f"It {verb} {shown}.",
            read=source,
            do="Check that the file is complete and belongs to this configuration.",
        )


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise CheckpointError(
            "There is no such file.", read=str(path), do="Check the path and its spelling."
        )
    return path
