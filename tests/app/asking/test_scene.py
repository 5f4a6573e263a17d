from dataclasses import replace

import pytest

from app.asking.places import PlaceName, open_place
from app.asking.scene import scene
from app.asking.zoom import SMALLEST
from enformer import Interval
from enformer.demo import DemoGenome
from enformer.query import parse_query

LOCUS = "demo1:300,001-304,000"


@pytest.fixture(scope="module")
def place():
    return open_place(PlaceName.of("demo", "", online=False))


@pytest.fixture
def show(tiny_checkpoint, place):
    def show(text: str, zoom: tuple[int, int] | None = None):
        parsed = parse_query(text, place.genome, place.genes)
        return scene(tiny_checkpoint, place, parsed, zoom)

    return show


def test_the_window_is_centred_and_the_region_is_its_middle(show):
    shown = show(LOCUS)
    assert shown.window == Interval("demo1", 302_000 - 8_192, 302_000 + 8_192)
    assert shown.region == shown.window.resize(64 * 128)
    assert shown.home == shown.view == Interval("demo1", 300_000, 304_000)


def test_a_gene_is_centred_on_its_start(show, place):
    gene = place.genes.search("DGB1")[0]
    shown = show("DGB1")
    assert shown.window.start + shown.window.length // 2 == gene.tss
    assert shown.view.contains(Interval("demo1", gene.tss, gene.tss + 1))


def test_a_zoom_is_kept_inside_the_window(show):
    assert show(LOCUS, (301_000, 302_000)).view == Interval("demo1", 301_000, 302_000)
    assert show(LOCUS, (0, 302_000)).view.start == show(LOCUS).window.start
    assert show(LOCUS, (10, 20)).view == show(LOCUS).home
    assert show(LOCUS, (302_000, 302_001)).view.length == SMALLEST


def test_a_pasted_sequence_becomes_its_own_contig(show):
    shown = show("ACGT" * 500)
    assert shown.place.genome.contigs == {"sequence": 2_000}
    assert shown.window.contains(Interval("sequence", 0, 2_000))
    assert shown.contig_length == 2_000


def test_the_head_follows_the_assembly(show, tiny_checkpoint):
    shown = show(LOCUS)
    assert shown.head == "human"
    mouse = replace(tiny_checkpoint.card, assemblies={"mouse": "demo"})
    assert replace(shown, checkpoint=replace(tiny_checkpoint, card=mouse)).head == "mouse"
    nobody = replace(tiny_checkpoint.card, assemblies={})
    assert replace(shown, checkpoint=replace(tiny_checkpoint, card=nobody)).head == "human"


def test_warnings_say_what_the_picture_is_not(show, tiny_checkpoint):
    shown = show(LOCUS)
    assert any("never trained" in warning for warning in shown.warnings)
    card = replace(tiny_checkpoint.card, trained=True, assemblies={"human": "hg38"})
    trained = replace(shown, checkpoint=replace(tiny_checkpoint, card=card))
    assert any("trained on hg38" in warning for warning in trained.warnings)
    fitting = replace(card, assemblies={"human": "demo"})
    assert replace(shown, checkpoint=replace(tiny_checkpoint, card=fitting)).warnings == ()
    assert any("The model demo was trained" in warning for warning in trained.warnings)


def test_a_model_of_the_demo_grammar_warns_on_every_other_sequence(show, tiny_checkpoint):
    card = replace(tiny_checkpoint.card, trained=True, assemblies={"human": "demo"})
    demo = replace(tiny_checkpoint, card=card)
    pasted = replace(show("ACGT" * 500), checkpoint=demo)
    assert any("knows nothing but the invented grammar" in one for one in pasted.warnings)

    class Real(DemoGenome):
        assembly = "hg38"

    here = show(LOCUS)
    elsewhere = replace(here, checkpoint=demo, place=replace(here.place, genome=Real()))
    assert any("knows nothing but the invented grammar" in one for one in elsewhere.warnings)


def test_a_view_beyond_the_bins_is_said(show):
    shown = show(LOCUS, (294_000, 300_000))
    assert "no values" in shown.beyond


@pytest.mark.parametrize(("length", "said"), [(2_000, "14,384 bp are N"), (20_000, "its middle")])
def test_a_pasted_sequence_says_what_lies_around_it(show, length, said):
    assert any(said in warning for warning in show("ACGT" * (length // 4)).warnings)
