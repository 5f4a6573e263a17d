"""What the grammar makes of a sequence: promoters, domains, links, and the expected signal of every track.

CAGE at a promoter, in a tissue, is `RATE * strength * (BASAL + sum of w * decay(d))` over the enhancer sites
of the same domain, where `w` is a site's weight times the tissue's level of its factor, and
`decay(d) = 1 / (1 + d / REACH)`. A domain ends at every insulator site. Everything else is local.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from jaxtyping import Float64, Int64
from scipy.special import ndtr

from enformer.planted.factors import ASSAYS, FACTORS, HEADS
from enformer.planted.sites import Sites, find_sites, letters_to_bits

RATE, BASAL = 1.5, 0.4
REACH = 30_000
"""Bp at which an enhancer's effect is half of what it is close by."""
NEIGHBOURHOOD = (-300, 60)
"""Where, from the start of transcription along the strand, promoter sites strengthen it."""
FAINT = 0.25
"""Strength of a promoter without any such site."""
GAP = 400
"""Enhancer sites closer than this are one element."""
BACKGROUND = 0.03
"""Expected events of every track in every bin where nothing is."""

_WEIGHTS = np.array([factor.weight for factor in FACTORS])
_ROLES = np.array([factor.role for factor in FACTORS])
_STARTS = np.array([factor.start for factor in FACTORS])
# Of each assay: events per unit of weight, and offsets and width (bp) of the Gaussians they spread over.
_CAGE_WIDTH = 30.0
_DNASE = (10.0, (0.0,), 75.0)
_H3K27AC = (12.0, (-350.0, 350.0), 200.0)
_CTCF = (12.0, (0.0,), 60.0)


