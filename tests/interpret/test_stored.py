"""Results through bytes and back."""

import io
import json
from dataclasses import dataclass, is_dataclass

import numpy as np
import pytest

from enformer.coordinates import Interval, Variant
from enformer.provenance import Provenance
from interpret import stored
from interpret.stored import pack, unpack
from interpret.target import Target

WHERE = Interval("chr1", -5, 100)
ORIGIN = Provenance("toy", "ab" * 32, True, "hg38", "toy", WHERE, options={"steps": 5, "gap": 0.1})


@dataclass(frozen=True, eq=False)
class Part:
    """Something inside a result."""

    name: str
    values: np.ndarray


@dataclass(frozen=True, eq=False)
class Whole:
    """One of each kind of field that a result may have."""

    interval: Interval
    variant: Variant | None
    target: Target
    provenance: Provenance | None
    values: np.ndarray
    by_name: dict
    parts: tuple
    gap: float
    steps: int
    exact: bool
    nothing: None = None


@pytest.fixture(autouse=True)
def known(monkeypatch):
    """The classes above are results; tests are no package, so they are found in another module."""
    for kind in (Part, Whole):
        monkeypatch.setitem(stored.RESULTS, kind.__name__, "interpret.stored")
        monkeypatch.setattr(stored, kind.__name__, kind, raising=False)


@pytest.fixture
def whole():
    return Whole(
        interval=WHERE,
        variant=Variant("chr1", 7, "A", "CT"),
        target=Target("human", (0, 3), (1, 2), "sum"),
        provenance=ORIGIN,
        values=np.arange(6, dtype=np.float16).reshape(2, 3),
        by_name={"mean": np.zeros(3, np.float32), "max": np.array([], np.int64)},
        parts=(Part("a", np.array([np.nan, 1.0])), (1, ("x",))),
        gap=float("inf"),
        steps=np.int64(5),
        exact=True,
    )


def test_every_kind_of_field_comes_back(whole):
    again = unpack(pack(whole))
    assert type(again) is Whole
    for name in ("interval", "variant", "target", "provenance", "gap", "steps", "exact", "nothing"):
        assert getattr(again, name) == getattr(whole, name)
    np.testing.assert_array_equal(again.values, whole.values)
    assert again.values.dtype == np.float16
    assert list(again.by_name) == ["mean", "max"]
    np.testing.assert_array_equal(again.parts[0].values, [np.nan, 1.0])
    assert again.parts[1] == (1, ("x",))
    assert isinstance(again.steps, int)


def test_what_comes_back_cannot_be_written_to(whole):
    again = unpack(pack(whole))
    assert not again.values.flags.writeable
    assert not again.by_name["mean"].flags.writeable


def test_equal_results_give_equal_bytes(whole):
    assert pack(whole) == pack(whole)


@pytest.mark.parametrize(
    "value",
    [
        np.array([object()]),
        object(),
        {1.5: "key"},
        {1, 2},
        pytest.param(lambda: None, id="function"),
    ],
)
def test_what_could_not_be_restored_is_refused(value):
    with pytest.raises(TypeError, match="cannot be stored"):
        pack(Part("a", value))


def form_of(data: bytes) -> dict:
    with np.load(io.BytesIO(data)) as file:
        return json.loads(file["form"].tobytes())


def with_form(form: dict) -> bytes:
    file = io.BytesIO()
    np.savez(file, form=np.frombuffer(json.dumps(form).encode(), dtype=np.uint8))
    return file.getvalue()


def test_only_known_classes_are_restored():
    form = form_of(pack(Part("a", np.array([1.0]))))
    for name in ("Popen", "os.system", ""):
        with pytest.raises(ValueError, match="no class of results"):
            unpack(with_form(form | {"is": name, "fields": {}}))


def test_a_class_that_has_changed_since_is_unreadable():
    with pytest.raises(TypeError):
        unpack(with_form({"is": "Part", "fields": {"old_name": 1}}))


def test_pickles_are_never_read():
    file = io.BytesIO()
    np.savez(file, form=np.array([{"a": 1}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle"):
        unpack(file.getvalue())


@pytest.mark.parametrize("name", [n for n in stored.RESULTS if n not in ("Part", "Whole")])
def test_every_class_that_is_named_is_there(name):
    kind = stored._class(name)
    assert kind.__name__ == name
    assert is_dataclass(kind)
