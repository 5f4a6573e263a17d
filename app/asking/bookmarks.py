"""Named explorations: a question, what it was answered with, and how they are kept in a file."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from app.asking.question import Query
from enformer.errors import EnformerLensError

FORMAT, VERSION = "enformer-lens-bookmarks", 1
LONGEST = 200
"""Characters of a name."""
_SHA256 = re.compile(r"[0-9a-f]{64}")
_TEXTS = ("name", "note", "created", "model_sha256", "genome", "assembly")


@dataclass(frozen=True)
class Bookmark:
    """A question under a name.

    Attributes:
        name: as its maker calls it.
        query: what is asked, with model and genome by name.
        model_sha256: of the weights that answered.
        genome: identity of the sequence that was read.
        assembly: of the genome.
        created: when, in ISO 8601.
        note: of its maker.
    """

    name: str
    query: Query
    model_sha256: str
    genome: str
    assembly: str
    created: str
    note: str = ""

    @property
    def recalled(self) -> Query:
        """The question, which remembers what it was answered with, so that others are told."""
        return replace(self.query, model_sha=self.model_sha256, assembly=self.assembly)


def now() -> str:
    """The time, to the second, in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def free_name(wanted: str, taken: Iterable[str]) -> str:
    """A name that no other has: with a number where the one wanted is taken."""
    wanted, taken = wanted.strip()[:LONGEST], set(taken)
    number, name = 1, wanted
    while name in taken:
        number += 1
        name = f"{wanted} ({number})"
    return name


def write(bookmarks: Iterable[Bookmark]) -> str:
    """A file of them: JSON, questions as the parameters of their links."""
    rows = [
        {name: getattr(one, name) for name in _TEXTS} | {"query": _query(one)} for one in bookmarks
    ]
    return json.dumps({"format": FORMAT, "version": VERSION, "bookmarks": rows}, indent=1) + "\n"


def _query(bookmark: Bookmark) -> dict[str, str]:
    """As in a link, but with a pasted sequence, however long."""
    asked = replace(bookmark.query, model_sha="", assembly="")
    return asked.to_url() | ({"locus": asked.locus} if asked.locus else {})


def read(content: bytes, file_name: str) -> tuple[Bookmark, ...]:
    """What `write` wrote.

    Raises:
        EnformerLensError: it is something else, of another version, or an entry makes no sense.
    """
    try:
        held = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError) as broken:
        raise _refusal(file_name, f"It is no JSON: {broken}.") from broken
    if not isinstance(held, dict) or held.get("format") != FORMAT:
        raise _refusal(file_name, f'It is JSON, but does not say "format": "{FORMAT}".')
    if held.get("version") != VERSION:
        said = f"Its version is {held.get('version')!r}; this app reads version {VERSION}."
        raise _refusal(file_name, said)
    rows = held.get("bookmarks")
    if not isinstance(rows, list):
        raise _refusal(file_name, 'Its "bookmarks" are no list.')
    return tuple(
        _entry(row, f"bookmark {place} of {file_name}") for place, row in enumerate(rows, 1)
    )


def _entry(row: Any, where: str) -> Bookmark:
    if not isinstance(row, Mapping):
        raise _refusal(where, "It is no object of names and values.")
    for name in _TEXTS:
        if not isinstance(row.get(name), str):
            raise _refusal(where, f'Its "{name}" is missing or no text.')
    if not row["name"].strip() or len(row["name"]) > LONGEST:
        raise _refusal(where, f"Its name has {len(row['name'])} characters, not 1 to {LONGEST}.")
    if not _SHA256.fullmatch(row["model_sha256"]):
        raise _refusal(where, f"Its model_sha256 is {row['model_sha256'][:80]!r}, no sha256.")
    try:
        datetime.fromisoformat(row["created"])
    except ValueError as wrong:
        raise _refusal(where, f"It was created at {row['created'][:40]!r}, no date.") from wrong
    texts = {name: row[name] for name in _TEXTS}
    return Bookmark(query=_asked(row.get("query"), where), **texts)


def _asked(parameters: Any, where: str) -> Query:
    """The question; a link may be read generously, a file may not."""
    if not isinstance(parameters, Mapping) or not all(
        isinstance(v, str) for v in parameters.values()
    ):
        raise _refusal(where, 'Its "query" is no object of texts.')
    query = Query.from_url(parameters)
    understood = query.to_url() | {"locus": query.locus}
    for name, value in parameters.items():
        if understood.get(name) != value:
            raise _refusal(where, f"Its query has {name} = {value[:80]!r}, which cannot be read.")
    return query


def _refusal(read: str, wrong: str) -> EnformerLensError:
    return EnformerLensError(
        wrong, read=read, do="Give a file that Export has written here, unchanged.",
        example=f'{{"format": "{FORMAT}", "version": {VERSION}, "bookmarks": []}}',
    )  # fmt: skip
