"""Examples under the search box: what is offered on which genome, and what is said before a click."""

import re

import pytest

from app.asking.examples import DEMO, HG38, MORE_HG38, VARIANTS, Example
from enformer import Interval, Variant, open_genome
from enformer.references import HG38 as CONTIGS
from enformer.remote_genome import RemoteGenome
from tests.app.alone import finished, words

TYPED = re.compile(r"(chr[0-9X]+):([0-9,]+)(?:-([0-9,]+))?(?: ([ACGT]+)>([ACGT]+))?")


@pytest.mark.parametrize("example", [*HG38, *MORE_HG38, *VARIANTS], ids=lambda one: one.label)
def test_each_is_a_place_of_hg38_and_teaches_something(example):
    match = TYPED.fullmatch(example.text)
    assert match
    first, last = (int(number.replace(",", "")) for number in (match[2], match[3] or match[2]))
    assert 0 < first <= last <= CONTIGS[match[1]]
    assert example.is_on(RemoteGenome())
    assert len(example.about.split()) >= 5


@pytest.mark.parametrize("example", VARIANTS, ids=lambda one: one.label)
def test_the_reference_is_what_the_genome_has(example, shared_data):
    genome = open_genome(str(shared_data / "hg38" / "hg38_partial.fa.gz"))
    variant = Variant.parse(example.text)
    assert genome.fetch(Interval(variant.contig, variant.start, variant.start + 1)) == variant.ref


def test_a_genome_of_some_contigs_lacks_the_others(shared_data):
    genome = open_genome(str(shared_data / "hg38" / "hg38_partial.fa.gz"))
    here = {example.label: example.is_on(genome) for example in MORE_HG38}
    assert here == {"HBB −87, β-thalassaemia": True, "ACP1": True, "rs7903146, TCF7L2": False,
                    "FOXP2": False, "DMD, 2.2 Mb": False}  # fmt: skip
    assert Example("x", "HBB", "").is_on(genome)


@pytest.fixture
def demo(open_view, offline):
    """The Locus view on the demo genome."""
    return open_view("locus", locus="demo1:300,001-304,000")


def labels(app) -> list[str]:
    return [button.label for button in app.button if (button.key or "").startswith("example_")]


def test_what_needs_the_network_says_so_before_it_is_clicked(demo):
    found = labels(demo)
    assert found[: len(DEMO)] == [example.label for example in DEMO]
    assert all("(hg38, needs the network)" in label for label in found[len(DEMO) :])
    assert len(found) == len(DEMO) + len(HG38) + len(MORE_HG38)
    said = words(demo)
    assert all(example.about in said for example in MORE_HG38)


def test_an_example_is_asked_for_on_its_genome(demo):
    app = finished(demo.button(key="example_DLCR").click().run())
    assert app.session_state["query"].locus == "DLCR"
    assert app.session_state["query"].genome == ""
    app = finished(demo.button(key="example_DMD, 2.2 Mb").click().run())
    assert app.session_state["query"].genome == "hg38"
