import json

import numpy as np
import pytest

from app.asking.pasted import PastedGenome
from app.computing.job import JobState
from app.computing.predictions import answer_from, requests_for, work_for
from app.computing.results import ResultStore
from app.computing.stored_predictions import reader
from app.jobs import JobQueue
from enformer import Interval, Variant, open_genome, predict
from enformer.errors import GenomeError

WINDOW = Interval("demo1", 300_000, 316_384)


@pytest.fixture(scope="module")
def genome():
    return open_genome("demo")


@pytest.fixture(scope="module")
def variant(genome):
    ref = genome.fetch(Interval("demo1", 308_000, 308_001))
    return Variant("demo1", 308_001, ref, "A" if ref != "A" else "C")


@pytest.fixture
def store(tmp_path):
    store = ResultStore(tmp_path / "results")
    yield store
    store.close()


@pytest.fixture
def queue():
    queue = JobQueue()
    yield queue
    queue.close()


def test_a_key_pins_model_genome_window_and_variant(tiny_checkpoint, genome, variant):
    reference, alternative = requests_for(tiny_checkpoint, genome, WINDOW, variant)
    assert reference == requests_for(tiny_checkpoint, genome, WINDOW, None)[0]
    other = Variant("demo1", 308_001, variant.ref, "G" if variant.ref != "G" else "T")
    keys = {
        reference.key,
        alternative.key,
        requests_for(tiny_checkpoint, genome, WINDOW.shift(1), None)[0].key,
        requests_for(tiny_checkpoint, PastedGenome("ACGT"), WINDOW, None)[0].key,
        requests_for(tiny_checkpoint, genome, WINDOW, other)[1].key,
    }
    assert len(keys) == 5
    assert tiny_checkpoint.sha256 in json.loads(reference.key)


def test_every_single_base_variant_has_its_own_key(tiny_checkpoint, genome):
    """Hashing the sequence as Streamlit does would give most of them the reference's answer."""
    keys = set()
    for start in range(WINDOW.start, WINDOW.start + 300):
        ref = genome.fetch(Interval("demo1", start, start + 1))
        for alt in set("ACGT") - {ref}:
            variant = Variant("demo1", start + 1, ref, alt)
            keys.add(requests_for(tiny_checkpoint, genome, WINDOW, variant)[1].key)
    assert len(keys) == 900


def test_the_work_predicts_both_alleles_and_keeps_them(
    tiny_checkpoint, genome, variant, store, queue
):
    requests = requests_for(tiny_checkpoint, genome, WINDOW, variant)
    job = queue.submit("key", work_for(requests, tiny_checkpoint, genome, store), watcher="me")
    assert queue.wait(job, 60)
    answer = answer_from(queue.result(job))
    expected = predict(tiny_checkpoint, genome, WINDOW, variant=variant)
    assert answer.alternative is not None
    np.testing.assert_array_equal(answer.alternative.values["human"], expected.values["human"])
    assert not np.array_equal(answer.reference.values["human"], expected.values["human"])
    assert answer.reference.variant is None
    for request in requests:
        assert store.get(request.key, reader(tiny_checkpoint)) is not None


def test_what_was_computed_before_a_cancel_is_kept(tiny_checkpoint, genome, variant, store):
    """REF is done when the person leaves during ALT: asking again must not compute it anew."""
    requests = requests_for(tiny_checkpoint, genome, WINDOW, variant)
    work, queue, said = work_for(requests, tiny_checkpoint, genome, store), JobQueue(), []

    def leaves_during_alt(control):
        tell = control.progress

        def progress(fraction, doing):
            said.append(doing)
            if doing.startswith("ALT"):
                control.cancel()
            tell(fraction, doing)

        control.progress = progress
        return work(control)

    job = queue.submit("key", leaves_during_alt, watcher="me")
    assert queue.wait(job, 60)
    assert queue.status(job).state is JobState.CANCELLED
    assert any(doing.startswith("REF: conv tower") for doing in said)
    assert store.get(requests[0].key, reader(tiny_checkpoint)) is not None
    assert store.get(requests[1].key, reader(tiny_checkpoint)) is None
    queue.close()


def test_progress_rises_over_both_alleles(tiny_checkpoint, genome, variant, store, queue):
    fractions = []

    def watched(control):
        tell = control.progress
        control.progress = lambda f, doing: (fractions.append(f), tell(f, doing))
        return work_for(
            requests_for(tiny_checkpoint, genome, WINDOW, variant), tiny_checkpoint, genome, store
        )(control)

    job = queue.submit("key", watched, watcher="me")
    assert queue.wait(job, 60)
    assert fractions == sorted(fractions)
    assert fractions[0] == 0.0
    assert fractions[-1] == pytest.approx(1.0)
    assert len(fractions) > 10


def test_a_pasted_sequence_is_read_as_it_is():
    genome = PastedGenome("ACGTNACGT")
    assert genome.fetch(Interval("sequence", 2, 6)) == "GTNA"
    assert genome.fetch(Interval("sequence", -2, 11), pad=True) == "NNACGTNACGTNN"
    assert genome.identity != PastedGenome("ACGTNACGA").identity
    with pytest.raises(GenomeError):
        genome.fetch(Interval("sequence", 8, 12))
