"""Effects of variants against plain predictions, against known answers, and on real calls."""

import copy as copying
import itertools
from dataclasses import replace

import numpy as np
import pytest
import torch

import enformer
from enformer import Interval, Variant, one_hot, predict
from enformer.coordinates import window_around
from enformer.errors import Cancelled, EnformerLensError, GenomeError, QueryError
from enformer.genes import Gene, GeneIndex
from enformer.genome import Genome
from interpret import variants
from interpret.realign import Alignment
from interpret.scores import SCORES
from interpret.variants import WindowScorer, place_variants, score_variants

MIDDLE = 100_000
"""0-based, on the demo genome's first contig."""


class Letters(Genome):
    assembly, identity, description = "letters", "letters", "letters"

    def __init__(self, letters: str) -> None:
        self.letters, self.contigs = letters, {"chr1": len(letters)}

    def _read(self, contig: str, start: int, end: int) -> str:
        return self.letters[start:end]


@pytest.fixture(scope="module")
def genome():
    return enformer.open_genome("demo")


@pytest.fixture(scope="module")
def contig(genome) -> str:
    return next(iter(genome.contigs))


@pytest.fixture(scope="module")
def scorer(tiny_checkpoint, genome, contig):
    return WindowScorer(
        tiny_checkpoint, genome, window_around(MIDDLE, contig, tiny_checkpoint.config)
    )


@pytest.fixture(scope="module")
def snv(genome, contig) -> Variant:
    return _snv(genome, contig, MIDDLE)


def _snv(genome, contig: str, start: int, step: int = 1) -> Variant:
    ref = genome.fetch(Interval(contig, start, start + 1))
    return Variant(contig, start + 1, ref, "ACGT"[("ACGT".index(ref) + step) % 4])


def _indel(genome, contig: str, start: int, deleted: int, inserted: str) -> Variant:
    ref = genome.fetch(Interval(contig, start, start + 1 + deleted))
    return Variant(contig, start + 1, ref, ref[0] + inserted)


def _forward(checkpoint, sequence: str) -> dict[str, np.ndarray]:
    with torch.no_grad():
        return {h: v[0].numpy() for h, v in checkpoint.model(one_hot(sequence)[None]).items()}


def _same_difference(got, want):
    """To a tenth of the largest: one base changes little of what a tiny random model says."""
    size = np.abs(want).max()
    assert size > 1e-5
    np.testing.assert_allclose(got, want, rtol=0, atol=0.1 * size)


def _one(effects):
    (effect,) = effects
    return effect


def test_the_effect_is_that_of_two_predictions(tiny_checkpoint, genome, snv):
    effect = _one(score_variants(tiny_checkpoint, genome, [snv], keep_predictions=True))
    ref = predict(tiny_checkpoint, genome, snv.interval)
    alt = predict(tiny_checkpoint, genome, snv)
    assert (effect.window, effect.region) == (alt.window, alt.region)
    kept_ref, kept_alt = effect.predictions(tiny_checkpoint)
    assert kept_alt.variant == snv
    for head in ("human", "mouse"):
        np.testing.assert_allclose(kept_ref.values[head], ref.values[head], rtol=1e-4, atol=1e-6)
        got = kept_alt.values[head] - kept_ref.values[head]
        _same_difference(got, alt.values[head] - ref.values[head])
        for name, kind in SCORES.items():
            kept = (torch.tensor(one.values[head]) for one in (kept_ref, kept_alt))
            np.testing.assert_array_equal(effect.of(name, head), kind.of(*kept))
    assert not effect.realigned
    assert effect.bins_left_out == 0
    assert effect.provenance is not None
    assert effect.provenance.variant == snv


@pytest.mark.parametrize("position", [MIDDLE, MIDDLE + 1, MIDDLE + 63])
def test_the_variants_base_is_the_middle_one(tiny_checkpoint, genome, contig, position):
    window = place_variants(tiny_checkpoint, genome, _snv(genome, contig, position))
    assert position - window.start == tiny_checkpoint.config.window_length // 2 == 8192
    assert window == window_around(position, contig, tiny_checkpoint.config)


