"""No method mixes the model's device with the CPU; asked on torch's meta device, for want of a GPU.

There most operations on a tensor of the CPU are refused as on a GPU (assignments and matrix products are
not), and float64 as on MPS. It holds no numbers: those that come back to the CPU are made up.
"""

import copy
from dataclasses import replace

import pytest
import torch
from torch import Tensor

import enformer
import interpret
from enformer import Interval, Variant
from enformer.coordinates import window_around
from enformer.genes import Gene
from interpret import Target
from interpret.variants import WindowScorer

TARGET = Target("human", (1, 2), (30, 31))
ELEMENT = (4_000, 4_100)
METHODS = {
    "attention": lambda m, x: interpret.attention_summary(m, x, queries=(3,), keys=(5,), pool=10),
    "weights": lambda m, x: interpret.attention_weights(m, x, 1),
    "maps": lambda m, x: interpret.attention_maps(m, x, 1),
    "zeros": lambda m, x: interpret.integrated_gradients(
        m, x, TARGET, steps=3, reverse_complement=True
    ),
    "shuffles": lambda m, x: interpret.integrated_gradients(
        m, x, TARGET, steps=3, baseline="shuffles", shuffles=2
    ),
    "given": lambda m, x: interpret.integrated_gradients(
        m, x, TARGET, steps=3, baseline=torch.zeros(16_384, 4)
    ),
    "input": lambda m, x: interpret.input_gradient(m, x, TARGET, centred=True),
    "scan": lambda m, x: interpret.mutagenesis(m, x, TARGET, 8_000, 8_002),
    "slope": lambda m, x: interpret.first_order_mutagenesis(m, x, TARGET, 8_000, 8_002, check=2),
    "knock-out": lambda m, x: interpret.knockout(m, x, TARGET, [ELEMENT], shuffles=2),
    "sufficiency": lambda m, x: interpret.sufficiency(m, x, TARGET, ELEMENT, shuffles=2),
    "distance": lambda m, x: interpret.distance_effect(m, x, TARGET, ELEMENT, [-2_000], shuffles=2),
}


def _on_cpu(values: Tensor) -> Tensor:
    return torch.full(values.shape, 0.5).to(values.dtype)


@pytest.fixture
def elsewhere(tiny_checkpoint, monkeypatch: pytest.MonkeyPatch):
    """The tiny model on the meta device, from which made-up numbers can be had."""

    def instead(name: str, made_up) -> None:
        real = getattr(Tensor, name)
        monkeypatch.setattr(Tensor, name, lambda s, *a: made_up(s) if s.is_meta else real(s, *a))

    def refuse(_: Tensor) -> Tensor:
        raise TypeError("MPS has no float64")

    instead("cpu", _on_cpu)
    instead("double", refuse)
    instead("item", lambda _: 0.5)
    instead("__float__", lambda _: 0.5)
    instead("__bool__", lambda _: True)
    instead("tolist", lambda s: _on_cpu(s).tolist())
    instead("nonzero", lambda s: torch.ones(s.shape).nonzero())
    return replace(tiny_checkpoint, model=copy.deepcopy(tiny_checkpoint.model).to("meta"))


@pytest.mark.parametrize("method", METHODS)
def test_no_method_mixes_devices(elsewhere, toy_sequence, method):
    METHODS[method](elsewhere.model, enformer.one_hot(toy_sequence))


def test_variants_do_not_mix_devices(elsewhere, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Tensor, "double", lambda s: s.to(torch.float64))  # CUDA has it
    genome = enformer.open_genome("demo")
    contig = next(iter(genome.contigs))
    ref = genome.fetch(Interval(contig, 100_000, 100_003))
    scorer = WindowScorer(
        elsewhere, genome, window_around(100_000, contig, elsewhere.config),
        reverse_complement=True, shifts=(0, 1),
    )  # fmt: skip
    gene = Gene("G", contig, 100_100, 100_900, "+")
    for alt in (ref[0], "ACGT"[("ACGT".index(ref[0]) + 1) % 4] + ref[1:]):
        scorer.score(Variant(contig, 100_001, ref, alt), [gene], keep_predictions=True)
