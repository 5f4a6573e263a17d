"""`python -m app.figure`: the same sheet again from its provenance, in a process of its own."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import enformer
from app.asking.places import Place, PlaceName, open_place
from app.asking.question import Query
from app.computing.results import ResultStore
from app.figure import main
from app.sheet import presets, sheets
from app.sheet.computed import Computed
from app.sheet.origins import Model, Origin
from app.sheet.panels import made
from app.sheet.plan import Bed, Panel, Plan
from app.sheet.record import Record
from enformer.coordinates import Interval
from enformer.errors import EnformerLensError
from interpret.elements import Element
from tests.conftest import ROOT

VARIANT = "demo1:345,053 C>A"
KINDS = ("locus", "head", "evidence", "contributions", "variant", "map")


@pytest.fixture(scope="module")
def checkpoint(planted_model):
    return enformer.load(planted_model, device="cpu")


@pytest.fixture(scope="module")
def place() -> Place:
    return open_place(PlaceName.of("demo", "", online=False))


@pytest.fixture(scope="module")
def source(checkpoint, place, tmp_path_factory) -> Computed:
    return Computed(checkpoint, place, ResultStore(tmp_path_factory.mktemp("kept")))


@pytest.fixture(scope="module")
def record(source) -> Record:
    """A sheet with six kinds of pictures of two questions, and all that can be chosen."""
    asked = Query(locus=VARIANT, truth="blood")
    shown = source.scene(Panel("locus", asked))
    panels = [presets.panel(kind, asked, shown, 2) for kind in KINDS]
    gene = Query(locus="DGB1", zoom=(301_000, 302_000))
    near = source.scene(Panel("locus", gene))
    panels[3] = presets.panel("contributions", gene, near)
    panels[0] = replace(panels[0], names={panels[0].question.tracks[0]: "My own name"})
    center = shown.window.center + 200
    mine = Element(Interval("demo1", center, center + 300), "mine")
    panels[2] = replace(panels[2], bed=Bed("mine.bed", "ab" * 32, (mine,)))
    plan = Plan(120, tuple(panels), text=5.5, palette="Tol, bright", colours={"DNASE": "#ccbb44"})
    ready = [made(panel, source) for panel in plan.panels]
    model = Model.of(source.checkpoint, str(source.checkpoint.source))
    return Record.of(plan, ready, model, Origin.of(source.place.genome, "demo"))


def command(*arguments: str, cache: Path) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("ENFORMER_LENS_")}
    environment |= {"ENFORMER_LENS_CACHE": str(cache), "ENFORMER_LENS_OFFLINE": "1"}
    return subprocess.run(
        [sys.executable, "-m", "app.figure", *arguments], cwd=ROOT, env=environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_provenance_comes_back_whole(record):
    assert Record.from_json(record.to_json()).to_json() == record.to_json()
    known = json.loads(record.to_json())
    assert known["model"]["source"] == "planted.safetensors"  # a path is of no use elsewhere
    assert {"DGB1", "DLCR"} <= {gene["symbol"] for gene in known["genes"]}
    assert [part["question"]["locus"] for part in known["sheet"]["panels"]][3] == "DGB1"


def test_it_draws_the_same_bytes_though_nothing_is_kept(record, source, planted_model, tmp_path):
    text = record.to_json()
    (tmp_path / "provenance.json").write_text(text)
    ready = [made(panel, source) for panel in record.plan.panels]
    for form in ("pdf", "svg", "png"):
        out = tmp_path / f"again.{form}"
        done = command(str(tmp_path / "provenance.json"), "--out", str(out), "--model", planted_model,
                       cache=tmp_path / "cache")  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        assert out.read_bytes() == sheets.render(record.plan, ready, form, text)
        # only the first has to compute
        assert ("Predicting" in done.stderr) == (form == "pdf")


def refused(record: Record, tmp_path, capsys, *more: str) -> str:
    path = tmp_path / "changed.json"
    path.write_text(record.to_json())
    assert main([str(path), "--out", str(tmp_path / "out.svg"), *more]) == 1
    assert not (tmp_path / "out.svg").exists()
    return capsys.readouterr().err


def test_other_weights_are_refused(record, planted_model, tmp_path, capsys):
    other = replace(record, model=replace(record.model, sha256="ab" * 32))
    said = refused(other, tmp_path, capsys, "--model", planted_model)
    assert "abab" in said
    assert record.model.sha256 in said
    assert "--model" in said


def test_weights_in_a_file_must_be_named(record, tmp_path, capsys):
    said = refused(record, tmp_path, capsys)
    assert "planted.safetensors" in said
    assert record.model.sha256 in said


@pytest.mark.parametrize(
    "change", [{"identity": "demo:0000"}, {"assembly": "hg38"}, {"source": "hg38.fa"}]
)
def test_another_genome_is_refused(record, planted_model, tmp_path, capsys, change):
    other = replace(record, genome=replace(record.genome, **change))
    said = refused(other, tmp_path, capsys, "--model", planted_model)
    assert next(iter(change.values())) in said
    assert "--genome" in said


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"form": "enformer-lens sheet/1"}', '{"form": "other"}', "no json"]
)
def test_what_is_no_provenance_is_refused_in_words(text, tmp_path, capsys):
    path = tmp_path / "other.json"
    path.write_text(text)
    assert main([str(path), "--out", str(tmp_path / "x.pdf")]) == 1
    assert "provenance" in capsys.readouterr().err


def test_a_file_that_is_not_there_and_a_form_that_is_none_are_told(tmp_path, capsys):
    assert main([str(tmp_path / "none.json"), "--out", str(tmp_path / "x.pdf")]) == 1
    assert "none.json" in capsys.readouterr().err
    assert main([str(tmp_path / "none.json"), "--out", str(tmp_path / "x.docx")]) == 1
    assert "docx" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_told(record, planted_model, tmp_path, capsys):
    (tmp_path / "sheet.json").write_text(record.to_json())
    out = tmp_path / "none" / "out.svg"
    assert main([str(tmp_path / "sheet.json"), "--out", str(out), "--model", planted_model]) == 1
    assert "folder that exists" in capsys.readouterr().err


@pytest.mark.parametrize(
    "change",
    [
        {"width": 500},
        {"text": 12},
        {"palette": "neon"},
        {"colours": {"none": "#000000"}},
        {"panels": 3},
        {"colours": {"DNASE": "red"}},
    ],
)
def test_plans_out_of_range_are_refused(record, change):
    with pytest.raises(EnformerLensError, match="no sheet of panels"):
        Plan.from_values(record.plan.to_values() | change)
