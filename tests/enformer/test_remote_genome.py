import random
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import pytest

from enformer import remote_genome
from enformer.answers import Answers
from enformer.coordinates import Interval
from enformer.errors import GenomeError
from enformer.remote_genome import RemoteGenome

BLOCK = 65_536


@cache
def base(position: int) -> str:
    """Reference of the local services: every position has its letter."""
    return "acgtACGTN"[(position * 2_654_435_761 >> 7) % 9]


def dna(start: int, end: int) -> str:
    return "".join(map(base, range(start, end)))


def ucsc(path: str, query: dict[str, str]) -> dict[str, object]:
    start, end = int(query["start"]), int(query["end"])
    return {
        "downloadTime": "2026:01:01T00:00:00Z",
        "downloadTimeStamp": 1767225600,
        "genome": query["genome"],
        "chrom": query["chrom"],
        "start": start,
        "end": end,
        "dna": dna(start, end),
    }


def ensembl(path: str, query: dict[str, str]) -> dict[str, object]:
    name, span, _ = path.removeprefix("/sequence/region/human/").split(":")
    first, last = map(int, span.split(".."))
    return {
        "query": path.rsplit("/", 1)[1],
        "id": f"chromosome:GRCh38:{name}:{first}:{last}:1",
        "molecule": "dna",
        "seq": dna(first - 1, last).upper(),
    }


@pytest.fixture
def genome(first_service, second_service) -> RemoteGenome:
    first_service.answer, second_service.answer = ucsc, ensembl
    return RemoteGenome(first_service.address, second_service.address, pace=0.0, timeout=1.0)


@pytest.mark.parametrize(
    "interval",
    [
        Interval("chr11", 0, 1),
        Interval("chr11", 5_225_000, 5_225_010),
        Interval("chr11", BLOCK, 2 * BLOCK),
        Interval("chr11", BLOCK - 1, BLOCK + 1),
        Interval("chr11", 5_200_000, 5_396_608),
        Interval("chrM", 16_000, 16_569),
        Interval("chr11", 135_086_600, 135_086_622),
    ],
)
def test_every_window_is_what_the_service_has(genome: RemoteGenome, interval: Interval):
    expected = dna(interval.start, interval.end).upper()
    assert genome.fetch(interval) == expected
    assert genome.fetch(interval) == expected


def test_the_request_is_whole_blocks_in_the_form_ucsc_documents(
    genome: RemoteGenome, first_service
):
    genome.fetch(Interval("NC_000011.10", BLOCK + 5, BLOCK + 10))
    assert first_service.asked == [
        "/getData/sequence?genome=hg38&chrom=chr11&start=65536&end=131072"
    ]


def test_a_block_never_reaches_beyond_the_contig(genome: RemoteGenome, first_service):
    genome.fetch(Interval("chrM", 100, 200))
    assert first_service.asked == ["/getData/sequence?genome=hg38&chrom=chrM&start=0&end=16569"]


def test_neighbours_share_what_is_here_also_in_the_next_session(
    genome: RemoteGenome, first_service, second_service
):
    genome.fetch(Interval("chr11", 2 * BLOCK, 4 * BLOCK))
    again = RemoteGenome(first_service.address, second_service.address, pace=0.0)
    wide = Interval("chr11", BLOCK + 7, 5 * BLOCK - 7)
    assert again.fetch(wide) == dna(wide.start, wide.end).upper()
    spans = [url.split("start=")[1] for url in first_service.asked]
    assert spans == ["131072&end=262144", "65536&end=131072", "262144&end=327680"]
    again.fetch(wide)
    assert len(first_service.asked) == 3


