"""Words that the app uses, and what is meant by them."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Term:
    """A word.

    Attributes:
        name: as the app writes it.
        meaning: in a sentence or three.
        also: other words for it, by which it is found.
    """

    name: str
    meaning: str
    also: tuple[str, ...] = ()

    def has(self, words: list[str]) -> bool:
        """Whether all of some lower-case words occur in it."""
        own = " ".join([self.name, *self.also, self.meaning]).lower()
        return all(word in own for word in words)


@cache
def terms() -> tuple[Term, ...]:
    """All of them, by name."""
    read = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    found = (Term(one["name"], one["meaning"], tuple(one.get("also", ()))) for one in read["term"])
    return tuple(sorted(found, key=lambda term: term.name.lower()))


def search(text: str) -> tuple[Term, ...]:
    """Terms with all of these words, those that have them in the name first; all without words."""
    words = text.lower().split()
    found = [term for term in terms() if term.has(words)]
    return tuple(
        sorted(found, key=lambda term: not all(word in term.name.lower() for word in words))
    )
