"""One file per model: what goes in comes out, and what is not right is refused with its reason."""

import hashlib
import json
import subprocess
import sys
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file, save_file

import enformer
from enformer import EnformerLensError, TrackTable
from enformer.card import ModelCard, untrained_card
from enformer.checkpoint import FORMAT, choose_device, choose_dtype
from enformer.errors import CheckpointError

CARD = ModelCard("tiny", "A tiny model", True, "Good for tests.", figures={"r": 0.5}, data="µ data")


@pytest.fixture
def saved(tiny_checkpoint, tmp_path):
    """A fresh file of the tiny model that a test may damage."""
    path = tmp_path / "model.safetensors"
    enformer.save(path, tiny_checkpoint.model, tiny_checkpoint.tracks, CARD)
    return path


def _rewrite(path, change=None, metadata=None):
    """The same file with some tensors changed, or with other metadata."""
    from safetensors import safe_open

    with safe_open(path, framework="pt") as file:
        kept = dict(file.metadata())
    tensors = load_file(path)
    if change is not None:
        change(tensors)
    save_file(tensors, path, {**kept, **(metadata or {})})


def test_what_was_saved_is_loaded(saved, tiny_checkpoint):
    loaded = enformer.load(saved, device="cpu")
    assert (loaded.card, loaded.config) == (CARD, tiny_checkpoint.config)
    assert loaded.tracks == tiny_checkpoint.tracks
    assert loaded.sha256 == hashlib.sha256(saved.read_bytes()).hexdigest()
    for name, tensor in tiny_checkpoint.model.state_dict().items():
        assert torch.equal(loaded.model.state_dict()[name], tensor)
    assert not loaded.model.training
    assert not any(p.requires_grad for p in loaded.model.parameters())


def test_weights_stored_in_bfloat16_are_loaded_as_float32(saved):
    def halve(tensors):
        for name, tensor in tensors.items():
            tensors[name] = tensor.bfloat16() if tensor.is_floating_point() else tensor

    _rewrite(saved, halve)
    assert enformer.load(saved, device="cpu", dtype="float32").model.dtype == torch.float32
    assert enformer.load(saved, device="cpu", dtype="bfloat16").model.dtype == torch.bfloat16


def test_a_save_that_fails_leaves_the_old_file(saved, tiny_checkpoint):
    before = saved.read_bytes()
    wrong = TrackTable.concat([tiny_checkpoint.tracks.of_head("human")])
    with pytest.raises(CheckpointError, match="heads have"):
        enformer.save(saved, tiny_checkpoint.model, wrong, CARD)
    assert saved.read_bytes() == before
    assert list(saved.parent.iterdir()) == [saved]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda t: t.pop("stem.conv.bias"), "lacks stem.conv.bias"),
        (lambda t: t.update(extra=torch.zeros(1)), "does not know: extra"),
        (lambda t: t.update({"stem.conv.bias": torch.zeros(3)}), r"\(3,\) instead of \(32,\)"),
        (
            lambda t: t["stem.conv.bias"].__setitem__(0, float("nan")),
            "not finite in stem.conv.bias",
        ),
        (
            lambda t: t["stem.conv.bias"].__setitem__(0, float("inf")),
            "not finite in stem.conv.bias",
        ),
        (
            lambda t: t.update({"stem.conv.bias": torch.full((32,), 1e300, dtype=torch.float64)}),
            "not finite in stem.conv.bias",
        ),
        *(
            (
                lambda t, kind=kind: t.update({"stem.conv.bias": torch.zeros(32, dtype=kind)}),
                f"another kind: stem.conv.bias .{kind}",
            )
            for kind in (torch.int64, torch.bool, torch.complex64)
        ),
    ],
)
def test_tensors_that_are_not_right_are_refused(saved, change, reason):
    _rewrite(saved, change)
    with pytest.raises(CheckpointError, match=reason):
        enformer.load(saved)


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        ({"format": "other/2"}, f"'other/2', not '{FORMAT}'"),
        ({"card": "[]"}, "model card"),
        ({"tracks": "{}"}, "track table"),
        ({"config": json.dumps({"channels": 0})}, "channels must be a whole number from 1 on"),
        ({"config": json.dumps({"filters_divisible_by": 0})}, "filters_divisible_by must be"),
        ({"config": json.dumps({"heads": {"a.b": 8}})}, "Heads are named by a letter"),
        ({"config": json.dumps({"colour": 1})}, "configuration"),
        ({"config": "{"}, "configuration"),
    ],
)
def test_descriptions_that_are_not_right_are_refused(saved, metadata, reason):
    _rewrite(saved, metadata=metadata)
    with pytest.raises(EnformerLensError, match=reason):
        enformer.load(saved)


