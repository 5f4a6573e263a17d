import numpy as np
import pytest
import torch

from enformer.errors import DataError
from train.dataset import Record, Sampling, StepBatches, Windows, crop


def sampling(**changes) -> Sampling:
    values = {
        "seed": 3,
        "schedule": ("human", "mouse"),
        "batch_size": 2,
        "window_length": 2048,
        "bins": 8,
    }
    return Sampling(**{**values, **changes})


@pytest.fixture
def windows(prepared) -> dict[str, Windows]:
    return {head: Windows(prepared, head, "train") for head in ("human", "mouse")}


def test_windows_give_the_records(species, windows) -> None:
    assert (len(windows["human"]), len(windows["mouse"])) == (12, 5)
    record = windows["human"][11]
    np.testing.assert_array_equal(record.one_hot, np.eye(5, 4)[species.human["train"].bases[11]])
    assert (windows["human"].bins, windows["human"].window_length) == (8, 2048)
    assert len(list(windows["mouse"])) == 5


def test_intervals_are_whole_windows_in_record_order(windows) -> None:
    # sequences.bed of the fixture holds the part with targets, 1,024 bp of 2,048
    first, second = windows["human"].intervals[:2]
    assert (str(first), second.start) == ("chr1:1-2,048", 5000)
    assert len(windows["human"].intervals) == len(windows["human"])


def test_missing_files_and_splits_are_named(prepared, tmp_path) -> None:
    with pytest.raises(DataError, match=r"train\.prepare"):
        Windows(tmp_path / "none.h5", "human", "train")
    with pytest.raises(DataError, match="no group dev"):
        Windows(prepared, "human", "dev")


def test_a_batch_depends_on_seed_and_step_only(windows) -> None:
    batches = StepBatches(windows, sampling())
    last = batches[5]
    for step in range(5):
        _ = batches[step]
    again = StepBatches(windows, sampling())[5]
    assert (last.one_hot == again.one_hot).all()
    assert (last.targets == again.targets).all()
    other = StepBatches(windows, sampling(seed=4))[5]
    assert not (last.one_hot == other.one_hot).all()


def test_heads_alternate_and_every_window_comes_once_an_epoch(windows) -> None:
    plain = sampling(max_shift=0, reverse_complement=False)
    batches = StepBatches(windows, plain)
    assert [batches.head_of(step) for step in range(4)] == ["human", "mouse", "human", "mouse"]
    human = [batches[step] for step in range(0, 12, 2)]
    seen = {targets.numpy().tobytes() for batch in human for targets in batch.targets}
    assert seen == {record.targets.tobytes() for record in windows["human"]}


def test_a_schedule_may_favour_a_head(windows) -> None:
    batches = StepBatches(windows, sampling(schedule=("human", "human", "mouse"), max_shift=0))
    assert [batches[step].head for step in range(6)] == ["human", "human", "mouse"] * 2
    assert len({tuple(batches._records_of(step)) for step in (0, 1, 3, 4)}) == 4


def test_crops_keep_sequence_under_targets() -> None:
    # Position p holds the base (p // 128) % 4 and bin b the number b + 4: both say where they are.
    place = np.arange(2048) // 128
    record = Record(
        np.eye(4, dtype=np.uint8)[place % 4], np.arange(4, 12, dtype=np.float32)[:, None]
    )
    for first in range(5):
        part = crop(record, 128, 6 * 128, 4, first)
        np.testing.assert_array_equal(part.targets[:, 0], np.arange(4, 8) + first)
        np.testing.assert_array_equal(part.one_hot[::128].argmax(1), (np.arange(3, 9) + first) % 4)
    whole = crop(record, 128, 2048, 8, 0)
    np.testing.assert_array_equal(whole.one_hot, record.one_hot)
    with pytest.raises(DataError, match="leaves the stored sequence"):
        crop(record, 128, 2048, 4, 0)


def test_batches_are_drawn_at_random_places(windows) -> None:
    batches = StepBatches(
        windows, sampling(window_length=768, bins=4, max_shift=0, reverse_complement=False)
    )
    batch = batches[0]
    assert batch.one_hot.shape == (2, 768, 4)
    assert batch.targets.shape == (2, 4, 3)
    starts = set()
    for step in range(0, 24, 2):
        for index, targets in zip(batches._records_of(step), batches[step].targets, strict=True):
            stored = windows["human"][index].targets
            match = [i for i in range(5) if (stored[i : i + 4] == targets.numpy()).all()]
            starts.update(match)
    assert starts == set(range(5))


def test_processes_share_the_batch_of_one(windows) -> None:
    changes = {"batch_size": 8, "accumulate": 2, "mutation_rate": 0.1}
    whole = StepBatches(windows, sampling(**changes))[3].split(2)
    shares = [
        StepBatches(windows, sampling(**changes, processes=2, rank=rank))[3].split(2)
        for rank in range(2)
    ]
    for part, expected in enumerate(whole):
        found = [share[part] for share in shares]
        assert torch.equal(torch.cat([b.one_hot for b in found]), expected.one_hot)
        assert torch.equal(torch.cat([b.targets for b in found]), expected.targets)
        assert found[0].records + found[1].records == expected.records


def test_a_batch_names_its_windows(windows) -> None:
    batch = StepBatches(windows, sampling())[0]
    first = batch.records[0]
    assert str(windows["human"].intervals[0]) == "chr1:1-2,048"
    named = StepBatches(windows, sampling()).name(batch)
    assert named.startswith(f"head human, {windows['human'].intervals[first]} (record {first}), chr1:")
