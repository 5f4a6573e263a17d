"""What a model has no track of, in words: such cells it was never trained on, whatever it predicts."""

import re
from difflib import get_close_matches
from functools import lru_cache

from enformer.tracks import TrackTable

MOST_NEAR = 3
"""Names that are offered in place of one that is unknown."""
_ALIKE, _TELLING = 0.75, 4
"""How alike words must be, and letters from which on a part of a word tells something."""
_MEASUREMENT = re.compile(
    r"acc|atac|cage|chip|chia|dhs|dnase|hic|methyl\w*|procap|pro|ribo|rna\d?|scatac|scrna|seq|wgbs|"
    r"(atac|chip|dnase|pro|rna)seq|h[1-4][a-z]?k\d+(ac|me\d?|ub)?|h2az|ctcf|e?p300|pol2|polr2a|rad21"
)
_NO_CELLS = re.compile(
    r"\d.*|[a-z]|all|bigwig|bin\d*|bpm|chr\w+|combined|control|counts?|cov|coverage|cpm|ds|encff\w+|fc|file|"
    r"filtered|fold|change|forward|fpkm|fwd|grc\w+|gs[em]\d+|hg\d+|input|mean|merged|mine|minus|mm\d+|mn|my|"
    r"neg|norm\w*|over|own|pl|plus|pooled|pos|pval\w*|raw|reads|rep\w*|rev\w*|rpkm|rpm|sample|signal|sorted|"
    r"srr\d+|sum|tpm|track|treat\w*|unique"
)
"""Words in names of files that say nothing of cells."""


def of_search(text: str, table: TrackTable, model: str) -> str:
    """Why no track holds all words of a search; empty where one does.

    Args:
        text: as in `TrackTable.search`.
        table: of the model.
        model: its name.
    """
    if len(table.search(text)):
        return ""
    counts = {word: len(table.search(word)) for word in text.split()}
    unknown = [word for word, count in counts.items() if not count]
    if not unknown:
        known = ", ".join(f"“{word}” {count:,}" for word, count in counts.items())
        return f"No track of {model} holds all of these words; one alone is held by: {known}."
    measured = [word for word in unknown if _is_measurement(word)]
    cells = " ".join(word for word in unknown if word not in measured)
    return " ".join(
        ([f"No track of {model} is of “{cells}”{_untrained(cells, table)}"] if cells else [])
        + [f"{model} predicts no “{word}” in any cells." for word in measured]
    )


def of_file(name: str, table: TrackTable, model: str) -> str:
    """Says where no biosample is called as a file is; empty where one is, or the name tells of no cells.

    Args:
        name: of a measured track.
        table: of the model.
        model: its name.
    """
    words = [
        word for word in re.findall(r"[^\W_]+(?:-\d+)?", name)
        if not (_NO_CELLS.fullmatch(_joined(word)) or _is_measurement(word))
    ]  # fmt: skip
    known = table.facets()["biosample"]
    if not words or any(_names(word, biosample) for word in words for biosample in known):
        return ""
    cells = " ".join(words)
    return (
        f"No track of {model} is of “{cells}”, as this file's name says{_untrained(cells, table)}"
    )


def _untrained(cells: str, table: TrackTable) -> str:
    """What follows from it, after names that may be meant."""
    said = (
        "it was not trained on a cell type or factor of that name, and what it predicts for others need "
        "not hold there."
    )
    near = nearest(cells, table)
    return f". Nearest names: {'; '.join(near)}. If none is meant, {said}" if near else f": {said}"


def nearest(cells: str, table: TrackTable) -> list[str]:
    """Biosamples called alike: with other spaces and hyphens, or with a word that differs in few letters."""
    known = table.facets()["biosample"]
    parts = {name: [part for part in _words(name) if len(part) >= _TELLING] for name in known}
    every = {part for some in parts.values() for part in some}
    found: list[str] = []
    for word in cells.split():
        alike = set(get_close_matches(word.lower(), every, MOST_NEAR, _ALIKE))
        found += [name for name in known if _names(word, name)]
        found += [name for name, some in parts.items() if alike & set(some)]
    return list(dict.fromkeys(found))[:MOST_NEAR]


def _names(word: str, biosample: str) -> bool:
    """Whether a word names a biosample, whatever spaces and hyphens: MCF7, and MCF-7."""
    plain = _joined(word)
    whole = plain in _words(biosample) or plain == _joined(biosample)
    return whole or (len(plain) >= _TELLING and plain in _joined(biosample))


def _is_measurement(word: str) -> bool:
    return _MEASUREMENT.fullmatch(_joined(word)) is not None


@lru_cache(maxsize=16_384)
def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W_]+", text.lower()))


@lru_cache(maxsize=16_384)
def _joined(text: str) -> str:
    return "".join(_words(text))
