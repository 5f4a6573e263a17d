"""JSON from a public service: one request at a time, paced, with patience but not without end."""

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import MaxRetryError, ProtocolError, ReadTimeoutError
from urllib3.response import BaseHTTPResponse
from urllib3.util import Retry

from enformer.answers import Answers
from enformer.errors import GenomeError

UCSC = "https://api.genome.ucsc.edu"
ENSEMBL = "https://rest.ensembl.org"

_LONGEST_WAIT = 20
_DEADLINE = 60
_KEPT_DAYS = 90
_BUSY = (429, 500, 502, 503, 504)
_Value = TypeVar("_Value")


class ServiceError(GenomeError):
    """A service gave no usable answer.

    Attributes:
        reason: a few words that follow the service's name.
        declined: the service is well, and says that there is no such thing.
    """

    def __init__(self, service: str, reason: str, declined: bool = False) -> None:
        self.reason, self.declined = reason, declined
        super().__init__(f"{service} {reason}.", do="Try again later, or work without the network.")


class Service:
    """One service. Instances of the same address in a process share its pace."""

    def __init__(
        self, name: str, url: str, pace: float = 1.0, timeout: float = 15.0, retries: int = 2
    ) -> None:
        """Sends nothing yet.

        Args:
            name: for people.
            url: without the last slash.
            pace: seconds from the start of one request to the next; also the first back-off.
            timeout: seconds without a byte.
            retries: after busy answers; a time-out is tried again once at most.
        """
        self.name, self._url, self._timeout = name, url.rstrip("/"), timeout
        self._pace = _pace_of(self._url, pace)
        self._answers = Answers()
        self._session = requests.Session()
        self._session.headers["User-Agent"] = "enformer-lens"
        retry = _Patience(
            total=retries, connect=0, read=min(1, retries), other=0, status_forcelist=_BUSY,
            backoff_factor=pace, backoff_max=8, raise_on_status=False,
        )  # fmt: skip
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=retry))

    def ask(
        self, path: str, params: Mapping[str, str | int], read: Callable[[Any], _Value]
    ) -> _Value:
        """Asks and reads the answer.

        Args:
            path: after the address, quoted.
            params: of the query.
            read: makes a value of the JSON; a KeyError, TypeError or ValueError refuses it.

        Raises:
            ServiceError: no answer, or none that `read` takes.
        """
        return self._read(self._text(self._address(path, params)), read)

    def ask_once(
        self, path: str, params: Mapping[str, str | int], read: Callable[[Any], _Value]
    ) -> _Value:
        """Like `ask`, but an answer that was good is kept on disk for 90 days."""
        url = self._address(path, params)
        if (kept := self._answers.get(url)) is not None:
            try:
                return self._read(kept, read)
            except ServiceError as spoilt:
                logging.getLogger(__name__).warning("A kept answer is asked for again: %s", spoilt)
        text = self._text(url)
        value = self._read(text, read)
        self._answers.put(url, text, days=_KEPT_DAYS)
        return value

    def _address(self, path: str, params: Mapping[str, str | int]) -> str:
        return f"{self._url}/{path}?{urlencode(params)}"

    def _read(self, text: str, read: Callable[[Any], _Value]) -> _Value:
        try:
            content = json.loads(text)
        except ValueError as broken:
            raise ServiceError(self.name, "sent no JSON") from broken
        try:
            return read(content)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as odd:
            raise ServiceError(self.name, f"sent an answer that cannot be read ({odd})") from odd

    def _text(self, url: str) -> str:
        try:
            with self._pace, self._session.get(url, timeout=self._timeout, stream=True) as response:
                text = self._body(response)
        except requests.RequestException as failed:
            raise ServiceError(self.name, self._why(failed)) from failed
        if response.status_code != 200:
            declined = response.status_code in (400, 404)
            raise ServiceError(self.name, _said(response.status_code, text), declined)
        return text

    def _body(self, response: requests.Response) -> str:
        """The whole text; a time-out alone would let a trickle of bytes go on for ever."""
        end, pieces = time.monotonic() + _DEADLINE, []
        for piece in response.iter_content(65_536):
            pieces.append(piece)
            if time.monotonic() > end:
                raise requests.Timeout
        return b"".join(pieces).decode("utf-8", errors="replace")

    def _why(self, failed: requests.RequestException) -> str:
        cause = failed.args[0] if failed.args else None
        cause = cause.reason if isinstance(cause, MaxRetryError) else cause
        if isinstance(failed, requests.Timeout) or isinstance(cause, ReadTimeoutError):
            return f"did not answer within {self._timeout:g} s"
        if isinstance(cause, _TooLongError):
            return str(cause)
        if isinstance(failed, requests.ConnectionError):
            return "cannot be reached"
        return f"failed ({type(failed).__name__})"


class _TooLongError(ProtocolError):
    """A service asks for more patience than a person has; of a kind that requests passes on."""


class _Patience(Retry):
    """Waits before the first retry too, and does not wait for ever when told to."""

    def get_backoff_time(self) -> float:
        return float(max(super().get_backoff_time(), self.backoff_factor))

    def sleep_for_retry(self, response: BaseHTTPResponse) -> bool:
        wait = self.get_retry_after(response) or 0
        if wait > _LONGEST_WAIT:
            raise _TooLongError(f"asks to wait {wait:g} s")
        return super().sleep_for_retry(response)


class _Pace:
    """Lets one request in at a time, and its start follow the last one's by some seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._lock, self._next = seconds, threading.Lock(), 0.0

    def __enter__(self) -> None:
        self._lock.acquire()
        time.sleep(max(0.0, self._next - time.monotonic()))
        self._next = time.monotonic() + self._seconds

    def __exit__(self, *_: object) -> None:
        self._lock.release()


_PACES: dict[tuple[str, float], _Pace] = {}
_PACES_LOCK = threading.Lock()


def _pace_of(url: str, seconds: float) -> _Pace:
    with _PACES_LOCK:
        return _PACES.setdefault((url, seconds), _Pace(seconds))


def _said(status: int, text: str) -> str:
    """The service's own words in an error answer, or its number."""
    try:
        words = json.loads(text)["error"]
    except (ValueError, KeyError, TypeError):
        words = None
    return (
        f"answered {words[:300].strip()!r}"
        if isinstance(words, str)
        else f"answered with error {status}"
    )
