import numpy as np
import pandas as pd
import pytest

from enformer.track_names import (
    biosample_rank,
    default_tracks,
    name_of,
    parse_description,
    unit_of,
)


@pytest.mark.parametrize(
    ("description", "parsed"),
    [
        ("DNASE:K562", ("DNASE", "", "K562")),
        ("CHIP:H3K27ac:K562", ("CHIP", "H3K27ac", "K562")),
        ("CAGE:chronic myelogenous leukemia cell line:K562", ("CAGE", "", "K562")),
        ("CAGE:B lymphoblastoid cell line: GM12878 ENCODE, biol_", ("CAGE", "", "GM12878 ENCODE")),
        ("CAGE:cerebellum, biol_ (E18R1)", ("CAGE", "", "cerebellum (E18R1)")),
        ("CAGE:dura mater, adult,", ("CAGE", "", "dura mater, adult")),
        ("CAGE:temporal lobe, fetal, , tech_", ("CAGE", "", "temporal lobe, fetal")),
        ("CAGE:Fibroblast - Gingival,  (GFH2)", ("CAGE", "", "Fibroblast - Gingival (GFH2)")),
        ("RNA:kidney female (47 years)", ("RNA", "", "kidney female (47 years)")),
        ("RNA3:Skin, macrophage", ("RNA", "", "Skin, macrophage")),
        ("ATAC:BM1077-UNK / Bone Marrow CD34+ / UNK", ("ATAC", "", "Bone Marrow CD34+, UNK")),
        ("CHIP:.:NCoR ChIP at ZT10 / Liver / .", ("CHIP", "", "Liver")),
        ("CHIP:BMAL1:a / U2OS with Bmal1:Luc / .", ("CHIP", "BMAL1", "U2OS with Bmal1:Luc")),
        ("CHIP:input", ("CHIP", "", "input")),
        ("DNASE:C57BL/6 kidney", ("DNASE", "", "C57BL/6 kidney")),
        ("my own track", ("OTHER", "", "my own track")),
        ("CAGE:", ("OTHER", "", "CAGE:")),
        ("", ("OTHER", "", "")),
    ],
)  # fmt: skip
def test_descriptions_are_read(description: str, parsed: tuple[str, str, str]):
    assert parse_description(description) == parsed


@pytest.mark.parametrize(
    ("description", "strand", "name"),
    [
        ("CHIP:H3K27ac:K562", ".", "CHIP H3K27ac, K562"),
        ("CAGE:leukemia cell line:K562", "+", "CAGE K562 (+)"),
        ("RNA3:Skin, macrophage", "-", "RNA3 Skin, macrophage (−)"),
        ("CHIP:.:NCoR ChIP at ZT10 / Liver / .", ".", "CHIP NCoR ChIP at ZT10; Liver"),
        ("my own track", ".", "my own track"),
    ],
)
def test_names_are_readable(description: str, strand: str, name: str):
    assert name_of(description, strand) == name


def test_units_never_call_predictions_counts():
    assert unit_of("CAGE", "sum") == "reads per bin, clipped and scaled"
    assert unit_of("DNASE", "mean") == "mean coverage per bin, clipped and scaled"
    assert unit_of("RNA", "sum_sqrt") == "square root of coverage per bin, clipped and scaled"
    assert unit_of("CAGE", "sum_sqrt") == "square root of reads per bin, clipped and scaled"


def test_exact_well_known_biosamples_come_first():
    names = ["lung", "K562 G1 phase", "HepG2", "xK562x", "K562"]
    assert sorted(names, key=biosample_rank) == ["K562", "HepG2", "K562 G1 phase", "lung", "xK562x"]


def _frame(rows: list[tuple[str, str, str, str, int]]) -> pd.DataFrame:
    columns = ["assay", "target", "biosample", "strand", "strand_pair"]
    return pd.DataFrame(rows, columns=columns).assign(index=np.arange(len(rows)))


def test_defaults_take_kinds_in_turn_and_one_track_a_biosample():
    frame = _frame([
        ("CAGE", "", "lung", ".", 0),
        ("CAGE", "", "K562", ".", 1),
        ("DNASE", "", "K562", ".", 2),
        ("DNASE", "", "K562", ".", 3),
        ("DNASE", "", "HepG2", ".", 4),
        ("CHIP", "H3K9me3", "K562", ".", 5),
    ])  # fmt: skip
    assert default_tracks(frame, 3) == [2, 1, 5]
    assert default_tracks(frame, 5) == [2, 4, 1, 0, 5]
    assert default_tracks(frame, 99) == [2, 4, 1, 0, 5]
    assert default_tracks(frame, 0) == []


def test_defaults_leave_minus_strands_to_their_partner():
    frame = _frame(
        [("CAGE", "", "a", "-", 1), ("CAGE", "", "a", "+", 0), ("CAGE", "", "b", "-", 2)]
    )
    assert default_tracks(frame, 9) == [1, 2]
