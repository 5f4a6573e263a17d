"""Edited sequences against a whole forward pass of each."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from enformer import Enformer, EnformerLensError
from enformer.model import cast_weights
from interpret import Target
from interpret.incremental import Edit, Incremental, merged, touched

LENGTH = 16_384
TARGET = Target("human", (1, 4), (0, 31, 32), "sum")


def _bases(count: int, seed: int) -> torch.Tensor:
    codes = torch.randint(4, (count,), generator=torch.Generator().manual_seed(seed))
    return torch.nn.functional.one_hot(codes, 4).float()


@pytest.fixture(scope="module")
def sequence() -> torch.Tensor:
    one_hot = _bases(LENGTH, 0)
    one_hot[5000:5020] = 0  # N
    return one_hot


@pytest.fixture(scope="module")
def model(tiny_checkpoint) -> Enformer:
    return tiny_checkpoint.model


@pytest.fixture(scope="module")
def kept(model, sequence) -> Incremental:
    return Incremental(model, sequence)


def _edited(sequence: torch.Tensor, edits: list[Edit]) -> torch.Tensor:
    edited = sequence.clone()
    for edit in edits:
        edited[edit.start : edit.stop] = edit.bases
    return edited


HAPLOTYPES = {
    "none": [],
    "one base": [Edit(8191, _bases(1, 1))],
    "the first base": [Edit(0, _bases(1, 2))],
    "the last base": [Edit(LENGTH - 1, _bases(1, 3))],
    "to N": [Edit(8000, torch.zeros(1, 4))],
    "from N": [Edit(5010, _bases(1, 4))],
    "both ends": [Edit(LENGTH - 5, _bases(5, 5)), Edit(0, _bases(3, 6))],
    "two apart": [Edit(7000, _bases(1, 7)), Edit(9001, _bases(2, 8))],
    "two near": [Edit(7000, _bases(1, 7)), Edit(7020, _bases(1, 8)), Edit(7100, _bases(1, 9))],
    "one over another": [Edit(7000, _bases(50, 7)), Edit(7010, _bases(10, 8))],
    "a tile": [Edit(3001, _bases(2000, 10))],
    "an indel's tail": [Edit(6003, _bases(LENGTH - 6003, 11))],
    "everything": [Edit(0, _bases(LENGTH, 12))],
    "nothing": [Edit(9000, _bases(0, 13))],
}


@pytest.fixture(scope="module")
def fine(model) -> Enformer:
    """In float64: what an edit changes is more than rounding."""
    fine = Enformer(model.config).eval().requires_grad_(False)
    fine.load_state_dict(model.state_dict())
    return fine.double()


@pytest.mark.parametrize("name", HAPLOTYPES)
def test_an_edit_gives_what_a_whole_pass_gives(fine, sequence, name):
    edits = HAPLOTYPES[name]
    with torch.no_grad():
        want = fine.tokens(_edited(sequence, edits)[None])
    found = Incremental(fine, sequence).tokens([edits])
    torch.testing.assert_close(found, want, rtol=1e-10, atol=1e-10)


def test_scalars_and_heads_are_those_of_whole_passes_whatever_the_batch(model, kept, sequence):
    edits = list(HAPLOTYPES.values())
    with torch.no_grad():
        want = model(torch.stack([_edited(sequence, some) for some in edits]))
    heads = kept.heads(edits, ("mouse", "human"))
    assert set(heads) == {"human", "mouse"}
    for name, values in heads.items():
        torch.testing.assert_close(values, want[name], rtol=1e-5, atol=1e-6)
    together = kept.scalar(edits, TARGET)
    assert together.dtype == torch.float32
    torch.testing.assert_close(together, TARGET.of(want["human"]), rtol=1e-5, atol=1e-5)
    alone = torch.cat([kept.scalar([some], TARGET) for some in edits])
    torch.testing.assert_close(together, alone, rtol=1e-5, atol=1e-6)


def test_a_run_of_tokens_is_that_of_all(kept):
    edits = [HAPLOTYPES["one base"], HAPLOTYPES["none"]]
    some = kept.tokens(edits, range(60, 70))
    torch.testing.assert_close(some, kept.tokens(edits)[:, 60:70], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("place", [*range(8192, 8192 + 130, 3), 0, 1, 20, LENGTH - 1, LENGTH - 9])
def test_a_base_touches_the_tokens_that_change_and_at_most_six(fine, sequence, place):
    """By brute force through the trunk, around the place."""
    stages, span, length = [fine.stem, *fine.conv_tower], range(place, place + 1), LENGTH
    for stage in stages:
        span, length = touched(span, stage.halo, length), length // 2
    x = torch.stack([sequence, _edited(sequence, [Edit(place, 1 - sequence[place][None])])])
    left, right = max(place // 128 - 20, 0), min(place // 128 + 20, 128)
    x = x[:, 128 * left : 128 * right].double()
    with torch.no_grad():
        for stage in stages:
            x = stage(x)
    changed = (left + (x[0] != x[1]).any(1).nonzero().flatten()).tolist()
    assert set(changed) <= set(span)
    assert len(span) <= 6
    assert {span.start, span.stop - 1} & set(changed)


def test_spans_that_overlap_or_touch_are_one():
    assert merged([range(8, 9), range(3), range(3, 5), range(1, 2)]) == [range(5), range(8, 9)]
    assert merged([]) == []


def test_another_length_reads_the_middle_bins(model):
    sequence = _bases(LENGTH + 512, 3)
    edits = [Edit(8000, _bases(4, 1))]
    with torch.no_grad():
        want = model(_edited(sequence, edits)[None])["human"]
    kept = Incremental(model, sequence[None])
    torch.testing.assert_close(kept.heads([edits], ("human",))["human"], want)
    torch.testing.assert_close(kept.scalar([edits], TARGET), TARGET.of(want))


def test_the_sequence_given_and_the_model_stay_as_they_are(model, sequence):
    before = sequence.clone()
    state = {name: value.clone() for name, value in model.state_dict().items()}
    kept = Incremental(model, sequence)
    first = kept.scalar([[]], TARGET)
    kept.scalar([HAPLOTYPES["everything"]], TARGET)
    assert torch.equal(kept.scalar([[]], TARGET), first)
    assert torch.equal(sequence, before)
    assert all(torch.equal(value, state[name]) for name, value in model.state_dict().items())
    assert not model.training


def test_two_threads_share_a_model(kept, model, sequence):
    edits = [HAPLOTYPES["one base"], HAPLOTYPES["a tile"]]
    want = kept.scalar(edits, TARGET)
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda _: Incremental(model, sequence).scalar(edits, TARGET), "1234"))
    for values in found:  # kernels round by where memory lies, no more
        torch.testing.assert_close(values, want, rtol=1e-5, atol=1e-6)


def test_bfloat16_is_near(tiny_config, model, kept, sequence):
    rough = Enformer(tiny_config).eval()
    rough.load_state_dict(model.state_dict())
    cast_weights(rough, torch.bfloat16)
    edits = list(HAPLOTYPES.values())
    found = Incremental(rough, sequence).scalar(edits, TARGET)
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, kept.scalar(edits, TARGET), rtol=3e-2, atol=3e-2)


@pytest.mark.parametrize("edit", [Edit(-1, _bases(2, 0)), Edit(LENGTH - 1, _bases(2, 0))])
def test_an_edit_outside_the_window_is_refused(kept, edit):
    with pytest.raises(EnformerLensError, match="leaves the window of 16,384 bp"):
        kept.tokens([[edit]])


def test_what_the_model_cannot_take_is_refused(tiny_config, model, sequence, kept):
    with pytest.raises(EnformerLensError, match="multiples of 128 bp"):
        Incremental(model, sequence[:1000])
    with pytest.raises(EnformerLensError, match=r"model\.eval\(\)"):
        Incremental(Enformer(tiny_config), sequence)
    with pytest.raises(EnformerLensError, match="it has human, mouse"):
        kept.heads([[]], ("yeast",))
