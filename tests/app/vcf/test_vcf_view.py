"""The VCF view, run by AppTest on a tiny model and the demo genome, beside the command line."""

import gzip
import shlex
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pandas as pd
import pysam
import pytest
from streamlit.testing.v1 import AppTest

from app import services, state
from app.vcf import calls
from app.vcf.vcf_examples import example
from enformer import open_genome
from interpret.score import main
from interpret.score_run import Run
from tests.app.alone import finished, words

pytestmark = pytest.mark.usefixtures("offline")

HEADER = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"


@pytest.fixture(scope="module")
def few() -> bytes:
    """The example's rows around one gene, and all that are refused."""
    found = example(open_genome("demo"))
    assert found is not None
    lines = found[1].decode().splitlines(keepends=True)
    head = [line for line in lines if line[0] == "#"]
    rows = [line for line in lines if "DGB1" in line or set(line.split("\t")) & set(REFUSED)]
    return "".join([*head, *rows]).encode()


REFUSED = {
    "wrong_REF": "ref_mismatch",
    "symbolic": "symbolic",
    "star": "star",
    "no_ALT": "no_alt",
    "beyond_the_end": "off_contig",
    "another_genome": "off_contig",
}
SCORABLE = 8
"""Four sites of the promoter of DGB1, each broken, and as many bases beside them."""


@pytest.fixture
def opened(open_view):
    """Opens the view with what a link asks for, on the demo genome."""
    return partial(open_view, "vcf", genome="demo")


def upload(app: AppTest, content: bytes, name: str = "calls.vcf") -> AppTest:
    app.file_uploader(key=state.CALLS_UPLOAD).set_value((name, content, "text/plain"))
    return finished(app.run())


def press(app: AppTest, key: str) -> AppTest:
    return finished(app.button(key=key).click().run())


def table(app: AppTest) -> pd.DataFrame:
    """The rows of the scored table."""
    (found,) = (t.value for t in app.main.dataframe if (t.key or "").startswith("effects_rows"))
    return found


def link(app: AppTest) -> str:
    """What the address says of the file."""
    said = app.query_params["calls"]
    return said if isinstance(said, str) else said[0]


def made(kind: str) -> Path:
    (found,) = calls.tables().glob(f"*/effects.{kind}")
    return found


def test_without_a_file_it_says_what_it_does_and_offers_an_example(opened):
    app = opened()
    assert not app.error
    assert "Nothing is scored before you have seen" in words(app)
    app = press(app, "calls_example")
    assert "demo\\_example.vcf" in "".join(m.value for m in app.markdown)
    assert "can be scored" in words(app)
    assert "About" not in app.button(key="calls_score").label


def test_the_file_is_judged_before_anything_is_scored(opened, few, monkeypatch):
    monkeypatch.setattr(Run, "score", None)  # whoever calls it fails
    app = upload(opened(), few)
    assert f"{SCORABLE} of {SCORABLE + len(REFUSED)} can be scored" in words(app)
    counts, refused = (t.value for t in app.main.dataframe)
    assert counts["Alleles"].sum() == len(REFUSED)
    assert dict(zip(refused["ID"], refused["Status"], strict=True)) == REFUSED
    assert refused["Reason"].str.len().min() > 20
    assert app.button(key="calls_score").label == f"Score {SCORABLE} variants"
    assert "forward passes" in words(app)
    assert not list(calls.tables().glob("*/effects.parquet"))


@pytest.fixture
def scored(opened, few) -> AppTest:
    return press(upload(opened(), few), "calls_score")


def without_time(text: str) -> list[str]:
    return [line for line in text.splitlines() if "created" not in line]


def test_the_files_are_those_of_the_command_line(scored, few, tmp_path, tiny_checkpoint):
    source = tmp_path / "calls.vcf"
    source.write_bytes(few)
    for kind in ("tsv", "parquet", "vcf.gz"):
        out = tmp_path / f"cli.{kind}"
        line = [str(source), "--genome", "demo", "--model", str(tiny_checkpoint.source)]
        assert main([*line, "--out", str(out)]) == 3
    tsv = made("tsv").read_text()
    assert without_time(tsv) == without_time((tmp_path / "cli.tsv").read_text())
    pd.testing.assert_frame_equal(
        pd.read_parquet(made("parquet")),
        pd.read_parquet(tmp_path / "cli.parquet"),
        check_exact=True,
    )
    ours, theirs = (gzip.decompress(p.read_bytes()).decode()
                    for p in (made("vcf.gz"), tmp_path / "cli.vcf.gz"))  # fmt: skip
    assert without_time(ours) == without_time(theirs)
    with pysam.VariantFile(str(made("vcf.gz"))) as file:
        assert len(list(file.fetch("demo1", 301_600, 301_800))) == 8