def test_much_is_asked_for_in_parts(
    genome: RemoteGenome, first_service, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(remote_genome, "_BLOCKS_A_REQUEST", 2)
    genome.fetch(Interval("chr11", 3 * BLOCK, 4 * BLOCK))
    first_service.log.clear()
    assert genome.fetch(Interval("chr11", 0, 6 * BLOCK)) == dna(0, 6 * BLOCK).upper()
    spans = [url.split("start=")[1] for url in first_service.asked]
    assert spans == ["0&end=131072", "131072&end=196608", "262144&end=393216"]


def test_padding_is_explicit(genome: RemoteGenome):
    text = genome.fetch(Interval("chr11", -10, 5), pad=True)
    assert text == "N" * 10 + dna(0, 5).upper()
    with pytest.raises(GenomeError, match="5 bp of it lie outside chr11"):
        genome.fetch(Interval("chr11", -5, 5))


def test_an_alt_contig_is_refused_without_asking(genome: RemoteGenome, first_service):
    with pytest.raises(GenomeError, match="no such contig"):
        genome.fetch(Interval("chr11_KI270721v1_random", 0, 5))
    assert first_service.asked == []


WRONG = {
    "another assembly": {"genome": "hg19"},
    "another contig": {"chrom": "chr12"},
    "another place": {"start": 1},
    "too short": {"dna": dna(0, BLOCK - 1)},
    "too long": {"dna": dna(0, BLOCK + 1)},
    "no DNA": {"dna": "#" * BLOCK},
    "no sequence": {"dna": None},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_answer_of_the_first_is_made_good_by_the_second(
    genome: RemoteGenome, first_service, second_service, wrong: dict[str, object]
):
    first_service.answer = lambda path, query: ucsc(path, query) | wrong
    interval = Interval("chr11", 10, 30)
    assert genome.fetch(interval) == dna(10, 30).upper()
    assert second_service.asked == [
        "/sequence/region/human/11:1..65536:1?content-type=application/json"
    ]


FAILURES = {
    "status 500": [{"status": 500}] * 3,
    "status 429": [{"status": 429, "headers": {"Retry-After": "999"}}],
    "not found": [{"status": 404, "body": {"error": "unknown"}}],
    "no JSON": [{"body": b"<html>"}],
    "slow": [{"delay": 1.3}] * 2,
}


@pytest.mark.parametrize("failures", FAILURES.values(), ids=FAILURES.keys())
def test_a_failing_first_service_is_made_good_by_the_second(
    genome: RemoteGenome, first_service, second_service, failures: list[dict]
):
    for failure in failures:
        first_service.fail(**failure)
    assert genome.fetch(Interval("chrX", 10, 30)) == dna(10, 30).upper()
    assert len(second_service.asked) == 1


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"id": "chromosome:GRCh37:11:1:65536:1"}, "GRCh37"),
        ({"id": "chromosome:GRCh38:11:2:65536:1"}, "11:2:65536"),
        ({"seq": "ACGT"}, "4 bp instead of 65,536"),
    ],
)
def test_when_both_fail_each_reason_is_given_and_what_to_do(
    genome: RemoteGenome, first_service, second_service, changed: dict[str, str], reason: str
):
    for _ in range(3):
        first_service.fail(status=503)
    second_service.answer = lambda path, query: ensembl(path, query) | changed
    with pytest.raises(GenomeError) as refused:
        genome.fetch(Interval("chr11", 10, 30))
    assert "UCSC answered with error 503; Ensembl sent" in refused.value.wrong
    assert reason in refused.value.wrong
    assert refused.value.read == "chr11:11-30"
    assert "FASTA" in refused.value.do
    assert refused.value.example == "demo"


def test_nothing_wrong_is_kept(genome: RemoteGenome, first_service, second_service):
    first_service.fail(body=b"")
    second_service.fail(body=b"")
    with pytest.raises(GenomeError):
        genome.fetch(Interval("chr11", 10, 30))
    assert genome.fetch(Interval("chr11", 10, 30)) == dna(10, 30).upper()


@pytest.mark.parametrize("spoilt", ["ACGT", "", "#" * BLOCK])
def test_a_spoilt_block_is_fetched_again(genome: RemoteGenome, first_service, spoilt: str):
    genome.fetch(Interval("chr11", 10, 30))
    Answers().put(f"hg38/chr11/{BLOCK}/0", spoilt)
    assert genome.fetch(Interval("chr11", 10, 30)) == dna(10, 30).upper()
    assert len(first_service.asked) == 2


def test_ambiguity_codes_become_n_whichever_service_answers(genome: RemoteGenome, first_service):
    first_service.answer = lambda path, query: ucsc(path, query) | {"dna": "acgtRYMK" * 8_192}
    assert genome.fetch(Interval("chr3", 0, 8)) == "ACGTNNNN"


def test_threads_that_want_the_same_window_ask_once(genome: RemoteGenome, first_service):
    together = threading.Barrier(6)

    def read(_: int) -> str:
        together.wait()
        return genome.fetch(Interval("chr11", 1_000, 200_000))

    with ThreadPoolExecutor(6) as pool:
        found = set(pool.map(read, range(6)))
    assert found == {dna(1_000, 200_000).upper()}
    assert len(first_service.asked) == 1


def test_random_windows_in_random_order_agree_with_the_service(genome: RemoteGenome):
    numbers = random.Random(2)
    for _ in range(15):
        start = numbers.randrange(12 * BLOCK)
        end = start + numbers.randint(1, 3 * BLOCK)
        assert genome.fetch(Interval("chr2", start, end)) == dna(start, end).upper()


def test_it_says_what_it_is():
    genome = RemoteGenome()
    assert (genome.assembly, genome.identity) == ("hg38", "hg38:GRCh38")
    assert len(genome.contigs) == 25
    assert genome.length("chr1") == 248_956_422
    assert "UCSC" in genome.description
