"""Evidence in plain sentences: what it shows, where methods disagree, and what it cannot show."""

from collections.abc import Iterator, Sequence

import numpy as np
from jaxtyping import Bool

from interpret.evidence_summary import Agreement, Evidence

NEGLIGIBLE = 0.01
"""Share of the target below which an effect is said to be none."""
ALIKE, UNLIKE = 0.7, 0.3
"""Rank correlations from which methods are said to agree, and below which to disagree."""
FEW = 10
"""Elements below which ranks often agree or disagree by chance."""


def sentences(evidence: Evidence) -> list[str]:
    """What is shown, then whether methods agree, then what to keep in mind."""
    return [*_shown(evidence), *_agreement(evidence.agreements), *_limits(evidence)]


def _shown(evidence: Evidence) -> Iterator[str]:
    asked = evidence.scores
    if "knock-out" in asked:
        yield from _strongest(evidence)
        yield (
            "A knock-out here is in silico: the model's answer for this placement of the window, "
            "not a cell's."
        )
    elif "contributions" in asked:
        yield (
            "Without a knock-out this shows what the model's answer is made of, "
            "not what it would be without an element."
        )
    if set(asked) == {"attention"}:
        yield "Attention alone is no evidence: it says where the model looked, not what it used."
    elif "attention" in asked:
        yield "Attention says where the model looked, which need not be what it used."
    if not asked:
        yield "Nothing could be measured for these elements."


def _strongest(evidence: Evidence) -> Iterator[str]:
    effects = np.where(evidence.overlaps_target, np.nan, evidence.effect)
    if np.isnan(effects).all():
        yield "Only elements that overlap the target itself could be knocked out: no news."
        return
    best = int(np.nanargmax(np.abs(effects)))
    shares = np.abs(effects) / (abs(evidence.reference) or np.nan)
    said = _effect(evidence, best)
    if shares[best] < NEGLIGIBLE:
        yield f"No knock-out changes the target by more than {NEGLIGIBLE:.0%}: at most {said}."
    elif abs(effects[best]) <= evidence.spread[best]:
        yield f"The largest mean effect of a knock-out, {said}, is within its spread over shuffles."
    else:
        yield f"Of the knock-outs, that with the largest effect is {said}."
    small, count = (shares < NEGLIGIBLE).sum(), np.isfinite(effects).sum()
    if 0 < small < count:
        yield f"{small} of {count} effects are below {NEGLIGIBLE:.0%}: their order means little."


def _effect(evidence: Evidence, which: int) -> str:
    """`HS2: -0.03 of 0.408, -7.4%, spread 0.02`."""
    effect, spread = evidence.effect[which], evidence.spread[which]
    share = f", {effect / evidence.reference:+.1%}" if evidence.reference else ""
    told = f"spread {spread:.2g}" if np.isfinite(spread) else "one shuffle, no spread"
    return f"{evidence.labels[which]}: {effect:+.2g} of {evidence.reference:.3g}{share}, {told}"


def _agreement(agreements: Sequence[Agreement]) -> Iterator[str]:
    told = [each for each in agreements if each.rho is not None]
    if agreements and not told:
        yield "Too few elements differ by two methods to say whether these agree."
    if not told:
        return
    figures = ", ".join(f"{each.one} and {each.other} {each.rho:+.2f}" for each in told)
    count = min(each.elements for each in told)
    rhos = [each.rho for each in told if each.rho is not None]
    verdict = (
        "agree" if min(rhos) >= ALIKE else "disagree" if min(rhos) < UNLIKE else "agree in part"
    )
    yield f"The methods {verdict} on the order of the elements (Spearman: {figures}; n = {count})."
    if count < FEW:
        yield f"With {count} elements such an order often arises by chance."


def _limits(evidence: Evidence) -> Iterator[str]:
    outside, beyond = ~evidence.inside, evidence.inside & ~evidence.predicted
    partly = evidence.inside & (evidence.known < 1)
    for which, what in (
        (outside, "not in the window as a whole, so not measured"),
        (beyond, "outside the predicted region, where the model sees less on one side"),
        (evidence.overlaps_target, "on the target's own bins, so not ranked"),
        (partly, "partly or wholly N"),
    ):
        if which.any():
            yield f"{_listed(evidence, which)}: {what}."
    if evidence.target_known < 1:
        yield f"{1 - evidence.target_known:.0%} of the target's own bins is N: its value says little."
    if evidence.window_known < 1:
        yield f"{1 - evidence.window_known:.0%} of the window is N: what lies there the model did not see."
    if not evidence.trained:
        yield "These weights were never trained: none of this is biology."


def _listed(evidence: Evidence, which: Bool[np.ndarray, " elements"]) -> str:
    labels = [label for label, here in zip(evidence.labels, which, strict=True) if here]
    more = f" and {len(labels) - 3} more" if len(labels) > 3 else ""
    return f"{len(labels)} of {len(which)} ({', '.join(labels[:3])}{more})"
