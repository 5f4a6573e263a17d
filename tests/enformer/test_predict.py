"""From a locus or a variant to a prediction, on the demo genome and the tiny model."""

import numpy as np
import pytest
import torch

import enformer
from enformer import Interval, Variant, one_hot
from enformer.errors import Cancelled, EnformerLensError, GenomeError
from enformer.predict import haplotype, place_window, predict


@pytest.fixture(scope="module")
def genome():
    return enformer.open_genome("demo")


@pytest.fixture(scope="module")
def contig(genome) -> str:
    return next(iter(genome.contigs))


def _snv(genome, contig: str, position: int) -> Variant:
    ref = genome.fetch(Interval(contig, position - 1, position))
    return Variant(contig, position, ref, "ACGT"[("ACGT".index(ref) + 1) % 4])


def test_a_prediction_is_the_models_answer_to_that_window(tiny_checkpoint, genome, contig):
    found = predict(tiny_checkpoint, genome, Interval(contig, 100_000, 100_001))
    assert found.window == Interval(contig, 91_808, 108_192)
    assert found.region == Interval(contig, 95_904, 104_096)
    x = one_hot(genome.fetch(found.window))[None]
    with torch.no_grad():
        want = tiny_checkpoint.model(x)
    for head, values in found.values.items():
        np.testing.assert_array_equal(values, want[head][0].numpy())
    assert not found.values["human"].flags.writeable
    assert len(found.tracks) == 12


def test_provenance_says_what_was_done(tiny_checkpoint, genome, contig):
    found = predict(tiny_checkpoint, genome, Interval(contig, 100_000, 100_001), heads=("human",))
    provenance = found.provenance
    assert provenance.sha256 == tiny_checkpoint.sha256
    assert (provenance.assembly, provenance.trained) == ("demo", False)
    assert provenance.options["heads"] == ["human"]
    assert provenance.options["window_length"] == provenance.options["trained_window_length"]
    assert set(found.values) == {"human"}
    assert found.tracks.heads == ("human",)


def test_another_window_length_is_possible_and_labelled(tiny_checkpoint, genome, contig):
    found = predict(tiny_checkpoint, genome, Interval(contig, 100_000, 100_001), length=32_768)
    assert found.window.length == 32_768
    assert found.region.length == 8192
    assert found.provenance.options["window_length"] == 32_768
    assert found.provenance.options["trained_window_length"] == 16_384


def test_a_window_at_the_end_of_a_contig_is_padded(tiny_checkpoint, genome, contig):
    found = predict(tiny_checkpoint, genome, Interval(contig, 0, 1))
    assert found.window.start == -8192
    assert haplotype(genome, found.window).startswith("N" * 8192)


def test_a_variant_is_put_in_the_middle(tiny_checkpoint, genome, contig):
    variant = _snv(genome, contig, 100_001)
    alt = predict(tiny_checkpoint, genome, variant)
    ref = predict(tiny_checkpoint, genome, variant.interval)
    assert alt.window == ref.window
    assert alt.variant == variant == alt.provenance.variant
    assert not np.array_equal(alt.values["human"], ref.values["human"])
    elsewhere = predict(
        tiny_checkpoint, genome, Interval(contig, 101_000, 101_001), variant=variant
    )
    assert elsewhere.window.start == alt.window.start + 1000


@pytest.mark.parametrize(("ref_length", "alt"), [(1, "T"), (3, "A"), (1, "ACGTACGT"), (5, "GG")])
def test_haplotype_replaces_ref_and_keeps_the_length(genome, contig, ref_length, alt):
    window = Interval(contig, 5000, 6000)
    ref = genome.fetch(Interval(contig, 5400, 5400 + ref_length))
    alt = alt if alt != ref else "G"
    found = haplotype(genome, window, Variant(contig, 5401, ref, alt))
    whole = genome.fetch(Interval(contig, 0, 10_000))
    assert found == (whole[5000:5400] + alt + whole[5400 + ref_length :])[:1000]


def test_a_deletion_at_the_end_of_the_contig_is_padded(genome, contig):
    end = genome.length(contig)
    window = Interval(contig, end - 100, end)
    ref = genome.fetch(Interval(contig, end - 50, end - 40))
    found = haplotype(genome, window, Variant(contig, end - 49, ref, ref[0]))
    assert (len(found), found[-9:]) == (100, "N" * 9)


def test_a_wrong_ref_is_refused_with_both_alleles(tiny_checkpoint, genome, contig):
    right = _snv(genome, contig, 100_001)
    other = next(base for base in "ACGT" if base not in (right.ref, right.alt))
    with pytest.raises(GenomeError) as error:
        predict(tiny_checkpoint, genome, Variant(contig, 100_001, other, right.alt))
    assert f"REF is {other}, but demo has {right.ref}" in str(error.value)
    assert error.value.example == right.key


def test_a_variant_outside_the_window_is_refused(genome, contig):
    with pytest.raises(GenomeError, match="does not lie in the window"):
        haplotype(genome, Interval(contig, 0, 100), _snv(genome, contig, 101))


