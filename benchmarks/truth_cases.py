"""Held-out loci of the synthetic genome, what the methods of `interpret` say of them, and the truth."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float
from torch import Tensor

from enformer.checkpoint import Checkpoint
from enformer.coordinates import Interval
from enformer.demo_sequence import Dice
from enformer.planted import FACTORS, HEADS
from enformer.sequence import one_hot
from interpret.contributions import integrated_gradients
from interpret.elements import Element
from interpret.evidence import evidence, gather_evidence
from interpret.haplotypes import Edit
from interpret.incremental import Incremental
from interpret.mutagenesis import mutagenesis
from interpret.perturb import knockout
from interpret.target import Target
from train.synthetic_contig import Contig, draw_contig
from train.synthetic_truth import draw_variants

HEAD, TISSUES = "human", HEADS["human"]
NEAR, FAR = 20_000, 80_000
"""Bp: an enhancer within the first is near; beyond the second it is not asked about."""
_PAD = 8


@dataclass(frozen=True, eq=False)
class Case:
    """A promoter of a held-out contig in the middle of a window.

    Attributes:
        contig: with its truth.
        promoter: row of `contig.reading.promoters`.
        window: the model's input.
        target: CAGE of all tissues over the TSS bin and its neighbours.
        candidates: rows of `contig.reading.enhancers` within `FAR`, with `distance` and `effect`, the true
            change of CAGE, mean over tissues, when the enhancer is lost; 0 in another domain.
    """

    contig: Contig
    promoter: int
    window: Interval
    target: Target
    candidates: pd.DataFrame

    @property
    def sequence(self) -> Float[Tensor, "length 4"]:
        """One-hot of the window."""
        return one_hot(self.contig.sequence[self.window.start : self.window.end])

    @property
    def elements(self) -> list[Element]:
        """The candidates, with some bp on both sides."""
        rows = self.candidates[["start", "end"]].itertuples(index=False)
        return [Element(Interval(self.contig.name, a - _PAD, b + _PAD)) for a, b in rows]


def draw_cases(checkpoint: Checkpoint, seed: int, contigs: int, each: int) -> Iterator[Case]:
    """Promoters of the test contigs, evenly among those with a candidate whose window needs no padding."""
    for number in range(contigs):
        contig = draw_contig(seed, HEAD, "test", number)
        half = checkpoint.config.window_length // 2
        tss = contig.reading.promoters["tss"].to_numpy()
        enhancers = contig.reading.enhancers
        middle = ((enhancers["start"] + enhancers["end"]) // 2).to_numpy()
        asked = (np.abs(middle - tss[:, None]) <= FAR).any(axis=1)
        inside = np.flatnonzero(asked & (tss > half) & (tss < contig.reading.length - half))
        for promoter in inside[np.linspace(0, len(inside) - 1, each).astype(int)]:
            yield _case(checkpoint, contig, int(promoter))


def _case(checkpoint: Checkpoint, contig: Contig, promoter: int) -> Case:
    config, reading = checkpoint.config, contig.reading
    tss = int(reading.promoters["tss"][promoter])
    window = Interval(contig.name, tss, tss + 1).resize(config.window_length)
    around = Interval(contig.name, tss - config.bin_size, tss + config.bin_size + 1)
    target = Target.over(around, window, config, HEAD, range(len(TISSUES)))
    lost = reading.links().query("promoter == @promoter").set_index("enhancer")[list(TISSUES)]
    enhancers = reading.enhancers
    distance = (enhancers["start"] + enhancers["end"]) // 2 - tss
    effect = -lost.mean(axis=1).reindex(enhancers.index, fill_value=0.0)
    table = enhancers.assign(distance=distance, effect=effect)
    return Case(contig, promoter, window, target, table[distance.abs() <= FAR])


def candidates_of(checkpoint: Checkpoint, case: Case, steps: int, shuffles: int) -> pd.DataFrame:
    """The candidates with what each method says: `knockout`, and where there is attention, all of them."""
    asked = checkpoint.model, case.sequence, case.target, _in_window(case)
    if checkpoint.config.trunk == "transformer":
        found = gather_evidence(*asked, steps=steps, shuffles=shuffles)
    else:
        lost = knockout(*asked, shuffles=shuffles)
        found = evidence(case.target, asked[3], checkpoint.config, knockout=lost)
    return case.candidates.assign(
        knockout=found.effect,
        attention=found.attention,
        mass=found.mass,
        overlaps=found.overlaps_target,
        case=f"{case.contig.name}:{case.promoter}",
    )


def _in_window(case: Case) -> list[tuple[int, int]]:
    return [(e.interval.start - case.window.start, e.interval.end - case.window.start)
            for e in case.elements]  # fmt: skip


def acting_bases(case: Case) -> Bool[np.ndarray, " length"]:
    """Bases of the window in a site that CAGE of the promoter depends on.

    Those are the sites of enhancers of its domain, its core, and the sites that strengthen it.
    """
    reading, acts = case.contig.reading, np.zeros(case.window.length, dtype=bool)
    tss = int(reading.promoters["tss"][case.promoter])
    domain = reading.domain_of(np.array([tss]))[0]
    sites = reading.sites
    for factor, start, end in zip(sites.factor, sites.start, sites.end, strict=True):
        role = FACTORS[factor].role
        near = abs((start + end) // 2 - tss) <= 300 and role in ("core", "promoter")
        if near or (role == "enhancer" and reading.domain_of(np.array([start]))[0] == domain):
            first, last = (
                max(start - case.window.start, 0),
                min(end, case.window.end) - case.window.start,
            )
            acts[first : max(last, 0)] = True
    return acts


def base_scores(checkpoint: Checkpoint, case: Case, steps: int) -> Float[np.ndarray, " length"]:
    """Size of the contribution of every base of the window, by integrated gradients."""
    found = integrated_gradients(checkpoint.model, case.sequence, case.target, steps=steps)
    return np.abs(found.per_position.astype(float))


def mutagenesis_scores(
    checkpoint: Checkpoint, case: Case, flank: int
) -> tuple[slice, Float[np.ndarray, " bases"]]:
    """Bases around the TSS, and the largest effect of a substitution of each."""
    middle = case.window.length // 2
    part = slice(middle - flank, middle + flank)
    found = mutagenesis(checkpoint.model, case.sequence, case.target, part.start, part.stop)
    return part, np.abs(np.nan_to_num(found.values)).max(axis=1)


def variant_effects(checkpoint: Checkpoint, seed: int, contigs: int, each: int) -> pd.DataFrame:
    """Variants of the test contigs, one row for each tissue: kind, `true` and `predicted` change of CAGE."""
    rows = []
    for number in range(contigs):
        contig = draw_contig(seed, HEAD, "test", number)
        variants = draw_variants(contig, each, Dice(seed + number))
        for variant in variants.to_dict("records"):
            rows += _variant_rows(checkpoint, contig, variant)
    return pd.DataFrame(rows, columns=["kind", "tissue", "true", "predicted"])


def _variant_rows(
    checkpoint: Checkpoint, contig: Contig, variant: Mapping[Hashable, object]
) -> Iterator[tuple[object, ...]]:
    """Read at the promoter that changes most, or else at the nearest."""
    at, name = int(str(variant["position"])) - 1, str(variant["promoter"])
    tss = contig.reading.promoters["tss"].to_numpy()
    row = int(name.rpartition(".P")[2]) - 1 if name else int(np.abs(tss - at).argmin())
    half = checkpoint.config.window_length // 2
    start = int(tss[row]) - half
    if start < 0 or start + 2 * half > contig.reading.length or abs(at - tss[row]) >= half:
        return
    case = _case(checkpoint, contig, row)
    edits = Incremental(checkpoint.model, case.sequence)
    alt = Edit(at - start, one_hot(str(variant["alt"])))
    values = edits.heads([[], [alt]], (HEAD,))[HEAD][:, list(case.target.bins)].sum(1)
    for number, tissue in enumerate(TISSUES):
        change = float(values[1, number] - values[0, number])
        yield variant["kind"], tissue, variant[tissue], change
