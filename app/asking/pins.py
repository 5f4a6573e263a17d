"""What a link was made with: the weights and the assembly, and what is said where others are open."""

from dataclasses import replace

from app.asking.scene import Scene
from app.state import Query

LENGTH = 12
"""Characters of a sha256 in a link."""


def pinned(query: Query, shown: Scene) -> Query:
    """The question with what answers it now."""
    sha, assembly = shown.checkpoint.sha256[:LENGTH], shown.place.genome.assembly
    return replace(query, model_sha=sha, assembly=assembly)


def warnings(query: Query, shown: Scene) -> tuple[str, ...]:
    """How what is open differs from what the question was saved with, one sentence each."""
    said, sha, assembly = [], shown.checkpoint.sha256, shown.place.genome.assembly
    if not sha.startswith(query.model_sha):
        said.append(
            f"This was saved with other weights (sha256 {query.model_sha[:LENGTH]}) than those open "
            f"now ({sha[:LENGTH]}, {shown.checkpoint.card.name}): values will differ. Choose the model "
            "that it was made with, or read it as a new question."
        )
    if query.assembly and query.assembly != assembly:
        said.append(
            f"This was saved on {query.assembly}, but {assembly} is open: its positions may mean other "
            "places. Choose the genome that it was made on."
        )
    return tuple(said)
