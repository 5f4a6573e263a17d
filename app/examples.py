"""Places worth a look, one click each; the first of a genome opens on start."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """A query that works.

    Attributes:
        label: on the button.
        text: for the search box.
        about: one sentence.
    """

    label: str
    text: str
    about: str


HG38 = (
    Example(
        "β-globin cluster",
        "chr11:5,225,000-5,290,000",
        "The five β-like globin genes and their locus control region.",
    ),
    Example(
        "β-globin LCR",
        "chr11:5,270,791-5,292,315",
        "The locus control region, which drives the globin genes in red blood cells.",
    ),
    Example("HBB", "chr11:5,225,464-5,227,071", "The β-globin gene, on the minus strand."),
    Example("ACP1", "chr2:264,000", "The promoter that ACP1 and SH3YL1 share."),
    Example(
        "rs334, sickle cell",
        "chr11:5,227,002 T>A",
        "The HBB variant of sickle-cell disease: a change of protein, not of regulation.",
    ),
)
DEMO = (
    Example(
        "Globin-like cluster",
        "demo1:292,000-363,000",
        "Five invented genes and their locus control region, between two insulators.",
    ),
    Example("DGB1", "DGB1", "The first gene of the cluster, on the minus strand."),
    Example("DLCR", "DLCR", "The cluster's invented locus control region, with five sites."),
    Example(
        "Insulated enhancer",
        "demo1:284,000-312,000",
        "DOUT1: a strong blood enhancer close to the cluster, but without effect beyond the insulator.",
    ),
    Example(
        "Broken site in DLCR-HS2",
        "demo1:345,053 C>A",
        "Takes one of three NFE2 sites from the strongest enhancer: slightly less of every cluster gene.",
    ),
)
VARIANTS = (
    HG38[-1],
    Example(
        "HBB −87, β-thalassaemia",
        "chr11:5,227,158 G>C",
        "In the CACCC box of the HBB promoter, 87 bp above its start: less β-globin.",
    ),
    Example(
        "HBB −28, β-thalassaemia",
        "chr11:5,227,099 T>C",
        "In the TATA box of the HBB promoter, 28 bp above its start: less β-globin.",
    ),
)
"""Of hg38, for the Variant view."""
DEMO_VARIANTS = (
    DEMO[-1],
    Example(
        "Broken site at DGB1",
        "demo1:301,689 C>A",
        "Takes the SP1 site from the promoter of DGB1: a third less of that gene.",
    ),
)
"""Of the demo genome, for the Variant view."""
