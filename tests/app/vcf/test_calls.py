"""How a VCF is named in links, and how uploads are kept."""

import pytest

from app.vcf import calls
from app.vcf.calls import Calls
from interpret.score_options import Options


def test_a_link_says_what_it_means():
    said = Calls("x/y.vcf", Options(scores=("D2",), tracks=("human/1", "human/2"), grid=1))
    assert Calls.parse(str(said)) == said
    assert Calls.parse("~/my.vcf") == Calls("~/my.vcf")
    assert Calls.parse("a.vcf~NO~~~what").options == Options()


def test_uploads_not_used_for_longest_make_room():
    first, second = calls.keep(b"a" * 1000, "a.vcf"), calls.keep(b"b" * 1000, "../b.vcf")
    assert second.endswith("/b.vcf")
    calls.tidy(1500)
    assert Calls(second).path.read_bytes() == b"b" * 1000
    with pytest.raises(ValueError, match="kept no longer"):
        _ = Calls(first).path


def test_what_a_model_has_not_is_left_out(tiny_tracks):
    asked = Calls("a.vcf", Options(assays=("CAGE", "RNA"), tracks=("human/1", "human/99")))
    kept = asked.fitting(tiny_tracks).options
    assert (kept.assays, kept.tracks) == (("CAGE",), ("human/1",))


def test_names_of_uploads_cannot_leave_their_folder():
    for name in ("../../x.vcf", "/etc/x.vcf", "..", "a/b/x.vcf", "x\x00.vcf"):
        kept = Calls(calls.keep(b"x", name))
        assert kept.is_kept
        assert kept.path.is_relative_to(calls.cache_dir("vcf", "files"))
