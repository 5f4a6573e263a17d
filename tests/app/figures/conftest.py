"""A prediction with known numbers, and pictures made of it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from app.figures.data import LocusPicture, locus_picture
from enformer.config import EnformerConfig
from enformer.coordinates import Interval, Variant, predicted_region
from enformer.genes import Gene
from enformer.predict import Prediction
from enformer.provenance import Provenance
from enformer.tracks import TrackId, TrackTable

BINS = 64
DESCRIPTIONS = (
    "DNASE:K562",
    "ATAC:MCF-7 treated with 100 nM estradiol for 1 hour",
    "CAGE:K562",
    "CHIP:H3K27ac:GM12878",
    "CHIP:CTCF:frontal cortex female adult (67 years) and female adult (80 years)",
    "RNA:liver",
    "DNASE:K562",
    "CHIP:POLR2A:HepG2",
)
HBB = Gene(
    "HBB",
    "11",
    10_300,
    11_900,
    "-",
    exons=((10_300, 10_563), (11_413, 11_636), (11_766, 11_908)),
    coding=(10_434, 11_858),
)
FORWARD = Gene("ACP1", "chr11", 12_000, 13_500, "+", exons=((12_000, 12_200), (13_000, 13_500)))
REGION = Gene("LCR", "chr11", 13_600, 14_400, ".")


def predicted(seed: int, window: Interval, variant: Variant | None = None, trained: bool = True):
    config = EnformerConfig(
        heads={"human": len(DESCRIPTIONS)},
        window_length=16_384,
        target_bins=BINS,
        channels=64,
        depth=1,
        attention_heads=2,
        filters_divisible_by=32,
    )
    rows = pd.DataFrame(
        {
            "identifier": [f"T{i}" for i in range(len(DESCRIPTIONS))],
            "description": DESCRIPTIONS,
            "sum_stat": "mean",
        }
    )
    values = np.random.default_rng(seed).gamma(0.5, 3, (BINS, len(rows))).astype(np.float32)
    provenance = Provenance(
        model="toy",
        sha256="ab" * 32,
        trained=trained,
        assembly="hg38",
        genome="toy",
        interval=window,
        variant=variant,
        created="2026-01-01T00:00:00+00:00",
    )
    return Prediction(
        window=window,
        region=predicted_region(window, config),
        values={"human": values},
        tracks=TrackTable.from_rows(rows, "human"),
        config=config,
        provenance=provenance,
        variant=variant,
    )


@pytest.fixture(scope="session")
def window() -> Interval:
    return Interval("chr11", 4_000, 20_384)


@pytest.fixture(scope="session")
def prediction(window: Interval) -> Prediction:
    return predicted(0, window)


@pytest.fixture(scope="session")
def alternative(window: Interval) -> Prediction:
    return predicted(1, window, Variant("chr11", 12_001, "T", "A"))


@pytest.fixture(scope="session")
def ids() -> tuple[TrackId, ...]:
    return tuple(TrackId("human", i) for i in range(len(DESCRIPTIONS)))


@pytest.fixture(scope="session")
def picture(prediction: Prediction, ids: tuple[TrackId, ...]) -> LocusPicture:
    """Eight tracks, three genes, seen from end to end of the predicted region."""
    return locus_picture(prediction, ids, [HBB, FORWARD, REGION], 135_086_622)


@pytest.fixture(scope="session")
def overlaid(prediction, alternative, ids) -> LocusPicture:
    """REF and ALT of one variant, zoomed in."""
    view = Interval("chr11", 11_050, 13_050)
    return locus_picture(prediction, ids[:3], [HBB, FORWARD], 135_086_622, view, alt=alternative)


@pytest.fixture(scope="session")
def at_the_end(ids) -> LocusPicture:
    """A window that starts 3,000 bp before its contig, of a model that was never trained, seen whole."""
    window = Interval("chr11", -3_000, 13_384)
    whole = locus_picture(predicted(2, window, trained=False), ids[:2], [], 135_086_622, window)
    return replace(whole, footer="footer")
