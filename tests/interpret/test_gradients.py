"""The points of the line on which integrated gradients are taken."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from enformer import Interval, load, open_genome
from interpret.contributions import integrated_gradients
from interpret.gradients import PILOT, parts_of, passes_of, pilot_of
from interpret.origin import Subject
from interpret.target import Target


@pytest.mark.parametrize("steps", [1, 3, 9, 10, 13, 50, 97])
def test_the_parts_are_the_whole_line_and_all_steps(steps):
    values = np.random.default_rng(steps).normal(size=len(pilot_of(steps))).tolist()
    parts = parts_of(values, steps)
    assert (parts[0].start, parts[-1].end) == (0.0, pytest.approx(1.0))
    assert all(a.end == b.start for a, b in pairwise(parts))
    assert sum(part.steps for part in parts) == steps
    assert max(part.steps for part in parts) - min(part.steps for part in parts) <= 1
    assert passes_of(steps, 1) == steps + len(values)


def test_few_steps_are_one_rule_and_only_the_ends_are_looked_at():
    assert pilot_of(9) == [0.0, 1.0]
    assert len(parts_of([0.0, 1.0], 9)) == 1


def test_parts_are_as_long_as_another_where_nothing_changes():
    lengths = [part.end - part.start for part in parts_of([2.0] * (PILOT + 1), 20)]
    np.testing.assert_allclose(lengths, 0.25)


def test_most_parts_lie_where_the_target_changes():
    values = [0.0] * PILOT + [1.0]  # silent until the last stretch
    parts = parts_of(values, 50)
    late = [part for part in parts if part.start >= 1 - 1 / PILOT]
    assert len(late) == 9
    assert parts[0].end == pytest.approx(1 - 1 / PILOT, abs=0.02)


def test_fifty_steps_add_up_on_a_trained_model(shared_data):
    """`mini` is silent on four fifths of the way to ACP1's sequence; one rule leaves 6 % there."""
    checkpoint = load("mini", device="cpu")
    genome = open_genome(shared_data / "hg38" / "hg38_partial.fa.gz")
    subject = Subject.read(checkpoint, genome, Interval("chr2", 263_999, 264_001))
    target = Target("human", (0,), (254, 255, 256, 257))
    found = integrated_gradients(checkpoint.model, subject.one_hot, target, steps=50)
    assert found.relative_gap is not None
    assert found.relative_gap < 0.01
    near = np.abs(found.per_position[65_536 - 500 : 65_536 + 500]).sum()
    assert near > 0.5 * np.abs(found.per_position).sum()


def test_batches_larger_than_a_part_change_nothing(tiny_checkpoint, toy_sequence, toy_target):
    x = torch.nn.functional.one_hot(torch.randint(4, (len(toy_sequence),)), 4).float()
    one, many = (
        integrated_gradients(tiny_checkpoint.model, x, toy_target, steps=12, batch_size=size)
        for size in (1, 50)
    )
    np.testing.assert_allclose(one.values, many.values, rtol=1e-3, atol=1e-7)
