"""Names of peaks: a planted motif is named, chance is not, and the null is what it says."""

import numpy as np
import pytest

from enformer import Interval
from enformer.errors import Cancelled, EnformerLensError
from interpret.motif_scan import best_score, scan_letters
from interpret.peak_motifs import CHANCE, NamedPeaks, name_peaks
from interpret.stored import pack, unpack
from tests.interpret.test_motifs import AP1, MOTIFS, WINDOW, motif, planted

AT = 1_234


@pytest.fixture(scope="module")
def found() -> NamedPeaks:
    return name_peaks(planted(AT, AP1), MOTIFS, "two motifs", shuffles=40)


def test_a_planted_motif_is_named_where_it_is(found):
    (peak,) = found.in_view(Interval("chr1", WINDOW.start + AT, WINDOW.start + AT + 5))
    hit = found.named(peak)
    assert hit is not None
    assert (hit.name, hit.interval.start) == ("AP1", WINDOW.start + AT)
    assert found.chance(hit) <= CHANCE
    assert found.in_view(Interval("chr1", WINDOW.start, WINDOW.start + 500)) == ()


def test_chance_is_the_share_of_shuffles_that_do_as_well(found):
    hit = found.best(0)
    assert hit is not None
    as_good = sum(p <= hit.p_value for p in found.null)
    assert found.chance(hit) == (1 + as_good) / (1 + len(found.null))
    assert len(found.null) == 40 * len(found.peaks)
    assert found.chance(hit) >= 1 / 41


def test_a_peak_whose_shuffles_fit_as_well_has_no_name():
    # whatever order these bases stand in, the same letters stand there
    found = name_peaks(planted(AT, "A" * 35), [motif("A" * 10, "polyA")], shuffles=20)
    hit = found.best(0)
    assert hit is not None
    assert found.chance(hit) > 0.5
    assert found.named(0) is None


def test_a_peak_without_a_hit_has_no_name():
    found = name_peaks(planted(AT, AP1), [motif("GGGACGTCCA", "other")], shuffles=5)
    assert found.best(0) is None
    assert found.named(0) is None
    assert found.others(0) == ()


def test_it_is_the_same_again_and_back_from_the_store(found):
    again = name_peaks(planted(AT, AP1), MOTIFS, "two motifs", shuffles=40)
    np.testing.assert_array_equal(again.null, found.null)
    back = unpack(pack(found))
    assert back.found.hits == found.found.hits
    assert back.peaks == found.peaks
    np.testing.assert_array_equal(back.null, found.null)


def test_it_stops_when_told_and_needs_motifs():
    with pytest.raises(Cancelled):
        name_peaks(planted(AT, AP1), MOTIFS, cancel=lambda: True)
    with pytest.raises(EnformerLensError, match="at least one motif"):
        name_peaks(planted(AT, AP1), ())


def test_scans_report_the_best_first_and_nothing_over_unknown_bases():
    text = f"{'C' * 20}{AP1}{'C' * 20}"
    hidden = text.replace("ACTC", "ANTC")
    table = scan_letters([text, hidden], MOTIFS, 1e-4)
    assert set(table["sequence"]) == {0}
    first = table.iloc[0]
    assert (first["motif"], first["start"], first["strand"]) == (0, 20, "+")
    assert table["p_value"].is_monotonic_increasing
    assert best_score(MOTIFS[0], text, range(20, 21)) == pytest.approx(first["score"], rel=1e-6)
