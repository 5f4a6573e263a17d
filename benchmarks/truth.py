"""`python -m benchmarks truth`: what the methods of `interpret` find of a truth that was planted.

Everything is measured on test contigs, which no model has seen.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float
from scipy.stats import pearsonr, spearmanr
from tqdm import tqdm

from benchmarks.report import Report, Row
from benchmarks.truth_cases import (
    HEAD,
    NEAR,
    TISSUES,
    Case,
    acting_bases,
    base_scores,
    candidates_of,
    draw_cases,
    mutagenesis_scores,
    variant_effects,
)
from benchmarks.truth_figure import draw_distance
from enformer.checkpoint import Checkpoint, load
from enformer.config import OFFICIAL
from enformer.planted import planted_tracks
from enformer.sequence import one_hot
from train.evaluate import predict_head
from train.metrics import StreamingPearson
from train.synthetic_contig import draw_contig, draw_counts, window_starts

SEED, CONTIGS, EACH, STEPS, SHUFFLES = 1, 8, 4, 10, 2
FLANK = 60
"""Bp on each side of a TSS in which every substitution is tried."""
OTHERS = Path(__file__).parent / "models"
"""Models trained on the same data, such as one with another trunk: each is scored beside `demo`."""
FIGURE = Path(__file__).parent / "results" / "distance"


def run(rounds: int = 1) -> Report:
    """Scores the demo model, and beside it every model of `OTHERS`; `rounds` times as many loci."""
    models = {"demo": load("demo", device="cpu")}
    models |= {path.stem: load(path, device="cpu") for path in sorted(OTHERS.glob("*.safetensors"))}
    demo = models["demo"]
    cases = list(draw_cases(demo, SEED, CONTIGS, EACH * rounds))
    links = {name: _links(model, cases) for name, model in models.items()}
    draw_distance(links, FIGURE)
    variants = variant_effects(demo, SEED, CONTIGS, 2 * rounds)
    rows = [*_perturbed(links["demo"], variants), *_planted_links(links["demo"])]
    rows += _bases(demo, cases[:: len(cases) // 4])
    details = {
        "loci": f"{len(cases)} promoters of {CONTIGS} test contigs, {len(links['demo'])} pairs"
    }
    for name, model in models.items():
        details |= {**_prediction(model, name), **_by_distance(links[name], name)}
    return Report(
        "truth", "Explanations against a planted truth", rows, details | _by_kind(variants)
    )


def _links(checkpoint: Checkpoint, cases: list[Case]) -> pd.DataFrame:
    found = [candidates_of(checkpoint, case, STEPS, SHUFFLES) for case in tqdm(cases, "links")]
    table = pd.concat(found, ignore_index=True)
    return table[~table["overlaps"]]


def _perturbed(links: pd.DataFrame, variants: pd.DataFrame) -> Iterator[Row]:
    linked = links[links["effect"] < 0]
    near = linked["distance"].abs() <= NEAR
    for what, part, bound in (
        ("within", linked[near], ">= 0.8"),
        ("beyond", linked[~near], ">= 0.6"),
    ):
        rho = _correlation(spearmanr, part["effect"], part["knockout"])
        yield Row(f"knock-out, {what} {NEAR // 1000} kb (n = {len(part)})", rho, "Spearman", bound)
    rho = _correlation(spearmanr, variants["true"], variants["predicted"])
    yield Row(f"variants (n = {len(variants)}, all tissues)", rho, "Spearman", ">= 0.8")


def _planted_links(links: pd.DataFrame) -> Iterator[Row]:
    """Which candidates are linked; chance is their share."""
    planted = (links["effect"] < 0).to_numpy()
    scores = {"knock-out": -links["knockout"], "attention": links["attention"],
              "contribution mass": links["mass"], "nearness": -links["distance"].abs()}  # fmt: skip
    for name, values in scores.items():
        found = average_precision(values.to_numpy(float), planted)
        yield Row(f"planted links by {name}", found, "AUPRC", f">= {planted.mean():.3f}")


def _bases(checkpoint: Checkpoint, cases: list[Case]) -> Iterator[Row]:
    """Which bases act on the target; chance is their share."""
    found: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {"|IG|": [], "mutagenesis": []}
    for case in tqdm(cases, "bases"):
        acts = acting_bases(case)
        found["|IG|"].append((base_scores(checkpoint, case, STEPS), acts))
        part, values = mutagenesis_scores(checkpoint, case, FLANK)
        found["mutagenesis"].append((values, acts[part]))
    for name, parts in found.items():
        precision = np.mean([average_precision(*part) for part in parts])
        chance = np.mean([acts.mean() for _, acts in parts])
        where = "of the window" if name == "|IG|" else f"within {FLANK} bp of the TSS"
        yield Row(f"acting bases {where} by {name}", float(precision), "AUPRC", f">= {chance:.3f}")


def average_precision(
    scores: Float[np.ndarray, " items"], positive: Bool[np.ndarray, " items"]
) -> float:
    """Area under the precision-recall curve as the mean precision at each positive, ties taken together."""
    order = np.argsort(-scores, kind="stable")
    scores, positive = scores[order], positive[order]
    last = np.append(np.diff(scores) != 0, True)
    hits, taken = np.cumsum(positive)[last], np.flatnonzero(last) + 1
    return float((np.diff(hits, prepend=0) * hits / taken).sum() / max(positive.sum(), 1))


def _prediction(checkpoint: Checkpoint, name: str) -> dict[str, str]:
    """Pearson per assay over all positions, and of CAGE across promoters, on the test contigs."""
    tracks = planted_tracks(HEAD).frame
    scores, genes = StreamingPearson(len(tracks)), []
    for number in range(CONTIGS):
        contig = draw_contig(SEED, HEAD, "test", number)
        counts, letters = draw_counts(contig, HEAD, SEED), one_hot(contig.sequence)
        for start in window_starts()[::2]:
            window = letters[None, start : start + OFFICIAL.window_length]
            values = predict_head(checkpoint.model, window, HEAD)[0]
            first = start // OFFICIAL.bin_size + OFFICIAL.crop_bins
            scores.update(values, counts[first : first + len(values)])
            genes += _at_promoters(
                contig.reading.promoters["tss"].to_numpy(), values, counts, first
            )
    named = tracks.assign(r=scores.compute(), what=tracks["assay"] + " " + tracks["target"])
    found = {f"{name}: Pearson over positions, {str(what).strip()}": f"{mean:.3f}"
             for what, mean in named.groupby("what", sort=False)["r"].mean().items()}  # fmt: skip
    predicted, observed = np.log1p(np.array(genes)).transpose(1, 0, 2)
    across = [_correlation(pearsonr, predicted[:, t], observed[:, t]) for t in range(len(TISSUES))]
    return {
        **found,
        f"{name}: CAGE across {len(genes)} promoters, log(1+x)": f"{np.mean(across):.3f}",
    }


def _at_promoters(
    tss: np.ndarray, values: np.ndarray, counts: np.ndarray, first: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Predicted and counted CAGE of all tissues, over the TSS bin and its neighbours."""
    for at in tss // OFFICIAL.bin_size - first:
        if 1 <= at < len(values) - 1:
            part, tissues = slice(at - 1, at + 2), slice(0, len(TISSUES))
            yield values[part, tissues].sum(0), counts[first:][part, tissues].sum(0)


