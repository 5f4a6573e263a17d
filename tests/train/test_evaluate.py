import json
import re

import numpy as np
import pandas as pd
import pytest
import torch

from enformer.checkpoint import load
from enformer.errors import DataError
from enformer.genes import Gene, GeneIndex
from enformer.model import Enformer
from train.dataset import Windows
from train.evaluate import COLUMNS, evaluate_head, main, read_genes, require_same_tracks, score
from train.fit import fit


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


def test_data_with_other_bins_are_refused(fit_config, prepared) -> None:
    shorter = Enformer(fit_config().model_config({"human": 3, "mouse": 3}, 2048, 4))
    with pytest.raises(DataError, match="predicts 4 bins of these windows, and the data have 8"):
        score(shorter, Windows(prepared, "human", "test"))


def test_all_variants_come_from_one_pass(model: Enformer, prepared) -> None:
    windows = Windows(prepared, "human", "valid")
    genes = GeneIndex(
        [Gene(f"G{at}", "chr1", at, at + 50, "+-"[at % 2]) for at in range(700, 12_000, 131)]
    )
    result = evaluate_head(model, windows, genes=genes)
    pd.testing.assert_frame_equal(result.tracks[COLUMNS], score(model, windows))
    assert result.genes is not None
    assert result.genes.samples.names == ("cage+/cage-",)
    assert len(result.genes.rows) > 3
    assert result.windows == 3
    regions = {example.number: str(example.region) for example in result.examples}
    assert regions.keys() <= {0, 1, 2}
    assert regions.get(0, "chr1:513-1,536") == "chr1:513-1,536"


def test_other_tracks_are_refused() -> None:
    require_same_tracks(["a", "b"], ["a", "b"], "human")
    with pytest.raises(DataError, match="head human"):
        require_same_tracks(["a", "b"], ["b", "a"], "human")


def test_gene_models_are_those_of_a_named_head(tmp_path) -> None:
    bed = tmp_path / "genes.bed"
    bed.write_text("chr1\t10\t20\tG1\t0\t+\n")
    assert set(read_genes(["demo"], ["human"])) == {"human"}
    found = read_genes([f"mouse={bed}", "human=demo"], ["human", "mouse"])
    assert found["mouse"].genes[0].symbol == "G1"
    for wrong in ([str(bed)], [f"yeast={bed}"]):
        with pytest.raises(DataError, match="--genes human="):
            read_genes(wrong, ["human", "mouse"])


@pytest.fixture
def best(fit_config):
    return fit(fit_config(steps=3))


def test_command_line_writes_the_report(best, prepared, tmp_path, capsys) -> None:
    out, bed = tmp_path / "report", tmp_path / "genes.bed"
    places = [f"chr1\t{at}\t{at + 40}\tG{at}\t0\t{'+-'[at % 2]}\n" for at in range(700, 1400, 71)]
    bed.write_text("".join(places))
    main(
        [str(best), str(prepared), "--split", "test", "--out", str(out), "--genes", f"human={bed}"]
    )
    said = capsys.readouterr().out
    assert "(a) per track over all positions" in said
    assert said.count("| human | CAGE |") == 2
    scores = pd.read_csv(out / "scores.tsv", sep="\t")
    assert scores["head"].tolist() == ["human"] * 3 + ["mouse"] * 3
    summary = json.loads((out / "summary.json").read_text())
    assert summary["provenance"]["sha256"] == load(best, device="cpu").sha256
    assert summary["provenance"]["strands"] == "forward"
    cage = summary["heads"][0]["summary"][0]
    assert cage["per_track"]["mean"] == pytest.approx(scores["pearson"][:2].mean(), abs=1e-5)
    assert summary["heads"][0]["genes"]["genes"] == len(pd.read_csv(out / "genes.tsv", sep="\t"))
    page = (out / "report.html").read_text()
    assert page.count("<svg") == 6  # scores, genes, density and examples of two heads
    assert not re.search(r'(src|href)="(?!#|data:)', page)
    names = {path.stem for path in (out / "figures").glob("*.svg")}
    assert names == {path.stem for path in (out / "figures").glob("*.pdf")}
    linked = re.findall(r"\(figures/(.+)\.svg\)", (out / "report.md").read_text())
    assert set(linked) == names


def test_command_line_says_what_is_wrong(best, prepared, tmp_path, capsys) -> None:
    for source, *more in ([str(tmp_path / "none.safetensors")], [str(best), "--genes", "demo"]):
        with pytest.raises(SystemExit):
            main([source, str(prepared), "--out", str(tmp_path / "report"), *more])
    said = capsys.readouterr().err
    assert "none.safetensors" in said
    assert "Name one of the heads human, mouse" in said
