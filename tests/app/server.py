"""The app as a process of its own, as a person starts it."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

ROOT = Path(__file__).parents[2]
STARTS_WITHIN = 60  # seconds


@dataclass(frozen=True)
class Server:
    """A running app: where it is, what it wrote, when it was started on both clocks."""

    url: str
    log: Path
    started: float
    began: float

    def link(self, **parameters: str) -> str:
        """An address with parameters."""
        return f"{self.url}/?{urlencode(parameters)}"

    def faults(self) -> list[str]:
        """Lines of tracebacks in its log that lead through our code.

        Streamlit writes tracebacks of its own when a browser goes while it is being talked to.
        """
        ours = "|".join(("app", "enformer", "interpret"))
        known = re.compile(rf'^  File "({re.escape(str(ROOT))}/)?({ours})/.*', re.MULTILINE)
        return [found.group().strip() for found in known.finditer(self.log.read_text())]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return probe.getsockname()[1]


def _healthy(url: str) -> bool:
    try:
        with urlopen(f"{url}/_stcore/health", timeout=1) as answer:
            return answer.status == 200
    except (URLError, OSError):
        return False


@contextmanager
def serve(folder: Path, **environment: str) -> Iterator[Server]:
    """`streamlit run app/main.py`, as typed in the root, with a cache in the folder."""
    port, log = _free_port(), folder / "server.log"
    url, started, began = f"http://localhost:{port}", time.monotonic(), time.time()
    clean = {k: v for k, v in os.environ.items() if not k.startswith("ENFORMER_LENS_")}
    clean |= {"ENFORMER_LENS_CACHE": str(folder / "cache"), "ENFORMER_LENS_OFFLINE": "1"}
    clean |= {"STREAMLIT_SERVER_PORT": str(port), "STREAMLIT_SERVER_HEADLESS": "true"}
    command = [str(Path(sys.executable).with_name("streamlit")), "run", "app/main.py"]
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=clean | environment, stdout=output, stderr=output
        )
        try:
            while not _healthy(url):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() - started < STARTS_WITHIN, log.read_text()
                time.sleep(0.05)
            yield Server(url, log, started, began)
        finally:
            process.terminate()
            process.wait(20)
