"""Files of what the Evidence view shows."""

import json
from dataclasses import dataclass

from app import result_files
from app.figures.evidence_data import EvidencePicture
from app.sheet.single import Single, written
from interpret.evidence_summary import Evidence


@dataclass(frozen=True, eq=False)
class EvidenceFiles:
    """What files of the evidence are made of: a `result_files.Result`."""

    found: Evidence
    picture: EvidencePicture
    name: str
    single: Single | None = None

    @property
    def provenance(self) -> str:
        """JSON of where it comes from."""
        made = self.found.provenance
        return written({} if made is None else json.loads(made.to_json()), self.single)

    def write_table(self) -> bytes:
        """A row for each element."""
        return result_files.tsv(self.found.table(), "evidence", self.found.provenance)
