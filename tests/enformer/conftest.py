"""A local web server with the shapes and the faults of the real ones."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

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
        if self.command == "GET":
            self.wfile.write(body[start:][:length])
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
