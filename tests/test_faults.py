"""Faults found in other implementations of Enformer and around it, one test each that ours has none of them.

The first eight are enformer-pytorch's, the next seven gReLU's, then Baskerville's, CREsted's, those of the
published notebook and of a Lightning port.
"""

import warnings
from pathlib import Path

import numpy as np
import pytest
import torch

from enformer import (
    EnformerConfig,
    Interval,
    TrackId,
    Variant,
    load,
    one_hot,
    open_genome,
    predict,
    save,
)
from enformer.attention import RelativeAttention
from enformer.coordinates import predicted_region
from enformer.errors import EnformerLensError, GenomeError, QueryError, TrackError
from enformer.layers import SoftmaxPool, crop
from enformer.model import Enformer, FinalPointwise
from enformer.positions import relative_basis
from enformer.predict import haplotype
from interpret.attention import attention_weights
from interpret.origin import Subject
from interpret.target import Target, as_batch, scalar
from interpret.variants import score_variants
from train.augment import Augmentation, augment
from train.dataset import Batch
from train.loop import Trainer
from train.settings import FitConfig

PLACE = 100_000


@pytest.fixture(scope="module")
def genome():
    return open_genome("demo")


def _variant(genome, position: int = PLACE) -> Variant:
    ref = genome.fetch(Interval("demo1", position - 1, position))
    return Variant("demo1", position, ref, "ACGT"[("ACGT".index(ref) + 1) % 4])


# --- enformer-pytorch -----------------------------------------------------------------------------


@pytest.mark.parametrize("tokens", [128, 700, 1536])
def test_gamma_features_are_divided_by_their_maximum_over_positions(tokens):
    gammas = relative_basis(tokens, 96)[:, 32:48]
    torch.testing.assert_close(gammas.amax(0), torch.ones(16))
    assert (gammas.amax(1) < 0.999).any()  # the maximum over features would be 1 everywhere


def test_every_way_to_load_gives_the_same_model(tiny_checkpoint, tmp_path):
    again = tmp_path / "again.safetensors"
    save(again, tiny_checkpoint.model, tiny_checkpoint.tracks, tiny_checkpoint.card)
    x = torch.nn.functional.one_hot(torch.randint(4, (1, 16_384)), 4).float()
    first, second = (load(path, device="cpu").model(x) for path in (tiny_checkpoint.source, again))
    assert all(torch.equal(first[head], second[head]) for head in first)


def test_the_sequence_goes_to_the_models_device(tiny_config):
    with torch.device("meta"):
        model = Enformer(tiny_config)
    assert as_batch(torch.zeros(16, 4), model).device.type == "meta"


@pytest.mark.parametrize(("tokens", "bins"), [(7, 4), (8, 3), (9, 3), (5, 5)])
def test_an_odd_margin_crops_to_as_many_bins_as_asked(tokens, bins):
    assert crop(torch.zeros(1, tokens, 2), bins).shape[1] == bins


def test_a_length_that_cannot_be_pooled_is_refused_not_padded(tiny_checkpoint):
    with pytest.raises(EnformerLensError, match="multiples of 128 bp"):
        tiny_checkpoint.model(torch.zeros(1, 16_384 + 1, 4))


@pytest.mark.parametrize("shift", [-3, 0, 3])
@pytest.mark.parametrize("flip", [False, True])
def test_each_augmentation_works_without_the_others(shift, flip):
    sequence, targets = np.eye(4, dtype=np.uint8)[[0, 1, 2, 3] * 4], np.ones((2, 1), np.float32)
    found, _ = augment(sequence, targets, Augmentation(shift, flip), np.array([0]))
    assert found.shape == sequence.shape
    assert found.sum() == len(sequence) - abs(shift)


def test_a_gradient_reaches_the_input_of_a_frozen_model_without_a_warning(tiny_checkpoint):
    x = torch.nn.functional.one_hot(torch.randint(4, (1, 16_384)), 4).float().requires_grad_()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scalar(tiny_checkpoint.model, x, Target("human", (1,), (30,))).sum().backward()
    assert x.grad is not None
    assert x.grad.abs().sum() > 0


def test_a_dot_is_no_base():
    with pytest.raises(EnformerLensError, match="no letter of DNA"):
        one_hot("ACG.T")


# --- gReLU ----------------------------------------------------------------------------------------


def test_there_is_no_switch_for_other_gammas():
    assert not [name for name in EnformerConfig.__dataclass_fields__ if "gamma" in name]


def test_attention_is_read_from_enformer_itself(tiny_checkpoint):
    weights = attention_weights(tiny_checkpoint.model, one_hot("ACGT" * 4096), 1)
    assert weights.shape == (1, 4, 128, 128)
    assert isinstance(tiny_checkpoint.model.transformer[1].attention, RelativeAttention)


