import numpy as np
import pandas as pd
import pytest
import torch

from enformer.errors import DataError
from enformer.model import Enformer
from train.dataset import Windows
from train.evaluate import draw_scores, main, require_same_tracks, score, to_markdown
from train.fit import fit
from train.metrics import summarise


@pytest.fixture
def model(fit_config) -> Enformer:
    torch.manual_seed(0)
    return Enformer(fit_config().model_config({"human": 3, "mouse": 3}, 2048, 8))


def test_scores_equal_numpy_over_all_positions(model: Enformer, prepared) -> None:
    windows = Windows(prepared, "human", "valid")
    model.train()
    frame = score(model, windows)
    assert model.training
    model.eval()
    one_hot = torch.from_numpy(np.stack([r.one_hot for r in windows])).float()
    with torch.no_grad():
        predicted = model(one_hot)["human"].numpy()
    observed = np.stack([r.targets for r in windows])
    for track, row in frame.iterrows():
        expected = np.corrcoef(predicted[..., track].ravel(), observed[..., track].ravel())[0, 1]
        assert row["pearson"] == pytest.approx(expected, abs=1e-5)
    assert frame["assay"].tolist() == ["CAGE", "CAGE", "DNASE"]


def test_both_strands_is_the_mean_of_both(model: Enformer, prepared) -> None:
    windows = Windows(prepared, "human", "test")
    model.eval()
    pairs, values = [1, 0, 2], []
    for record in windows:
        with torch.no_grad():
            one_hot = torch.from_numpy(record.one_hot[None]).float()
            there, back = (model(x)["human"][0].numpy() for x in (one_hot, one_hot.flip(1, 2)))
        values.append((there + back[::-1][:, pairs]) / 2)
    observed = np.stack([r.targets for r in windows])
    frame = score(model, windows, both_strands=True)
    expected = np.corrcoef(np.stack(values)[..., 0].ravel(), observed[..., 0].ravel())[0, 1]
    assert frame["pearson"][0] == pytest.approx(expected, abs=1e-5)


def test_table_and_figure_tell_of_constant_tracks() -> None:
    frame = pd.DataFrame(
        {"head": "human", "assay": ["CAGE", "CAGE", "DNASE"], "pearson": [0.25, np.nan, 0.5]}
    )
    table = to_markdown(summarise(frame), "Caption")
    assert "| human | CAGE | 2 | 0.250 | 0.250 | 1 |" in table
    (axes,) = draw_scores(frame, "Caption").axes
    assert [len(line.get_ydata()) for line in axes.lines][:2] == [1, 1]
    assert axes.get_ylabel() == "Pearson r"


def test_other_tracks_are_refused() -> None:
    require_same_tracks(["a", "b"], ["a", "b"], "human")
    with pytest.raises(DataError, match="head human"):
        require_same_tracks(["a", "b"], ["b", "a"], "human")


def test_command_line_writes_table_and_figure(fit_config, prepared, tmp_path, capsys) -> None:
    best, out = fit(fit_config(steps=3)), tmp_path / "report"
    main([str(best), str(prepared), "--split", "test", "--out", str(out)])
    assert "Pearson per track over all positions of all sequences" in capsys.readouterr().out
    scores = pd.read_csv(out / "scores.tsv", sep="\t")
    assert len(scores) == 6
    assert scores["head"].tolist() == ["human"] * 3 + ["mouse"] * 3
    assert (out / "scores.svg").stat().st_size > 1000
    assert (out / "summary.md").read_text().count("| human |") == 2
    with pytest.raises(SystemExit):
        main([str(tmp_path / "none.safetensors"), str(prepared), "--out", str(out)])
    assert "none.safetensors" in capsys.readouterr().err
