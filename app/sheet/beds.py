"""Candidate elements that a panel takes from a BED file, and keeps."""

from dataclasses import replace

from app import targets
from app.asking.question import Query
from app.asking.scene import Scene
from app.evidence import candidates, own_elements
from app.evidence.evidence_way import EvidenceWay
from app.locus.shelf import OwnTrack
from app.sheet import presets
from app.sheet.panels import target_of
from app.sheet.plan import Bed, Panel


def with_elements(panel: Panel, shown: Scene, own: OwnTrack) -> Panel:
    """The same with those elements of a file that its target has in the window."""
    over = targets.interval(target_of(panel, shown), shown)
    found = candidates.nearest(own_elements.elements(own), shown.window, over)
    return replace(panel, bed=Bed(own.file, own.sha256, found))


def panel(kind: str, query: Query, shown: Scene, columns: int = 1) -> Panel:
    """As `presets.panel`; where the Evidence view takes elements of a brought file, with those."""
    made, own = presets.panel(kind, query, shown, columns), own_elements.chosen()
    of_file = kind == "evidence" and EvidenceWay.parse(query.evidence).source == "bed"
    return with_elements(made, shown, own) if of_file and own is not None else made
