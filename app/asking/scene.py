"""What one run of a view shows: the question with everything it resolves to."""

from dataclasses import dataclass

from app.asking import zoom
from app.asking.pasted import PastedGenome
from app.asking.places import Place, pasted_place
from enformer.checkpoint import Checkpoint
from enformer.coordinates import Interval, predicted_region, window_around
from enformer.genome import Genome
from enformer.query import ParsedQuery


@dataclass(frozen=True, eq=False)
class Scene:
    """A place on a genome before a model.

    Attributes:
        checkpoint: the model.
        place: genome and genes; the sequence itself where one was pasted.
        parsed: what the search box was read as.
        window: the model's input.
        region: the part that has bins.
        home: what is drawn before any zoom.
        view: what is drawn.
    """

    checkpoint: Checkpoint
    place: Place
    parsed: ParsedQuery
    window: Interval
    region: Interval
    home: Interval
    view: Interval

    @property
    def contig_length(self) -> int:
        """Bp of the contig in view."""
        return self.place.genome.length(self.window.contig)

    @property
    def head(self) -> str:
        """The head that was trained on this assembly, else the first."""
        fitting = self.checkpoint.heads_on(self.place.genome.assembly)
        return next(iter(fitting or self.checkpoint.config.heads))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What must be known before the picture is believed."""
        found = doubts(self.checkpoint, self.place.genome)
        if isinstance(self.place.genome, PastedGenome):
            return (*found, _around(self.contig_length, self.window.length))
        return found

    @property
    def beyond(self) -> str:
        """Said where a prediction is drawn: that part of the view has none."""
        if self.region.contains(self.view):
            return ""
        return "Part of the view lies outside the predicted region and has no values."


def doubts(checkpoint: Checkpoint, genome: Genome) -> tuple[str, ...]:
    """What must be known before a model is believed on a genome."""
    card, trained_on = checkpoint.card, sorted(set(checkpoint.card.assemblies.values()))
    pasted = isinstance(genome, PastedGenome)
    strange = trained_on and not (checkpoint.heads_on(genome.assembly) or pasted)
    if not card.trained:
        return ("This model was never trained: its output has no biological meaning.",)
    if "demo" in trained_on and (strange or pasted):
        return (_KNOWS_ONLY_DEMO,)
    return (_trained_elsewhere(trained_on, genome.assembly),) if strange else ()


_KNOWS_ONLY_DEMO = (
    "This model knows nothing but the invented grammar of the demo genome: on any other sequence its "
    "output has no biological meaning. Choose mini or official for real sequence."
)


def _trained_elsewhere(trained_on: list[str], assembly: str) -> str:
    said = (
        f"The model was trained on {' and '.join(trained_on)}. On {assembly} the picture shows how "
        "the app works, not biology."
    )
    if assembly != "demo":
        return said
    return f"{said} The model demo was trained on this genome's grammar: choose that one."


def _around(length: int, window: int) -> str:
    """What the model reads beside a pasted sequence."""
    if length > window:
        return f"The sequence is longer than the window of {window:,} bp: its middle is predicted."
    return (
        f"The model reads {window:,} bp. Nothing is known around the sequence, so the other "
        f"{window - length:,} bp are N, which it has hardly seen in training."
    )


def scene(
    checkpoint: Checkpoint, place: Place, parsed: ParsedQuery, asked: tuple[int, int] | None
) -> Scene:
    """Place the window around the question and settle what is drawn.

    Args:
        checkpoint: the model.
        place: where the question was read.
        parsed: the question.
        asked: 0-based half-open part to draw; one that misses the window is passed over.
    """
    config, interval = checkpoint.config, parsed.interval
    if interval is None:
        place = pasted_place(parsed.sequence or "")
        contig, length = next(iter(place.genome.contigs.items()))
        interval = Interval(contig, 0, length)
    window = window_around(parsed.focus, interval.contig, config)
    region = predicted_region(window, config)
    exactly = parsed.kind in ("locus", "sequence")
    home = zoom.first_view(interval, region, exactly)
    wanted = Interval(window.contig, *asked).intersect(window) if asked else None
    view = zoom.place(wanted.start, wanted.length, window) if wanted else home
    return Scene(checkpoint, place, parsed, window, region, home, view)
