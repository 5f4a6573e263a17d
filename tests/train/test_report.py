import dataclasses
import json
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from enformer.coordinates import Interval
from enformer.genes import Gene, GeneIndex
from enformer.tracks import TrackTable
from train.head_scores import HeadResult, HeadScores, examples_of
from train.report import compose, write_report
from train.report_data import Evaluation, cage_arrays, summary, tables
from train.report_figures import draw_density, draw_examples, draw_genes, draw_scores
from train.report_page import Heading, Paragraph, Picture, Table, to_html, to_markdown
from train.report_style import MANY, inline, number, style

BINS, BIN, WINDOWS = 32, 128, 4
IDENTIFIERS = ["a+", "a-", "b+", "b-", "c+", "c-", "d", "e", "f"]
ASSAYS = [
    "CAGE:a <&> |",
    "CAGE:a",
    *["CAGE:b"] * 2,
    *["CAGE:c"] * 2,
    "DNASE:d",
    "DNASE:e",
    "CHIP:f:g",
]
TABLE = TrackTable.from_rows(
    pd.DataFrame(
        {
            "identifier": IDENTIFIERS,
            "description": ASSAYS,
            "strand_pair": [1, 0, 3, 2, 5, 4, 6, 7, 8],
        }
    ),
    "human",
)
PROVENANCE = {
    "model": "mini", "title": "Mini", "trained": True, "checkpoint": "mini.safetensors",
    "sha256": "ab" * 32, "data": "mini.h5", "bytes": 7, "split": "test",
    "windows_sha256": {"human": "cd" * 32}, "strands": "mean of both",
    "genes": {"human": "genes.bed"}, "versions": {"python": "3.11"},
}  # fmt: skip


def evaluated(genes: int) -> HeadResult:
    """Track e is constant; predictions follow what is observed, with noise."""
    index = GeneIndex(
        [Gene(f"G{i}", "chr1", 2200 + i, 2600 + i, "+-"[i % 2]) for i in range(genes)]
    )
    scores, random, records = HeadScores(TABLE, BIN, index), np.random.default_rng(0), []
    for place in range(WINDOWS):
        observed = random.gamma(0.5, 6, (BINS, 9)).astype(np.float32)
        predicted = observed * random.uniform(0.5, 1.5, observed.shape).astype(np.float32)
        observed[:, 7] = 2
        window = Interval("chr1", 4096 * place, 4096 * place + 8192)
        records.append((place, window, predicted, observed))
        scores.update(*records[-1])
    tracks, shown = scores.example_tracks(), []
    for place in scores.example_windows():
        _, window, *sides = records[place]
        shown += examples_of(scores, place, window.resize(BINS * BIN), tracks, *sides)
    held = scores.genes.compute() if scores.genes else None
    frames = scores.frame(), scores.density.frame("human")
    return HeadResult("human", "hg38", WINDOWS, *frames, tuple(shown), held)


@pytest.fixture(scope="module")
def result() -> HeadResult:
    return evaluated(genes=40)


@pytest.fixture(scope="module")
def evaluation(result) -> Evaluation:
    return Evaluation((result,), PROVENANCE)


def test_summary_has_each_variant_where_it_belongs(result) -> None:
    cage, chip, dnase, every = summary(result)
    assert [row["assay"] for row in (cage, chip, dnase, every)] == ["CAGE", "CHIP", "DNASE", "all"]
    assert {"across_genes", "across_tracks"} <= cage.keys()
    assert not {"across_genes", "across_tracks"} & every.keys()
    assert (dnase["per_track"]["scored"], dnase["per_track"]["not_scored"]) == (1, 1)
    assert dnase["per_track"]["mean"] == pytest.approx(result.tracks["pearson"][6])
    assert cage["across_genes"]["mean"] == result.genes.across_genes["pearson"].mean()
    assert cage["across_tracks"]["mean"] == result.genes.across_tracks["pearson"].mean()


def test_every_number_of_the_tables_is_in_the_json(evaluation, tmp_path) -> None:
    markdown = write_report(evaluation, tmp_path)
    content = json.loads((tmp_path / "summary.json").read_text())
    stated = json.dumps(content)
    found = {float(text) for text in re.findall(r"-?\d+\.\d+(?:e-?\d+)?", stated)}
    rounded = {f"{value:.3f}" for value in found}
    table = markdown.split("| head | assay | tracks |")[1].split("\n\n")[0].replace("−", "-")
    numbers = re.findall(r"-?\d\.\d{3}", table)
    assert len(numbers) == 20  # 4 rows of (a) and (b), one of (c) and (d), mean and median
    assert set(numbers) <= rounded
    assert content["not_scored"][0]["not_scored"] == "constant observation"
    assert content["not_scored"][0]["pearson"] is None


