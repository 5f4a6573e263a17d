import pytest

from app.computing.job import Control, JobState, out_of_memory
from enformer.errors import Cancelled


@pytest.mark.parametrize("state", JobState)
def test_what_is_finished_neither_waits_nor_runs(state):
    assert state.finished is (state not in {JobState.QUEUED, JobState.RUNNING})


@pytest.mark.parametrize(
    ("error", "is_memory"),
    [
        (MemoryError(), True),
        (type("OutOfMemoryError", (RuntimeError,), {})("CUDA out of memory"), True),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"), True),
        (RuntimeError("shapes differ"), False),
    ],
)
def test_out_of_memory_is_recognised(error, is_memory):
    assert out_of_memory(error) is is_memory


def test_progress_raises_once_nobody_waits():
    control = Control(batch=1)
    control.progress(2.0, "beyond")
    assert control.fraction == 1.0
    control.cancel()
    with pytest.raises(Cancelled):
        control.progress(0.1, "on")