@dataclass(frozen=True, eq=False)
class Reading:
    """A sequence as the grammar sees it; 0-based places in it.

    Attributes:
        length: of the sequence.
        sites: every site of every factor.
    """

    length: int
    sites: Sites

    @cached_property
    def walls(self) -> Int64[np.ndarray, " walls"]:
        """Middle of each insulator site, ascending."""
        found = self._of_role("insulator")
        return np.sort((found.start + found.end) // 2)

    @cached_property
    def promoters(self) -> pd.DataFrame:
        """One row per start of transcription: tss, strand, strength, domain."""
        core = self._of_role("core")
        sign = np.where(core.reverse, -1, 1)
        tss = np.where(core.reverse, core.end - 1, core.start) + sign * _STARTS[core.factor]
        helpers = self._of_role("promoter")
        along = sign[:, None] * ((helpers.start + helpers.end) // 2 - tss[:, None])
        near = (along >= NEIGHBOURHOOD[0]) & (along <= NEIGHBOURHOOD[1])
        strength = np.maximum(near @ _WEIGHTS[helpers.factor], FAINT)
        strand = np.where(core.reverse, "-", "+")
        columns = {
            "tss": tss,
            "strand": strand,
            "strength": strength,
            "domain": self.domain_of(tss),
        }
        return pd.DataFrame(columns).sort_values("tss", ignore_index=True)

    @cached_property
    def enhancers(self) -> pd.DataFrame:
        """One row per cluster of enhancer sites: start, end, domain, and its strength in each tissue."""
        sites = self._of_role("enhancer")
        if not len(sites.start):
            return pd.DataFrame(columns=["start", "end", "domain", *HEADS["human"]])
        walled = np.diff(self.domain_of(sites.start), prepend=-1) != 0
        far = np.diff(sites.start, prepend=-GAP - 1) > GAP
        cluster = np.cumsum(walled | far) - 1
        strengths = pd.DataFrame({t: _acting(sites, t) for t in HEADS["human"]})
        table = strengths.assign(
            start=sites.start, end=sites.end, domain=self.domain_of(sites.start)
        )
        how = {"start": "min", "end": "max", "domain": "first"} | dict.fromkeys(
            HEADS["human"], "sum"
        )
        return table.groupby(cluster).agg(how)

    def links(self) -> pd.DataFrame:
        """Every enhancer with every promoter of its domain, and what its loss would take from CAGE there.

        Columns: enhancer and promoter (rows of those tables), distance (bp, from the enhancer's middle), and
        for each tissue the lost events.
        """
        enhancers, promoters = self.enhancers, self.promoters
        pairs = enhancers.reset_index(names="enhancer").merge(
            promoters.reset_index(names="promoter"), on="domain"
        )
        pairs["distance"] = ((pairs["start"] + pairs["end"]) // 2 - pairs["tss"]).abs()
        lost = RATE * pairs["strength"] * decay(pairs["distance"].to_numpy(float))
        columns = ["enhancer", "promoter", "distance"]
        return pairs[columns].assign(**{t: lost * pairs[t] for t in HEADS["human"]})

    def cage(self, tissues: Sequence[str]) -> Float64[np.ndarray, "promoters tissues"]:
        """Expected CAGE events of each promoter in each tissue."""
        sites, promoters = self._of_role("enhancer"), self.promoters
        tss = promoters["tss"].to_numpy()
        distance = np.abs((sites.start + sites.end) // 2 - tss[:, None]).astype(float)
        reached = self.domain_of(sites.start) == promoters["domain"].to_numpy()[:, None]
        acting = np.stack([_acting(sites, tissue) for tissue in tissues], axis=1)
        summed = (decay(distance) * reached) @ acting
        return RATE * promoters["strength"].to_numpy()[:, None] * (BASAL + summed)

    def expected(
        self, head: str, start: int, bins: int, bin_size: int = 128
    ) -> Float64[np.ndarray, "bins tracks"]:
        """Noiseless signal of a head's tracks (`planted_tracks`) from base `start` on."""
        tissues, edges = HEADS[head], start + bin_size * np.arange(bins + 1)
        columns = [self._transcription(tissues, edges)]
        columns += [np.stack([one(t, edges) for t in tissues], axis=1)
                    for one in (self._open, self._acetylated, self._insulated)]  # fmt: skip
        assert len(columns) == len(ASSAYS)
        return np.concatenate(columns, axis=1) + BACKGROUND

    def domain_of(self, places: np.ndarray) -> Int64[np.ndarray, " places"]:
        """How many walls lie before each place: the same number, the same domain."""
        return np.searchsorted(self.walls, places)

    def _transcription(self, tissues: Sequence[str], edges: np.ndarray) -> np.ndarray:
        tss = self.promoters["tss"].to_numpy(float) + 0.5
        return _spread(tss, self.cage(tissues), (0.0,), _CAGE_WIDTH, edges)

    def _open(self, tissue: str, edges: np.ndarray) -> np.ndarray:
        return self._local(_acting(self.sites, tissue), _DNASE, edges)

    def _acetylated(self, tissue: str, edges: np.ndarray) -> np.ndarray:
        marked = np.isin(_ROLES[self.sites.factor], ("promoter", "enhancer"))
        return self._local(_acting(self.sites, tissue) * marked, _H3K27AC, edges)

    def _insulated(self, tissue: str, edges: np.ndarray) -> np.ndarray:
        walls = _ROLES[self.sites.factor] == "insulator"
        return self._local(_acting(self.sites, tissue) * walls, _CTCF, edges)

    def _local(self, amounts: np.ndarray, assay: tuple, edges: np.ndarray) -> np.ndarray:
        scale, offsets, width = assay
        middle = (self.sites.start + self.sites.end) / 2
        acts = amounts > 0
        spread = _spread(middle[acts], scale * amounts[acts, None], offsets, width, edges)
        return spread[:, 0]

    def _of_role(self, role: str) -> Sites:
        return self.sites.where(_ROLES[self.sites.factor] == role)


def read(sequence: str) -> Reading:
    """Everything the grammar says of a sequence, A, C, G, T and N in upper case."""
    return Reading(len(sequence), find_sites(letters_to_bits(sequence)))


def decay(distance: Float64[np.ndarray, "*shape"]) -> Float64[np.ndarray, "*shape"]:
    """Share of an enhancer's effect that is left over a distance in bp."""
    return 1 / (1 + distance / REACH)


def _acting(sites: Sites, tissue: str) -> Float64[np.ndarray, " sites"]:
    levels = np.array([factor.level(tissue) for factor in FACTORS])
    return (_WEIGHTS * levels)[sites.factor]


def _spread(
    middle: np.ndarray,
    amounts: Float64[np.ndarray, "events columns"],
    offsets: Sequence[float],
    width: float,
    edges: np.ndarray,
) -> Float64[np.ndarray, "bins columns"]:
    """Each amount shared equally among Gaussians at the offsets, summed by bin."""
    total = np.zeros((len(edges) - 1, amounts.shape[1]))
    reach = 4 * width + max(map(abs, offsets))
    near = (middle > edges[0] - reach) & (middle < edges[-1] + reach)
    middle, amounts = middle[near], amounts[near]
    for offset in offsets:
        for at, amount in zip(middle + offset, amounts / len(offsets), strict=True):
            low, high = np.searchsorted(edges, (at - 4 * width, at + 4 * width))
            part = slice(max(low - 1, 0), min(high, len(edges) - 1))
            inside = ndtr((edges[part.start : part.stop + 1] - at) / width)
            total[part] += np.diff(inside)[:, None] * amount
    return total
