import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyBigWig
import pytest

import enformer
from enformer import Interval, Prediction, TrackId, Variant
from enformer.errors import EnformerLensError, TrackError
from enformer.export import FORMATS, ExportFile, bedgraph, bigwig, bigwigs, export, npz, tsv
from enformer.provenance import Provenance

TRACKS = [TrackId("mouse", 1), TrackId("human", 0), TrackId("human", 7)]
CONTIG = 100_050


@pytest.fixture
def made(tiny_config, tiny_tracks) -> Prediction:
    """64 bins of 128 bp from 95,872: 32 whole ones, one of 82 bp, 31 of padding."""
    window = Interval("chr9", 91_776, 91_776 + 16_384)
    rng = np.random.default_rng(0)
    values = {h: rng.gamma(1, 1, (64, n)).astype(np.float32) for h, n in tiny_config.heads.items()}
    provenance = Provenance(
        model="tiny",
        sha256="ab" * 32,
        trained=False,
        assembly="demo",
        genome="demo",
        interval=window,
    )
    region = Interval("chr9", 95_872, 104_064)
    return Prediction(window, region, values, tiny_tracks, tiny_config, provenance)


def _expected(made: Prediction, track: TrackId) -> list[tuple[int, int, float]]:
    """Brute force: every bin that has a base on the contig."""
    rows = []
    for place, value in enumerate(made.values[track.head][:, track.index]):
        start = made.region.start + 128 * place
        bases = [base for base in range(start, start + 128) if 0 <= base < CONTIG]
        if bases:
            rows.append((bases[0], bases[-1] + 1, float(value)))
    return rows


def test_tsv_holds_every_bin_and_both_conventions(made: Prediction):
    text = tsv(made, TRACKS, CONTIG).decode()
    table = pd.read_csv(io.StringIO(text), sep="\t", comment="#")
    assert table.columns.tolist() == [
        "contig", "start_0based", "end_0based", "start_1based", "end_1based", "contig_bp",
        "mouse/1", "human/0", "human/7",
    ]  # fmt: skip
    assert table["contig"].unique().tolist() == ["chr9"]
    assert table["start_0based"].tolist() == [95_872 + 128 * place for place in range(64)]
    assert (table["end_0based"] - table["start_0based"]).unique().tolist() == [128]
    assert (table["start_1based"] - table["start_0based"]).unique().tolist() == [1]
    assert (table["end_1based"] == table["end_0based"]).all()
    assert table["contig_bp"].tolist() == [128] * 32 + [82] + [0] * 31
    for track in TRACKS:
        written = table[str(track)].to_numpy(np.float32)
        np.testing.assert_array_equal(written, made.values[track.head][:, track.index])


def test_tsv_says_where_it_comes_from(made: Prediction):
    lines = tsv(made, TRACKS, CONTIG).decode().splitlines()
    assert "# interval: chr9:91,777-108,160 (1-based inclusive)" in lines
    assert "# tracks: mouse/1, human/0, human/7" in lines
    assert "# trained: no, these weights were never trained" in lines
    assert any(line.startswith("# human/0: human0+, CAGE K562 (+)") for line in lines)
    assert not any("note" in line for line in lines)


def test_indels_are_noted(made: Prediction):
    longer = replace(made, variant=Variant("chr9", 99_000, "A", "ACC"))
    assert "which is 2 bp longer than the reference" in tsv(longer, TRACKS, CONTIG).decode()
    shorter = replace(made, variant=Variant("chr9", 99_000, "ACC", "A"))
    assert "which is 2 bp shorter than the reference" in bedgraph(shorter, TRACKS, CONTIG).decode()


def test_bedgraph_has_one_track_line_a_track_and_no_padding(made: Prediction):
    found: dict[str, list[tuple[int, int, float]]] = {}
    for line in bedgraph(made, TRACKS, CONTIG).decode().splitlines():
        if line.startswith("track"):
            assert line.startswith("track type=bedGraph name=")
            assert line.isascii()
            rows = found.setdefault(line.split('"')[1].split()[0], [])
        elif not line.startswith("#"):
            contig, start, end, value = line.split("\t")
            assert contig == "chr9"
            rows.append((int(start), int(end), float(np.float32(value))))
    assert found == {str(track): _expected(made, track) for track in TRACKS}
    assert found["human/7"][-1][:2] == (99_968, 100_050)


def _read_bigwig(content: bytes, folder: Path) -> tuple[dict[str, int], list]:
    path = folder / "read.bw"
    path.write_bytes(content)
    file = pyBigWig.open(str(path))
    chroms, rows = file.chroms(), list(file.intervals("chr9"))
    file.close()
    return chroms, rows


def test_bigwig_agrees_bin_by_bin(made: Prediction, tmp_path: Path):
    chroms, rows = _read_bigwig(bigwig(made, TRACKS[0], CONTIG), tmp_path)
    assert chroms == {"chr9": CONTIG}
    assert rows == _expected(made, TRACKS[0])


def test_several_bigwigs_come_with_their_provenance(made: Prediction, tmp_path: Path):
    content = bigwigs(made, TRACKS, CONTIG)
    assert content == bigwigs(made, TRACKS, CONTIG)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        *names, last = archive.namelist()
        for name, track in zip(names, TRACKS, strict=True):
            assert name.endswith(f"_{track.head}-{track.index}.bw")
            assert _read_bigwig(archive.read(name), tmp_path)[1] == _expected(made, track)
        provenance = Provenance.from_json(archive.read(last).decode())
    assert provenance == made.provenance.with_tracks(tuple(map(str, TRACKS)))


