"""How each kind of explanation is computed: one function of `interpret` with what it is handed.

Modules of methods are imported with the first job that needs them: the app starts without them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from app.computing.job import Control
from enformer.coordinates import Interval
from interpret.origin import Subject
from interpret.target import Target

Method = Callable[[Subject, Target | None, Mapping[str, Any], Control], Any]
"""Computes a result from what is explained, the target if there is one, options by name, and the
control that is told of progress and says when to stop."""
EachMethod = Callable[[Subject, Target, Sequence[Mapping[str, Any]], Control], Iterator[Any]]
"""The same for several sets of options: their results in that order, each as soon as it is there."""

POOL = 96
"""Cells on a side of a small map."""
MOST_COLUMNS = 9
"""Tokens whose columns are kept: of the hundreds that a target may have they would fill the disk."""


def _required(target: Target | None) -> Target:
    assert target is not None, "this method explains a target"
    return target


def _attention(
    subject: Subject, _target: Target | None, options: Mapping[str, Any], control: Control
) -> Any:
    """All heads, with rows of the tokens from `first` to `last`, and of a few also columns."""
    from interpret.attention import attention_summary

    config, tokens = subject.model.config, range(options["first"], options["last"] + 1)
    return attention_summary(
        subject.model, subject.one_hot, queries=tokens,
        keys=tokens if len(tokens) <= MOST_COLUMNS else (),
        pool=min(POOL, config.window_length // config.bin_size), keep_rollout=True,
        origin=subject.provenance, progress=control.progress, cancel=control.cancelled,
    )  # fmt: skip


def _attention_map(
    subject: Subject, _target: Target | None, options: Mapping[str, Any], control: Control
) -> Any:
    """Every weight of one layer."""
    from interpret.attention import attention_maps

    return attention_maps(
        subject.model, subject.one_hot, options["layer"], dtype="float16",
        origin=subject.provenance, progress=control.progress, cancel=control.cancelled,
    )  # fmt: skip


def _contributions(
    subject: Subject, target: Target | None, options: Mapping[str, Any], control: Control
) -> Any:
    """Integrated gradients, or the gradient times the input; before ALT, of the bins that REF's are there."""
    from interpret.allele_contributions import of_target
    from interpret.contributions import input_gradient, integrated_gradients
    from interpret.realigned_target import realigned_target

    model, variant = subject.model, subject.provenance.variant
    target, shared = _required(target), {
        "reverse_complement": options["both"], "tracks": subject.checkpoint.tracks,
        "origin": subject.provenance, "progress": control.progress, "cancel": control.cancelled,
    }  # fmt: skip
    there = realigned_target(target, variant, subject.window, model.config)
    if options["method"] == "integrated":
        path = {"steps": options["steps"], "baseline": options["baseline"]}
        found = integrated_gradients(model, subject.one_hot, there, **path, **shared)
    else:
        centred = options["method"] == "centred"
        found = input_gradient(model, subject.one_hot, there, centred=centred, **shared)
    return of_target(found, target)


def _mutagenesis(
    subject: Subject, target: Target | None, options: Mapping[str, Any], control: Control
) -> Any:
    """Every substitution from `start` to before `stop`, both from 0 in the window."""
    from interpret.mutagenesis import mutagenesis

    return mutagenesis(
        subject.model, subject.one_hot, _required(target), options["start"], options["stop"],
        origin=subject.provenance, progress=control.progress, cancel=control.cancelled,
    )  # fmt: skip


def _first_order(
    subject: Subject, target: Target | None, options: Mapping[str, Any], control: Control
) -> Any:
    """The same to first order, from one pass each way."""
    from interpret.mutagenesis import first_order_mutagenesis

    return first_order_mutagenesis(
        subject.model, subject.one_hot, _required(target), options["start"], options["stop"],
        origin=subject.provenance, progress=control.progress, cancel=control.cancelled,
    )  # fmt: skip


def _knockouts(
    subject: Subject, target: Target, options: Sequence[Mapping[str, Any]], control: Control
) -> Iterator[Any]:
    """Elements from `start` to before `end`, from 0 on the contig, replaced by shuffles of themselves."""
    from interpret.perturb import knockouts

    contig = subject.window.contig
    return knockouts(
        subject.model, subject.one_hot, target,
        [Interval(contig, each["start"], each["end"]) for each in options],
        shuffles=options[0]["shuffles"], origin=subject.provenance, progress=control.progress,
        cancel=control.cancelled,
    )  # fmt: skip


def _knockout(
    subject: Subject, target: Target | None, options: Mapping[str, Any], control: Control
) -> Any:
    """One of them."""
    return next(_knockouts(subject, _required(target), [options], control))


METHODS: dict[str, Method] = {
    "attention": _attention,
    "attention_map": _attention_map,
    "contributions quick": _contributions,
    "contributions integrated": _contributions,
    "mutagenesis": _mutagenesis,
    "mutagenesis quick": _first_order,
    "knock-out": _knockout,
}
"""Methods by kind."""
SHORT = frozenset({"attention", "contributions quick", "mutagenesis quick"})
"""Those that take about one pass of the model."""
EACH: dict[str, EachMethod] = {"knock-out": _knockouts}
"""Methods that explain several things in one go, by kind."""
