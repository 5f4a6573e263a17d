"""Sequence that a person pastes: FASTA, or nothing but letters."""

import re
from dataclasses import dataclass

from enformer import examples
from enformer.alleles import shorten
from enformer.errors import QueryError

SHORTEST = 20
"""Letters from which on a text without a header is read as sequence: no gene symbol is that long."""

_UNKNOWN = re.compile("[^ACGTNURYSWKMBDHV]", re.IGNORECASE | re.ASCII)
_AMBIGUOUS = re.compile("[RYSWKMBDHV]")
_PROTEIN_ONLY = re.compile("[EFILPQZ]", re.IGNORECASE)


@dataclass(frozen=True)
class PastedSequence:
    """IUPAC letters in upper case, the name from the header, and what was changed on reading."""

    name: str
    bases: str
    notes: tuple[str, ...]


def match_fasta(text: str) -> PastedSequence | None:
    """The record of a FASTA text, or None if it does not begin with `>`.

    Raises:
        QueryError: it has no sequence, several records, or letters that are no bases.
    """
    text = text.strip()
    if not text.startswith(">"):
        return None
    header, *lines = text[1:].splitlines() or [""]
    lines = [line for line in lines if not line.startswith(";")]
    if not lines:  # a one-line box drops the line ends: the last word is then the sequence
        header, _, last = header.rpartition(" ")
        lines = [last] if len(last) >= SHORTEST else []
    if any(line.startswith(">") for line in lines):
        _refuse(shorten(header), "There is more than one record.", "Paste one sequence at a time.")
    letters = "".join("".join(lines).split())
    if not letters:
        _refuse(
            shorten(header), "There is no sequence under the header.", "Paste the whole record."
        )
    return _bases(header.strip(), letters)


def match_raw(text: str) -> PastedSequence | None:
    """The sequence of a text that is nothing else, or None.

    Spaces, line ends and the line numbers of GenBank are passed over.

    Raises:
        QueryError: it is nearly all bases, and not quite.
    """
    words = [word for word in text.split() if not word.isdigit()]
    letters = "".join(words)
    if len(letters) < SHORTEST or not letters[0].isalpha():
        return None
    certain = sum(letters.upper().count(base) for base in "ACGTUN")
    unknown = len(_UNKNOWN.findall(letters))
    longest = max(map(len, words))
    if certain < 0.6 * len(letters) or unknown > 0.1 * len(letters) or longest < 10:
        return None
    return _bases("", letters)


def _bases(name: str, letters: str) -> PastedSequence:
    if bad := _UNKNOWN.search(letters):
        found = sorted(set(_UNKNOWN.findall(letters)))
        protein = len(_PROTEIN_ONLY.findall(letters)) > 0.05 * len(letters)
        _refuse(
            f"{len(letters):,} letters{' of ' + shorten(name) if name else ''}",
            "That is protein." if protein else
            f"{shorten(' '.join(found))} cannot be read as bases, first at letter {bad.start() + 1:,}.",
            "Paste DNA: A, C, G, T, N or other IUPAC letters.",
        )  # fmt: skip
    letters, notes = letters.upper(), []
    if uracils := letters.count("U"):
        notes.append(f"{uracils:,} U read as T.")
    if ambiguous := len(_AMBIGUOUS.findall(letters)):
        notes.append(
            f"Letters that stand for several bases: {ambiguous:,}, which the model sees as N."
        )
    return PastedSequence(name, letters.replace("U", "T"), tuple(notes))


def _refuse(read: str, wrong: str, do: str) -> None:
    raise QueryError(wrong, read=f"a sequence ({read})", do=do, example=examples.SEQUENCE)
