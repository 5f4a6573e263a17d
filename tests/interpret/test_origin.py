"""Where a result comes from, how far it is, and who may stop it."""

import numpy as np
import pytest
import torch

from enformer import Interval, Variant, open_genome, predict
from enformer.errors import Cancelled, EnformerLensError, GenomeError
from interpret.origin import Steps, Subject, frozen, interval_of, stamped


@pytest.fixture(scope="module")
def genome():
    return open_genome("demo")


def test_a_subject_is_what_predict_reads(tiny_checkpoint, genome):
    where = Interval("demo1", 100_000, 100_200)
    subject = Subject.read(tiny_checkpoint, genome, where)
    prediction = predict(tiny_checkpoint, genome, where)
    assert subject.window == prediction.window == subject.provenance.interval
    with torch.inference_mode():
        values = subject.model(subject.one_hot.unsqueeze(0))["human"][0]
    np.testing.assert_allclose(values, prediction.values["human"], rtol=1e-5)


def test_a_variant_sits_in_the_middle_with_its_alt(tiny_checkpoint, genome):
    ref = genome.fetch(Interval("demo1", 99_999, 100_000))
    variant = Variant("demo1", 100_000, ref, "ACGT"[("ACGT".index(ref) + 1) % 4])
    subject = Subject.read(tiny_checkpoint, genome, variant)
    assert subject.sequence[subject.window.length // 2] == variant.alt
    assert subject.provenance.variant == variant
    other = Variant("demo1", 100_001, "A", "C")
    with pytest.raises(EnformerLensError, match="One variant can be predicted at a time"):
        Subject.read(tiny_checkpoint, genome, variant, other)
    wrong = Variant("demo1", 100_000, variant.alt, ref)
    with pytest.raises(GenomeError, match=f"REF is {variant.alt}.*has {ref}"):
        Subject.read(tiny_checkpoint, genome, wrong)


def test_a_window_that_leaves_the_contig_is_padded_with_n(tiny_checkpoint, genome):
    subject = Subject.read(tiny_checkpoint, genome, Interval("demo1", 0, 1))
    half = subject.window.length // 2
    assert subject.sequence[:half] == "N" * half
    assert not subject.one_hot[:half].any()


def test_a_method_adds_its_name_and_options(tiny_checkpoint, genome):
    origin = Subject.read(tiny_checkpoint, genome, Interval("demo1", 0, 1)).provenance
    made = stamped(origin, "mutagenesis", steps=3)
    assert made is not None
    assert made.method == "mutagenesis"
    assert made.options["steps"] == 3
    assert made.options["dtype"] == "float32"
    assert stamped(None, "mutagenesis") is None


def test_a_sequence_lies_where_its_origin_says_and_on_no_other_length(tiny_checkpoint, genome):
    origin = Subject.read(tiny_checkpoint, genome, Interval("demo1", 0, 1)).provenance
    assert interval_of(origin, 16_384) == origin.interval
    with pytest.raises(EnformerLensError, match=r"a sequence of 16,512 bp.*which is 16,384 bp"):
        interval_of(origin, 16_512)
    assert interval_of(None, 5) == Interval("sequence", 0, 5)


def test_steps_are_told_and_can_be_stopped():
    told, stop = [], []
    steps = Steps(2, lambda fraction, doing: told.append((fraction, doing)), lambda: bool(stop))
    steps.start("one")
    steps.start("two")
    steps.finish()
    assert told == [(0.0, "one"), (0.5, "two"), (1.0, "done")]
    stop.append(True)
    with pytest.raises(Cancelled, match="three"):
        steps.start("three")


def test_frozen_arrays_are_copies_that_cannot_be_written():
    source = torch.ones(3)
    array = frozen(source)
    source += 1
    assert array.tolist() == [1, 1, 1]
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 2
