"""How torch's threads wait is said before torch is there, whatever is started."""

import os
import subprocess
import sys

import pytest

from enformer.threads import SPINS

LOOK = """
import os, sys

class Look:
    def find_spec(self, name, *more):
        if name == "torch":
            print("torch finds", os.environ.get("GOMP_SPINCOUNT"))
            sys.meta_path.remove(self)

sys.meta_path.insert(0, Look())
import {}
"""


def found_by_torch(module: str, **environment: str) -> str:
    """What the variable is when torch is first looked for, in a process that imports a module."""
    clean = {k: v for k, v in os.environ.items() if k != "GOMP_SPINCOUNT"}
    command = [sys.executable, "-c", LOOK.format(module)]
    return subprocess.run(
        command, env=clean | environment, capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.mark.parametrize(
    "module",
    [
        "enformer",
        "interpret",
        "interpret.score",
        "train.fit",
        "train.evaluate",
        "benchmarks.forward",
    ],
)
def test_torch_is_told_whatever_is_imported_first(module):
    assert found_by_torch(module) == f"torch finds {SPINS}"


def test_the_app_tells_it_before_any_view_is_drawn(root):
    lines = (root / "app" / "main.py").read_text().splitlines()
    imports = [line.split()[1] for line in lines if line.startswith(("import ", "from "))]
    assert "torch" not in imports
    assert "enformer" in imports


def test_what_the_environment_says_is_left_alone():
    assert found_by_torch("enformer", GOMP_SPINCOUNT="7") == "torch finds 7"
