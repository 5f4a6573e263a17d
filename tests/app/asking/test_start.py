"""What a session starts on, with and without a reference service that answers."""

import http.server
import json
import threading
from urllib.parse import parse_qsl, urlsplit

import pytest

from app import services
from app.asking import places
from app.asking.question import Query
from app.asking.start import choose_start, resolved
from enformer import remote_genome


class Reference(http.server.BaseHTTPRequestHandler):
    """Answers as UCSC does, with nothing but A."""

    def do_GET(self) -> None:
        asked = dict(parse_qsl(urlsplit(self.path).query))
        start, end = int(asked["start"]), int(asked["end"])
        answer = {"genome": asked["genome"], "chrom": asked["chrom"], "start": start, "end": end}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(answer | {"dna": "a" * (end - start)}).encode())

    def log_message(self, *args: object) -> None:
        """Keep quiet."""


@pytest.fixture
def address():
    with http.server.ThreadingHTTPServer(("localhost", 0), Reference) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def nothing_is_configured(monkeypatch):
    for variable in (places.GENOME_VARIABLE, places.GENES_VARIABLE, places.OFFLINE_VARIABLE):
        monkeypatch.delenv(variable, raising=False)
    services._probe.clear()
    yield
    services._probe.clear()


@pytest.fixture
def service_at(monkeypatch):
    """Sends whoever asks for hg38 to an address of ours."""
    real = remote_genome.RemoteGenome

    def service_at(url: str) -> None:
        monkeypatch.setattr(remote_genome, "RemoteGenome", lambda: real(url, url, pace=0.0))

    return service_at


def test_hg38_where_a_service_answers(service_at, address):
    service_at(address)
    begun = choose_start()
    assert (begun.genome, begun.why) == ("hg38", "")
    assert services.online() is True


def test_the_demo_genome_where_none_answers(service_at):
    service_at("http://localhost:9")
    begun = choose_start()
    assert begun.genome == "demo"
    assert "does not answer" in begun.why
    assert places.GENOME_VARIABLE in begun.why


def test_a_configured_genome_is_taken_without_asking(monkeypatch, service_at, tmp_path):
    service_at("http://localhost:9")
    monkeypatch.setenv(places.GENOME_VARIABLE, str(tmp_path / "own.fa"))
    assert choose_start().genome == "own.fa"


def test_offline_asks_nobody(monkeypatch, service_at, address):
    service_at(address)
    monkeypatch.setenv(places.OFFLINE_VARIABLE, "1")
    assert choose_start().genome == "demo"
    assert services.online() is False


@pytest.mark.parametrize(
    ("genome", "model"), [("demo", "demo"), ("hg38", "mini"), ("x.fa", "mini")]
)
def test_each_genome_opens_with_the_model_of_its_kind(monkeypatch, genome, model):
    monkeypatch.setitem(services.BUNDLED, "demo", services.BUNDLED["mini"])
    assert resolved(Query(genome=genome)).model == model
    assert resolved(Query(genome=genome, model="official")).model == "official"
