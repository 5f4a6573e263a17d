"""Contributions before both alleles: those of ALT over the reference's bases, and ALT − REF.

Every base of ALT belongs to one base of the reference, as in `interpret.realign`: an inserted one to the base
before it. A position has the sum of the bases that belong to it, a deleted one nothing. What lies beyond the
window's end before one allele alone is left out of positions, and kept as one number.
"""

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
from jaxtyping import Float, Int64

from enformer.coordinates import Variant
from enformer.errors import EnformerLensError
from enformer.provenance import REALIGNED
from interpret.contributions import Contributions
from interpret.origin import frozen
from interpret.realign import owners_of
from interpret.target import Target

ALT, DIFFERENCE = "ALT", "ALT − REF"
FILE_NAMES = {ALT: "ALT", DIFFERENCE: "ALT-minus-REF"}
NONE = "-"
"""In place of a letter where ALT has no base."""


@dataclass(frozen=True)
class Changed:
    """A position at which the alleles differ, or to which inserted bases belong.

    Attributes:
        offset: in the window.
        ref: the reference's base.
        alt: those of ALT that belong there; none where it is deleted.
        values: contribution of each of them.
        of_ref: the reference's contribution; 0 where ALT alone is explained.
    """

    offset: int
    ref: str
    alt: str
    values: tuple[float, ...]
    of_ref: float


@dataclass(frozen=True, eq=False)
class AlleleContributions(Contributions):
    """ALT over the reference's positions, or ALT − REF; all that `Contributions` has is of that.

    `letters` are the first base of ALT at each position, "-" where it has none. `value` and `baseline_value`
    are differences, too, where `ref` is there.

    Attributes:
        variant: the difference of both sequences.
        alt: along ALT's own sequence.
        ref: the reference's; None where ALT alone is shown.
        left_out: contributions beyond the window's end of either allele.
    """

    variant: Variant
    alt: Contributions
    ref: Contributions | None
    left_out: float

    @property
    def allele(self) -> str:
        """`ALT` or `DIFFERENCE`."""
        return ALT if self.ref is None else DIFFERENCE

    @property
    def completeness_gap(self) -> float | None:
        """ALT's gap, minus the reference's where that is taken off."""
        gap = self.alt.completeness_gap
        taken = 0.0 if self.ref is None else self.ref.completeness_gap
        return None if gap is None or taken is None else gap - taken

    @property
    def hypothetical(self) -> Float[np.ndarray, "length bases"]:
        """What each base would contribute in place of ALT's first one, minus what it would before REF."""
        owners = _owners(self.variant, self.alt)
        found = _taken(self.alt.hypothetical, _first(owners))
        return found if self.ref is None else found - self.ref.hypothetical

    @property
    def of_alt(self) -> Float[np.ndarray, " length"]:
        """ALT's contribution at each position of the reference."""
        return _placed(self.alt.values, _owners(self.variant, self.alt)).sum(1)

    @property
    def bases(self) -> list[str]:
        """All bases of ALT at each position of the reference; "-" where it has none."""
        several = {one.offset: one.alt or NONE for one in self.changed}
        return [several.get(offset, base) for offset, base in enumerate(self.letters)]

    @cached_property
    def changed(self) -> tuple[Changed, ...]:
        """Positions that differ between the alleles, from left to right."""
        first = self.variant.start - self.interval.start
        # an inserted base may belong to the base before a variant that is written without it
        near = range(max(first - 1, 0), min(first + len(self.variant.ref), len(self.values)))
        found = (self._at(offset, offset - first) for offset in near)
        return tuple(one for one in found if one.alt != one.ref)

    def _at(self, offset: int, number: int) -> Changed:
        """A position, which is base `number` of REF from 0; the one before it is -1."""
        mine = np.flatnonzero(_owners(self.variant, self.alt) == offset)
        letters = "".join(self.alt.letters[at] for at in mine)
        return Changed(
            offset=offset,
            ref=letters[:1] if number < 0 else self.variant.ref[number],
            alt=letters,
            values=tuple(float(self.alt.per_position[at]) for at in mine),
            of_ref=0.0 if self.ref is None else float(self.ref.per_position[offset]),
        )