def _correlation(kind: Callable[..., Any], one: Any, other: Any) -> float:
    return float(kind(one, other)[0])


def _by_distance(links: pd.DataFrame, name: str) -> dict[str, str]:
    """Share of the planted effect that the knock-out recovers: the slope through the origin."""
    found = {}
    for low, high in ((0, 5), (5, 10), (10, 20), (20, 40), (40, 80)):
        far = links["distance"].abs() / 1000
        part = links[(links["effect"] < 0) & (far >= low) & (far < high)]
        slope = 3 * (part["effect"] * part["knockout"]).sum() / (part["effect"] ** 2).sum()
        found[f"{name}: effect recovered, {low}-{high} kb (n = {len(part)})"] = f"{slope:.2f}"
    return found


def _by_kind(variants: pd.DataFrame) -> dict[str, str]:
    found = {}
    for kind, part in variants.groupby("kind"):
        true, predicted = (part[column].abs().mean() for column in ("true", "predicted"))
        size = f"mean |true| {true:.2f}, |predicted| {predicted:.2f}"
        rho = (
            _correlation(spearmanr, part["true"], part["predicted"])
            if part["true"].any()
            else np.nan
        )
        found[f"demo: variants, {kind} (n = {len(part)})"] = f"Spearman {rho:.2f}, {size}"
    return found
