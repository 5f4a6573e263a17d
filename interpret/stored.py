"""Results as bytes and back, so that what was computed once can be kept: NPZ, without pickles.

A result is a frozen dataclass whose fields are arrays, plain values, and the values that every
explanation shares; only classes named here are ever restored.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from importlib import import_module
from typing import Any

import numpy as np

from enformer.coordinates import Interval, Variant
from enformer.provenance import Provenance
from interpret.target import Target

RESULTS = {
    "AttentionSummary": "interpret.attention",
    "AttentionMaps": "interpret.attention",
    "Contributions": "interpret.contributions",
    "AlleleContributions": "interpret.allele_contributions",
    "Mutagenesis": "interpret.mutagenesis",
    "VariantEffect": "interpret.variants",
    "Knockout": "interpret.perturbed",
    "Sufficiency": "interpret.perturbed",
    "DistanceEffect": "interpret.perturbed",
    "Evidence": "interpret.evidence",
    "NamedPeaks": "interpret.peak_motifs",
    "MotifHits": "interpret.motifs",
    "MotifHit": "interpret.motifs",
    "Seqlet": "interpret.motifs",
    "MotifChanges": "interpret.motif_change",
    "MotifChange": "interpret.motif_change",
    "Agreement": "interpret.agreement",
}
"""Where each class of results is; imported only when one is restored."""

_VALUES: dict[str, type] = {"Interval": Interval, "Variant": Variant, "Target": Target}
_FORM = "form"


def pack(result: Any) -> bytes:
    """A result as NPZ.

    Raises:
        TypeError: it holds something that could not be restored.
    """
    arrays: dict[str, np.ndarray] = {}
    form = json.dumps(_packed(result, arrays)).encode()
    file = io.BytesIO()
    # `Any`: the names of arrays are keywords here, among others of another type
    named: dict[str, Any] = {_FORM: np.frombuffer(form, dtype=np.uint8), **arrays}
    np.savez(file, **named)
    return file.getvalue()


def unpack(stored: bytes) -> Any:
    """What `pack` wrote; its arrays cannot be written to.

    Raises:
        ValueError, KeyError, TypeError, OSError, EnformerLensError: it is something else, or its
            class has changed since.
    """
    with np.load(io.BytesIO(stored), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    form = json.loads(arrays.pop(_FORM).tobytes())
    for array in arrays.values():
        array.setflags(write=False)
    return _unpacked(form, arrays)


def _packed(value: Any, arrays: dict[str, np.ndarray]) -> Any:
    """A value as JSON; arrays go to `arrays` and leave their name."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.ndarray):
        if value.dtype.hasobject:
            raise TypeError("an array of Python objects cannot be stored")
        name = f"array{len(arrays)}"
        arrays[name] = value
        return {"is": "array", "name": name}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Provenance):
        return {"is": "Provenance", "text": value.to_json()}
    if isinstance(value, tuple | list):
        return {"is": "tuple", "items": [_packed(item, arrays) for item in value]}
    if isinstance(value, Mapping):
        return {"is": "mapping", "items": [[_key(k), _packed(v, arrays)] for k, v in value.items()]}
    return _packed_class(value, arrays)


def _key(key: Any) -> str | int:
    if isinstance(key, str | int):
        return key
    raise TypeError(f"a mapping with the key {key!r} cannot be stored")


def _packed_class(value: Any, arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    name = type(value).__name__
    if name not in (*_VALUES, *RESULTS) or not is_dataclass(value):
        raise TypeError(f"{name} cannot be stored: it is not named in interpret.stored")
    parts = {item.name: getattr(value, item.name) for item in fields(value) if item.init}
    return {"is": name, "fields": {part: _packed(one, arrays) for part, one in parts.items()}}


def _unpacked(form: Any, arrays: Mapping[str, np.ndarray]) -> Any:
    if not isinstance(form, dict):
        return form
    kind = form["is"]
    if kind == "array":
        return arrays[form["name"]]
    if kind == "Provenance":
        return Provenance.from_json(form["text"])
    if kind == "tuple":
        return tuple(_unpacked(item, arrays) for item in form["items"])
    if kind == "mapping":
        return {key: _unpacked(item, arrays) for key, item in form["items"]}
    parts = {name: _unpacked(part, arrays) for name, part in form["fields"].items()}
    return _class(kind)(**parts)


def _class(name: str) -> type:
    if name in _VALUES:
        return _VALUES[name]
    if name not in RESULTS:
        raise ValueError(f"{name} is no class of results")
    return getattr(import_module(RESULTS[name]), name)
