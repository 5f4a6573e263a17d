"""What the app rests on, and what to read before believing it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Citation:
    """A paper.

    Attributes:
        text: authors, title, journal, year.
        doi: without the resolver's address.
        why: what it is here for.
    """

    text: str
    doi: str
    why: str

    @property
    def link(self) -> str:
        """Where it is resolved."""
        return f"https://doi.org/{self.doi}"


@cache
def citations() -> Mapping[str, tuple[Citation, ...]]:
    """Papers by what they are for."""
    read = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {title: tuple(Citation(**paper) for paper in papers) for title, papers in read.items()}
