import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from enformer.answers import Answers
from enformer.cache import cache_dir


def test_what_is_put_comes_back_also_from_another_instance():
    Answers().put("key", "text" * 50_000)
    assert Answers().get("key") == "text" * 50_000
    assert Answers().get("other") is None
    assert any(cache_dir("answers").iterdir())


def test_it_ends_after_its_days(tmp_path: Path):
    answers = Answers(tmp_path)
    answers.put("gone", "text", days=0)
    answers.put("here", "text", days=1)
    assert (answers.get("gone"), answers.get("here")) == (None, "text")


def test_threads_share_it(tmp_path: Path):
    answers, together = Answers(tmp_path), threading.Barrier(8)

    def use(number: int) -> bool:
        together.wait()
        for i in range(20):
            answers.put(f"{number}/{i}", str(i) * 1_000)
        return all(answers.get(f"{number}/{i}") == str(i) * 1_000 for i in range(20))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(use, range(8)))


def test_a_broken_or_blocked_cache_is_no_cache(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    (tmp_path / "file").write_text("")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "cache.db").write_text("this is no database" * 100)
    for name in ("file", "broken"):
        answers = Answers(tmp_path / name)
        answers.put("key", "text")
        assert answers.get("key") is None
        assert "cannot be used" in caplog.text
        caplog.clear()
