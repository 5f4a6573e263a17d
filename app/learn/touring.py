"""What a step of the guided tour opens: the tour that fits the open genome, its question, its scene."""

from dataclasses import replace

from app import services, state, targets, widgets
from app.asking.scene import Scene, scene
from app.computing import fetching
from app.computing.explanations import Explanation
from app.computing.seat import Key, Seat
from app.learn.tours import Step, Tour, demo_tour, hg38_tour
from app.locus import picker
from enformer.coordinates import Interval
from enformer.tracks import TrackId
from interpret.target import Target


def home_tour(query: state.Query, seat: Seat) -> Tour | None:
    """The tour on the genome that is open; None where it is none of those that have one.

    Raises:
        EnformerLensError: the genome cannot be opened.
        Cancelled: this session has stopped it.
        NotReady: a job is at it; its progress is drawn here.
    """
    if query.genome == "demo":
        return demo_tour(query.model)
    place = services.place(query.genome, state.gene_file(), services.online() is True, seat)
    on_hg38 = widgets.ready(place, seat).genome.assembly == "hg38"
    return hg38_tour(query.genome, query.model) if on_hg38 else None


def opened(step: Step, tour: Tour, seat: Seat) -> tuple[state.Query, Scene]:
    """The question of a step, with what it resolves to.

    Raises:
        EnformerLensError: model, genome or place cannot be opened.
        Cancelled: this session has stopped it.
        NotReady: a job is at it; its progress is drawn here.
    """
    seat.leave_where(lambda key: _is_of_another_step(key, step))
    query, online = tour.question(step), services.online() is True
    place = widgets.ready(services.place(tour.genome, state.gene_file(), online, seat), seat)
    if fetching.is_missing(tour.model):
        widgets.offer(tour.model, seat)
    if fetching.is_missing(tour.model):
        raise widgets.NotReady
    checkpoint = widgets.ready(services.open_model(tour.model, seat), seat)
    parsed = widgets.ready(services.parse(query.locus, place, seat), seat)
    shown = scene(checkpoint, place, parsed, query.zoom)
    query = replace(query, zoom=_zoom(step, tour, shown))
    if tour.tissue and step.computes:
        query = replace(query, target=_target(tour, shown))
    return query, scene(checkpoint, place, parsed, query.zoom)


def _is_of_another_step(key: Key, step: Step) -> bool:
    asked = key[-1]
    return isinstance(asked, Explanation) and asked.kind not in step.computes


def _zoom(step: Step, tour: Tour, shown: Scene) -> tuple[int, int] | None:
    """What the step's view draws: all that is read, the neighbourhood, or what the question says."""
    parts = {"window": shown.window, "variant": around(tour, shown)}
    part = parts.get(step.name)
    return tour.question(step).zoom if part is None else (part.start, part.end)


def around(tour: Tour, shown: Scene) -> Interval:
    """The neighbourhood as far as it is predicted."""
    return here(tour.around, shown).intersect(shown.region) or shown.region


def here(place: Interval, shown: Scene) -> Interval:
    """A place by the name that the open genome has for its contig."""
    return Interval(shown.window.contig, place.start, place.end)


def lanes(shown: Scene) -> tuple[TrackId, ...]:
    """The tracks that are shown where none were chosen."""
    return picker.shown_tracks((), shown.checkpoint, shown.head)


def _target(tour: Tour, shown: Scene) -> str:
    """CAGE of the gene in the tour's tissue alone, as planted truth is told by tissue; else empty."""
    track, table, gene = lanes(shown)[0], shown.checkpoint.tracks, shown.parsed.gene
    if gene is None or table.row(track)["description"] != f"{targets.CAGE}:{tour.tissue}":
        return ""
    place = shown.window, shown.checkpoint.config, table, track.head
    return str(Target.of_gene(gene, *place, (track.index,)))
