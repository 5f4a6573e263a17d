"""Contributions of ALT over the reference and ALT − REF: by hand, brute force and what they add up to."""

from dataclasses import replace

import numpy as np
import pytest

import enformer
from enformer import Interval, Variant, open_genome
from enformer.coordinates import predicted_region
from enformer.errors import EnformerLensError, QueryError
from enformer.predict import predict
from enformer.sequence import BASES
from interpret import Target
from interpret.allele_contributions import ALT, DIFFERENCE, difference, of_alt, of_target
from interpret.contribution_files import export
from interpret.contributions import input_gradient, integrated_gradients
from interpret.origin import Subject
from interpret.realign import owners_of, realigned
from interpret.realigned_target import RealignedTarget, realigned_target
from interpret.stored import pack, unpack

GENOME = open_genome("demo")
WINDOW = Interval("demo1", 292_000, 308_384)
MIDDLE = 300_000
TARGET = Target("human", (6,), (31, 32, 33))


def _variant(start: int, kind: str) -> Variant:
    ref = GENOME.fetch(Interval("demo1", start, start + 6))
    other = "A" if ref[0] != "A" else "G"
    alleles = {
        "snv": (ref[0], other),
        "insertion": (ref[0], f"{ref[0]}TTGA{other}"),
        "deletion": (ref, ref[0]),
        "delins": (ref[:4], other + other),
    }
    return Variant("demo1", start + 1, *alleles[kind])


def _explained(checkpoint, target=TARGET, variant=None, **options):
    """As the app explains an allele."""
    subject = Subject.read(checkpoint, GENOME, WINDOW, variant)
    there = realigned_target(target, variant, WINDOW, checkpoint.config)
    options |= {"origin": subject.provenance}
    method = integrated_gradients if "steps" in options else input_gradient
    return of_target(method(subject.model, subject.one_hot, there, **options), target)


def _toy(checkpoint, model):
    return replace(checkpoint, model=model)


KINDS = ["snv", "insertion", "deletion", "delins"]


