"""Places worth a look, one click each; the first of a genome opens on start."""

from dataclasses import dataclass

from enformer.errors import GenomeError
from enformer.genome import Genome


@dataclass(frozen=True)
class Example:
    """A query that works.

    Attributes:
        label: on the button.
        text: for the search box.
        about: what it teaches, in a sentence or two.
    """

    label: str
    text: str
    about: str

    def is_on(self, genome: Genome) -> bool:
        """Whether a genome of its assembly has the place: a FASTA may hold a few contigs only."""
        contig, colon, _ = self.text.partition(":")
        try:
            return not colon or bool(genome.resolve(contig))
        except GenomeError:
            return False


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
    Example(
        "rs334, sickle cell",
        "chr11:5,227,002 T>A",
        "The HBB variant of sickle-cell disease: a change of protein, not of regulation.",
    ),
)
MORE_HG38 = (
    Example(
        "HBB −87, β-thalassaemia",
        "chr11:5,227,158 G>C",
        "A variant of the HBB promoter, in its CACCC box, that lowers β-globin. Look at it in the Variant "
        "view, and at the letters around it in Contributions.",
    ),
    Example(
        "ACP1",
        "chr2:264,000",
        "The promoter that ACP1 and SH3YL1 share: two genes, one peak of open chromatin.",
    ),
    Example(
        "rs7903146, TCF7L2",
        "chr10:112,998,590 C>T",
        "In an intron of TCF7L2, the common variant most clearly linked to type 2 diabetes. A small or no "
        "effect here is no proof that it has none: is there a track of pancreatic islets among yours?",
    ),
    Example(
        "FOXP2",
        "chr7:114,086,317",
        "Near the start of FOXP2. An enhancer 85 kb away still lies in the published window, which reaches "
        "98 kb to each side, but not in the predicted region, which reaches 57 kb: the model reads it, and "
        "Evidence can knock it out, but no track is predicted over it.",
    ),
    Example(
        "DMD, 2.2 Mb",
        "chrX:31,119,222-33,339,388",
        "The longest human gene is eleven times as long as the published window. Only the middle of what is "
        "asked for is predicted, and what lies further from a promoter than the window reaches cannot "
        "change its prediction: a window is not a gene.",
    ),
)
"""Behind "More examples"."""
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
    MORE_HG38[0],
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
