import h5py
import pytest
import torch

from enformer.checkpoint import Checkpoint, load
from enformer.errors import DataError
from enformer.model import Enformer
from enformer.tracks import TrackTable
from train.dataset import Batch
from train.finetune import set_mode
from train.fit import fit
from train.loop import Trainer
from train.loss import poisson_nll
from train.settings import FineTune

LENGTH, BINS = 2048, 8


@pytest.fixture
def parent(fit_config, tmp_path) -> Checkpoint:
    config = fit_config(out=tmp_path / "parent", steps=3, evaluate_every=3)
    fit(config)
    return load(config.out / "last.safetensors", device="cpu", dtype="float32")


@pytest.fixture
def other_tracks(prepared, tmp_path):
    """A file whose head `yeast` has the sequences of the mouse and tracks of its own."""
    path = tmp_path / "yeast.h5"
    with h5py.File(prepared) as source, h5py.File(path, "w") as file:
        source.copy("mouse", file, "yeast")
        table = TrackTable.from_json(source["mouse"].attrs["tracks"]).frame
        columns = ["identifier", "description", "strand_pair"]
        file["yeast"].attrs["tracks"] = TrackTable.from_rows(table[columns], "yeast").to_json()
    return path


def tuned(fit_config, parent: Checkpoint, **changes) -> dict[str, torch.Tensor]:
    table = {name: changes.pop(name) for name in ("freeze", "freeze_statistics") if name in changes}
    config = fit_config(**{
        "finetune": FineTune(str(parent.source), **table), "model": {"dropout": 0.0}, "steps": 3,
        "schedule": ("human",), "batch_size": 1, "out": parent.source.parent / "tuned", **changes,
    })  # fmt: skip
    fit(config)
    return load(config.out / "last.safetensors").model.state_dict()


def changed(found: dict[str, torch.Tensor], parent: Checkpoint) -> set[str]:
    before = parent.model.state_dict()
    return {n for n, value in found.items() if n in before and not torch.equal(value, before[n])}


def test_another_trunk_learns_on_the_convolutions_of_the_parent(fit_config, parent) -> None:
    other = {"trunk": "dilated", "depth": 3, "dropout": 0.0}
    found = tuned(fit_config, parent, freeze="convolutions", model=other, average=0.0)
    assert not any(name.startswith("transformer.") for name in found)
    assert sum(name.endswith("spread.conv.weight") for name in found) == 3
    assert not {n for n in changed(found, parent) if n.startswith(("stem", "conv_tower"))}


def test_new_heads_learn_on_a_frozen_trunk(fit_config, parent, other_tracks) -> None:
    found = tuned(
        fit_config, parent, freeze="trunk", data=other_tracks, schedule=("yeast",), average=0.0
    )
    assert {name for name in found if name.startswith("heads")} == {
        "heads.yeast.linear.weight", "heads.yeast.linear.bias"}  # fmt: skip
    assert not changed(found, parent)
    assert found["heads.yeast.linear.bias"].abs().min() > 0  # it starts at zero


def test_parts_are_frozen_as_asked(fit_config, parent) -> None:
    moved = changed(tuned(fit_config, parent, freeze="convolutions"), parent)
    assert not {name for name in moved if name.startswith(("stem", "conv_tower"))}
    assert {"transformer.0.expand.weight", "heads.human.linear.weight"} <= moved


def test_statistics_stay_unless_they_are_asked_to_move(fit_config, parent) -> None:
    moved = changed(tuned(fit_config, parent), parent)
    assert "stem.conv.weight" in moved
    assert not {name for name in moved if "running" in name or "batches" in name}
    free = parent.source.parent / "free"
    moved = changed(tuned(fit_config, parent, freeze_statistics=False, out=free), parent)
    assert "stem.pointwise.norm.running_mean" in moved


def test_a_head_for_the_same_tracks_is_kept_and_sizes_are_the_parents(fit_config, parent) -> None:
    found = tuned(fit_config, parent, learning_rate=1e-30, weight_decay=0.0, average=0.0)
    assert not changed(found, parent)
    assert found["stem.conv.weight"].shape == parent.model.stem.conv.weight.shape


def test_other_sizes_than_the_parents_are_refused(fit_config, parent) -> None:
    with pytest.raises(DataError, match="do not fit"):
        tuned(fit_config, parent, model={"channels": 32})


def gc_windows(seed: int) -> Batch:
    """Two windows: few G and C with a signal of 1, many with one of 8."""
    generator = torch.Generator().manual_seed(seed)
    bases = []
    for strong in (0.2, 0.8):
        odds = torch.tensor([1 - strong, strong, strong, 1 - strong])
        bases.append(torch.multinomial(odds, LENGTH, replacement=True, generator=generator))
    one_hot = torch.nn.functional.one_hot(torch.stack(bases), 4).float()
    targets = torch.tensor([1.0, 8.0])[:, None, None].expand(2, BINS, 3).contiguous()
    return Batch("human", one_hot, targets)


def excess(model: Enformer, batch: Batch) -> float:
    """Loss in inference above the least possible one."""
    with torch.inference_mode():
        found = poisson_nll(model.eval()(batch.one_hot, heads=("human",))["human"], batch.targets)
    perfect = (batch.targets - torch.xlogy(batch.targets, batch.targets)).mean()
    return float(found - perfect)


def test_moving_statistics_ruin_what_kept_ones_keep(fit_config) -> None:
    """The collapse: one window at a time, batch normalisation takes away what tells windows apart."""
    rates = {"dropout": 0.0, "attention_dropout": 0.0}
    common = {"steps": 100, "warmup": 1, "decay": "constant", "average": 0.0, "weight_decay": 0.0,
              "clip_norm": 5.0, "model": {**fit_config().model, **rates}}  # fmt: skip
    config = fit_config(learning_rate=5e-3, **common)
    torch.manual_seed(0)
    parent = Enformer(config.model_config({"human": 3}, LENGTH, BINS))
    trainer = Trainer(parent, config)
    for seed in range(60):
        trainer.train_step(gc_windows(seed))
    held_out, weights = gc_windows(1000), {k: v.clone() for k, v in parent.state_dict().items()}
    after = {}
    for kept in (True, False):
        tuning = fit_config(
            learning_rate=1e-3, finetune=FineTune("mini", freeze_statistics=kept), **common
        )
        model = Enformer(parent.config)
        model.load_state_dict(weights)
        trainer = Trainer(model, tuning)
        for seed in range(30):
            trainer.train_step(gc_windows(100 + seed).split(2)[seed % 2])
        after[kept] = excess(model, held_out)
    assert after[True] < 1.5 * excess(parent, held_out) + 0.05
    assert after[False] > 3 * after[True]


def test_modes_of_frozen_parts(tiny_config) -> None:
    model = Enformer(tiny_config)
    set_mode(model, FineTune("mini", freeze="trunk"))
    assert not any(m.training for m in model.stem.modules())
    assert model.heads.training
    set_mode(model, FineTune("mini", freeze_statistics=False))
    assert all(m.training for m in model.modules())
    set_mode(model, None)
    assert all(m.training for m in model.modules())


def test_lineage_names_the_parent(fit_config, parent) -> None:
    tuned(fit_config, parent)
    card = load(parent.source.parent / "tuned" / "last.safetensors").card
    assert f"tiny (sha256 {parent.sha256}), fine-tuned" in card.lineage
    assert "statistics kept" in card.lineage