def of_alt(alt: Contributions, variant: Variant) -> AlleleContributions:
    """ALT's contributions over the reference's positions.

    Args:
        alt: of the window's sequence with ALT in it.
        variant: that is in it.
    """
    return _over(alt, variant, None)


def difference(ref: Contributions, alt: Contributions, variant: Variant) -> AlleleContributions:
    """ALT − REF at each position of the reference.

    Args:
        ref: of the window's reference.
        alt: of the same window with ALT in it, found in the same way.
        variant: that is in it.

    Raises:
        EnformerLensError: they are of other windows, targets or methods.
    """
    for what in ("interval", "target", "method", "baseline", "steps", "reverse_complement"):
        of_ref, of_alternative = getattr(ref, what), getattr(alt, what)
        if of_ref != of_alternative:
            raise EnformerLensError(
                f"They differ in their {what}: a difference would mix several things.",
                read=f"{what} {of_ref} of REF and {of_alternative} of ALT",
                do="Explain both alleles in the same way.",
            )
    return _over(alt, variant, ref)


def _over(alt: Contributions, variant: Variant, ref: Contributions | None) -> AlleleContributions:
    owners, length = _owners(variant, alt), len(alt.values)
    first = _first(owners)
    values = _placed(alt.values, owners)
    left_out = alt.values[owners >= length].sum(dtype=np.float64)
    held = {name: _taken(getattr(alt, name), first) for name in ("gradient", "baseline_bases")}
    value, start = alt.value, alt.baseline_value
    if ref is not None:
        beyond = (first < 0) & (np.arange(length) >= variant.end - alt.interval.start)
        left_out -= ref.values[beyond].sum(dtype=np.float64)
        values = values - np.where(beyond[:, None], 0, ref.values)
        held = {name: of_alt - getattr(ref, name) for name, of_alt in held.items()}
        value -= ref.value
        start = None if start is None or ref.baseline_value is None else start - ref.baseline_value
    letters = np.array([*alt.letters, NONE])[first]
    known: dict[str, Any] = {item.name: getattr(alt, item.name) for item in fields(Contributions)}
    known |= {"values": frozen(values), "letters": "".join(letters), "value": value,
              "baseline_value": start, **{name: frozen(each) for name, each in held.items()}}  # fmt: skip
    found = AlleleContributions(
        **known, variant=variant, alt=alt, ref=ref, left_out=float(left_out)
    )
    return replace(found, provenance=_origin(found))


def of_target(found: Contributions, target: Target) -> Contributions:
    """A result by the target that was asked for, where ALT's own bins were explained in its place."""
    if found.target == target:
        return found
    made = found.provenance
    if made is not None:
        options = {**made.options, "target": str(target), REALIGNED: True}
        made = replace(made, options=options)
    return replace(found, target=target, provenance=made)


def _origin(found: AlleleContributions) -> Any:
    """That of ALT, which says what is shown of it."""
    made = found.alt.provenance
    if made is None:
        return None
    told = {"allele": found.allele} | ({REALIGNED: True} if found.variant.is_indel else {})
    return replace(made, variant=found.variant, options={**made.options, **told})


def _owners(variant: Variant, alt: Contributions) -> Int64[np.ndarray, " bases"]:
    """The offset of the reference base that each base of ALT's window belongs to."""
    return owners_of((variant,), alt.interval)[: len(alt.values)]


def _placed(values: np.ndarray, owners: np.ndarray) -> Float[np.ndarray, "length bases"]:
    """Rows of ALT summed at the positions that they belong to."""
    placed = np.zeros(values.shape, dtype=np.float64)
    inside = owners < len(values)
    np.add.at(placed, owners[inside], values[inside])
    return placed


def _first(owners: np.ndarray) -> Int64[np.ndarray, " length"]:
    """The first base of ALT at each position; -1 where it has none."""
    first = np.full(len(owners), -1, dtype=np.int64)
    inside = np.flatnonzero(owners < len(owners))[::-1]
    first[owners[inside]] = inside  # the first of several is written last
    return first


def _taken(rows: np.ndarray, first: np.ndarray) -> np.ndarray:
    """The row of ALT's first base at each position; zeros where it has none."""
    return np.where((first >= 0)[:, None], rows[first], 0)
