"""From descriptions to what is shown: assay, target, biosample, name, unit, first choice."""

import re
from itertools import zip_longest

import pandas as pd

WELL_KNOWN = ("K562", "HepG2", "GM12878", "MEL", "CH12.LX", "liver", "heart")
"""Biosamples offered first: tier 1 cell lines of ENCODE, mouse blood lines, then tissues."""

_FIRST_KINDS = (
    ("DNASE", ""), ("CHIP", "H3K27ac"), ("CAGE", ""), ("CHIP", "H3K4me3"), ("CHIP", "CTCF"),
    ("RNA", ""), ("ATAC", ""),
)  # fmt: skip
_ASSAYS = {"RNA3": "RNA"}
_COVERAGE = {
    "sum": "coverage", "mean": "mean coverage", "sum_sqrt": "square root of coverage",
    "mean_sqrt": "square root of mean coverage", "max": "largest coverage",
}  # fmt: skip
_READS = {"sum": "reads", "mean": "mean reads", "sum_sqrt": "square root of reads"}


def parse_description(description: str) -> tuple[str, str, str]:
    """Split `CHIP:H3K27ac:K562` into assay, target and biosample.

    The target is "" where the assay has none or the source names none. A GEO title
    `sample / source / cell type` gives its source and cell type; of `CAGE:class:cell line` the cell
    line is the biosample. Text without an assay is a biosample of the assay `OTHER`.
    """
    assay, colon, rest = description.partition(":")
    if not colon or not re.fullmatch(r"[A-Za-z][\w-]*", assay) or not rest.strip(" ,.:"):
        return "OTHER", "", description.strip()
    assay, target = assay.upper(), ""
    if assay == "CHIP":
        target, _, rest = rest.rpartition(":") if rest.count(":") < 2 else rest.partition(":")
    elif assay == "CAGE":
        rest = rest.rpartition(":")[2]
    return _ASSAYS.get(assay, assay), target.strip(" ."), _biosample(rest)


def _biosample(text: str) -> str:
    sample, *named = (part.strip() for part in text.split(" / "))
    return _tidy(", ".join(part for part in named if part.strip(".")) or sample)


def _tidy(text: str) -> str:
    text = re.sub(r",\s*(biol|tech)_(?=\s|$)", "", text)
    text = re.sub(r"(\s*,)+\s*", ", ", text).replace(", (", " (")
    return re.sub(r"\s+", " ", text).strip(" ,")


def name_of(description: str, strand: str) -> str:
    """Readable name of a track: `CHIP H3K27ac, K562`, `CAGE K562 (+)`."""
    assay, target, biosample = parse_description(description)
    what, _, rest = description.partition(":")
    sample, slash, _ = rest.rpartition(":")[2].partition(" / ")
    if assay == "OTHER":
        name = biosample
    elif target:
        name = f"{what.upper()} {target}, {biosample}"
    else:  # a GEO title's sample is all that tells such tracks apart
        name = f"{what.upper()} {_tidy(sample)}; {biosample}" if slash else f"{what} {biosample}"
    return name if strand == "." else f"{name} ({'+' if strand == '+' else '−'})"


def unit_of(assay: str, sum_stat: str) -> str:
    """Unit of a prediction; values are learnt clipped and scaled, so they are not counts."""
    words = _READS if assay == "CAGE" else _COVERAGE
    return f"{words.get(sum_stat, words['sum'])} per bin, clipped and scaled"


def default_tracks(frame: pd.DataFrame, n: int) -> list[int]:
    """Rows of one head to show before anything was chosen, as places in the frame.

    Each kind of measurement gives one track in turn (accessibility, H3K27ac, CAGE, H3K4me3, CTCF,
    RNA, then the rest), one a biosample, well-known biosamples first. The minus strand is left out:
    it comes with its partner.
    """
    leads = frame[(frame["strand"] != "-") | (frame["strand_pair"] == frame["index"])]
    ranks = {biosample: biosample_rank(biosample) for biosample in leads["biosample"].unique()}
    kinds: dict[tuple[int, str], dict[str, int]] = {}
    for biosample, rows in sorted(leads.groupby("biosample"), key=lambda part: ranks[str(part[0])]):
        for place, assay, target in zip(rows.index, rows["assay"], rows["target"], strict=True):
            kinds.setdefault(_kind(assay, target), {}).setdefault(str(biosample), place)
    turns = zip_longest(*(kinds[kind].values() for kind in sorted(kinds)))
    chosen = [place for turn in turns for place in turn if place is not None][:n]
    return [place for kind in sorted(kinds) for place in kinds[kind].values() if place in chosen]


def _kind(assay: str, target: str) -> tuple[int, str]:
    for place, (kind, wanted) in enumerate(_FIRST_KINDS):
        if assay == kind and wanted in ("", target):
            return place, ""
    return len(_FIRST_KINDS), assay


def biosample_rank(biosample: str) -> tuple[int, int]:
    """Sort key that puts well-known biosamples first, exact names before names that hold them."""
    for place, known in enumerate(WELL_KNOWN):
        if biosample == known:
            return 0, place
    for place, known in enumerate(WELL_KNOWN):
        if re.search(rf"(?<![\w-]){re.escape(known)}(?![\w-])", biosample):
            return 1, place
    return 2, 0