def test_a_substitution_in_a_linear_model_changes_its_own_base_alone(tiny_checkpoint, linear_toy):
    checkpoint, variant = _toy(tiny_checkpoint, linear_toy), _variant(MIDDLE, "snv")
    ref, alt = (_explained(checkpoint, variant=each) for each in (None, variant))
    found = difference(ref, alt, variant)
    at, bases = MIDDLE - WINDOW.start, BASES
    weight = 7 * linear_toy.weight.numpy()[at]
    want = weight[bases.index(variant.alt)] - weight[bases.index(variant.ref)]
    assert found.per_position[at] == pytest.approx(want, rel=1e-4)
    assert np.flatnonzero(found.per_position).tolist() == [at]
    assert found.value == pytest.approx(want, rel=1e-2)
    (one,) = found.changed
    assert (one.offset, one.ref, one.alt) == (at, variant.ref, variant.alt)
    assert one.values[0] - one.of_ref == pytest.approx(want, rel=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_every_base_of_alt_is_counted_where_it_belongs(tiny_checkpoint, linear_toy, kind):
    checkpoint, variant = _toy(tiny_checkpoint, linear_toy), _variant(MIDDLE, kind)
    alt = _explained(checkpoint, variant=variant)
    found = of_alt(alt, variant)
    want, left_out = np.zeros(WINDOW.length), 0.0
    for base, owner in enumerate(owners_of((variant,), WINDOW)[: WINDOW.length]):
        value = 7 * float(linear_toy.weight[base] @ enformer.one_hot(alt.letters[base])[0])
        if owner < WINDOW.length:
            want[owner] += value
        else:
            left_out += value
    np.testing.assert_allclose(found.per_position, want, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(found.of_alt, want, rtol=1e-4, atol=1e-4)
    assert found.left_out == pytest.approx(left_out, rel=1e-4, abs=1e-5)
    assert (left_out != 0) == (len(variant.alt) < len(variant.ref))
    assert found.value == alt.value


@pytest.mark.parametrize("kind", ["insertion", "deletion"])
@pytest.mark.parametrize("away", [-3000, 3000])
def test_beside_an_indel_everything_stays_aligned(
    tiny_checkpoint, motif_toy, kind, away, monkeypatch
):
    """The motif weighs the same before both alleles, though it has moved along ALT's sequence."""
    variant, at = _variant(MIDDLE, kind), MIDDLE + away - WINDOW.start
    reads = Subject.read

    def planted(*args):
        subject = reads(*args)
        shift = 0 if args[3] is None or away < 0 else len(variant.alt) - len(variant.ref)
        letters, start = subject.sequence, at + shift
        return replace(subject, sequence=letters[:start] + "TGACTCATCGTA" + letters[start + 12 :])

    monkeypatch.setattr(Subject, "read", planted)
    checkpoint = _toy(tiny_checkpoint, motif_toy)
    ref, alt = (_explained(checkpoint, variant=each) for each in (None, variant))
    assert (ref.per_position[at : at + 12] > 0.01).all()
    moved = np.abs(alt.per_position - ref.per_position).max()
    assert moved > 0.01 if away > 0 else moved < 1e-6
    np.testing.assert_allclose(difference(ref, alt, variant).per_position, 0, atol=1e-6)
    over = of_alt(alt, variant)
    assert over.letters[at : at + 12] == "TGACTCATCGTA"


@pytest.fixture(scope="module")
def with_motif(tmp_path_factory):
    """A genome of one contig with the motif of the toys in the middle."""
    letters = np.random.default_rng(3).choice(list("ACGT"), 20_000)
    letters[10_000:10_012] = list("TGACTCATCGTA")
    path = tmp_path_factory.mktemp("genome") / "toy.fa"
    path.write_text(f">chr1\n{''.join(letters)}\n")
    return open_genome(str(path))


INSIDE = {
    "snv": ("C", "A"),
    "insertion": ("C", "CAA"),
    "deletion": ("CTC", "C"),
    "delins": ("CTC", "GG"),
}


@pytest.mark.parametrize("kind", INSIDE)
@pytest.mark.parametrize("both", [False, True])
def test_the_difference_adds_up_but_for_both_gaps(
    tiny_checkpoint, motif_toy, with_motif, kind, both
):
    variant = Variant("chr1", 10_004, *INSIDE[kind])
    checkpoint, window = _toy(tiny_checkpoint, motif_toy), Interval("chr1", 1_808, 18_192)
    found = []
    for each in (None, variant):
        subject = Subject.read(checkpoint, with_motif, window, each)
        there = realigned_target(TARGET, each, window, checkpoint.config)
        one = integrated_gradients(
            subject.model, subject.one_hot, there, steps=100, batch_size=10,
            reverse_complement=both, origin=subject.provenance,
        )  # fmt: skip
        found.append(of_target(one, TARGET))
    ref, alt = found
    change = difference(ref, alt, variant)
    total = change.values.sum(dtype=np.float64) + change.left_out
    want = (alt.value - alt.baseline_value) - (ref.value - ref.baseline_value)
    gap = abs(ref.completeness_gap) + abs(alt.completeness_gap)
    assert abs(want) > 10 * gap  # else nothing is shown by what follows
    assert total == pytest.approx(want, abs=gap + 1e-6)
    assert change.completeness_gap == pytest.approx(total - want, abs=1e-5)
    assert change.value == pytest.approx(alt.value - ref.value)
    assert change.baseline_value == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("reduce", ["mean", "sum"])
def test_alts_target_is_that_of_its_realigned_prediction(tiny_checkpoint, kind, reduce):
    variant = _variant(predicted_region(WINDOW, tiny_checkpoint.config).start + 31 * 128 + 5, kind)
    target = Target("human", (2, 5), (30, 31, 40), reduce)
    alt = predict(tiny_checkpoint, GENOME, WINDOW, variant=variant)
    values = realigned(alt).values["human"][list(target.bins)][:, list(target.tracks)]
    want = float(values.mean() if reduce == "mean" else values.sum())
    assert _explained(tiny_checkpoint, target, variant).value == pytest.approx(want, rel=1e-5)


def test_the_target_of_the_other_strand_is_weighted_alike(tiny_checkpoint):
    variant = _variant(
        predicted_region(WINDOW, tiny_checkpoint.config).start + 31 * 128, "insertion"
    )
    config, table = tiny_checkpoint.config, tiny_checkpoint.tracks
    there = realigned_target(TARGET, variant, WINDOW, config)
    assert isinstance(there, RealignedTarget)
    assert there.bins == (31, 32, 33, 34)
    assert sum(there.weights) == pytest.approx(3)
    assert there.mirrored(config, table).mirrored(config, table) == there
    assert realigned_target(TARGET, _variant(MIDDLE, "snv"), WINDOW, config) is TARGET


def test_bins_that_alt_does_not_have_are_refused(tiny_checkpoint):
    region = predicted_region(WINDOW, tiny_checkpoint.config)
    start = region.start + 31 * 128 - 1
    bases = GENOME.fetch(Interval("demo1", start, start + 129))
    variant = Variant("demo1", start + 1, bases, bases[0])
    with pytest.raises(QueryError, match="no value for the bin 31"):
        realigned_target(TARGET, variant, WINDOW, tiny_checkpoint.config)


def test_what_was_found_differently_is_not_subtracted(tiny_checkpoint):
    variant = _variant(MIDDLE, "snv")
    ref = _explained(tiny_checkpoint)
    alt = _explained(tiny_checkpoint, variant=variant, centred=True)
    with pytest.raises(EnformerLensError, match="differ in their method"):
        difference(ref, alt, variant)


def test_letters_and_bases_say_what_stands_where(tiny_checkpoint, linear_toy):
    checkpoint, at = _toy(tiny_checkpoint, linear_toy), MIDDLE - WINDOW.start
    letters = GENOME.fetch(WINDOW)
    inserted = of_alt(
        _explained(checkpoint, variant=_variant(MIDDLE, "insertion")), _variant(MIDDLE, "insertion")
    )
    assert inserted.bases[at] == _variant(MIDDLE, "insertion").alt
    assert inserted.letters[:-5] == letters[:-5]
    assert inserted.letters[-5:] == "-----"
    deleted = of_alt(
        _explained(checkpoint, variant=_variant(MIDDLE, "deletion")), _variant(MIDDLE, "deletion")
    )
    assert deleted.letters[at : at + 7] == f"{letters[at]}-----{letters[at + 6]}"
    assert [one.alt for one in deleted.changed] == [""] * 5
    # written with the base after it, an insertion belongs to the base before
    before = Variant("demo1", MIDDLE + 1, letters[at], f"C{letters[at]}")
    (one,) = of_alt(_explained(checkpoint, variant=before), before).changed
    assert (one.offset, one.ref, one.alt) == (at - 1, letters[at - 1], f"{letters[at - 1]}C")


@pytest.mark.parametrize("kind", ["snv", "deletion"])
def test_it_is_restored_and_written_with_both_alleles(tiny_checkpoint, kind):
    variant = _variant(MIDDLE, kind)
    ref, alt = (_explained(tiny_checkpoint, variant=each) for each in (None, variant))
    found = difference(ref, alt, variant)
    again = unpack(pack(found))
    assert (again.allele, again.changed) == (DIFFERENCE, found.changed)
    np.testing.assert_array_equal(again.values, found.values)
    assert found.provenance is not None
    assert found.provenance.options["allele"] == DIFFERENCE
    file = export(found, 600_000, "TSV")
    assert "ALT-minus-REF" in file.name
    text = file.content.decode()
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    assert rows[0][3:] == ["REF", "ALT", "contribution_ALT", "contribution_REF", "ALT_minus_REF"]
    row = rows[1 + MIDDLE - WINDOW.start + (kind == "deletion")]
    assert row[3:5] == [
        variant.ref[-1] if kind == "snv" else variant.ref[1],
        variant.alt if kind == "snv" else "-",
    ]
    assert float(row[7]) == pytest.approx(float(row[5]) - float(row[6]), rel=1e-3, abs=1e-6)
    assert "# allele: ALT − REF" in text
    assert ("inserted bases are summed" in text) == (kind == "deletion")
    alone = of_alt(alt, variant)
    assert alone.allele == ALT
    assert "contribution_REF" not in export(alone, 600_000, "TSV").content.decode()