def test_npz_holds_arrays_and_provenance(made: Prediction):
    with np.load(io.BytesIO(npz(made, TRACKS, CONTIG)), allow_pickle=False) as stored:
        columns = [made.values[track.head][:, track.index] for track in TRACKS]
        np.testing.assert_array_equal(stored["values"], np.stack(columns, axis=1))
        assert stored["values"].dtype == np.float32
        assert stored["starts"][0] == made.region.start
        assert stored["ends"][-1] == made.region.end
        assert stored["contig_bp"].sum() == CONTIG - made.region.start
        assert stored["tracks"].tolist() == [str(track) for track in TRACKS]
        assert stored["names"][1] == "CAGE K562 (+) · human0+"
        assert "clipped and scaled" in stored["units"][0]
        assert str(stored["contig"]) == "chr9"
        assert json.loads(str(stored["provenance"]))["tracks"] == stored["tracks"].tolist()


def test_a_window_over_the_start_of_the_contig_is_cut_there(made: Prediction):
    early = replace(made, region=Interval("chr9", -4_136, 4_056))
    rows = [line.split("\t") for line in bedgraph(early, TRACKS[:1], CONTIG).decode().splitlines()]
    starts = [int(row[1]) for row in rows if row[0] == "chr9"]
    assert starts[:2] == [0, 88]
    assert len(starts) == 32
    table = pd.read_csv(io.BytesIO(tsv(early, TRACKS, CONTIG)), sep="\t", comment="#")
    assert table["contig_bp"].tolist() == [0] * 32 + [88] + [128] * 31


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_refuses_what_cannot_be_written(made: Prediction, form: str):
    with pytest.raises(TrackError, match="no such track"):
        export(made, [TrackId("human", 8)], CONTIG, form)
    with pytest.raises(EnformerLensError, match="beyond a contig of 50 bp"):
        export(made, TRACKS, 50, form)


@pytest.mark.parametrize("form", FORMATS)
def test_no_track_is_refused(made: Prediction, form: str):
    with pytest.raises(EnformerLensError, match="No track was chosen"):
        export(made, [], CONTIG, form)


def test_an_unknown_format_is_refused_with_those_there_are(made: Prediction):
    with pytest.raises(EnformerLensError, match="Choose from TSV, bedGraph, bigWig, NPZ"):
        export(made, TRACKS, CONTIG, "PDF")


@pytest.mark.parametrize(
    ("form", "tracks", "name", "opening"),
    [
        ("TSV", 3, "tiny_untrained_demo_chr9-95873-104064_chr9-99000-A-AC.tsv", b"# Enf"),
        ("bedGraph", 3, "tiny_untrained_demo_chr9-95873-104064_chr9-99000-A-AC.bedgraph", b"# Enf"),
        ("bigWig", 3, "tiny_untrained_demo_chr9-95873-104064_chr9-99000-A-AC.bigwig.zip", b"PK"),
        ("bigWig", 1, "tiny_untrained_demo_chr9-95873-104064_chr9-99000-A-AC_mouse-1.bw", b"&\xfc"),
        ("NPZ", 3, "tiny_untrained_demo_chr9-95873-104064_chr9-99000-A-AC.npz", b"PK"),
    ],
)
def test_files_are_named_after_their_content(
    made: Prediction, form: str, tracks: int, name: str, opening: bytes
):
    changed = replace(made, variant=Variant("chr9", 99_000, "A", "AC"))
    file = export(changed, TRACKS[:tracks], CONTIG, form)
    assert isinstance(file, ExportFile)
    assert file.name == name
    assert file.content.startswith(opening)


def test_a_real_prediction_at_the_end_of_a_contig(tiny_checkpoint, tmp_path: Path):
    genome = enformer.open_genome("demo")
    contig, length = next(iter(genome.contigs.items()))
    made = enformer.predict(tiny_checkpoint, genome, Interval(contig, length - 1_000, length))
    track = TrackId("human", 2)
    path = tmp_path / "end.bw"
    path.write_bytes(bigwig(made, track, genome.length(contig)))
    file = pyBigWig.open(str(path))
    rows = file.intervals(contig)
    file.close()
    assert rows[-1][1] == length
    written = [value for _, _, value in rows]
    np.testing.assert_array_equal(written, made.values["human"][: len(rows), 2])


def test_bins_without_a_value_are_nan_in_tables_and_missing_in_browser_files(made, tmp_path):
    holes = {head: values.copy() for head, values in made.values.items()}
    holes["mouse"][5, 1] = np.nan
    told = replace(made.provenance, options={"realigned": True})
    found = replace(
        made, values=holes, variant=Variant("chr9", 99_000, "A", "ACC"), provenance=told
    )
    text = tsv(found, TRACKS, CONTIG).decode()
    assert "put back over the reference's bases" in text
    table = pd.read_csv(io.StringIO(text), sep="\t", comment="#")
    assert np.flatnonzero(table["mouse/1"].isna()).tolist() == [5]
    start = made.region.start + 5 * 128
    lines = bedgraph(found, TRACKS, CONTIG).decode().splitlines()
    assert sum(line.startswith(f"chr9\t{start}\t") for line in lines) == len(TRACKS) - 1
    rows = {place for place, *_ in _read_bigwig(bigwig(found, TRACKS[0], CONTIG), tmp_path)[1]}
    assert start not in rows
    assert start + 128 in rows
