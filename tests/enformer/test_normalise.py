"""Normalised variants against brute force on small genomes full of repeats."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enformer.alleles import trim
from enformer.coordinates import Interval, Variant
from enformer.errors import EnformerLensError, QueryError
from enformer.genome import Genome, open_genome
from enformer.normalise import complete, normalise
from enformer.notation import Edit, read_variant

CONTIGS = {f"r{seed}": "".join(random.Random(seed).choices("AC", k=24)) for seed in range(12)} | {
    "repeat": "GT" + "CA" * 400 + "TTG",
    "run": "A" * 300,
    "plain": "GATTACAGGGATCCNNNACGT",
}


@pytest.fixture(scope="module")
def genome(tmp_path_factory: pytest.TempPathFactory) -> Genome:
    path: Path = tmp_path_factory.mktemp("genome") / "toy.fa"
    path.write_text("".join(f">{name}\n{bases}\n" for name, bases in CONTIGS.items()))
    return open_genome(path)


def haplotype(variant: Variant) -> str:
    sequence = CONTIGS[variant.contig]
    assert sequence[variant.start : variant.end] == variant.ref
    return sequence[: variant.start] + variant.alt + sequence[variant.end :]


def smallest_edits(before: str, after: str) -> Iterator[tuple[int, int, int]]:
    """(size, start, end) of every stretch whose replacement turns one sequence into the other."""
    for start in range(len(before) + 1):
        if before[:start] != after[:start]:
            return
        for end in range(start, len(before) + 1):
            tail = len(before) - end
            alt = len(after) - tail - start
            if alt >= 0 and before[end:] == after[len(after) - tail :]:
                yield end - start + alt, start, end


@st.composite
def edits(draw: st.DrawFn) -> Edit:
    contig = draw(st.sampled_from([name for name in CONTIGS if name[1:].isdigit()]))
    length = len(CONTIGS[contig])
    start = draw(st.integers(0, length))
    end = draw(st.integers(start, min(length, start + 6)))
    return Edit(contig, start, end, None, draw(st.text("AC", max_size=6)))


@given(edits())
def test_the_smallest_leftmost_edit_with_the_same_sequence(genome: Genome, edit: Edit) -> None:
    before = CONTIGS[edit.contig]
    after = before[: edit.start] + edit.alt + before[edit.end :]
    if after == before or not after:
        with pytest.raises(QueryError):
            complete(edit, genome)
        return
    variant, _ = complete(edit, genome)
    assert haplotype(variant) == after
    start, ref, alt = trim(variant.start, variant.ref, variant.alt)
    assert (len(ref) + len(alt), start, start + len(ref)) == min(smallest_edits(before, after))
    assert normalise(variant, genome) == variant


@given(edits())
def test_trimmed_alleles_carry_one_anchor_at_most(genome: Genome, edit: Edit) -> None:
    try:
        variant, _ = complete(edit, genome)
    except QueryError:
        return
    assert min(len(variant.ref), len(variant.alt)) == 1 or variant.ref[-1] != variant.alt[-1]
    assert variant.ref[0] != variant.alt[0] or len(variant.ref) != len(variant.alt)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain:3:T>A", "plain:3:T>A"),
        ("plain:2:ATT>ATA", "plain:4:T>A"),
        ("plain:10:GA>G", "plain:10:GA>G"),
        ("plain:9:GG>G", "plain:7:AG>A"),
        ("plain:g.3del", "plain:2:AT>A"),
        ("plain:g.4del", "plain:2:AT>A"),
        ("plain:g.4dup", "plain:2:A>AT"),
        ("plain:g.1del", "plain:1:GA>A"),
        ("plain:g.5_6dup", "plain:4:T>TAC"),
        ("plain:g.2_3insA", "plain:1:G>GA"),
        ("plain:g.1_4inv", "plain:1:GATT>AATC"),
        ("plain:g.1_4delinsC", "plain:1:GATT>C"),
        ("plain:4:TA>-", "plain:3:TTA>T"),
        ("repeat:g.801_802del", "repeat:2:TCA>T"),
        ("repeat:g.802_803insCA", "repeat:2:T>TCA"),
        ("repeat:g.801del", "repeat:800:AC>A"),
        ("run:g.300dup", "run:1:A>AA"),
        ("run:g.290_300del", "run:1:AAAAAAAAAAAA>A"),
    ],
)
def test_known_answers(genome: Genome, text: str, expected: str) -> None:
    variant, _ = complete(read_variant(text), genome)
    assert variant.key == expected


def test_unknown_bases_stop_the_move(genome: Genome) -> None:
    variant, _ = complete(read_variant("plain:g.17del"), genome)
    assert variant.key == "plain:16:NN>N"


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("plain:3:T>A", ""),
        ("plain:2:ATT>ATA", "Trimmed to the bases that differ: plain:4 T>A."),
        (
            "plain:9:GG>G",
            "Trimmed and left-aligned to plain:7 AG>A, which gives the same sequence.",
        ),
        ("plain:g.4del", "Written as in VCF, left-aligned: plain:2 AT>A."),
    ],
)
def test_what_was_changed_is_said(genome: Genome, text: str, note: str) -> None:
    assert " ".join(complete(read_variant(text), genome)[1]) == note


@pytest.mark.parametrize(
    ("text", "corrected", "why"),
    [
        ("plain:3:A>T", "plain:3:T>A", "swap"),  # ALT fits: swapped
        ("plain:3:A>G", "plain:3:T>C", "strand"),  # the complement fits
        ("plain:3:C>G", "plain:3:T>G", "genome's allele as REF"),
        ("plain:2:A>ATT", None, None),  # fits as it stands
        ("plain:2:ATTA>A", None, None),
        ("plain:2:GG>ATTA", "plain:2:ATTA>GG", "swap"),
        ("plain:1:AT>A", "plain:1:GA>A", "genome's allele"),
        ("plain:g.3delC", "plain:2:AT>A", "genome's allele"),
        ("plain:g.3dupC", "plain:2:A>AT", "genome's allele"),
        ("plain:3:AC>A", "plain:3:TT>A", "genome's allele"),
    ],
)
def test_a_wrong_ref_is_corrected(
    genome: Genome, text: str, corrected: str | None, why: str | None
) -> None:
    if corrected is None:
        assert complete(read_variant(text), genome)[0].contig == "plain"
        return
    with pytest.raises(QueryError, match=why) as caught:
        complete(read_variant(text), genome)
    assert "REF is" in caught.value.wrong
    assert caught.value.example == corrected


@given(edits(), st.text("ACGT", min_size=1, max_size=4))
def test_every_correction_works(genome: Genome, edit: Edit, ref: str) -> None:
    edit = edit._replace(ref=ref, end=min(edit.start + len(ref), len(CONTIGS[edit.contig])))
    try:
        complete(edit, genome)
    except QueryError as error:
        if "REF is" in error.wrong:
            complete(read_variant(error.example), genome)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("plain:15:A>T", "unknown bases"),
        ("plain:21:TT>T", "ends at 21"),
        ("plain:400:T>A", "ends at 21"),
        ("plain:g.1_21del", "whole contig"),
        ("plain:g.3delinsT", "same before and after"),
        ("nowhere:5:T>A", "no such contig"),
    ],
)
def test_refusals(genome: Genome, text: str, reason: str) -> None:
    with pytest.raises(EnformerLensError, match=reason):
        complete(read_variant(text), genome)


def test_a_span_no_window_holds_is_refused(shared_data: Path) -> None:
    genome = open_genome(shared_data / "hg38/hg38_partial.fa.gz")
    with pytest.raises(QueryError, match="no window"):
        complete(read_variant("chr11:g.5000000_6000000del"), genome)


def test_real_ref_alleles_and_their_swaps(shared_data: Path) -> None:
    genome = open_genome(shared_data / "hg38/hg38_partial.fa.gz")
    rows = (shared_data / "vcf/eqtl.vcf").read_text().splitlines()[1:]
    flipped = (shared_data / "vcf/eqtl_flip.vcf").read_text().splitlines()[1:]
    for row, flip in zip(rows, flipped, strict=True):
        variant, notes = complete(read_variant(row), genome)
        assert notes == ()
        assert genome.fetch(Interval("chr1", variant.start, variant.end)) == variant.ref
        with pytest.raises(QueryError, match="swap") as caught:
            complete(read_variant(flip), genome)
        assert caught.value.example == variant.key