def test_the_page_shows_the_command_that_makes_the_same_table(scored, few, tmp_path, monkeypatch):
    app = scored
    app.session_state["download"] = True
    app = finished(app.run())
    (line,) = (c.value for c in app.code if c.value.startswith("python -m interpret.score"))
    assert "--genome=demo" in line
    monkeypatch.chdir(tmp_path)
    Path("calls.vcf").write_bytes(few)
    assert main(shlex.split(line)[3:]) == 3
    (made_here,) = tmp_path.glob("*.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(made_here), pd.read_parquet(made("parquet")))


def test_rows_are_ordered_and_filtered(scored):
    app = scored
    rows = table(app)
    assert len(rows) == SCORABLE + len(REFUSED)
    assert rows["SAD"].dropna().abs().is_monotonic_decreasing
    app.multiselect(key=state.EFFECTS_STATUS).set_value(["scored"])
    app.text_input(key=state.EFFECTS_REGION).set_value("demo1:301,690")
    rows = table(finished(app.run()))
    assert rows["ID"].tolist() == ["breaks_SP1_of_DGB1-promoter"]
    assert "Reason" not in rows
    app.text_input(key=state.EFFECTS_REGION).set_value("chr1")
    assert "take a filter back" in words(finished(app.run()))
    app.text_input(key=state.EFFECTS_REGION).set_value("demo1:5-x")
    assert len(finished(app.run()).error) == 1
    app.text_input(key=state.EFFECTS_REGION).set_value("")
    app.selectbox(key=state.EFFECTS_OF).set_value("DNASE")
    app.selectbox(key=state.EFFECTS_SCORE).set_value("SAX")
    rows = table(finished(app.run()))
    expected = pd.read_parquet(made("parquet"))["SAX_DNASE"].dropna().sort_values(key=abs)[::-1]
    assert rows["SAX"].tolist() == expected.tolist()
    least = float(rows["SAX"].abs().median())
    app.number_input(key=state.EFFECTS_LEAST).set_value(least)
    assert table(finished(app.run()))["SAX"].abs().min() >= least


def picked(app: AppTest, row: int) -> AppTest:
    """Ticks the box of a row."""
    (key,) = (t.key for t in app.main.dataframe if (t.key or "").startswith("effects_rows"))
    selection = {"rows": [row], "columns": [], "cells": []}
    app.session_state[key] = {"selection": selection}
    return finished(app.run())


def test_a_row_tells_all_its_scores_or_why_it_has_none(scored):
    first, last = table(scored).iloc[0], table(scored).iloc[-1]
    app = picked(scored, 0)
    assert any(b.label == "Open in Variant view" for b in app.button)
    assert f"{first['Position']:,} {first['REF']}>{first['ALT']}" in words(app)
    scores = app.main.dataframe[-1].value
    assert scores["Score"].tolist() == ["SAD", "SAR", "SAX"]
    assert scores["Value"][0] == first["SAD"]
    app = picked(app, SCORABLE + len(REFUSED) - 1)
    assert not any(b.label == "Open in Variant view" for b in app.button)
    assert f"is not scored: {last['Reason']}" in words(app)


def test_a_table_is_found_again_by_its_link_in_another_session(scored, opened):
    again = opened(calls=link(scored))
    assert len(table(again)) == SCORABLE + len(REFUSED)


@pytest.fixture
def gate(monkeypatch) -> Iterator[threading.Event]:
    """Holds a run back after its first alleles, until it is set."""
    gate, score = threading.Event(), Run.score

    def held(self, store, tell, cancel=None):
        def slowly(count):
            tell(count)
            while not gate.wait(0.01):
                tell(0)

        return score(self, store, slowly, cancel)

    monkeypatch.setattr(Run, "score", held)
    monkeypatch.setattr("interpret.score_run._SECONDS", 0.0)
    yield gate
    gate.set()


def test_what_was_scored_is_kept_after_cancel_and_goes_on(opened, few, gate):
    app = upload(opened(), few)
    app.button(key="calls_score").click().run()
    for _ in range(200):
        if any("1 of 8 alleles scored" in p.proto.text for p in app.get("progress")):
            break
        app.run()
    next(b for b in app.button if b.label == "Cancel").click()
    app = finished(app.run())
    assert "Stopped." in words(app)
    again = opened(calls=link(app))
    for _ in range(100):
        if "Go on with" in again.button(key="calls_score").label:
            break
        again.run()
    assert "1 of 8 are scored and kept" in words(again)
    gate.set()
    again = press(again, "calls_score")
    assert table(again)["SAD"].notna().sum() == SCORABLE
    lines = [c for c in made("tsv").read_text().splitlines() if c[0] != "#"]
    assert len(lines) == SCORABLE + len(REFUSED) + 1


def test_a_second_session_with_the_same_file_shares_the_job(
    opened, few, gate, root, tiny_checkpoint
):
    app = upload(opened(), few)
    app.button(key="calls_score").click().run()
    other = AppTest.from_file(str(root / "app" / "views" / "vcf.py"), default_timeout=60)
    asked = {
        "model": str(tiny_checkpoint.source),
        "genome": "demo",
        "calls": link(app),
    }
    for name, value in asked.items():
        other.query_params[name] = value
    other.run()
    assert [b.label for b in other.button if b.label == "Cancel"]
    jobs = [j for j in services.jobs()._jobs.values() if j.key[0] == "vcf score"]
    assert len([j for j in jobs if not j.state.finished]) == 1
    gate.set()
    assert table(finished(other.run())).equals(table(finished(app.run())))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"hello\n", "it is no VCF"),
        (b"", "it is no VCF"),
        (gzip.compress(HEADER.encode() * 5000 + b"x" * 50)[:-30], "cannot be read"),
        (HEADER.encode(), "no rows"),
        (
            b"##fileformat=VCFv4.2\n##reference=GRCh37\n"
            + HEADER.split("\n", 1)[1].encode()
            + b"demo1\t5\t.\tA\tC\t.\t.\t.\n",
            "header names hg19",
        ),
        (HEADER.encode() + b"chr9\t5\t.\tA\tC\t.\t.\t.\n", "contigs"),
    ],
)
def test_what_is_wrong_with_a_file_is_told(opened, content, said):
    app = upload(opened(), content, "broken.vcf.gz" if content[:1] == b"\x1f" else "broken.vcf")
    assert said in words(app)
    assert not app.exception