def test_an_eighth_of_the_dropout_is_not_rounded_to_none(tiny_config):
    assert FinalPointwise(tiny_config).dropout.p == pytest.approx(tiny_config.dropout / 8)
    assert FinalPointwise(tiny_config).dropout.p > 0


def test_ref_is_always_checked(tiny_checkpoint, genome):
    right = _variant(genome)
    wrong = Variant(right.contig, right.position, right.alt, right.ref)
    with pytest.raises(GenomeError, match=f"REF is {wrong.ref}.*has {right.ref}"):
        list(score_variants(tiny_checkpoint, genome, [wrong]))


@pytest.mark.parametrize(("ref", "alt"), [("", "GATTACA"), ("CGTAC", "")])
def test_an_indel_puts_in_or_takes_out_its_bases_and_overwrites_none(genome, ref, alt):
    place = PLACE + 50
    anchored = genome.fetch(Interval("demo1", place - 1, place + len(ref)))
    variant = Variant("demo1", place, anchored, anchored[0] + alt)
    window = Interval("demo1", PLACE - 500, PLACE + 500)
    before = genome.fetch(Interval("demo1", window.start, place))
    after = genome.fetch(Interval("demo1", place + len(ref), window.end + len(ref)))
    assert haplotype(genome, window, variant) == (before + alt + after)[:1000]


def test_both_alleles_are_averaged_over_strands(tiny_checkpoint, genome):
    variant = _variant(genome)
    (effect,) = score_variants(tiny_checkpoint, genome, [variant], reverse_complement=True)
    both = {
        allele: predict(
            tiny_checkpoint, genome, variant.interval, variant=changed, reverse_complement=True
        ).values["human"]
        for allele, changed in (("REF", None), ("ALT", variant))
    }
    want = (both["ALT"] - both["REF"]).mean(0)
    found = effect.table().query("head == 'human'")["SAD"]
    np.testing.assert_allclose(found, want, rtol=1e-3, atol=1e-6)


def test_tracks_asked_for_by_a_list_are_those_tracks(tiny_tracks):
    asked = [TrackId("mouse", 3), TrackId("human", 1)]
    assert list(tiny_tracks.select(asked)) == asked
    with pytest.raises(TrackError, match="no such track"):
        tiny_tracks.select([TrackId("human", 99)])


# --- others ---------------------------------------------------------------------------------------


def test_the_sides_of_a_query_differ():
    """Baskerville can only be symmetric."""
    basis = relative_basis(16, 24)
    symmetric, signed = basis[:, :12], basis[:, 12:]
    torch.testing.assert_close(symmetric, symmetric.flip(0))
    torch.testing.assert_close(signed, -signed.flip(0))


def test_a_pool_begins_as_twice_the_identity():
    """CREsted begins with another weight."""
    torch.testing.assert_close(SoftmaxPool(3).weight.detach(), 2 * torch.eye(3))


def test_n_is_zeros():
    """The published notebook has 0.25."""
    assert not one_hot("N").any()


def test_the_variant_is_the_middle_base_of_its_window(tiny_checkpoint, genome):
    """The published notebook is one base off."""
    variant = _variant(genome)
    subject = Subject.read(tiny_checkpoint, genome, variant)
    middle = subject.window.start + subject.window.length // 2
    assert middle == variant.start
    assert predicted_region(subject.window, tiny_checkpoint.config).contains(variant.interval)


def test_a_target_outside_the_predicted_region_is_refused_not_cropped_wrongly(tiny_config):
    """A published benchmark forgot that the bins begin 320 tokens into the window."""
    window = Interval("chr1", 0, tiny_config.window_length)
    with pytest.raises(QueryError, match="outside the predicted region"):
        Target.over(Interval("chr1", 0, 128), window, tiny_config, "human", (0,))


def test_gradients_are_clipped_by_their_global_norm(tiny_config):
    """A Lightning port clips tensor by tensor."""
    (free, norm), (clipped, _) = (_gradients(tiny_config, clip_norm) for clip_norm in (1e9, 1e-3))
    assert norm > 1e-3
    torch.testing.assert_close(clipped, free * 1e-3 / norm, rtol=1e-3, atol=1e-9)


def _gradients(config: EnformerConfig, clip_norm: float) -> tuple[torch.Tensor, float]:
    """What an optimizer gets to see in the first step, and the norm before clipping."""
    torch.manual_seed(0)
    settings = FitConfig(Path(), Path(), steps=9, warmup=2, clip_norm=clip_norm)
    trainer = Trainer(Enformer(config), settings)
    letters = torch.eye(4)[torch.randint(4, (1, config.window_length))]
    targets = torch.ones(1, config.target_bins, config.heads["human"])
    _, norm = trainer.train_step(Batch("human", letters, targets))
    learned = (p.grad.flatten() for p in trainer.model.parameters() if p.grad is not None)
    return torch.cat(list(learned)), norm
