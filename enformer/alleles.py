"""What REF and ALT may be, and the bases they share."""

import re
from itertools import takewhile

from enformer import examples
from enformer.errors import QueryError

_REASONS = (
    (
        r"<.*>",
        "{allele} names a kind of change, not its bases, so there is no sequence to predict.",
    ),
    (r"\*", "The allele * says that an earlier deletion takes this base away: it has no sequence."),
    (r"\.?", "{name} is missing: the row says that nothing is known to change here."),
    (r".*[\[\]].*", "{allele} is a breakend that joins two places, which one window cannot hold."),
    (r"[ACGTNU]+", "{allele} is RNA: write T for U."),
    (r"[ACGTNRYSWKMBDHV]+", "{allele} stands for more than one base: write each base out."),
    (r"(?s).*", "{allele} is no allele: only A, C, G and T can be read."),
)


def check(read: str, ref: str, alt: str) -> None:
    """Refuses alleles without a sequence, each with its reason.

    Args:
        read: what was typed or built, for the message.
        ref: upper case.
        alt: upper case.

    Raises:
        QueryError: an allele is not of A, C, G, T or N, or both are the same.
    """
    for name, allele in (("REF", ref), ("ALT", alt)):
        if not re.fullmatch("[ACGTN]+", allele):
            reason = next(why for pattern, why in _REASONS if re.fullmatch(pattern, allele))
            raise QueryError(
                reason.format(name=name, allele=shorten(allele)),
                read=f'{shorten(read)} with {name} "{shorten(allele)}"',
                do="Write both alleles as bases.",
                example=examples.VARIANT,
            )
    if ref == alt:
        raise QueryError(
            "REF and ALT are the same, so there is nothing to compare.",
            read=shorten(read),
            do="Give the base that differs as ALT.",
            example=examples.VARIANT,
        )


def trim(start: int, ref: str, alt: str) -> tuple[int, str, str]:
    """Takes off the bases both alleles end with, then those both begin with.

    Returns:
        The 0-based start of what is left, and what is left of REF and ALT; either may be empty.
    """
    tail = _shared(ref[::-1], alt[::-1])
    ref, alt = ref[: len(ref) - tail], alt[: len(alt) - tail]
    head = _shared(ref, alt)
    return start + head, ref[head:], alt[head:]


def _shared(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def shorten(text: str, longest: int = 60) -> str:
    """The text on one line, cut in the middle where it is too long to read, fit to print."""
    line = text if len(text) <= longest else f"{text[: longest // 2]}…{text[-longest // 2 :]}"
    return "".join(letter if letter.isprintable() else " " for letter in line).strip()
