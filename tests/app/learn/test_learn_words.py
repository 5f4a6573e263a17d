"""The words of the Learn view: texts, glossary, papers, and the places that the tour goes to."""

import json
import re
from pathlib import Path

import pytest

from app.asking.question import Query
from app.evidence import evidence_way
from app.learn import findings, learn_panel
from app.learn.citations import citations
from app.learn.glossary import search, terms
from app.learn.tour_pictures import PICTURES, SHUFFLES
from app.learn.tours import STEPS, demo_tour, hg38_tour
from app.learn.words import text
from enformer.card import ModelCard
from enformer.checkpoint import BUNDLED
from enformer.coordinates import Interval
from enformer.demo import demo_elements, demo_genes


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_each_step_says_what_is_seen_and_what_may_be_concluded(step, root):
    words = text(step.name)
    assert words.startswith("**What am I seeing?**")
    assert "**What may I conclude?**" in words
    assert (root / "app" / "views" / f"{step.view}.py").exists()
    assert step.name in PICTURES


def test_no_text_of_a_step_holds_a_measured_number():
    for step in STEPS:
        numbers = set(re.findall(r"\d[\d.,]*\d|\d", text(step.name)))
        assert numbers <= {"1", "4", "5", "128", "2.2"}, (
            step.name
        )  # steps, bp of a token, DMD in Mb


def test_the_tour_knows_where_things_lie_on_the_demo_genome():
    tour = demo_tour("demo")
    elements = {element.name: element.interval for element in demo_elements()}
    assert tour.control == ("DLCR", elements["DLCR"])
    assert tour.bases.contains(elements["DLCR-HS2"])
    assert tour.around.contains(elements[tour.trap])
    assert tour.around.contains(elements["DLCR"])
    (gene,) = demo_genes().search(tour.gene)
    assert tour.around.contains(gene.interval)
    assert not elements["DOUT1"].end > elements["DINS1"].start  # a wall lies between trap and gene
    assert elements["DINS1"].end < gene.start


def test_each_step_asks_its_own_question():
    tour = hg38_tour("hg38", "mini")
    asked = [tour.question(step) for step in STEPS]
    assert {query.genome for query in asked} == {"hg38"}
    assert [query.truth for query in asked] == [""] * 6
    assert asked[3].zoom == (5_227_040, 5_227_200)
    assert asked[5].locus == "chr11:5,227,158 G>C"
    assert all(Query.from_url(query.to_url()) == query for query in asked)


def test_terms_have_one_name_each_and_a_meaning():
    names = [term.name.lower() for term in terms()]
    assert len(names) == len(set(names)) > 40
    assert names == sorted(names)
    assert all(term.meaning.endswith(".") for term in terms())


@pytest.mark.parametrize(
    ("typed", "first"),
    [("completeness", "completeness gap"), ("ISM", "mutagenesis"), ("LCR", "locus control region"),
     ("convergence delta", "completeness gap"), ("pearson genes", "Pearson, across genes")],
)  # fmt: skip
def test_terms_are_found_by_name_and_by_other_words(typed, first):
    assert search(typed)[0].name == first


def test_no_words_find_everything_and_strange_ones_nothing():
    assert search("  ") == terms()
    assert search("zzz") == ()


def test_papers_have_whole_dois_and_say_why():
    papers = [paper for group in citations().values() for paper in group]
    assert len({paper.doi for paper in papers}) == len(papers)
    for paper in papers:
        assert re.fullmatch(r"10\.\d{4,}/\S+", paper.doi)
        assert re.search(r"(19|20)\d\d$", paper.text), paper.text
        assert paper.why.endswith(".")


def test_what_is_said_of_attention_is_what_the_benchmark_measured(root):
    report = json.loads((root / "benchmarks" / "results" / "truth.json").read_text())
    rows = {row["what"]: row for row in report["rows"]}
    figures = _card(BUNDLED["demo"]).figures
    for figure in learn_panel.METHODS:
        assert figures[f"{figure}, AUPRC"] == pytest.approx(rows[figure]["value"], abs=1e-4)
        assert rows[figure]["budget"] == f">= {float(rows[figure]['budget'][3:]):.3f}"
        assert f"{float(rows[figure]['budget'][3:]):.2f}" == learn_panel.CHANCE
    attention, nearness = (
        rows[f"planted links by {n}"]["value"] for n in ("attention", "nearness")
    )
    assert abs(attention - nearness) < 0.03  # "about as well", as the text has it
    assert rows["planted links by knock-out"]["value"] > nearness


def _card(path: Path) -> ModelCard:
    with path.open("rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    return ModelCard.from_json(header["__metadata__"]["card"])


def test_the_effort_of_a_step_is_one_that_its_view_offers():
    assert SHUFFLES in evidence_way.SHUFFLES


def test_a_change_is_told_with_what_was_planted():
    assert str(findings.Change("DGB1", 30.0, 27.0)) == "DGB1 30 → 27 (−10.0%)"
    change = findings.Change("DGB1", 30.0, 30.0, (0.0, 2.0))
    assert str(change) == "DGB1 30 → 30 (0.0%); planted 0 → 2"


def test_the_window_is_told_in_positions_that_people_read():
    from enformer import OFFICIAL

    window = Interval("chr1", 100_000, 296_608)
    region = Interval("chr1", 140_960, 255_648)
    said = " ".join(findings.of_window(window, region, OFFICIAL))
    assert "chr1:100,001-296,608" in said
    assert "1,536 tokens of 128 bp" in said
    assert "896 bins, 58% of the window" in said
    assert "40,960 bp are read and have no value" in said
