import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from enformer.coordinates import Interval, Variant
from enformer.errors import EnformerLensError
from enformer.provenance import CITATION, Provenance, versions


@pytest.fixture
def made() -> Provenance:
    return Provenance(
        model="mini",
        sha256="0123456789abcdef" * 4,
        trained=True,
        assembly="hg38",
        genome="hg38 of a file, 42 contigs",
        interval=Interval("chr11", 5_224_999, 5_310_000),
        variant=Variant("chr11", 5_227_002, "T", "A"),
        tracks=("human/4828", "human/5111"),
        options={"shifts": (0, 1), "reverse_complement": True},
    )


def test_json_restores_the_same_value(made: Provenance):
    assert Provenance.from_json(made.to_json()) == made
    plain = replace(made, variant=None, trained=False, tracks=())
    assert Provenance.from_json(plain.to_json()) == plain


def test_json_names_coordinates_plainly(made: Provenance):
    stored = json.loads(made.to_json())
    assert stored["interval"] == {"contig": "chr11", "start": 5_224_999, "end": 5_310_000}
    assert stored["variant"]["position"] == 5_227_002
    assert stored["options"] == {"reverse_complement": True, "shifts": [0, 1]}
    assert stored["citation"] == CITATION


def test_only_the_time_differs_between_equal_runs(made: Provenance):
    again = replace(made, options={"reverse_complement": True, "shifts": [0, 1]}, created="later")
    assert replace(again, created=made.created).to_json() == made.to_json()
    assert again.to_json().replace("later", made.created) == made.to_json()


def test_created_is_now_in_utc(made: Provenance):
    created = datetime.fromisoformat(made.created)
    assert created.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - created) < timedelta(minutes=1)


def test_versions_are_those_in_use():
    assert versions()["numpy"] == np.__version__
    assert set(versions()) == {"python", "torch", "numpy", "enformer-lens"}


def test_header_lines_hold_both_forms_of_the_interval(made: Provenance):
    lines = replace(made, method="two\nlines").lines()
    assert all(line.startswith("# ") and "\n" not in line for line in lines)
    assert "# interval: chr11:5,225,000-5,310,000 (1-based inclusive)" in lines
    assert "# interval_0based: chr11 5224999 5310000 (half-open)" in lines
    assert "# variant: chr11:5,227,002 T>A (1-based)" in lines
    assert "# tracks: human/4828, human/5111" in lines
    assert "# trained: yes" in lines
    assert "# method: two lines" in lines


def test_untrained_weights_are_named_wherever_shown(made: Provenance):
    untrained = replace(made, trained=False)
    assert "# trained: no, these weights were never trained" in untrained.lines()
    assert "never trained" in untrained.short()
    assert "never trained" not in made.short()
    assert made.short().startswith("mini 0123456789ab · hg38 chr11:5,225,000-5,310,000 · chr11:5,2")


def test_the_tracks_shown_can_be_changed(made: Provenance):
    assert made.with_tracks(("mouse/1",)) == replace(made, tracks=("mouse/1",))


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"model": "mini"}'])
def test_other_json_is_refused(text: str):
    with pytest.raises(EnformerLensError, match="no provenance"):
        Provenance.from_json(text)


def test_a_broken_interval_is_refused(made: Provenance):
    broken = made.to_json().replace("5224999", "5310001")
    with pytest.raises(EnformerLensError, match="no provenance"):
        Provenance.from_json(broken)
