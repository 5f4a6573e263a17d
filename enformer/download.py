"""Downloads one file: resumed where it stopped, checked, and only then given its name."""

import os
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from enformer.errors import AssetError
from enformer.files import sha256_of

RETRY = Retry(
    total=4,
    backoff_factor=1.0,
    status_forcelist=(429, 500, 502, 503, 504),
    allowed_methods=("GET",),
    raise_on_status=False,
)
_TIMEOUT = (10, 60)  # seconds to connect, and between two pieces
_PIECE = 1 << 18
_AGENT = {"User-Agent": "enformer-lens", "Accept-Encoding": "identity"}  # ranges count plain bytes
_AGAIN = "Run it again: it goes on where it stopped."


def download(
    url: str,
    target: Path,
    size: int,
    sha256: str | None,
    watch: Callable[[int], None] = lambda here: None,
) -> Path:
    """Fetch a file of known size; what has arrived waits in `<target>.part`.

    Args:
        url: http or https address.
        target: where the checked file goes; `<target>.sha256` is written beside it.
        size: bytes it must have.
        sha256: hex digest it must have; None accepts and records the one that came.
        watch: called with the bytes that are here after each piece; may raise to stop.

    Raises:
        AssetError: the server cannot be reached, or sends something else.
    """
    part = target.with_name(target.name + ".part")
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        with requests.Session() as session:
            session.headers.update(_AGENT)
            for scheme in ("http://", "https://"):
                session.mount(scheme, HTTPAdapter(max_retries=RETRY))
            _fill(session, url, part, size, watch)
        return _accept(part, target, size, sha256, url)
    except requests.RequestException as error:
        wrong, do = _network_reason(error)
        raise AssetError(wrong, read=url, do=do) from error
    except OSError as error:
        wrong = f"{part} cannot be written: {error.strerror}."
        raise AssetError(wrong, read=url, do="Free space or rights there. " + _AGAIN) from error


def _fill(
    session: requests.Session, url: str, part: Path, size: int, watch: Callable[[int], None]
) -> None:
    """Stream until the part is whole; a broken connection is taken up while bytes still come."""
    while (here := _bytes_in(part)) < size:
        try:
            return _stream(session, url, part, size, watch)
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
            if _bytes_in(part) <= here:
                raise
    return watch(here)


def _stream(
    session: requests.Session, url: str, part: Path, size: int, watch: Callable[[int], None]
) -> None:
    here = _bytes_in(part)
    asked = {"Range": f"bytes={here}-"} if here else {}
    with session.get(url, headers=asked, stream=True, timeout=_TIMEOUT) as reply:
        reply.raise_for_status()
        resumed = reply.status_code == HTTPStatus.PARTIAL_CONTENT
        _check_announced(reply, here if resumed else 0, size)
        with part.open("ab" if resumed else "wb") as out:
            for piece in reply.iter_content(_PIECE):
                out.write(piece)
                watch(out.tell())


def _check_announced(reply: requests.Response, here: int, size: int) -> None:
    """Refuse a file of another size before a gigabyte of it has come."""
    length = reply.headers.get("Content-Length", "")
    if length.isdigit() and "Content-Encoding" not in reply.headers and here + int(length) != size:
        raise AssetError(
            f"The server offers {here + int(length):,} bytes where {size:,} are right.",
            read=reply.url,
            do="The file was changed or cut short there; point to a good copy on disk instead.",
        )


def _accept(part: Path, target: Path, size: int, sha256: str | None, url: str) -> Path:
    """Check the part, note its digest beside the target, and give it its name."""
    came, found = _bytes_in(part), sha256_of(part)
    if came != size or sha256 not in (None, found):
        part.unlink()
        raise AssetError(
            f"What came has {came:,} bytes and sha256 {found}, but {size:,} bytes and "
            f"{sha256 or 'any sha256'} are right; it was deleted.",
            read=url,
            do="Run it again. If that does not help, the file was changed there: point to a good "
            "copy on disk instead.",
        )
    _record(target).write_text(f"{found}  {target.name}\n")
    os.replace(part, target)
    return target


def recorded_sha256(path: Path) -> str | None:
    """The digest written beside a file when it was downloaded, if any."""
    record = _record(path)
    words = record.read_text().split() if record.is_file() else []
    return words[0] if words else None


def _record(path: Path) -> Path:
    return path.with_name(path.name + ".sha256")


def _bytes_in(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _network_reason(error: requests.RequestException) -> tuple[str, str]:
    """What is wrong, and what to do."""
    if error.response is not None:
        status, reason = error.response.status_code, error.response.reason
        moved = 400 <= status < 500 and status != HTTPStatus.TOO_MANY_REQUESTS
        do = "The file was moved or withdrawn; point to a copy on disk instead."
        return f"The server answered {status} {reason}.", do if moved else _AGAIN
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "The connection broke.", _AGAIN
    return (
        "The server cannot be reached or does not answer in time.",
        f"Check the network. {_AGAIN}",
    )