def test_constant_tracks_are_listed_by_name(evaluation) -> None:
    markdown = to_markdown(compose(evaluation, {}))
    assert "| track | human | e, DNASE:e | constant observation |" in markdown
    assert "| human | DNASE | 1 of 2 | 1 of 2 |" in markdown
    assert f"constant in {WINDOWS} of {9 * WINDOWS} human pairs" in markdown


def test_untrained_weights_are_labelled(result) -> None:
    evaluation = Evaluation((result,), {**PROVENANCE, "trained": False})
    markdown = to_markdown(compose(evaluation, {}))
    assert markdown.startswith("# Evaluation of mini (NEVER TRAINED")
    assert markdown.count("NEVER TRAINED") == 2


def test_without_genes_the_report_says_so(result) -> None:
    bare = Evaluation((dataclasses.replace(result, genes=None),), PROVENANCE)
    assert tables(bare).keys() == {"scores", "density", "examples"}
    assert "(c) and (d) are not computed" in to_markdown(compose(bare, {}))


def test_no_gene_in_any_window_is_no_error(tmp_path) -> None:
    markdown = write_report(Evaluation((evaluated(genes=0),), PROVENANCE), tmp_path)
    assert "0 human genes from genes.bed" in markdown


def test_html_is_one_page_with_text_in_its_figures(evaluation, tmp_path) -> None:
    write_report(evaluation, tmp_path)
    page = (tmp_path / "report.html").read_text()
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', page)) <= {
        pair for name in ids for pair in ((name, ""), ("", name))
    }
    assert ">Pearson r</text>" in page
    for svg in re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL):
        ElementTree.fromstring(svg)


def test_tables_hold_what_figures_show(evaluation, result) -> None:
    held = tables(evaluation)
    assert held["density"]["bins"].sum() == 9 * BINS * WINDOWS
    assert len(held["examples"]) == len(result.examples) * BINS
    arrays = cage_arrays(result.genes)
    assert arrays["observed"].shape == (len(arrays["genes"]), len(arrays["samples"])) == (40, 3)
    np.testing.assert_allclose(arrays["observed"], result.genes.observed, rtol=1e-6)
    first = result.examples[0]
    curve = held["examples"].iloc[:BINS]
    assert (curve["start"].iloc[0], curve["end"].iloc[-1]) == (first.region.start, first.region.end)
    np.testing.assert_array_equal(curve["predicted"], first.predicted)


def test_figures_show_the_data_with_text_of_5_to_7_pt(result) -> None:
    with style():
        figures = [
            draw_scores(result.tracks),
            draw_genes("human", result.genes),
            draw_density(result),
            draw_examples(result.examples),
        ]
        sizes = {
            text.get_fontsize()
            for figure in figures
            for text in figure.findobj(Text)
            if text.get_text()
        }
        assert sizes <= {5.0, 6.0, 7.0}
    scores, genes, _, examples = figures
    dots = [line for line in scores.axes[0].lines if line.get_marker() == "o"]
    assert [len(line.get_ydata()) for line in dots] == [6, 1, 1]
    assert len(genes.axes[0].lines[0].get_xdata()) == len(result.genes.rows) * 3
    for predicted, observed in zip(examples.axes[::2], examples.axes[1::2], strict=True):
        assert predicted.get_ylim() == observed.get_ylim()
    for figure in figures:
        assert figure.get_figwidth() * 25.4 <= 183.01


def test_many_genes_become_hexagons() -> None:
    many = evaluated(genes=MANY // 3 + 10)
    with style():
        axes = draw_genes("human", many.genes).axes[0]
    assert axes.collections[0].get_array().sum() > 0
    assert not [line for line in axes.lines if line.get_marker() == "o"]


def test_parts_are_escaped_and_numbers_flush_right() -> None:
    parts = [
        Heading("A < B", 1),
        Paragraph("x & y"),
        Table(("n|a", "b"), [("c|d", "1")], frozenset({1})),
    ]
    page = to_html(parts, "T")
    assert "<h1>A &lt; B</h1>" in page
    assert '<td class="n">1</td>' in page
    assert "| n\\|a | b |\n|---|---:|\n| c\\|d | 1 |" in to_markdown(parts)
    drawn = Picture("f", "caption", 'say "so"', "<svg></svg>", 89.0)
    assert 'aria-label="say &quot;so&quot;"' in to_html([drawn], "T")
    assert to_markdown([drawn]) == '![say "so"](figures/f.svg)\n\ncaption\n'


def test_numbers_have_true_minus_signs_and_no_minus_zero() -> None:
    assert [number(value, 2) for value in (-0.001, -0.25, np.nan)] == ["0.00", "−0.25", "–"]


def test_inline_svgs_keep_their_ids_apart() -> None:
    svg = '<?xml?><svg width="9pt" height="5pt"><g id="p1"/><use href="#p1" clip-path="url(#p1)"/></svg>'
    assert inline(svg, "x") == (
        '<svg width="100%"><g id="x-p1"/><use href="#x-p1" clip-path="url(#x-p1)"/></svg>'
    )
