import json
from pathlib import Path

import h5py
import numpy as np
import pytest

from enformer.coordinates import Interval
from enformer.errors import DataError
from enformer.genome import Genome, open_genome
from enformer.sequence import one_hot
from tests.train.conftest import TARGETS, example, write_tfrecord
from train.flanks import Flanks
from train.prepare import main
from train.species import PRESETS


def coded(letters: str) -> np.ndarray:
    return one_hot(letters).numpy().astype(np.uint8)


@pytest.fixture
def genome(tmp_path: Path) -> Genome:
    (tmp_path / "g.fa").write_text(">c\nAACCGGTTNNACGTACGTAC\n")
    return open_genome(tmp_path / "g.fa", "toy")


def test_flanks_come_from_the_genome_and_the_middle_stays(genome: Genome) -> None:
    flanks = Flanks(genome, 12)
    # Stored N where the genome knows G, and A, C where it knows nothing: both stay.
    found = flanks.extend(coded("GNTTACAC"), Interval("c", 2, 14))
    np.testing.assert_array_equal(found, coded("CCGNTTACACGT"))
    assert flanks.counts == {"middle": 8, "compared": 5, "flank": 4, "unknown": 0}
    assert flanks.sentence().startswith("62.5% of the stored bases were compared with toy")


def test_flanks_beyond_the_contig_and_over_n_are_zeros(genome: Genome) -> None:
    flanks = Flanks(genome, 8)
    np.testing.assert_array_equal(
        flanks.extend(coded("AACC"), Interval("c", -2, 6)), coded("NNAACCGG")
    )
    np.testing.assert_array_equal(
        flanks.extend(coded("TTCC"), Interval("c", 4, 12)), coded("GGTTCCAC")
    )
    assert flanks.counts == {"middle": 8, "compared": 6, "flank": 8, "unknown": 2}


def test_other_bases_are_refused(genome: Genome) -> None:
    with pytest.raises(
        DataError, match=r"2 of 4 bases differ: at c:5 the record has A .* genome G"
    ):
        Flanks(genome, 8).extend(coded("ACTT"), Interval("c", 2, 10))


def test_a_genome_that_knows_nothing_is_refused(genome: Genome) -> None:
    flanks = Flanks(genome, 4)
    flanks.extend(coded("AC"), Interval("c", 7, 11))
    with pytest.raises(DataError, match="N wherever the data set has records"):
        flanks.require_known()
    Flanks(genome, 4).require_known()


