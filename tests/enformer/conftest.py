"""Local web servers with the shapes and the faults of the real ones."""

import contextlib
import hashlib
import itertools
import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import huggingface_hub.constants
import pytest

_PUBLISHED_CONFIG = {
    "architectures": ["Enformer"], "attn_dim_key": 64, "attn_dropout": 0.05, "depth": 11,
    "dim": 1536, "dim_divisible_by": 128, "dropout_rate": 0.4, "heads": 8,
    "model_type": "enformer", "num_downsamples": 7,
    "output_heads": {"human": 5313, "mouse": 1643}, "pos_dropout": 0.01, "target_length": 896,
    "torch_dtype": "float32", "transformers_version": "4.16.2", "use_checkpointing": False,
}  # fmt: skip


@dataclass
class FileServer:
    """Serves `files` by path, with ranges; `/<repo>/resolve/<revision>/<file>` redirects as the Hub does.

    A path's `faults` are used up one a request: an int answers with that status, `("cut", n)` breaks
    off after n bytes, `("stall", n)` sends n bytes and waits, `("closed", n)` sends n bytes without
    announcing a length, `"whole"` ignores ranges.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    faults: dict[str, list[object]] = field(default_factory=dict)
    log: list[tuple[str, str]] = field(default_factory=list)
    address: str = ""
    released: threading.Event = field(default_factory=threading.Event)

    def ranges(self, path: str) -> list[str]:
        return [asked for seen, asked in self.log if seen == path]


class _Handler(BaseHTTPRequestHandler):
    site: FileServer

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        site, asked = self.site, self.headers.get("Range", "")
        site.log.append((self.path, asked))
        queue = site.faults.get(self.path, [])
        fault = queue.pop(0) if queue else None
        if isinstance(fault, int) or self.path not in site.files:
            self._status(fault if isinstance(fault, int) else 404)
        elif "/resolve/" in self.path:
            self._redirect()
        else:
            self._send(site.files[self.path], "" if fault == "whole" else asked, fault)

    def _status(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Retry-After", "0")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _redirect(self) -> None:
        self.send_response(302)
        self.send_header("X-Repo-Commit", self.path.split("/resolve/")[1].split("/")[0])
        self.send_header("X-Linked-Size", str(len(self.site.files[self.path])))
        self.send_header("X-Linked-ETag", '"etag"')
        self.send_header("Location", "/cdn" + self.path.replace("/resolve/", "/"))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, body: bytes, asked: str, fault: object) -> None:
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
        size = self.site.sizes.get(self.path, len(body))
        if start >= size:
            return self._status(416)
        kind, length = fault if isinstance(fault, tuple) else ("", len(body))
        self.send_response(206 if asked else 200)
        if asked:
            self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
        if kind != "closed":
            self.send_header("Content-Length", str(size - start))
        self.end_headers()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.wfile.write(body[start:][:length] if self.command == "GET" else b"")
            self.wfile.flush()
        if kind == "stall":
            self.site.released.wait(20)
        self.close_connection = True
        return None


@pytest.fixture
def file_server() -> Iterator[FileServer]:
    site = FileServer()
    handler = type("Handler", (_Handler,), {"site": site})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    site.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield site
    site.released.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def published_config() -> str:
    """config.json of the published weights, byte for byte."""
    return json.dumps(_PUBLISHED_CONFIG, indent=2, sort_keys=True) + "\n"


REPO, REVISION = "EleutherAI/enformer-official-rough", "0" * 39 + "1"


def _file(name: str, body: bytes, url: str = ""):
    from enformer.catalogue import AssetFile

    return AssetFile(name, len(body), hashlib.sha256(body).hexdigest(), url)


@pytest.fixture
def weights() -> bytes:
    return random.Random(1).randbytes(900_000)


@pytest.fixture
def official(
    file_server: FileServer, weights: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    """`official` and `tracks`, small, on a local server that answers as the Hub does.

    Nothing of the person who runs it takes part: no setting, no Hugging Face cache.
    """
    # Imported late, after pytest has hooked the shape checks in.
    from enformer import download
    from enformer.catalogue import ASSETS

    for asset in ASSETS.values():
        monkeypatch.delenv(asset.variable, raising=False)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(download, "RETRY", download.RETRY.new(backoff_factor=0))
    bodies = {"config.json": b"{}", "pytorch_model.bin": weights}
    for name, body in bodies.items():
        file_server.files[f"/{REPO}/resolve/{REVISION}/{name}"] = body
        file_server.files[f"/cdn/{REPO}/{REVISION}/{name}"] = body
    file_server.files["/targets_human.txt"] = b"table"
    table = _file("targets_human.txt", b"table", file_server.address + "/targets_human.txt")
    files = tuple(_file(name, body) for name, body in bodies.items())
    place = {"files": files, "revision": REVISION, "endpoint": file_server.address}
    asset = replace(ASSETS["official"], **place)
    monkeypatch.setitem(ASSETS, "official", asset)
    monkeypatch.setitem(ASSETS, "tracks", replace(ASSETS["tracks"], files=(table,)))
    return asset


@dataclass
class Reply:
    """One answer of `JsonServer`: sent after `delay` seconds."""

    body: object = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0

    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass
class JsonServer:
    """Answers what `answer(path, query)` gives, after the `faults`, which are used up one a request."""

    answer: Callable[[str, dict[str, str]], object] = lambda path, query: {}
    faults: list[Reply] = field(default_factory=list)
    log: list[tuple[float, str]] = field(default_factory=list)
    address: str = ""

    def fail(self, **reply: object) -> None:
        """Puts a `Reply` of these fields before the answers."""
        self.faults.append(self.reply(**reply))

    def reply(self, **fields: object) -> Reply:
        """An answer that is more than JSON with status 200."""
        return Reply(**fields)

    @property
    def asked(self) -> list[str]:
        return [path for _, path in self.log]

    @property
    def gaps(self) -> list[float]:
        times = [when for when, _ in self.log]
        return [b - a for a, b in itertools.pairwise(times)]


class _JsonHandler(BaseHTTPRequestHandler):
    site: JsonServer

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        self.site.log.append((time.monotonic(), unquote(self.path)))
        reply = self.site.faults.pop(0) if self.site.faults else None
        if reply is None:
            found = self.site.answer(unquote(url.path), dict(parse_qsl(url.query)))
            reply = found if isinstance(found, Reply) else Reply(found)
        time.sleep(reply.delay)
        body = reply.content()
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.wfile.write(body)


def _json_server() -> Iterator[JsonServer]:
    site = JsonServer()
    handler = type("Handler", (_JsonHandler,), {"site": site})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    site.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield site
    server.shutdown()
    server.server_close()
    thread.join()


first_service = pytest.fixture(_json_server, name="first_service")
second_service = pytest.fixture(_json_server, name="second_service")
