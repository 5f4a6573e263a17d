"""Files of what the Evidence view shows."""

from dataclasses import dataclass

from app import result_files
from app.figures.evidence_data import EvidencePicture
from interpret.evidence_summary import Evidence


@dataclass(frozen=True, eq=False)
class EvidenceFiles:
    """What files of the evidence are made of: a `result_files.Result`."""

    found: Evidence
    picture: EvidencePicture
    name: str

    @property
    def provenance(self) -> str:
        """JSON of where it comes from."""
        return "{}" if self.found.provenance is None else self.found.provenance.to_json()

    def write_table(self) -> bytes:
        """A row for each element."""
        return result_files.tsv(self.found.table(), "evidence", self.found.provenance)

    def renderer(self) -> result_files.Render:
        """Of the figure."""
        from app.figures.evidence_paper import render

        return render
