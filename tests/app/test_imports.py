"""Sessions that start at once import what their views need beside each other."""

import subprocess
import sys

RACE = """
import ast, sys, threading
from pathlib import Path

def imports(path):
    return [ast.unparse(node) for node in ast.parse(path.read_text()).body
            if isinstance(node, (ast.Import, ast.ImportFrom))]

exec("\\n".join(imports(Path("app/main.py"))), {})
views, wrong = sorted(Path("app/views").glob("*.py")), []
start = threading.Barrier(len(views))

def session(path):
    start.wait()
    try:
        exec("\\n".join(imports(path)), {})
    except (ImportError, KeyError) as error:
        wrong.append(f"{path.stem}: {error!r}")

sys.setswitchinterval(1e-4)
threads = [threading.Thread(target=session, args=(path,)) for path in views]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
assert len(views) > 5
print("wrong:", wrong)
"""


def test_views_that_are_opened_at_once_meet_no_module_half_made(root):
    done = subprocess.run(
        [sys.executable, "-c", RACE], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "wrong: []"