_WRONG_TYPES = {
    "channels must be a whole number from 1 on, not 64.0": {"channels": 64.0},
    "depth must be a whole number from 1 on, not True": {"depth": True},
    "dropout must be a rate": {"dropout": "0.1"},
    "how many tracks each head has": {"heads": ["human"]},
    "tracks of human must be": {"heads": {"human": "8"}},
}


def test_values_of_another_type_are_refused_where_no_type_check_helps():
    """In a process of its own: the checks that the tests hook in would find them first."""
    script = (
        "import json, sys; from enformer import EnformerConfig, EnformerLensError, ModelCard\n"
        "for make in [*(lambda v=v: EnformerConfig(**v) for v in json.loads(sys.argv[1])),\n"
        "             lambda: ModelCard.from_json(sys.argv[2])]:\n"
        "    try: make()\n"
        "    except EnformerLensError as refused: print(refused)\n"
    )
    card = CARD.to_json().replace("true", '"no"')
    command = [sys.executable, "-c", script, json.dumps([*_WRONG_TYPES.values()]), card]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    for line, wrong in zip(said, [*_WRONG_TYPES, "trained is 'no'"], strict=True):
        assert wrong in line


def test_a_place_that_cannot_be_written_is_an_error_with_its_reason(tiny_checkpoint, tmp_path):
    (tmp_path / "file").touch()
    for path in (tmp_path, tmp_path / "file" / "model.safetensors"):
        with pytest.raises(CheckpointError, match="cannot be written"):
            enformer.save(path, tiny_checkpoint.model, tiny_checkpoint.tracks, CARD)


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("index", lambda n: n + 100, "need all tracks of a head in order"),
        ("index", lambda n: "x", "no track table"),
        ("strand_pair", lambda n: 99, "need all tracks of a head in order"),
        ("strand_pair", lambda n: 0, "need all tracks of a head in order"),
        ("description", lambda n: None, "no track table"),
    ],
)
def test_a_track_table_that_would_mislead_is_refused(saved, tiny_checkpoint, column, value, reason):
    table = json.loads(tiny_checkpoint.tracks.to_json())
    place = table["columns"].index(column)
    for row in table["rows"]:
        row[place] = value(row[place])
    _rewrite(saved, metadata={"tracks": json.dumps(table)})
    with pytest.raises(EnformerLensError, match=reason):
        enformer.load(saved)


def test_a_track_table_without_rows_is_refused(saved, tiny_checkpoint):
    table = json.loads(tiny_checkpoint.tracks.to_json()) | {"rows": []}
    _rewrite(saved, metadata={"tracks": json.dumps(table)})
    with pytest.raises(EnformerLensError, match="no track table"):
        enformer.load(saved)


@pytest.mark.parametrize("keep", [0, 4, 100, -1])
def test_a_truncated_file_is_refused(saved, keep):
    saved.write_bytes(saved.read_bytes()[:keep])
    with pytest.raises(CheckpointError, match="no complete safetensors file"):
        enformer.load(saved)


@pytest.mark.parametrize("source", ["nothing", "", "no/such.safetensors"])
def test_an_unknown_model_is_refused_with_those_there_are(source, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CheckpointError) as error:
        enformer.load(source)
    assert error.value.example == "mini"


def test_official_says_how_to_get_it_when_it_is_not_there():
    with pytest.raises(CheckpointError, match=r"python -m enformer.assets fetch official"):
        enformer.load("official")


def test_devices_and_dtypes_are_chosen_or_refused():
    assert choose_dtype("auto", torch.device("cpu")) == torch.float32
    assert choose_dtype("auto", torch.device("cuda")) == torch.bfloat16
    assert choose_device("cpu").type == "cpu"
    with pytest.raises(EnformerLensError, match="float32 or bfloat16"):
        choose_dtype("float16", torch.device("cpu"))
    for name in ("abacus", "", "cpu:x", "cpu:1", "cuda:99"):
        with pytest.raises(EnformerLensError, match="This machine has"):
            choose_device(name)


def test_untrained_weights_say_so():
    assert untrained_card("x").trained is False
    assert "random" in untrained_card("x").summary


def test_heads_are_found_by_any_name_of_their_assembly(tiny_checkpoint):
    card = replace(tiny_checkpoint.card, assemblies={"human": "GRCh38", "mouse": "mm10"})
    checkpoint = replace(tiny_checkpoint, card=card)
    assert checkpoint.heads_on("hg38") == ("human",)
    assert checkpoint.heads_on("mm10") == ("mouse",)
    assert checkpoint.heads_on("sacCer3") == ()