def write_folder(folder: Path, genome: Genome, contig: str, places: list[int], length: int) -> None:
    """A Basenji folder of records cut from a genome; targets over half of each, in bins of 32 bp."""
    bins = length // 64
    (folder / "tfrecords").mkdir(parents=True)
    letters = [genome.fetch(Interval(contig, start, start + length)) for start in places]
    codes = [np.array(["ACGTN".index(letter) for letter in text], np.uint8) for text in letters]
    target = np.ones((bins, 3), np.float16).tobytes()
    for split, some in (("train", codes), ("valid", []), ("test", [])):
        records = [example(sequence=code.tobytes(), target=target) for code in some]
        write_tfrecord(folder / "tfrecords" / f"{split}-0.tfr", records)
    facts = {"num_targets": 3, "seq_length": length, "pool_width": 32, "crop_bp": length // 4,
             "target_length": bins, "train_seqs": len(places)}  # fmt: skip
    (folder / "statistics.json").write_text(json.dumps(facts))
    (folder / "sequences.bed").write_text(
        "".join(f"{contig}\t{start}\t{start + length}\ttrain\n" for start in places)
    )
    (folder / "targets.txt").write_text(TARGETS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    letters = random.choice(list("ACGTN"), 8000, p=[0.23] * 4 + [0.08])
    (tmp_path / "fly.fa").write_text(">c\n" + "".join(letters) + "\n")
    write_folder(
        tmp_path / "fly", open_genome(tmp_path / "fly.fa", "toy"), "c", [100, 3000, 5800], 2048
    )
    return tmp_path / "fly"


def test_records_of_a_folder_become_longer(folder: Path, tmp_path: Path, capsys) -> None:
    out = tmp_path / "long.h5"
    main(["basenji", str(folder), str(out), "--head", "fly", "--window", "3072",
          "--genome", str(tmp_path / "fly.fa")])  # fmt: skip
    told = capsys.readouterr().out
    assert "agree; " in told
    assert "3 records agree with the source (fly 3 tracks)" in told
    genome = open_genome(tmp_path / "fly.fa", "toy")
    with h5py.File(out) as file:
        group = file["fly/train"]
        assert group["start"][:].tolist() == [-412, 2488, 5288]
        for number, (start, end) in enumerate(zip(group["start"], group["end"], strict=True)):
            expected = coded(genome.fetch(Interval("c", int(start), int(end)), pad=True))
            np.testing.assert_array_equal(group["sequences"][number], expected)
        assert group["targets"].shape == (3, 8, 3)
    main(["check", str(out)])
    assert "all 3 records agree" in capsys.readouterr().out
    with h5py.File(out, "r+") as file:
        file["fly/train/sequences"][1, 5] = 1 - file["fly/train/sequences"][1, 5]
    with pytest.raises(SystemExit):
        main(["check", str(out)])
    assert "sequence differs" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        (["--window", "3072"], "without a genome"),
        (["--window", "1024", "--genome", "fly.fa"], "cannot become windows of 1,024"),
        (["--window", "3072", "--genome", "other.fa"], "bases differ"),
        (["--window", "3072", "--genome", "unknown.fa"], "N wherever"),
        (["--window", "3072", "--genome", "human=fly.fa"], "heads are fly"),
    ],
)
def test_what_cannot_be_extended_is_refused(
    folder: Path, tmp_path: Path, capsys, monkeypatch, options: list[str], wrong: str
) -> None:
    monkeypatch.chdir(tmp_path)
    letters = (tmp_path / "fly.fa").read_text().splitlines()[1]
    (tmp_path / "other.fa").write_text(">c\n" + letters[1:] + "A\n")
    (tmp_path / "unknown.fa").write_text(">c\n" + "N" * 8000 + "\n")
    with pytest.raises(SystemExit):
        main(["basenji", str(folder), "long.h5", "--head", "fly", *options])
    assert wrong in capsys.readouterr().err
    assert not (tmp_path / "long.h5").exists()


def test_a_real_window_gets_its_published_length(shared_data: Path, tmp_path: Path, capsys) -> None:
    path = shared_data / "hg38/hg38_partial.fa.gz"
    window = Interval("chr2", 1_000_000, 1_000_000 + PRESETS["enformer"].window_length)
    genome = open_genome(path, "hg38")
    write_folder(tmp_path / "hg38", genome, "chr2", [window.start + 32_768], 131_072)
    main(["basenji", str(tmp_path / "hg38"), str(tmp_path / "a.h5"), "--genome", str(path),
          "--window", str(window.length)])  # fmt: skip
    assert "100.0% of the stored bases were compared with hg38 and agree" in capsys.readouterr().out
    with h5py.File(tmp_path / "a.h5") as file:
        expected = coded(genome.fetch(window))
        np.testing.assert_array_equal(file["human/train/sequences"][0], expected)


def test_real_records_need_a_genome_that_has_them(
    shared_data: Path, tmp_path: Path, capsys
) -> None:
    with pytest.raises(SystemExit):
        main(["basenji", str(shared_data / "basenji_tiny/hg38"), str(tmp_path / "a.h5"), "--window",
              "196608", "--genome", str(shared_data / "hg38/hg38_partial.fa.gz")])  # fmt: skip
    assert "no such contig" in capsys.readouterr().err
