"""Files of the VCF view: those of the command line, made by its code, and the command itself."""

import streamlit as st

from app import downloads, state
from app.truth.truth_files import File
from app.vcf import scoring
from app.vcf.calls import Calls
from app.vcf.scoring_work import Task

_KINDS = {
    "Parquet": ("parquet", "application/vnd.apache.parquet", "A row for each ALT, columns with their types."),
    "TSV": ("tsv", "text/tab-separated-values", "The same as text, with the meaning of each column."),
    "VCF": ("vcf.gz", "application/gzip", "The records as they came, scores in INFO; bgzipped."),
    "VCF index": ("vcf.gz.tbi", "application/octet-stream", "Of the VCF, by tabix."),
    "JSON": ("json", "application/json", "Model, genome, input, options, versions."),
}  # fmt: skip


def menu(task: Task, model: str, genome: str, calls: Calls) -> None:
    """Buttons for every file, and what makes the same without the app."""
    problems = state.problems()
    with st.container(horizontal=True):
        for label, (ending, mime, about) in _KINDS.items():
            if task.file(ending).exists():
                file: File = (f"{scoring.stem(task)}.{ending}", mime, task.file(ending).read_bytes)
                downloads.button(label, file, about, problems)
    if not task.file("vcf.gz.tbi").exists():
        st.caption(
            "The records are not sorted, so the VCF has no index: `bcftools sort` makes one possible."
        )
    st.markdown("The same table from the command line:")
    st.code(scoring.command(task, model, genome, calls), language="bash", wrap_lines=True)
