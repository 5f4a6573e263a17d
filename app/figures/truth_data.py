"""What was planted in a synthetic contig, as frozen data that both faces of a figure draw."""

from dataclasses import dataclass
from typing import Literal

from enformer.coordinates import Interval

LEGEND = "planted truth, known because the genome is synthetic"
SITES_UP_TO = 4000
"""Bp in view up to which single binding sites are drawn, and elements above."""

Kind = Literal["promoter", "enhancer", "insulator", "site"]


@dataclass(frozen=True)
class Planted:
    """An element, or one binding site of a factor.

    Attributes:
        name: such as DLCR-HS2, or the factor.
        kind: what it is.
        interval: where it lies.
        acts: whether it does anything in the tissue that is shown.
        about: one line for people, strengths by tissue included.
        strand: of a promoter or a site.
    """

    name: str
    kind: Kind
    interval: Interval
    acts: bool = True
    about: str = ""
    strand: str = ""


@dataclass(frozen=True)
class Link:
    """An enhancer that acts on a gene.

    Attributes:
        enhancer: its name.
        gene: symbol.
        start: middle of the enhancer, 0-based.
        tss: of the gene, 0-based.
        lost: CAGE events that the loss of the enhancer takes from the gene in the tissue.
    """

    enhancer: str
    gene: str
    start: int
    tss: int
    lost: float


@dataclass(frozen=True)
class Truth:
    """All that was planted on a contig, as it acts in one tissue.

    Attributes:
        tissue: such as blood.
        elements: promoters, enhancers and insulators by position.
        sites: single binding sites by position.
        links: enhancers with the genes they act on in this tissue.
    """

    tissue: str
    elements: tuple[Planted, ...]
    sites: tuple[Planted, ...]
    links: tuple[Link, ...]

    @property
    def caption(self) -> tuple[str, ...]:
        """Short lines beside what is drawn."""
        return ("known because the genome", "is synthetic", f"shown as it acts in {self.tissue}")

    def drawn(self, view: Interval) -> tuple[Planted, ...]:
        """What a view shows: elements, or from close by their sites."""
        every = self.sites if view.length <= SITES_UP_TO else self.elements
        return tuple(one for one in every if one.interval.intersect(view) is not None)

    def links_in(self, view: Interval) -> tuple[Link, ...]:
        """Links with an end in view."""
        ends = ((link, (link.start, link.tss)) for link in self.links)
        return tuple(link for link, at in ends if any(view.start <= x < view.end for x in at))

    def pairs(self, enhancers: Interval, genes: Interval) -> tuple[Link, ...]:
        """Links from enhancers in one interval to genes that start in another."""
        return tuple(
            link
            for link in self.links
            if enhancers.start <= link.start < enhancers.end and genes.start <= link.tss < genes.end
        )

    def share(self, link: Link) -> float:
        """The effect of a link as a share of the strongest on the contig."""
        return link.lost / max(other.lost for other in self.links)

    def explained(self, view: Interval) -> tuple[str, ...]:
        """Lines of the legend for what a view shows."""
        boxes = "sites" if view.length <= SITES_UP_TO else "enhancers"
        lines = [f"Filled {boxes} act in {self.tissue}, hollow ones do not; bars are insulators."]
        if self.links_in(view):
            lines.append(
                f"Arcs: the thicker, the more CAGE in {self.tissue} a gene loses without the enhancer."
            )
        return tuple(lines)
