"""The truth of a synthetic contig as tables: promoters, sites, enhancers, domains, links, and variants."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from jaxtyping import Bool

from enformer.demo_sequence import Dice
from enformer.planted import FACTORS, HEADS, Reading, read
from enformer.planted.rules import GAP
from enformer.planted.sites import Sites
from train.synthetic_contig import Contig

BASES = "ACGT"
KINDS = ("enhancer", "promoter", "core", "insulator", "gain", "neutral")
"""What a variant does: breaks a site of that role, makes a site, or touches none."""


def promoter_table(contig: Contig) -> pd.DataFrame:
    """One row per promoter: name, contig, tss (0-based), strand, strength, domain, CAGE of each tissue."""
    promoters = contig.reading.promoters
    names = [f"{contig.name}.P{number + 1}" for number in promoters.index]
    cage = pd.DataFrame(contig.reading.cage(HEADS["human"]), columns=list(HEADS["human"]))
    return pd.concat([promoters.assign(name=names, contig=contig.name), cage], axis=1)


def site_table(contig: Contig) -> pd.DataFrame:
    """One row per site: contig, start, end (0-based half-open), factor, role, strand."""
    sites = contig.reading.sites
    factors = [FACTORS[number] for number in sites.factor]
    return pd.DataFrame(
        {
            "contig": contig.name,
            "start": sites.start,
            "end": sites.end,
            "factor": [factor.name for factor in factors],
            "role": [factor.role for factor in factors],
            "strand": np.where(sites.reverse, "-", "+"),
        }
    )


def enhancer_table(contig: Contig) -> pd.DataFrame:
    """One row per enhancer: name, contig, start, end, domain, and its strength in each tissue."""
    enhancers = contig.reading.enhancers
    names = [f"{contig.name}.E{number + 1}" for number in enhancers.index]
    return enhancers.assign(name=names, contig=contig.name)


def domain_table(contig: Contig) -> pd.DataFrame:
    """One row per domain: contig, start, end, number."""
    edges = [0, *contig.reading.walls.tolist(), contig.reading.length]
    starts, ends = edges[:-1], edges[1:]
    return pd.DataFrame(
        {"contig": contig.name, "start": starts, "end": ends, "domain": range(len(starts))}
    )


def link_table(contig: Contig) -> pd.DataFrame:
    """One row per enhancer and promoter of one domain, with names, distance, and CAGE lost by tissue."""
    links = contig.reading.links()
    names = {
        "enhancer": enhancer_table(contig)["name"].to_numpy(),
        "promoter": promoter_table(contig)["name"].to_numpy(),
    }
    named = {column: of[links[column].to_numpy(int)] for column, of in names.items()}
    return links.assign(contig=contig.name, **named)


def draw_variants(contig: Contig, each: int, dice: Dice) -> pd.DataFrame:
    """Single-base variants of every kind and what each truly does.

    Args:
        contig: where.
        each: how many of a kind, or as many as there are.
        dice: which.

    Returns:
        By position: contig, position (1-based), ref, alt, kind, promoter (that changes most, by name,
        or ""), and for each tissue the change of CAGE there, ALT - REF.
    """
    rows = [row for kind in KINDS for row in _of_kind(contig, kind, each, dice)]
    columns = ["contig", "position", "ref", "alt", "kind", "promoter", *HEADS["human"]]
    return pd.DataFrame(rows, columns=columns).sort_values("position", ignore_index=True)


def _of_kind(contig: Contig, kind: str, each: int, dice: Dice) -> Iterator[tuple[object, ...]]:
    wanted, tries = each, 400 * each
    used: set[int] = set()
    while wanted and tries:
        tries -= 1
        at = _place(contig, kind, dice)
        if at in used or contig.sequence[at] not in BASES:
            continue
        ref = contig.sequence[at]
        fitting = [alt for alt in BASES if alt != ref and kind_of(contig.sequence, at, alt) == kind]
        if fitting:
            used.add(at)
            wanted -= 1
            yield (contig.name, at + 1, ref, fitting[0], kind, *effect(contig, at, fitting[0]))


def _place(contig: Contig, kind: str, dice: Dice) -> int:
    """A base of a site of the role; for a gain right behind an enhancer, where broken sites are planted."""
    sites = contig.reading.sites
    roles = np.array([FACTORS[number].role for number in sites.factor])
    role = kind if kind not in ("gain", "neutral") else "enhancer"
    among = np.flatnonzero(roles == role)
    chosen = int(among[dice.integer(0, len(among))])
    start, end = int(sites.start[chosen]), int(sites.end[chosen])
    if kind in ("gain", "neutral"):
        start, end = end, min(end + GAP // 4, contig.reading.length)
    return start + dice.integer(0, end - start)


def kind_of(sequence: str, at: int, alt: str) -> str:
    """Of `KINDS`, what a substitution does to the sites over it; "" where it does several things."""
    left, right = max(at - 40, 0), at + 41
    before = read(sequence[left:right]).sites
    after = read(sequence[left:at] + alt + sequence[at + 1 : right]).sites
    here, there = (set(zip(*(c.tolist() for c in s), strict=True)) for s in (before, after))
    lost, made = here - there, there - here
    if not lost:
        return "gain" if made else "neutral"
    roles = {FACTORS[row[0]].role for row in lost}
    return roles.pop() if len(roles) == 1 and not made else ""


def effect(contig: Contig, at: int, alt: str) -> tuple[object, ...]:
    """The promoter whose CAGE changes most, and its change in each tissue, ALT - REF.

    A promoter that is there in only one of the two counts as silent in the other.
    """
    names = dict(zip(contig.reading.promoters["tss"], promoter_table(contig)["name"], strict=True))
    ref, alternative = _by_tss(contig.reading), _by_tss(with_base(contig, at, alt))
    change = alternative.sub(ref, fill_value=0.0).round(9)
    most = int(change.abs().sum(axis=1).to_numpy().argmax())
    values = change.iloc[most].to_numpy()
    return (names.get(change.index[most], "") if values.any() else "", *values.tolist())


def with_base(contig: Contig, at: int, alt: str) -> Reading:
    """The contig with one base changed. Only sites over that base are read again."""
    left, sites = max(at - 40, 0), contig.reading.sites
    around = contig.sequence[left:at] + alt + contig.sequence[at + 1 : at + 41]
    found = read(around).sites
    found = found._replace(start=found.start + left, end=found.end + left)
    kept, made = sites.where(~_over(sites, at)), found.where(_over(found, at))
    together = Sites(*(np.concatenate(pair) for pair in zip(kept, made, strict=True)))
    order = np.lexsort((together.end, together.start))
    return Reading(contig.reading.length, together.where(order))


def _over(sites: Sites, at: int) -> Bool[np.ndarray, " sites"]:
    return (sites.start <= at) & (at < sites.end)


def _by_tss(reading: Reading) -> pd.DataFrame:
    cage = reading.cage(HEADS["human"])
    return pd.DataFrame(cage, index=reading.promoters["tss"], columns=list(HEADS["human"]))


def tables(contigs: Sequence[Contig]) -> dict[str, pd.DataFrame]:
    """Every table but that of variants, over all contigs."""
    makers = {"promoters": promoter_table, "sites": site_table, "enhancers": enhancer_table,
              "domains": domain_table, "links": link_table}  # fmt: skip
    return {
        name: pd.concat([make(contig) for contig in contigs], ignore_index=True)
        for name, make in makers.items()
    }