def test_averages_over_strands_and_shifts_are_means_of_passes(tiny_checkpoint, genome, contig):
    place = Interval(contig, 100_000, 100_001)
    window = place_window(place, genome, 16_384)
    pairs = tiny_checkpoint.tracks.strand_pairs("human")
    passes = []
    for shift in (-3, 2):
        x = one_hot(genome.fetch(window.shift(shift)))[None]
        with torch.no_grad():
            passes.append(tiny_checkpoint.model(x)["human"][0].numpy())
            flipped = tiny_checkpoint.model(x.flip(1, 2))["human"][0].numpy()
        passes.append(flipped[::-1][:, pairs])
    found = predict(tiny_checkpoint, genome, place, reverse_complement=True, shifts=(-3, 2))
    np.testing.assert_allclose(found.values["human"], np.mean(passes, axis=0), rtol=1e-5, atol=1e-6)


def test_averaging_both_strands_makes_the_pipeline_equivariant(tiny_checkpoint, genome, contig):
    """A palindromic window, averaged over strands, mirrors itself with stranded partners swapped."""
    half = genome.fetch(Interval(contig, 50_000, 58_192))
    palindrome = half + enformer.reverse_complement(half)
    x = one_hot(palindrome)[None]
    pairs = tiny_checkpoint.tracks.strand_pairs("human")
    with torch.no_grad():
        values = tiny_checkpoint.model(x)["human"][0].numpy()
    mean = (values + values[::-1][:, pairs]) / 2
    np.testing.assert_allclose(mean, mean[::-1][:, pairs], rtol=1e-5, atol=1e-6)


def test_progress_rises_to_one_and_names_what_runs(tiny_checkpoint, genome, contig):
    heard: list[tuple[float, str]] = []
    place = Interval(contig, 100_000, 100_001)
    predict(
        tiny_checkpoint,
        genome,
        place,
        shifts=(0, 1),
        progress=lambda fraction, what: heard.append((fraction, what)),
    )
    fractions = [fraction for fraction, _ in heard]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0, 1)
    assert [what for _, what in heard].count("stem") == 2


def test_cancel_ends_it_between_boxes(tiny_checkpoint, genome, contig):
    asked: list[int] = []

    def cancel() -> bool:
        asked.append(1)
        return len(asked) == 4

    with pytest.raises(Cancelled, match="conv tower 3"):
        predict(tiny_checkpoint, genome, Interval(contig, 100_000, 100_001), cancel=cancel)


@pytest.mark.parametrize("length", [1000, 16_385, 16_512])
def test_lengths_the_model_cannot_take_are_refused(tiny_checkpoint, genome, contig, length):
    with pytest.raises(EnformerLensError, match="same margin"):
        predict(tiny_checkpoint, genome, Interval(contig, 100_000, 100_001), length=length)


def test_unknown_places_are_refused(tiny_checkpoint, genome):
    with pytest.raises(GenomeError, match="no such contig"):
        predict(tiny_checkpoint, genome, Interval("chr99", 0, 1))
    with pytest.raises(GenomeError, match="wholly outside"):
        predict(tiny_checkpoint, genome, Interval("demo1", 10**9, 10**9 + 1))


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ({"heads": ()}, "no head"),
        ({"shifts": ()}, "no pass"),
        ({"shifts": (0, 65)}, "within half a bin"),
        ({"shifts": (-65,)}, "within half a bin"),
        ({"length": 0}, "at least one base"),
        ({"length": -128}, "at least one base"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(tiny_checkpoint, genome, contig, asked, wrong):
    with pytest.raises(EnformerLensError, match=wrong):
        predict(tiny_checkpoint, genome, Interval(contig, 100_000, 100_001), **asked)


def test_shifts_of_half_a_bin_are_the_widest(tiny_checkpoint, genome, contig):
    place = Interval(contig, 100_000, 100_001)
    found = predict(tiny_checkpoint, genome, place, heads=("human",), shifts=(-64, 64))
    one, other = (
        predict(tiny_checkpoint, genome, place.shift(bp), heads=("human",)).values["human"]
        for bp in (-64, 64)
    )
    np.testing.assert_allclose(found.values["human"], (one + other) / 2, rtol=1e-6)


def test_a_second_variant_is_refused_and_not_dropped(tiny_checkpoint, genome, contig):
    one, other = _snv(genome, contig, 100_000), _snv(genome, contig, 100_001)
    with pytest.raises(EnformerLensError, match="One variant can be predicted at a time"):
        predict(tiny_checkpoint, genome, one, variant=other)


def test_a_long_allele_does_not_fill_the_message(tiny_checkpoint, genome, contig):
    bases = genome.fetch(Interval(contig, 100_000, 130_000))
    for ref in (bases, bases[::-1]):
        with pytest.raises(GenomeError) as refused:
            predict(tiny_checkpoint, genome, Variant(contig, 100_001, ref, "AC"))
        assert len(str(refused.value)) < 500
