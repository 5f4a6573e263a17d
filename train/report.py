"""The report of an evaluation: what it says, in which order, and the files it becomes."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from train.head_scores import EXAMPLE_RULE
from train.metrics import VARIANTS, mean_and_median
from train.report_data import Evaluation, cage_arrays, summary, tables, to_json
from train.report_figures import draw_density, draw_examples, draw_genes, draw_scores
from train.report_page import Heading, Paragraph, Part, Picture, Table, to_html, to_markdown
from train.report_style import FORMATS, MM, encode, inline, number, style

LISTED = 100
"""Rows of a long list that the report shows; the files hold all."""
FEW = 30
"""Genes below which the report warns."""


def write_report(evaluation: Evaluation, out: Path) -> str:
    """Writes report.html, report.md, figures/, summary.json and the tables; returns the Markdown.

    Tables come first, so that nothing measured is lost should a figure fail.
    """
    (out / "figures").mkdir(parents=True, exist_ok=True)
    _write(out / "summary.json", to_json(evaluation).encode())
    for name, table in tables(evaluation).items():
        text = table.to_csv(sep="\t", index=False, float_format="%.6g", na_rep="nan")
        _write(out / f"{name}.tsv", text.encode())
    for result, genes in evaluation.with_genes:
        np.savez_compressed(out / f"cage-{result.head}.npz", **cage_arrays(genes))
    with style():
        drawn = [_picture(out, *figure) for figure in _figures(evaluation)]
    parts = compose(evaluation, {picture.name: picture for picture in drawn})
    markdown = to_markdown(parts)
    _write(out / "report.md", markdown.encode())
    _write(out / "report.html", to_html(parts, evaluation.title).encode())
    return markdown


def compose(evaluation: Evaluation, pictures: Mapping[str, Picture]) -> list[Part]:
    """The report from top to bottom, with those of its figures that are given."""
    parts: list[Part] = [
        Heading(f"Evaluation of {evaluation.title}", 1),
        Paragraph(_sentence(evaluation)),
        Heading("Pearson correlation, four ways"),
        _scores(evaluation),
        *_definitions(),
        *_gene_note(evaluation),
    ]
    parts += [pictures["scores"]] if "scores" in pictures else []
    sections = {
        "genes": "CAGE of genes, predicted against observed",
        "density": "All bins, predicted against observed",
        "examples": "Example tracks, predicted over observed",
    }
    for kind, title in sections.items():
        drawn = [picture for name, picture in pictures.items() if name.startswith(f"{kind}-")]
        parts += [Heading(title), *drawn] if drawn else []
    return [*parts, *_counts(evaluation), *_unscored(evaluation), *_origin(evaluation)]


def _sentence(evaluation: Evaluation) -> str:
    counted = [f"{r.windows:,} {r.head} windows of {r.assembly}" for r in evaluation.heads]
    said = f"{evaluation.provenance['title']}. Scored on {', '.join(counted)}; strands: "
    said += f"{evaluation.provenance['strands']}."
    never = "NEVER TRAINED: the weights are random, no biological meaning."
    return said if evaluation.provenance["trained"] else f"{said} {never}"


def _scores(evaluation: Evaluation) -> Table:
    """Mean and median of each variant by head and assay."""
    rows = []
    for row in (row for result in evaluation.heads for row in summary(result)):
        cells = [row["head"], row["assay"], f"{row['tracks']:,}"]
        for variant in VARIANTS:
            held = row.get(variant)
            cells.append(
                "" if held is None else f"{number(held['mean'])} ({number(held['median'])})"
            )
        rows.append(cells)
    columns = [f"({variant.letter}) {variant.title}" for variant in VARIANTS.values()]
    caption = "Mean, and in brackets the median, of Pearson r."
    return Table(["head", "assay", "tracks", *columns], rows, frozenset(range(2, 7)), caption)


def _definitions() -> list[Part]:
    rows = [(f"({v.letter}) {v.title}", v.definition) for v in VARIANTS.values()]
    said = (
        "The four answer different questions and must not be compared with each other. All are computed in "
        "float64. A track, sequence, sample or gene where one side is constant has no correlation: it is "
        "counted and named below, and enters no mean."
    )
    return [Table(("variant", "what it is"), rows), Paragraph(said)]


def _gene_note(evaluation: Evaluation) -> list[Part]:
    scored = evaluation.with_genes
    if not scored:
        return [
            Paragraph("Without gene models (--genes) or CAGE tracks, (c) and (d) are not computed.")
        ]
    counted = [
        f"{len(genes.rows):,} {result.head} genes from {evaluation.provenance['genes'][result.head]} "
        f"in {len(genes.samples):,} CAGE samples (met {genes.seen:,} times)"
        for result, genes in scored
    ]
    rule = (
        "Genes count whose three TSS bins lie in the predicted region of a record; one in several "
        "records counts once, from the record in whose middle its TSS is most nearly. "
    )
    few = any(len(genes.rows) < FEW for _, genes in scored)
    centred = [
        f"{number(mean_and_median(genes.across_tracks['centred'].to_numpy())[0])} ({result.head})"
        for result, genes in scored
    ]
    depth = " Once each sample's mean over genes is taken from both sides, so that depth does not count, "
    depth += f"the mean of (d) is {', '.join(centred)}."
    caution = f" With fewer than {FEW} genes, (c) is a rough estimate." if few else ""
    return [Paragraph(f"{rule}Here: {'; '.join(counted)}.{depth}{caution}")]


def _counts(evaluation: Evaluation) -> list[Part]:
    """How many values stand behind each mean, and how many have none."""
    rows = []
    for row in (row for result in evaluation.heads for row in summary(result)):
        held = [row.get(variant) for variant in VARIANTS]
        cells = ["" if h is None else f"{h['scored']:,} of {h['scored'] + h['not_scored']:,}"
                 for h in held]  # fmt: skip
        rows.append([row["head"], row["assay"], *cells])
    units = ("tracks", "tracks", "samples", "genes")
    columns = [f"({v.letter}) {unit}" for v, unit in zip(VARIANTS.values(), units, strict=True)]
    columns = ["head", "assay", *columns]
    return [
        Heading("What could be scored"),
        Table(columns, rows, frozenset(range(2, 6)), "Scored, of all there are."),
        Paragraph(_sequences(evaluation)),
    ]


def _sequences(evaluation: Evaluation) -> str:
    """In (b), how many pairs of a track and a sequence do not vary."""
    said = []
    for result in evaluation.heads:
        pairs, scored = len(result.tracks) * result.windows, int(result.tracks["sequences"].sum())
        said.append(f"{pairs - scored:,} of {pairs:,} {result.head} pairs")
    return f"In (b) one side is constant in {'; '.join(said)} of track and sequence: not counted."


def _unscored(evaluation: Evaluation) -> list[Part]:
    """Tracks, samples and genes without a correlation, each with the reason."""
    found = [
        ("track", row["head"], f"{row['identifier']}, {row['description']}", row["not_scored"])
        for row in evaluation.unscored.to_dict("records")
    ]
    for result, genes in evaluation.with_genes:
        for kind, rows in (("sample", genes.across_genes), ("gene", genes.across_tracks)):
            missing = rows[rows["pearson"].isna()].to_dict("records")
            found += [(kind, result.head, row[kind], row["not_scored"]) for row in missing]
    if not found:
        return [Paragraph("Every track, sample and gene varies: none is left out.")]
    rest = f" The first {LISTED} of {len(found):,}; summary.json has all." * (len(found) > LISTED)
    caption = f"Left out of the means.{rest}"
    return [Table(["what", "head", "name", "why"], found[:LISTED], caption=caption)]


def _origin(evaluation: Evaluation) -> list[Part]:
    rows = [[name, _text(value)] for name, value in evaluation.provenance.items()]
    return [Heading("Where this comes from"), Table(("what", "value"), rows)]


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{key} {held}" for key, held in value.items()) or "none"
    return "yes" if value is True else "no" if value is False else str(value)


def _figures(evaluation: Evaluation) -> Iterator[tuple[str, Figure, str, str]]:
    """Name, figure, caption and alternative text of each."""
    means = "; ".join(
        f"{row['head']} {row['assay']} {number(row['per_track']['mean'])}"
        for result in evaluation.heads for row in summary(result)
    )  # fmt: skip
    yield (
        "scores", draw_scores(evaluation.tracks),
        "Pearson r of each track, sorted within its assay; the bar is the mean. n: tracks that could be "
        "scored. a, variant (a); b, variant (b): they are different quantities.",
        f"Two panels of dots by head and assay. Means of variant (a): {means}.",
    )  # fmt: skip
    for result, genes in evaluation.with_genes:
        yield (
            f"genes-{result.head}", draw_genes(result.head, genes),
            f"CAGE at the TSS of {result.head} genes, log(1 + x), x the mean of three bins; dashed: "
            "predicted = observed. c, variant (c), one r per sample; d, variant (d), one r per gene.",
            f"Predicted against observed CAGE of {len(genes.rows)} genes, and two histograms of r.",
        )  # fmt: skip
    for result in (held for held in evaluation.heads if len(held.density)):
        yield (
            f"density-{result.head}", draw_density(result),
            f"Every bin of every {result.head} window and track, by assay, log(1 + x) of the track's own "
            "unit; dashed: predicted = observed.",
            f"Predicted against observed value of all bins of {result.head}, one panel per assay.",
        )  # fmt: skip
    for result in (held for held in evaluation.heads if held.examples):
        yield (
            f"examples-{result.head}", draw_examples(result.examples),
            f"Predicted (colour) over observed (grey) on one scale. r: over the bins of this window "
            f"alone. {EXAMPLE_RULE}",
            "Predicted and observed tracks over "
            + ", ".join(dict.fromkeys(str(e.region) for e in result.examples)) + ".",
        )  # fmt: skip


def _picture(out: Path, name: str, figure: Figure, caption: str, alt: str) -> Picture:
    """Writes the figure's files; must be called under `style()`."""
    made = {form: encode(figure, form, name) for form in FORMATS}
    for form, content in made.items():
        _write(out / "figures" / f"{name}.{form}", content)
    svg, width = made["svg"].decode(), figure.get_figwidth() / MM
    return Picture(name, caption, alt, inline(svg, name), width)


def _write(path: Path, content: bytes) -> None:
    """The file, whole or not at all."""
    partial = path.with_name(path.name + ".part")
    partial.write_bytes(content)
    os.replace(partial, path)
