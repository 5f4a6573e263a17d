"""What is kept in memory, and how much of it."""

from dataclasses import dataclass

import numpy as np
import pytest

from app.computing.memory import Memory, array_bytes


@dataclass(frozen=True, eq=False)
class Result:
    values: np.ndarray
    more: dict[str, np.ndarray]
    name: str = "a result"


def result(kib: int) -> Result:
    return Result(np.zeros(kib * 512, np.uint8), {"rest": np.zeros(kib * 512, np.uint8)})


def refuse() -> Result:
    pytest.fail("it is kept and must not be made again")


def test_the_bytes_of_all_arrays_are_counted():
    assert array_bytes(result(3)) == 3 * 1024
    assert array_bytes((result(1), [result(2)], None, "text", 7)) == 3 * 1024


def test_what_was_made_is_handed_out_again():
    memory, made = Memory(), result(1)
    assert memory.get("a", lambda: made) is made
    assert memory.get("a", refuse) is made


def test_what_was_not_used_for_longest_goes_first():
    memory = Memory(limit=3 * 1024)
    kept = {name: memory.get(name, lambda: result(1)) for name in "abc"}
    assert memory.get("a", refuse) is kept["a"]
    memory.get("d", lambda: result(1))
    assert memory.held == 3 * 1024
    assert memory.get("a", refuse) is kept["a"]
    assert memory.get("b", lambda: None) is None


def test_one_result_above_the_limit_stays_until_the_next_one():
    memory, large = Memory(limit=1024), result(5)
    assert memory.get("large", lambda: large) is large
    assert memory.get("large", refuse) is large
    memory.get("small", lambda: result(1))
    assert memory.get("large", lambda: None) is None
    assert memory.held == 1024


def test_nothing_is_not_kept():
    memory, made = Memory(), result(1)
    assert memory.get("a", lambda: None) is None
    assert memory.get("a", lambda: made) is made
