"""Where the guided tour goes: six steps, and the locus that they are taken at."""

from dataclasses import dataclass, replace

from app.asking import examples
from app.asking.question import Query
from enformer.coordinates import Interval


@dataclass(frozen=True)
class Step:
    """A step of the tour.

    Attributes:
        name: of its text, `app/learn/{name}.md`, and of its picture.
        title: in few words.
        view: that shows its picture large; a file of `app/views`.
        computes: kinds of explanations that its picture needs.
    """

    name: str
    title: str
    view: str
    computes: tuple[str, ...] = ()


STEPS = (
    Step("window", "Window", "locus"),
    Step("tracks", "Tracks", "locus"),
    Step("attention", "Attention", "attention", ("attention",)),
    Step("bases", "Bases", "contributions", ("contributions quick", "contributions integrated")),
    Step("knockout", "Knock-out", "evidence", ("evidence",)),
    Step("variant", "Variant", "variant"),
)


@dataclass(frozen=True)
class Tour:
    """A locus to learn at.

    Attributes:
        genome: name or path, as in a question.
        model: name or path.
        gene: whose CAGE is explained.
        cluster: locus of the gene and its neighbours.
        around: from the gene to what may control it.
        control: the region that is known to control it, and what people call it.
        bases: a stretch in which contributions are read letter by letter.
        variant: in it.
        tissue: in which what was planted acts; empty on a genome whose truth nobody knows.
        trap: an element near the gene that does not act on it; empty where none is known.
    """

    genome: str
    model: str
    gene: str
    cluster: str
    around: Interval
    control: tuple[str, Interval]
    bases: Interval
    variant: str
    tissue: str = ""
    trap: str = ""

    def question(self, step: Step) -> Query:
        """What the step's view is asked; the part that it draws is settled once the window is known."""
        asked = Query(self.gene, self.model, self.genome, truth=self.tissue)
        if step.name == "tracks":
            return replace(asked, locus=self.cluster)
        if step.name == "bases":
            seen = (self.bases.start, self.bases.end)
            return replace(asked, zoom=seen, method="integrated:zeros:10")
        return replace(asked, locus=self.variant) if step.name == "variant" else asked


def demo_tour(model: str) -> Tour:
    """At the globin-like cluster of the demo genome, whose truth is known."""
    return Tour(
        genome="demo", model=model, gene="DGB1", cluster=examples.DEMO[0].text,
        around=Interval.parse("demo1:280,001-365,000"),
        control=("DLCR", Interval.parse("demo1:340,601-358,296")),
        bases=Interval.parse("demo1:344,991-345,290"),
        variant=examples.DEMO[-1].text, tissue="blood", trap="DOUT1",
    )  # fmt: skip


def hg38_tour(genome: str, model: str) -> Tour:
    """At the human β-globin genes."""
    return Tour(
        genome=genome, model=model, gene="HBB", cluster=examples.HG38[0].text,
        around=Interval.parse("chr11:5,222,001-5,292,000"),
        control=("the LCR", Interval.parse(examples.HG38[1].text)),
        bases=Interval.parse("chr11:5,227,041-5,227,200"),
        variant=examples.VARIANTS[1].text,
    )  # fmt: skip