def test_a_path_is_read_where_paths_are_allowed(opened, few, tmp_path, monkeypatch):
    path = tmp_path / "mine.vcf"
    path.write_bytes(few)
    app = opened()
    app.text_input(key=state.CALLS_PATH).set_value(str(path))
    assert f"{SCORABLE} of {SCORABLE + len(REFUSED)}" in words(finished(app.run()))
    monkeypatch.setattr(services, "paths_allowed", lambda: False)
    closed = opened(calls=str(path), model="demo")
    assert "Upload the file instead" in words(closed)
    assert not [box for box in closed.text_input if box.key == state.CALLS_PATH]


def test_options_change_the_table_and_are_in_the_link(opened, few):
    app = upload(opened(), few)
    app.multiselect(key=state.CALLS_SCORES).set_value(["D2"])
    app.multiselect(key=state.CALLS_TRACKS).set_value(["human/2"])
    app = press(finished(app.run()), "calls_score")
    columns = pd.read_parquet(made("parquet")).columns
    assert "D2:human/2" in columns
    assert "SAD_top" not in columns
    assert "D2~~human/2~" in link(app)
    assert "D2" in table(app)


def test_a_search_for_cells_it_was_not_trained_on_is_told(opened, few):
    app = upload(opened(), few)
    app.text_input(key=state.CALLS_TRACK_TEXT).set_value("microglia")
    assert "No track of tiny is of “microglia”" in words(finished(app.run()))
