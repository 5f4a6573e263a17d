"""Candidate elements of a target, side by side: attention, contributions, knock-out and distance.

Attention says where the model looked, contributions what its answer is made of, a knock-out what it would
answer without. They often disagree, and none of them is an experiment: see `Evidence.summary`.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
from jaxtyping import Bool, Float
from torch import Tensor

from enformer.config import EnformerConfig
from enformer.coordinates import Interval, bins_over
from enformer.errors import QueryError
from enformer.model import Enformer
from enformer.provenance import Provenance
from interpret import perturb
from interpret.attention import AttentionSummary, attention_summary
from interpret.contributions import Contributions, integrated_gradients
from interpret.elements import Region, as_element
from interpret.evidence_summary import Agreement, Evidence
from interpret.origin import Cancel, Progress, frozen, stamped
from interpret.perturbed import Knockout
from interpret.places import distance, in_bins, span
from interpret.target import Target

__all__ = ["Agreement", "Evidence", "evidence", "gather_evidence"]

Result = AttentionSummary | Contributions | Knockout
_PerElement = Float[np.ndarray, " elements"]


def evidence(
    target: Target,
    elements: Sequence[Region],
    config: EnformerConfig,
    *,
    attention: AttentionSummary | None = None,
    contributions: Contributions | None = None,
    knockout: Knockout | None = None,
    one_hot: Float[Tensor, "*batch length 4"] | None = None,
    window: Interval | None = None,
) -> Evidence:
    """Puts results that are there side by side; runs no model.

    Args:
        target: what is explained.
        elements: candidates; those that leave the window are marked so.
        config: of the model.
        attention: with the rows of the target's tokens.
        contributions: to the target.
        knockout: of these elements or some of them, for the target.
        one_hot: the window's sequence, to tell how much of it is known.
        window: where the elements lie, needed only where no result says so.

    Raises:
        QueryError: nothing is given, or not about this target and these elements, one window and one model.
    """
    results = [each for each in (knockout, contributions, attention) if each is not None]
    window = _common_window(results, target, window)
    found = [as_element(region, window) for region in elements]
    places = [element.interval for element in found]
    origins = [each.provenance for each in results if each.provenance is not None]
    made_of = {each.method: dict(each.options) for each in origins}
    where = (target, window, config)
    return Evidence(
        interval=window,
        provenance=stamped(
            next(iter(origins), None), "evidence", target=str(target), made_of=made_of
        ),
        target=target,
        elements=tuple(places),
        names=tuple(element.name for element in found),
        distances=frozen(np.array([distance(place, *where) for place in places]), np.int64),
        inside=_flags([window.contains(place) for place in places]),
        predicted=_flags([len(bins_over(window, place, config)) > 0 for place in places]),
        overlaps_target=_flags([in_bins(place, *where) for place in places]),
        known=frozen(np.array([_known(one_hot, place, window) for place in places])),
        **_attended(attention, places, target, config),
        **_contributed(contributions, places),
        **_lost(knockout, places),
        trained=all(each.trained for each in origins),
        window_known=_known(one_hot, window, window),
        target_known=_known(one_hot, span(*where), window),
    )


def gather_evidence(
    model: Enformer,
    one_hot: Tensor,
    target: Target,
    elements: Sequence[Region],
    *,
    steps: int = 50,
    shuffles: int = 5,
    seed: int = 0,
    batch_size: int = 4,
    origin: Provenance | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Evidence:
    """Attention, integrated gradients and knock-outs of a target, and what they say of each element.

    Args:
        model: in evaluation mode.
        one_hot: the window, (length, 4).
        target: what is explained.
        elements: candidates; those that leave the window are marked so.
        steps: of integrated gradients.
        shuffles: of each element.
        seed: of the shuffles.
        batch_size: edited sequences at once; makes no difference to the result.
        origin: provenance of the sequence.
        progress: told before each step.
        cancel: asked before each step.

    Raises:
        QueryError: no element lies in the window.
        Cancelled: when `cancel` says so.
    """
    told = list(_shares(progress, *costs(len(elements), steps, shuffles)))
    lost = perturb.knockout(
        model,
        one_hot,
        target,
        elements,
        shuffles=shuffles,
        seed=seed,
        batch_size=batch_size,
        origin=origin,
        progress=told[0],
        cancel=cancel,
    )
    tokens = one_hot.shape[-2] // model.config.bin_size
    attention = attention_summary(
        model,
        one_hot,
        queries=target.tokens_of_bins(model.config, tokens),
        origin=origin,
        progress=told[1],
        cancel=cancel,
    )
    contributions = integrated_gradients(
        model, one_hot, target, steps=steps, origin=origin, progress=told[2], cancel=cancel
    )
    return evidence(
        target,
        elements,
        model.config,
        attention=attention,
        contributions=contributions,
        knockout=lost,
        one_hot=one_hot,
    )


def costs(elements: int, steps: int, shuffles: int) -> tuple[float, float, float]:
    """About how many forward passes knock-outs, attention and contributions take (`python -m benchmarks`)."""
    return 0.5 * shuffles * elements, 1.3, 3.3 * steps


def _attended(
    attention: AttentionSummary | None,
    places: Sequence[Interval],
    target: Target,
    config: EnformerConfig,
) -> dict[str, _PerElement]:
    """Weight from the target's tokens over what is usual at that distance."""
    if attention is None:
        return {"attention": _nothing(places)}
    usual = attention.profile.mean((0, 1))
    tokens = np.arange(attention.tokens)
    weights, expected = np.zeros(attention.tokens), np.zeros(attention.tokens)
    for query in target.tokens_of_bins(config, attention.tokens):
        weights += attention.row(query).mean((0, 1))
        expected += usual[tokens - query + attention.tokens - 1]
    ratios = _nothing(places)
    for i, place in enumerate(places):
        keys = attention.tokens_over(place)
        if attention.interval.contains(place):
            ratios[i] = weights[keys].sum() / expected[keys].sum()
    return {"attention": frozen(ratios)}


