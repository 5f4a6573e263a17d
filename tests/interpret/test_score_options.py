"""Options of a table, as the command line says them and as a run does."""

import pytest

from enformer import open_genome
from enformer.errors import EnformerLensError
from interpret.score import _options, _parser
from interpret.score_options import Options

EVERY = Options(
    scores=("D2", "SAD"),
    heads=("human", "mouse"),
    tracks=("human/1", "mouse/3"),
    assays=("CAGE", "DNASE"),
    grid=1,
    outside=0.25,
    reverse_complement=True,
    shifts=(-1, 0, 1),
)


@pytest.mark.parametrize("options", [Options(), EVERY])
def test_the_words_are_read_as_what_they_say(options):
    given = ["calls.vcf", "--genome", "demo", "--out", "x.tsv", *options.words()]
    assert _options(_parser().parse_args(given)) == options


def test_options_that_are_as_without_them_are_left_out():
    assert Options().words() == []
    assert len(EVERY.words()) == 8


def test_heads_are_those_of_the_assembly_where_none_is_named(tiny_checkpoint):
    genome = open_genome("demo")
    assert Options().scored(tiny_checkpoint, genome).heads == ("human",)  # as its card says
    assert Options(heads=("mouse",)).scored(tiny_checkpoint, genome).heads == ("mouse",)
    with pytest.raises(EnformerLensError, match="no such head"):
        Options(heads=("rat",)).scored(tiny_checkpoint, genome)
