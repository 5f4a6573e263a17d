"""Random variants and the percentiles they give: drawn as said, resumed, refused where they say nothing."""

from collections import Counter
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

import enformer
from enformer import Interval, Variant
from enformer.errors import EnformerLensError
from interpret import background
from interpret.background import Background, draw, main, make
from interpret.percentiles import KEPT, LEVELS
from interpret.scores import SCORES
from interpret.variants import score_variants


@pytest.fixture(scope="module")
def genome():
    return enformer.open_genome("demo")


@pytest.fixture(scope="module")
def snv(genome) -> Variant:
    contig = next(iter(genome.contigs))
    ref = genome.fetch(Interval(contig, 100_000, 100_001))
    return Variant(contig, 100_001, ref, "A" if ref != "A" else "C")


@pytest.fixture(scope="module")
def made(tiny_checkpoint, genome, tmp_path_factory) -> Background:
    return make(
        tiny_checkpoint, genome, 12, tmp_path_factory.mktemp("background") / "new" / "tiny.npz"
    )


def test_draws_are_known_bases_with_common_changes(tiny_checkpoint, genome):
    drawn = list(islice(draw(tiny_checkpoint, genome), 1000))
    assert drawn == list(islice(draw(tiny_checkpoint, genome, 0), 1000))
    assert drawn != list(islice(draw(tiny_checkpoint, genome, 1), 1000))
    for variant in drawn[:100]:
        assert genome.fetch(variant.interval) == variant.ref
    kinds = Counter({"AG", "CT"} >= {"".join(sorted(v.ref + v.alt))} for v in drawn)
    assert kinds[True] / kinds[False] == pytest.approx(2.1, rel=0.2)
    transversions = Counter(v.ref + v.alt for v in drawn)
    assert transversions.keys() == {a + b for a in "ACGT" for b in "ACGT" if a != b}


def test_draws_keep_to_regions(tiny_checkpoint, genome):
    contig = next(iter(genome.contigs))
    regions = [Interval(contig, 50_000, 50_010), Interval(contig, 90_000, 90_030)]
    drawn = list(islice(draw(tiny_checkpoint, genome, 3, regions), 400))
    inside = [any(region.contains(v.interval) for region in regions) for v in drawn]
    assert all(inside)
    assert {v.start for v in drawn} == {*range(50_000, 50_010), *range(90_000, 90_030)}


def test_places_among_unknown_bases_are_not_drawn(tiny_checkpoint, shared_data):
    genome = enformer.open_genome(shared_data / "hg38" / "hg38_partial.fa.gz")
    for variant in islice(draw(tiny_checkpoint, genome), 20):
        window = Interval(variant.contig, variant.start - 8192, variant.start + 8192)
        assert genome.fetch(window, pad=True).count("N") <= 1638
    empty = [Interval("chr1", 100_000_000, 100_100_000)]
    with pytest.raises(EnformerLensError, match="no known sequence"):
        next(draw(tiny_checkpoint, genome, 0, empty))


def test_the_scores_are_those_of_score_variants(tiny_checkpoint, genome, made):
    drawn = list(islice(draw(tiny_checkpoint, genome), 12))
    effects = list(score_variants(tiny_checkpoint, genome, drawn))
    for name in KEPT:
        values = np.array([effect.scores[name] for effect in effects])
        np.testing.assert_allclose(made.absolute[name][0], np.abs(values).min(0), rtol=1e-6)
        np.testing.assert_allclose(made.absolute[name][-1], np.abs(values).max(0), rtol=1e-6)
        if SCORES[name].signed:
            median = made.signed[name][list(LEVELS).index(50)]
            np.testing.assert_allclose(median, np.median(values, axis=0), rtol=1e-4, atol=1e-9)


def test_a_file_holds_all_of_it(made, tmp_path):
    made.save(tmp_path / "again.npz")
    again = Background.load(tmp_path / "again.npz")
    assert again.about == made.about
    assert (again.about["count"], again.about["seed"], again.about["assembly"]) == (12, 0, "demo")
    for name in KEPT:
        np.testing.assert_array_equal(again.absolute[name], made.absolute[name])


@pytest.mark.parametrize("content", [b"", b"no npz", None])
def test_another_file_is_refused(tmp_path, content):
    path = tmp_path / "other.npz"
    if content is None:
        np.savez(path, about=np.array("{}"), levels=LEVELS)
    else:
        path.write_bytes(content)
    with pytest.raises(EnformerLensError, match="no background of this version"):
        Background.load(path)


def test_another_model_is_refused(made, tiny_checkpoint, genome, snv):
    other = replace(tiny_checkpoint, sha256="0" * 64)
    with pytest.raises(EnformerLensError, match="It was made with tiny"):
        next(score_variants(other, genome, [snv], background=made))


def _about(tracks: int) -> dict:
    return {"heads": {"human": tracks}, "sha256": "", "count": 1, "assembly": "", "model": ""}


def test_percentiles_are_shares_of_the_background(tiny_checkpoint, genome, snv):
    (effect,) = score_variants(tiny_checkpoint, genome, [snv], heads=("human",))
    rng = np.random.default_rng(2)
    scores = {name: rng.normal(size=(4000, 8)) for name in KEPT}
    wide = Background.of(scores, _about(8))
    placed = replace(effect, scores={**effect.scores, "SAD": np.linspace(-4.5, 2, 8)})
    for signed in (False, True):
        given = scores["SAD"] if signed else np.abs(scores["SAD"])
        values = placed.scores["SAD"] if signed else np.abs(placed.scores["SAD"])
        want = 100 * (given < values).mean(axis=0)
        got = wide.percentile(placed, "SAD", signed=signed)
        np.testing.assert_allclose(got, want, atol=0.6)
        assert got[0] == (0 if signed else 100)
    np.testing.assert_array_equal(
        wide.percentile(placed, "SAD_sum"), wide.percentile(placed, "SAD")
    )


