"""Every figure that a view lets one download, drawn again from its JSON by a process of its own."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app import downloads, services, state
from app.figure import main
from app.locus.shelf import Shelf
from app.sheet import single
from enformer.errors import EnformerLensError
from tests.app.alone import finished, until
from tests.app.test_figure_command import command

VARIANT = "demo1:345,053 C>A"
DGB1 = {"locus": "DGB1", "truth": "blood"}
Saved = dict[str, bytes]


@pytest.fixture
def saved(open_view, planted_model, monkeypatch) -> Callable[..., Saved]:
    """The PDF and JSON files that a view offers, by what their buttons say."""
    files: dict[str, downloads.File] = {}
    monkeypatch.setattr(downloads, "button", lambda label, file, *_: files.update({label: file}))

    def of(view: str, said: str = "", session: dict | None = None, **url: str) -> Saved:
        app: AppTest = open_view(view, **{"model": planted_model} | url)
        for name, value in (session or {}).items():
            app.session_state[name] = value
        finished(app.run())
        if said:
            until(app, said)
        files.clear()
        # when everything is there: a menu that is not drawn forgets that it was open
        app.session_state["download"] = app.session_state["download_map"] = True
        app.run()
        assert not app.exception
        return {name: file[2]() for name, file in files.items() if "PDF" in name or "JSON" in name}

    return of


@pytest.fixture
def again(planted_model, tmp_path) -> Callable[..., bytes]:
    """Runs the command on a provenance; nothing is kept from when the view computed it."""

    def drawn(provenance: bytes, *more: str) -> bytes:
        (tmp_path / "provenance.json").write_bytes(provenance)
        out = tmp_path / "again.pdf"
        model = () if "--model" in more else ("--model", planted_model)
        done = command(str(tmp_path / "provenance.json"), "--out", str(out), *model, *more,
                       cache=tmp_path / "cache")  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        return out.read_bytes()

    return drawn


def test_tracks_with_scale_groups_marks_truth_and_a_track_of_attention(saved, again):
    files = saved("locus", **DGB1, scale="log1p,shared", group="assay", slice="row",
                  mark="301001-301400", zoom="299001-305000")  # fmt: skip
    figure = json.loads(files["JSON"])["figure"]
    assert figure["question"]["slice"] == "row"
    assert again(files["JSON"]) == files["PDF"]
    assert again(files["JSON"], "--width", "89") != files["PDF"]


def test_the_width_that_was_chosen_is_in_the_provenance(saved, again):
    files = saved("locus", **DGB1, session={state.PAPER_WIDTH: 120})
    assert json.loads(files["JSON"])["figure"]["width"] == 120
    assert again(files["JSON"]) == files["PDF"]


def test_both_alleles_and_the_map_around_a_variant(saved, again):
    files = saved("variant", "Motifs made or broken", locus=VARIANT, truth="blood",
                  session={state.VARIANT_FLANK: 20})  # fmt: skip
    assert again(files["JSON"]) == files["PDF"]
    of_map = json.loads(files["Map JSON"])["figure"]["chosen"]
    assert of_map == {"flank": 20, "exact": True, "motifs": "the 14 factors of the planted grammar"}
    assert again(files["Map JSON"]) == files["Map PDF"]


def test_two_methods_a_knock_out_and_the_motifs_under_the_peaks(saved, again):
    files = saved("contributions", "Motifs: ", **DGB1, zoom="301001-301400",
                  method="centred~integrated:uniform:10", knockouts="301101-301130",
                  mark="301201-301220")  # fmt: skip
    figure = json.loads(files["JSON"])["figure"]
    assert figure["question"]["method"] == "centred~integrated:uniform:10"
    assert figure["question"]["knockouts"] == "301101-301130"
    assert figure["chosen"]["motifs"]
    assert again(files["JSON"]) == files["PDF"]


ATTENTION = {
    "a difference over a part": ({"zoom": "340001-350000", "layer": "2", "head": "3"}, {}),
    "rollout of ALT": (
        {"token": "60", "mark": "345001-345300"},
        {state.ATTENTION_ALLELE: "ALT", state.ATTENTION_WHAT: "Rollout",
         state.ATTENTION_POOLING: "mean", state.ATTENTION_SCALE: "per head",
         state.ATTENTION_WAY: "column", state.ATTENTION_ARCS: 20},
    ),
    "every token of REF": (
        {"truth": "blood"},
        {state.ATTENTION_ALLELE: "REF", state.ATTENTION_WHOLE: True,
         state.ATTENTION_BEYOND: "weight over average"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTENTION)
def test_the_map_the_atlas_and_the_arcs_of_attention(saved, again, name):
    url, session = ATTENTION[name]
    files = saved("attention", session=session, locus=VARIANT, **url)
    assert again(files["JSON"]) == files["PDF of the map"]
    for picture in ("atlas", "arcs"):
        assert again(files["JSON"], "--picture", picture) == files[f"PDF of the {picture}"]


def test_evidence_of_planted_elements(saved, again, middle_model):
    files = saved("evidence", model=middle_model, **DGB1, evidence="planted:10:2",
                  mark="316001-316400")  # fmt: skip
    figure = json.loads(files["JSON"])["figure"]
    assert figure["chosen"]["elements"]
    assert again(files["JSON"], "--model", middle_model) == files["PDF"]


def test_the_lanes_and_the_scatter_of_two_models(saved, again, planted_model, middle_model):
    files = saved("models", **{"with": middle_model}, **DGB1)
    asked = ("--model", planted_model, "--other", middle_model)
    assert again(files["JSON"], *asked) == files["PDF"]
    assert again(files["JSON"], *asked, "--picture", "scatter") == files["Scatter PDF"]


def test_a_pasted_sequence_is_in_the_provenance_itself(saved, again):
    files = saved("contributions", locus="ACGTTGCA" * 40)
    assert again(files["JSON"]) == files["PDF"]


# --- what cannot be drawn again -------------------------------------------------------------------


@pytest.fixture
def provenance(saved) -> dict:
    """Of a figure of the Locus view, as plain values."""
    return json.loads(saved("locus", locus="DGB1")["JSON"])


def refused(values: dict, tmp_path: Path, capsys, *more: str) -> str:
    path = tmp_path / "changed.json"
    path.write_text(json.dumps(values))
    assert main([str(path), "--out", str(tmp_path / "out.svg"), *more]) == 1
    assert not (tmp_path / "out.svg").exists()
    return capsys.readouterr().err


def test_files_of_ones_own_are_not_in_the_provenance(saved, tmp_path, capsys, monkeypatch):
    shelf = Shelf()
    shelf.upload("peaks.bed", b"demo1\t300500\t300700\tHS2\n")
    monkeypatch.setattr(services, "shelf", lambda: shelf)
    files = saved("locus", locus="DGB1", slice="row")  # a track of attention beside them
    shelf.close()
    assert files["PDF"]
    said = refused(json.loads(files["JSON"]), tmp_path, capsys)
    assert "files of your own" in said
    assert "own/peaks" in said


def test_what_needs_more_than_the_provenance_is_refused_in_words(
    provenance, planted_model, tmp_path, capsys
):
    model = ("--model", planted_model)
    assert "--model planted.safetensors" in refused(provenance, tmp_path, capsys)
    figure = provenance["figure"]
    other = figure | {"model": figure["model"] | {"sha256": "ab" * 32}}
    assert "abab" in refused(provenance | {"figure": other}, tmp_path, capsys, *model)
    asked = (*model, "--picture", "atlas")
    assert "of tracks" in refused(provenance, tmp_path, capsys, *asked)


@pytest.mark.parametrize(
    "change",
    [{"form": "other"}, {"view": "none"}, {"chosen": {"flank": 10}}, {"genes": 3}, {"model": {}},
     {"more": 1}, {"view": "map", "chosen": {"flank": "x", "exact": True, "motifs": ""}}],
)  # fmt: skip
def test_what_was_changed_is_refused_in_words(provenance, change):
    changed = provenance | {"figure": provenance["figure"] | change}
    with pytest.raises(EnformerLensError, match="holds no figure"):
        single.Single.from_json(json.dumps(changed))


def test_another_width_or_picture_changes_nothing_else(provenance):
    text = json.dumps(provenance, indent=2, ensure_ascii=False)
    assert single.at(text, single.WIDTH) == text
    assert json.loads(single.at(text, 89))["figure"] == provenance["figure"] | {"width": 89}
    assert single.Single.from_json(single.at(text, 89)) == replace(
        single.Single.from_json(text), width=89
    )