def test_both_strands_and_shifts_are_those_of_predict(tiny_checkpoint, genome, snv):
    how = {"reverse_complement": True, "shifts": (-3, 0, 2)}
    effect = _one(score_variants(tiny_checkpoint, genome, [snv], keep_predictions=True, **how))
    alt = predict(tiny_checkpoint, genome, snv, **how)
    ref = predict(tiny_checkpoint, genome, snv.interval, **how)
    for head in effect.heads:
        for allele, want in (("REF", ref), ("ALT", alt)):
            got = effect.values[f"{allele}/{head}"]
            np.testing.assert_allclose(got, want.values[head], rtol=1e-4, atol=1e-6)
        got = effect.values[f"ALT/{head}"] - effect.values[f"REF/{head}"]
        _same_difference(got, alt.values[head] - ref.values[head])
    assert effect.provenance is not None
    assert effect.provenance.options["shifts"] == [-3, 0, 2]


def test_the_average_over_strands_is_over_both_alleles(tiny_checkpoint, genome, snv):
    """Each allele is the mean of its two strands, as worked out from plain passes."""
    effect = _one(
        score_variants(
            tiny_checkpoint, genome, [snv], reverse_complement=True, keep_predictions=True
        )
    )
    reference = genome.fetch(effect.window)
    alternative = reference[:8192] + snv.alt + reference[8193:]
    pairs = tiny_checkpoint.tracks.strand_pairs("human")
    want = {}
    for allele, sequence in (("REF", reference), ("ALT", alternative)):
        plain = _forward(tiny_checkpoint, sequence)["human"]
        other = _forward(tiny_checkpoint, enformer.reverse_complement(sequence))["human"]
        want[allele] = (plain + other[::-1][:, pairs]) / 2
        np.testing.assert_allclose(effect.values[f"{allele}/human"], want[allele], rtol=1e-4)
        assert not np.allclose(plain, want[allele], rtol=1e-3)
    got = effect.values["ALT/human"] - effect.values["REF/human"]
    _same_difference(got, want["ALT"] - want["REF"])


def test_the_other_strand_of_the_genome_scores_the_same(tiny_checkpoint, genome, contig):
    """Scored on the reverse complement of the genome, an effect swaps the tracks of a strand pair."""
    letters = genome.fetch(Interval(contig, 90_000, 110_000))
    start = 10_000
    snv = Variant("chr1", start + 1, letters[start], "ACGT"["ACGT".index(letters[start]) - 1])
    window = Interval("chr1", start - 8192, start + 8192)
    mirrored = Variant(
        "chr1", len(letters) - start, *map(enformer.reverse_complement, (snv.ref, snv.alt))
    )
    found = []
    for text, variant, where in (
        (letters, snv, window),
        (
            enformer.reverse_complement(letters),
            mirrored,
            Interval("chr1", len(letters) - window.end, len(letters) - window.start),
        ),
    ):
        scorer = WindowScorer(tiny_checkpoint, Letters(text), where, reverse_complement=True)
        found.append(scorer.score(variant))
    pairs = tiny_checkpoint.tracks.strand_pairs("human")
    for name in SCORES:
        one, other = (effect.of(name, "human") for effect in found)
        np.testing.assert_allclose(one, other[pairs], rtol=0, atol=0.05 * np.abs(one).max())
        assert np.abs(one).max() > 1e-6


def test_ref_and_alt_swapped_turn_the_sign(tiny_checkpoint, genome, contig):
    letters = genome.fetch(Interval(contig, 90_000, 110_000))
    forth = Variant("chr1", 9_001, letters[9_000], "ACGT"["ACGT".index(letters[9_000]) - 1])
    back = replace(forth, ref=forth.alt, alt=forth.ref)
    edited = Letters(letters[:9_000] + forth.alt + letters[9_001:])
    one = _one(score_variants(tiny_checkpoint, Letters(letters), [forth]))
    other = _one(score_variants(tiny_checkpoint, edited, [back]))
    for name, kind in SCORES.items():
        want = (-1 if kind.signed else 1) * other.scores[name]
        size = np.abs(want).max()
        np.testing.assert_allclose(one.scores[name], want, rtol=0, atol=0.05 * size)
        assert size > 1e-6