def test_what_random_variants_do_too_is_not_counted_as_less(tiny_checkpoint, genome, snv):
    """Three quarters of random variants do nothing to a silent track: nothing is then no feat."""
    (effect,) = score_variants(tiny_checkpoint, genome, [snv], heads=("human",))
    silent = np.repeat([0.0, 1.0], [300, 100])[:, None] * np.ones(8)
    silent[:, 0] = 0
    same = Background.of(dict.fromkeys(KEPT, silent), _about(8))
    placed = replace(effect, scores={**effect.scores, "SAD": np.array([0, 0, 1, 2, *[0.0] * 4])})
    np.testing.assert_allclose(same.percentile(placed, "SAD")[:4], [0, 0, 75, 100], atol=5)
    assert same.percentile(placed, "SAD")[0] == 0


def test_percentiles_come_with_the_effect(made, tiny_checkpoint, genome, snv):
    (effect,) = score_variants(tiny_checkpoint, genome, [snv], background=made)
    (mouse,) = score_variants(tiny_checkpoint, genome, [snv], heads=("mouse",), background=made)
    for name in KEPT:
        found = effect.percentiles[name]
        assert found.shape == (12,)
        assert ((found >= 0) & (found <= 100)).all()
        np.testing.assert_array_equal(found[8:], mouse.percentiles[name])
    assert "12 random single-base variants of demo" in effect.background
    assert "SAD_percentile" in effect.table()


def test_an_unsigned_score_has_no_signed_percentile(made, tiny_checkpoint, genome, snv):
    (effect,) = score_variants(tiny_checkpoint, genome, [snv])
    with pytest.raises(EnformerLensError, match="no such percentile"):
        made.percentile(effect, "D2", signed=True)


def test_a_head_that_was_not_scored_is_refused(tiny_checkpoint, genome, snv):
    (effect,) = score_variants(tiny_checkpoint, genome, [snv])
    human = Background.of({name: np.zeros((3, 8)) for name in KEPT}, _about(8))
    with pytest.raises(EnformerLensError, match="for the head mouse"):
        human.percentile(effect, "SAD")


def test_a_run_that_was_stopped_goes_on(tiny_checkpoint, genome, tmp_path, monkeypatch):
    whole = make(tiny_checkpoint, genome, 30, tmp_path / "whole.npz", seed=4)
    real = background.score_variants
    scored: list[Variant] = []

    def counted(checkpoint, genome, variants):
        for effect in real(checkpoint, genome, variants):
            if len(scored) == 27:
                raise KeyboardInterrupt
            scored.append(effect.variants[0])
            yield effect

    monkeypatch.setattr(background, "score_variants", counted)
    out = tmp_path / "stopped.npz"
    with pytest.raises(KeyboardInterrupt):
        make(tiny_checkpoint, genome, 30, out, seed=4)
    assert not out.exists()
    scored.clear()
    again = make(tiny_checkpoint, genome, 30, out, seed=4)
    assert len(scored) == 5
    for name in KEPT:
        np.testing.assert_array_equal(again.absolute[name], whole.absolute[name])
    assert {path.name for path in tmp_path.iterdir()} == {"whole.npz", "stopped.npz"}


def test_the_command_line(tiny_checkpoint, tmp_path, capsys):
    out = tmp_path / "made.npz"
    bed = tmp_path / "regions.bed"
    contig = next(iter(enformer.open_genome("demo").contigs))
    bed.write_text(f"{contig}\t90000\t91000\n")
    common = ["--genome", "demo", "--model", str(tiny_checkpoint.source), "--out", str(out)]
    assert main([*common, "--count", "3", "--seed", "5", "--regions", str(bed)]) == 0
    assert "3 random single-base variants of demo" in capsys.readouterr().out
    about = Background.load(out).about
    assert about["regions"] == [f"{contig}:90000-91000"]
    assert about["command"].startswith("python -m interpret.background --genome demo --model tiny")
    assert str(tmp_path) not in about["command"]
    assert main([*common, "--count", "0"]) == 1
    assert "A background needs variants" in capsys.readouterr().err
    assert main(["--genome", "demo", "--model", "none", "--out", str(out)]) == 1


@pytest.mark.parametrize(("name", "assembly"), [("mini", "hg38"), ("demo", "demo")])
def test_the_bundled_background_is_of_the_bundled_model(root, name, assembly):
    model = enformer.load(name, device="cpu")
    found = Background.bundled(model)
    assert found is not None, f"make it again: python -m interpret.background --model {name}"
    assert found.about["count"] >= 300
    assert found.about["assembly"] == assembly
    assert found.about["heads"] == dict(model.config.heads)
    tracks = sum(model.config.heads.values())
    for score in KEPT:
        assert found.absolute[score].shape == (len(LEVELS), tracks)
        assert (np.diff(found.absolute[score], axis=0) >= 0).all()
        assert (found.absolute[score][-1] > found.absolute[score][0]).all()
    assert (root / "interpret" / "backgrounds" / f"{name}.npz").stat().st_size < 300_000


def test_a_model_without_one_has_none(tiny_checkpoint):
    assert Background.bundled(tiny_checkpoint) is None