def _contributed(
    contributions: Contributions | None, places: Sequence[Interval]
) -> dict[str, _PerElement]:
    """Absolute contributions over each element: their sum, its share of the window's, and for each bp."""
    mass = _nothing(places)
    total = np.nan
    if contributions is not None:
        of_bases = np.abs(contributions.per_position.astype(float))
        total, window = of_bases.sum(), contributions.interval
        for i, place in enumerate(places):
            if window.contains(place):
                mass[i] = of_bases[place.start - window.start : place.end - window.start].sum()
    lengths = np.array([place.length for place in places])
    return {
        "mass": frozen(mass),
        "mass_share": frozen(mass / (total or np.nan)),
        "mass_per_bp": frozen(mass / lengths),
    }


def _lost(knockout: Knockout | None, places: Sequence[Interval]) -> dict[str, Any]:
    """What the knock-out of each element did; NaN for those that were not knocked out.

    Raises:
        QueryError: none of them was.
    """
    found: dict[str, Any] = {name: _nothing(places) for name in ("effect", "spread", "fold")}
    if knockout is not None:
        rows = {region: row for row, region in enumerate(knockout.regions)}
        there = [i for i, place in enumerate(places) if place in rows]
        if not there:
            some = str(knockout.regions[0])
            raise _mismatch("The knock-out is of other regions", some, "Knock out the elements")
        order = [rows[places[i]] for i in there]
        for name, values in zip(
            found, (knockout.mean, knockout.spread, knockout.fold), strict=True
        ):
            found[name][there] = values[order]
    reference = np.nan if knockout is None else knockout.reference
    return {name: frozen(values) for name, values in found.items()} | {"reference": reference}


def _common_window(results: Sequence[Result], target: Target, window: Interval | None) -> Interval:
    """The window of all results; the one that was given where there are none.

    Raises:
        QueryError: there is none, or they do not fit together.
    """
    if not results and window is not None:
        return window
    if not results:
        raise _mismatch(
            "No result is given", "no attention, contributions or knock-out", "Give one"
        )
    for each in results:
        about = target if isinstance(each, AttentionSummary) else each.target
        if each.interval != results[0].interval:
            raise _mismatch(
                "Results are of different windows", str(each.interval), "Give one window's"
            )
        if about != target:
            raise _mismatch(f"It is not about {target}", str(about), "Explain that target")
    origins = [each.provenance for each in results if each.provenance is not None]
    for what, values in (
        ("models", {each.sha256[:12] for each in origins}),
        ("sequences", {str(each.variant or "REF") for each in origins}),
    ):
        if len(values) > 1:
            some = " and ".join(sorted(values))
            raise _mismatch(f"Results are of different {what}", some, "Give those of one")
    return results[0].interval


def _mismatch(wrong: str, read: str, do: str) -> QueryError:
    return QueryError(f"{wrong}.", read=read, do=f"{do}.")


def _known(one_hot: Tensor | None, place: Interval, window: Interval) -> float:
    """Share of a place's bases in the window that are A, C, G or T."""
    shared = window.intersect(place)
    if one_hot is None or shared is None:
        return np.nan
    bases = one_hot.reshape(-1, 4)[shared.start - window.start : shared.end - window.start]
    return float((bases != 0).any(-1).float().mean())


def _shares(progress: Progress | None, *costs: float) -> Iterator[Progress]:
    """For each part in turn a progress that tells how far the whole is, by cost."""
    done = 0.0
    for cost in costs:
        yield partial(_tell, progress, done / sum(costs), cost / sum(costs))
        done += cost


def _tell(progress: Progress | None, start: float, share: float, done: float, doing: str) -> None:
    if progress is not None:
        progress(min(start + share * done, 1.0), doing)


def _nothing(places: Sequence[Interval]) -> _PerElement:
    return np.full(len(places), np.nan)


def _flags(values: Sequence[bool]) -> Bool[np.ndarray, " elements"]:
    return frozen(np.array(values, dtype=bool), bool)