@pytest.mark.parametrize(
    ("deleted", "inserted"), [(0, "ACGTACGTA"), (30, ""), (200, ""), (4, "GG"), (0, "T" * 300)]
)
def test_indels_keep_the_length_and_are_put_back_on_the_reference(
    scorer, tiny_checkpoint, genome, contig, deleted, inserted
):
    variant = _indel(genome, contig, MIDDLE, deleted, inserted)
    effect = scorer.score(variant, keep_predictions=True)
    window = scorer.window
    sequence = (
        genome.fetch(Interval(contig, window.start, variant.start))
        + variant.alt
        + genome.fetch(Interval(contig, variant.end, window.end + deleted))
    )[: window.length]
    want = _forward(tiny_checkpoint, sequence)["human"]
    got = effect.values["ALT/human"]
    before = (variant.start - effect.region.start) // 128
    np.testing.assert_allclose(got[:before], want[:before], rtol=0, atol=3e-6)
    assert effect.realigned
    assert np.isnan(got[~effect.scored]).all()
    assert not np.isnan(got[effect.scored]).any()
    moved = len(inserted) - deleted
    last = np.arange(before + 4, 63 - max(moved, 0) // 128)
    left, right = (last + (moved // 128 + step) for step in (0, 1))
    share = (moved % 128) / 128
    shifted = (1 - share) * want[left] + share * want[np.minimum(right, 63)]
    there = effect.scored[last]
    np.testing.assert_allclose(got[last][there], shifted[there], rtol=0, atol=3e-6)
    assert there.sum() > 20
    assert all(np.isfinite(values).all() for values in effect.scores.values())


def test_both_strands_of_an_indel_are_averaged_before_it_is_put_back(
    tiny_checkpoint, genome, contig
):
    variant = _indel(genome, contig, MIDDLE, 2, "ACGTACGTA" * 9)
    (effect,) = score_variants(
        tiny_checkpoint, genome, [variant], reverse_complement=True, keep_predictions=True
    )
    alt = predict(tiny_checkpoint, genome, variant, reverse_complement=True)
    assert alt.window == effect.window
    alignment = Alignment.of((variant,), effect.window, tiny_checkpoint.config)
    want = alignment.apply(alt.values["human"])
    np.testing.assert_allclose(effect.values["ALT/human"], want, rtol=0, atol=3e-6)
    assert effect.bins_left_out == 1
    assert effect.gene_table().empty


def test_several_variants_are_one_haplotype(scorer, tiny_checkpoint, genome, contig):
    two = [_snv(genome, contig, MIDDLE + 700), _snv(genome, contig, MIDDLE - 300, 2)]
    effect = scorer.score(two, keep_predictions=True)
    letters = list(genome.fetch(scorer.window))
    for variant in two:
        letters[variant.start - scorer.window.start] = variant.alt
    want = _forward(tiny_checkpoint, "".join(letters))["human"]
    reference = effect.values["REF/human"]
    _same_difference(effect.values["ALT/human"] - reference, want - reference)
    for variant in two:
        alone = scorer.score(variant, keep_predictions=True).values["ALT/human"]
        assert np.abs(alone - want).max() > 1e-5
    assert effect.variants == (two[1], two[0])
    assert effect.provenance is not None
    assert effect.provenance.options["variants"] == [two[1].key, two[0].key]
    assert effect.provenance.variant is None


def test_an_mnv_is_its_bases(scorer, tiny_checkpoint, genome, contig):
    ref = genome.fetch(Interval(contig, MIDDLE, MIDDLE + 3))
    mnv = Variant(contig, MIDDLE + 1, ref, enformer.reverse_complement(ref)[::-1])
    one_by_one = [
        Variant(contig, MIDDLE + 1 + i, a, b)
        for i, (a, b) in enumerate(zip(mnv.ref, mnv.alt, strict=True))
    ]
    together, apart = scorer.score(mnv), scorer.score(one_by_one)
    np.testing.assert_array_equal(together.scores["SAD"], apart.scores["SAD"])
    assert not together.realigned


def test_known_answers_of_a_model_that_looks_for_a_motif(hand_model, tiny_checkpoint, toy_sequence):
    """7.6 with the motif and 0.69 without, on every track; the motif lies at 8,000."""
    checkpoint = replace(tiny_checkpoint, model=hand_model)
    text = Letters(toy_sequence)
    scorer = WindowScorer(checkpoint, text, Interval("chr1", 0, 16_384))

    def score(start: int, ref_length: int, alt: str):
        ref = toy_sequence[start : start + ref_length]
        return scorer.score(Variant("chr1", start + 1, ref, alt))

    broken = score(8003, 1, "A")
    np.testing.assert_allclose(broken.reference, 7.6, atol=0.05)
    np.testing.assert_allclose(broken.scores["SAD"], 0.69 - 7.6, atol=0.05)
    np.testing.assert_allclose(broken.scores["SAD_sum"], 64 * broken.scores["SAD"])
    deleted = score(7990, 40, toy_sequence[7990])
    np.testing.assert_allclose(deleted.scores["SAD"], 0.69 - 7.6, atol=0.05)
    moved = score(7000, 1, toy_sequence[7000] + "ACACA")
    assert moved.realigned
    np.testing.assert_allclose(moved.scores["SAD"], 0, atol=1e-4)
    elsewhere = score(3000, 1, "ACGT"["ACGT".index(toy_sequence[3000]) - 1])
    np.testing.assert_allclose(elsewhere.scores["SAD"], 0, atol=1e-4)


def test_a_wrong_ref_is_refused_and_the_stream_goes_on(tiny_checkpoint, genome, contig, snv):
    wrong = replace(snv, ref=next(b for b in "ACGT" if b not in (snv.ref, snv.alt)))
    effects = score_variants(tiny_checkpoint, genome, [wrong, snv])
    with pytest.raises(GenomeError, match=f"REF is {wrong.ref}, but demo has {snv.ref}"):
        next(effects)
    assert next(effects).variants == (snv,)
    with pytest.raises(StopIteration):
        next(effects)


def test_overlapping_variants_are_refused(scorer, snv):
    other = replace(snv, alt=next(b for b in "ACGT" if b not in (snv.ref, snv.alt)))
    with pytest.raises(QueryError, match="same bases"):
        scorer.score([snv, other])


def test_neighbours_on_a_grid_share_the_reference_and_change_nothing(
    tiny_checkpoint, genome, contig, monkeypatch
):
    built = []
    real = variants.WindowScorer

    def counted(*args, **kwargs):
        built.append(args[2])
        return real(*args, **kwargs)

    monkeypatch.setattr(variants, "WindowScorer", counted)
    calls = [
        _snv(genome, contig, start) for start in (MIDDLE, MIDDLE + 300, MIDDLE - 200, MIDDLE + 5000)
    ]
    alone = [_one(score_variants(tiny_checkpoint, genome, [call], grid=2048)) for call in calls]
    built.clear()
    together = list(score_variants(tiny_checkpoint, genome, calls, grid=2048))
    assert len(built) == 2
    backwards = list(score_variants(tiny_checkpoint, genome, iter(calls[::-1]), grid=2048))[::-1]
    for one, other, third in zip(alone, together, backwards, strict=True):
        assert one.window == other.window == third.window
        assert (one.window.start + 8192) % 2048 == 0
        for name in SCORES:
            np.testing.assert_array_equal(one.scores[name], other.scores[name])
            np.testing.assert_array_equal(one.scores[name], third.scores[name])


@pytest.mark.parametrize("grid", [0, 64 * 128 + 1])
def test_a_grid_that_would_lose_the_variant_is_refused(tiny_checkpoint, genome, snv, grid):
    with pytest.raises(EnformerLensError, match="A grid has steps"):
        next(score_variants(tiny_checkpoint, genome, [snv], grid=grid))


def test_the_window_may_lie_on_a_gene_or_an_interval(tiny_checkpoint, genome, contig, snv):
    gene = Gene("G", contig, MIDDLE - 900, MIDDLE - 500, "-")
    effect = _one(score_variants(tiny_checkpoint, genome, [snv], place=gene, genes=[gene]))
    assert effect.window.start + 8192 == gene.tss == MIDDLE - 501
    assert effect.genes == ("G",)
    place = Interval(contig, MIDDLE + 100, MIDDLE + 301)
    effect = _one(score_variants(tiny_checkpoint, genome, [snv], place=place))
    assert effect.window.start + 8192 == MIDDLE + 200
    far = Gene("far", contig, MIDDLE + 20_000, MIDDLE + 20_100, "+")
    with pytest.raises(GenomeError, match="does not lie in the window"):
        next(score_variants(tiny_checkpoint, genome, [snv], place=far))
    with pytest.raises(EnformerLensError, match="A window lies on"):
        next(score_variants(tiny_checkpoint, genome, [snv], place="gene"))


def test_genes_may_come_from_a_source(tiny_checkpoint, genome, contig, snv):
    source = GeneIndex([Gene("here", contig, MIDDLE + 100, MIDDLE + 900, "+")])
    assert _one(score_variants(tiny_checkpoint, genome, [snv], genes=source)).genes == ("here",)


@pytest.mark.parametrize("where", ["start", "end"])
def test_near_the_end_of_a_contig_the_window_is_padded(tiny_checkpoint, genome, contig, where):
    start = 5 if where == "start" else genome.length(contig) - 6
    snv = _snv(genome, contig, start)
    effect = _one(score_variants(tiny_checkpoint, genome, [snv], keep_predictions=True))
    want = predict(tiny_checkpoint, genome, snv)
    ref = predict(tiny_checkpoint, genome, snv.interval).values["human"]
    got = effect.values["ALT/human"] - effect.values["REF/human"]
    _same_difference(got, want.values["human"] - ref)
    deletion = _indel(genome, contig, start - 4, 3, "")
    effect = _one(score_variants(tiny_checkpoint, genome, [deletion]))
    assert np.isfinite(effect.scores["SAD"]).all()


def test_the_model_is_left_alone(tiny_checkpoint, genome, snv):
    model = tiny_checkpoint.model
    before = copying.deepcopy(model.state_dict())
    list(score_variants(tiny_checkpoint, genome, [snv], reverse_complement=True))
    assert not model.training
    assert not any(module._forward_hooks for module in model.modules())
    assert all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())


def test_progress_and_cancel(tiny_checkpoint, genome, contig, snv):
    heard: list[tuple[float, str]] = []
    calls = [snv, _snv(genome, contig, MIDDLE + 10)]
    list(score_variants(tiny_checkpoint, genome, calls, progress=lambda f, s: heard.append((f, s))))
    assert heard == [(0.0, str(snv)), (0.5, str(calls[1]))]
    asked = itertools.count()
    effects = score_variants(
        tiny_checkpoint, genome, calls, grid=2048, cancel=lambda: next(asked) > 2
    )
    assert next(effects).variants == (snv,)
    with pytest.raises(Cancelled):
        next(effects)


def test_heads_that_are_not_asked_for_are_not_there(tiny_checkpoint, genome, snv):
    effect = _one(score_variants(tiny_checkpoint, genome, [snv], heads=("mouse",)))
    assert effect.heads == ("mouse",)
    assert effect.scores["SAD"].shape == (4,)
    for call in (lambda: effect.of("SAD", "human"), lambda: effect.of("SOD", "mouse")):
        with pytest.raises(EnformerLensError, match="no such"):
            call()
    with pytest.raises(EnformerLensError, match="no such head"):
        WindowScorer(tiny_checkpoint, genome, effect.window, heads=("rat",))


def test_a_window_of_another_length_is_refused(tiny_checkpoint, genome, contig):
    with pytest.raises(EnformerLensError, match="windows of 16,384 bp"):
        WindowScorer(tiny_checkpoint, genome, Interval(contig, 0, 32_768))


def _calls(path) -> list[Variant]:
    rows = [line.split("\t") for line in path.read_text().splitlines() if not line.startswith("#")]
    return [Variant(row[0], int(row[1]), row[3], row[4]) for row in rows]


def test_real_calls_on_the_real_genome(shared_data):
    checkpoint = enformer.load("mini", device="cpu")
    genome = enformer.open_genome(shared_data / "hg38" / "hg38_partial.fa.gz")
    calls = _calls(shared_data / "vcf" / "eqtl.vcf")
    effects = list(score_variants(checkpoint, genome, calls, heads=("human",), grid=32_768))
    assert [effect.variants[0] for effect in effects] == calls
    assert len(calls) == 8
    for effect in effects:
        assert all(np.isfinite(values).all() for values in effect.scores.values())
        assert 0 < np.abs(effect.scores["SAD"]).max() < 1
    flipped = _calls(shared_data / "vcf" / "eqtl_flip.vcf")
    stream = score_variants(checkpoint, genome, flipped, heads=("human",))
    for call in flipped:
        with pytest.raises(GenomeError, match=f"REF is {call.ref}, but hg38 has {call.alt} there"):
            next(stream)
