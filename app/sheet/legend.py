"""A draft of a sheet's legend and of the sentence for the methods: nothing but what is recorded."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.figures.arc_data import ArcPicture
from app.figures.attention_data import AtlasPicture, HeadPicture
from app.figures.composed import LETTERS, Pending
from app.figures.contribution_data import ContributionPicture, Level
from app.figures.data import LocusPicture
from app.figures.evidence_data import EvidencePicture
from app.figures.evidence_paper import LEGEND
from app.figures.mutagenesis_data import MutagenesisPicture
from app.sheet.panels import Made
from app.sheet.plan import Panel
from app.sheet.record import Record
from enformer.provenance import CITATION

Write = Callable[[Record, Sequence[Made]], str]
UNTRAINED = "The weights of this model were never trained: nothing here has biological meaning."


def legend(record: Record, made: Sequence[Made]) -> str:
    """A paragraph for each panel, `a, Predicted CAGE ...`."""
    lettered = len(made) > 1
    said = [
        (f"{letter}, " if lettered else "")
        + _SAID[type(one.picture)](one.picture)
        + _file(one.panel)
        for letter, one in zip(LETTERS, made, strict=False)
    ]
    model, genome = record.model, record.genome
    made_by = f"Model {model.name} (sha256 {model.sha256[:12]}) on {genome.assembly}."
    last = made_by if model.trained else f"{made_by} {UNTRAINED}"
    return "\n\n".join([*said, last]) + "\n"


def _file(panel: Panel) -> str:
    return "" if panel.bed is None else f" Elements: {panel.bed.file}."


def _locus(picture: LocusPicture) -> str:
    assays = list(dict.fromkeys(lane.assay_name for lane in picture.lanes))
    lanes = "; ".join(
        f"{lane.assay_name} {lane.label} ({lane.unit})"
        for lane in picture.lanes
        if not lane.difference
    )
    parts = [
        f"Predicted {', '.join(assays)} over {picture.place} ({picture.assembly}), in bins of "
        f"{picture.bin_size} bp.",
        f"Tracks from top to bottom: {lanes}.",
    ]
    if picture.variant is not None:
        parts.append(f"REF (grey line) and ALT (filled) of {picture.variant}.")
    if any(lane.difference for lane in picture.lanes):
        parts.append("ALT − REF is drawn below each track.")
    return " ".join([*parts, *(note for note in picture.notes if note != picture.footer)])


def _contributions(picture: ContributionPicture) -> str:
    drawn = {
        Level.ENVELOPE: "as the largest and smallest in each column",
        Level.BARS: "as one bar a base",
        Level.LETTERS: "as letters whose height is the contribution",
    }[picture.level]
    gap = f" {picture.gap}." if picture.gap else ""
    whose = {
        "": "Contribution of each base",
        "ALT": f"Contribution of each base of ALT, {picture.locus.variant},",
        "ALT − REF": f"ALT − REF of the contribution of each base, {picture.locus.variant},",
    }[picture.allele]
    below = "contributions" if picture.reference is None else "differences"
    return (
        f"{whose} over {picture.locus.place} ({picture.locus.assembly}) to "
        f"{picture.explained}, drawn {drawn}. {picture.method}.{gap} Below, absolute {below} summed "
        f"over {picture.locus.bin_size} bp."
    )


def _head(picture: HeadPicture) -> str:
    what = "REF − ALT of attention" if picture.scale.difference else "Attention"
    lanes = "; ".join(lane.label for lane in picture.lanes)
    region = picture.place.region
    return (
        f"{what} of {picture.name} over {picture.keys} ({picture.place.assembly}): queries down, keys "
        f"across; each cell is the {picture.cells}; colours show the {picture.scale.name}. Dashed: the "
        f"predicted region {region}. Below, weights of tokens {picture.chosen_name}: {lanes}; dotted, "
        "what the head gives at that distance on average. Attention is not causation."
    )


def _arcs(picture: ArcPicture) -> str:
    what = "REF − ALT of attention" if picture.difference else "Attention"
    place = picture.locus
    return (
        f"{what} of {picture.name} over {place.place} ({place.assembly}): {picture.words}, "
        f"{picture.ranked}. Attention is not causation."
    )


def _atlas(picture: AtlasPicture) -> str:
    what = "REF − ALT of attention" if picture.difference else "Attention"
    return (
        f"{what} of all {picture.layers} layers (down) and {picture.heads} attention heads (across) over "
        f"{picture.place}; each cell is the {picture.pooling} over tokens; colours show the "
        f"{picture.scale.name}."
    )


def _map(picture: MutagenesisPicture) -> str:
    framed = "" if picture.variant is None else f" Frame: {picture.variant}."
    return (
        f"In-silico mutagenesis of the reference at {picture.region} ({picture.assembly}): change of "
        f"{picture.explained} by each substitution. {picture.method}. Letters above: minus the mean change "
        f"by the other bases.{framed}"
    )


def _evidence(picture: EvidencePicture) -> str:
    methods = ", ".join(f"{one.title.lower()} ({one.unit})" for one in picture.panels)
    return (
        f"{len(picture.labels)} candidate elements in {picture.window} ({picture.assembly}) for "
        f"{picture.explained}: {methods}. {LEGEND}"
    )


_SAID: Mapping[type, Callable[[Any], str]] = {
    LocusPicture: _locus,
    ContributionPicture: _contributions,
    HeadPicture: _head,
    AtlasPicture: _atlas,
    ArcPicture: _arcs,
    MutagenesisPicture: _map,
    EvidencePicture: _evidence,
    Pending: lambda picture: picture.words,
}


def methods(record: Record, made: Sequence[Made]) -> str:
    """How it was computed, with what, and what to cite."""
    model, genome, known = record.model, record.genome, record.versions
    windows = dict.fromkeys(f"{one.shown.window} ({one.shown.window.length:,} bp)" for one in made)
    done = dict.fromkeys(_method(part) for results in record.results for part in results)
    software = ", ".join(f"{name} {number}" for name, number in known.items())
    return (
        f"Predictions were made with the Enformer model {model.name} (weights sha256 {model.sha256}, "
        f"{model.dtype} on {model.device}) from the sequence of {genome.assembly} ({genome.identity}) in "
        f"the window{'' if len(windows) == 1 else 's'} {', '.join(windows)}. "
        f"Computed: {'; '.join(done)}. Software: {software}. "
        + ("" if model.trained else f"{UNTRAINED} ")
        + f"Reference{_cited(model.citation)}\n"
    )


_SAID_ELSEWHERE = ("device", "dtype", "window_length", "trained_window_length")


def _cited(of_model: str) -> str:
    """What the model asks to be cited, and the paper of the architecture where that is another."""
    doi = CITATION.rpartition("doi:")[2]
    if doi in of_model:
        return f": {of_model}"
    return f"s: {of_model} {CITATION}" if of_model else f": {CITATION}"


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _method(result: Mapping[str, Any]) -> str:
    """A method with its options, as the result records them."""
    known = {
        name: value for name, value in result["options"].items() if name not in _SAID_ELSEWHERE
    }
    options = ", ".join(
        f"{name.replace('_', ' ')} {_plain(value)}" for name, value in known.items()
    )
    return f"{result['method']}{f' ({options})' if options else ''}"
