"""What the browser tests take for a fault of the app."""

from tests.app.server import ROOT, Server


def test_the_log_tells_faults_of_ours_from_those_of_others(tmp_path):
    def faults(text: str) -> int:
        (tmp_path / "server.log").write_text("Traceback (most recent call last):\n" + text)
        return len(Server("", tmp_path / "server.log", 0, 0).faults())

    assert faults(f'  File "{ROOT}/.venv/lib/streamlit/web/server.py", line 1, in close\n') == 0
    assert faults(f'  File "{ROOT}/app/views/locus.py", line 1, in <module>\n') == 1
    assert faults('  File "app/main.py", line 1\n  File "interpret/score.py", line 2\n') == 2
