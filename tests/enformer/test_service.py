import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from enformer import service as module
from enformer.answers import Answers
from enformer.service import Service, ServiceError


def letters(answer: Any) -> str:
    return answer["letters"].upper()


@pytest.fixture
def toy(first_service) -> Service:
    first_service.answer = lambda path, query: {"letters": "abc", "path": path, "query": query}
    return Service("Toy", first_service.address, pace=0.0, timeout=0.3)


@pytest.fixture
def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def refusal(service: Service) -> ServiceError:
    with pytest.raises(ServiceError) as caught:
        service.ask("thing", {}, letters)
    assert str(caught.value).startswith(f"{service.name} {caught.value.reason}.")
    return caught.value


def test_path_and_query_arrive(toy: Service, first_service):
    answer = toy.ask("a/b:1..2", {"x": "1 & 2", "n": 3}, lambda answer: answer)
    assert answer["path"] == "/a/b:1..2"
    assert answer["query"] == {"x": "1 & 2", "n": "3"}


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_service_is_asked_again(toy: Service, first_service, status: int):
    first_service.fail(status=status)
    first_service.fail(status=status)
    assert toy.ask("thing", {}, letters) == "ABC"
    assert len(first_service.asked) == 3


def test_a_service_that_stays_busy_is_given_up(toy: Service, first_service):
    for _ in range(5):
        first_service.fail(status=500)
    assert refusal(toy).reason == "answered with error 500"
    assert len(first_service.asked) == 3


def test_the_wait_a_service_asks_for_is_kept(toy: Service, first_service):
    first_service.fail(status=429, headers={"Retry-After": "1"})
    assert toy.ask("thing", {}, letters) == "ABC"
    assert first_service.gaps[0] >= 1


def test_a_wait_too_long_for_a_person_is_an_error(toy: Service, first_service):
    first_service.fail(status=429, headers={"Retry-After": "3600"})
    assert refusal(toy).reason == "asks to wait 3600 s"
    assert len(first_service.asked) == 1


def test_a_slow_service_is_tried_twice(toy: Service, first_service):
    first_service.fail(delay=0.5)
    first_service.fail(delay=0.5)
    assert refusal(toy).reason == "did not answer within 0.3 s"
    assert len(first_service.asked) == 2


def test_an_answer_that_never_ends_is_given_up(
    toy: Service, first_service, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "_DEADLINE", -1)
    assert refusal(toy).reason == "did not answer within 0.3 s"


def test_a_service_that_is_not_there_cannot_be_reached(free_port: int):
    began = time.monotonic()
    service = Service("Nobody", f"http://127.0.0.1:{free_port}", pace=1.0)
    assert refusal(service).reason == "cannot be reached"
    assert time.monotonic() - began < 1  # nothing to wait for


@pytest.mark.parametrize("status", [400, 404])
def test_a_decline_gives_the_services_words_and_is_final(toy: Service, first_service, status: int):
    first_service.fail(status=status, body={"error": "No valid lookup found for symbol XYZ"})
    error = refusal(toy)
    assert error.declined
    assert error.reason == "answered 'No valid lookup found for symbol XYZ'"
    assert len(first_service.asked) == 1


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html>busy</html>", "sent no JSON"),
        (b"\xff\xfe", "sent no JSON"),
        (b"", "sent no JSON"),
        ({"words": "abc"}, "sent an answer that cannot be read ('letters')"),
        (["letters"], "sent an answer that cannot be read"),
        ({"letters": 5}, "sent an answer that cannot be read"),
        (None, "sent an answer that cannot be read"),
    ],
)
def test_a_strange_answer_is_refused(toy: Service, first_service, body: object, reason: str):
    first_service.fail(body=body)
    error = refusal(toy)
    assert error.reason.startswith(reason)
    assert not error.declined


def test_a_good_answer_is_kept_also_for_the_next_session(toy: Service, first_service):
    assert toy.ask_once("thing", {"n": 1}, letters) == "ABC"
    again = Service("Toy", first_service.address, pace=0.0)
    assert again.ask_once("thing", {"n": 1}, letters) == "ABC"
    assert len(first_service.asked) == 1
    assert again.ask_once("thing", {"n": 2}, letters) == "ABC"
    assert len(first_service.asked) == 2


def test_a_bad_answer_is_not_kept(toy: Service, first_service):
    first_service.fail(body={"words": "abc"})
    with pytest.raises(ServiceError):
        toy.ask_once("thing", {}, letters)
    assert toy.ask_once("thing", {}, letters) == "ABC"


def test_a_kept_answer_that_is_spoilt_is_asked_for_again(toy: Service, first_service):
    Answers().put(f"{first_service.address}/thing?", "{")
    assert toy.ask_once("thing", {}, letters) == "ABC"
    assert len(first_service.asked) == 1


def test_without_a_cache_answers_still_come(
    toy: Service, first_service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    monkeypatch.setenv("ENFORMER_LENS_CACHE", str(blocked))
    assert toy.ask_once("thing", {}, letters) == "ABC"
    assert toy.ask_once("thing", {}, letters) == "ABC"
    assert len(first_service.asked) == 2


def test_requests_of_all_instances_keep_their_distance(first_service):
    first_service.answer = lambda path, query: {"letters": "abc"}
    services = [Service("Toy", first_service.address, pace=0.2) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda service: service.ask("thing", {}, letters), services))
    assert len(first_service.asked) == 3
    assert min(first_service.gaps) > 0.19


def test_the_first_retry_keeps_its_distance_too(first_service):
    first_service.answer = lambda path, query: {"letters": "abc"}
    first_service.fail(status=500)
    Service("Toy", first_service.address, pace=0.2).ask("thing", {}, letters)
    assert min(first_service.gaps) > 0.19


def test_only_one_request_is_under_way(first_service):
    busy, most, lock = 0, 0, threading.Lock()

    def answer(path: str, query: dict[str, str]) -> object:
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        time.sleep(0.05)
        with lock:
            busy -= 1
        return {"letters": "abc"}

    first_service.answer = answer
    service = Service("Toy", first_service.address, pace=0.0)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: service.ask("thing", {}, letters), range(4)))
    assert most == 1
