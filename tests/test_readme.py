"""The README keeps its word: its Python runs, its commands are those that are tested, its links exist."""

import re
import shlex
import subprocess
import sys

import pytest

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def text(root) -> str:
    return (root / "README.md").read_text()


@pytest.fixture(scope="module")
def blocks(text) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for language, code in BLOCK.findall(text):
        found.setdefault(language, []).append(code)
    return found


def test_every_block_is_one_that_is_tested(blocks):
    assert set(blocks) == {"sh", "python"}


def test_the_python_examples_run_as_they_stand(blocks, root):
    says = ["is highest in bin", "contributions add up to"]
    for code, words in zip(blocks["python"], says, strict=True):
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stderr
        assert words in done.stdout


def test_the_two_commands_are_what_ci_and_the_browser_tests_run(blocks, root):
    commands = {line.strip() for code in blocks["sh"] for line in code.splitlines()}
    assert "pip install -r requirements.txt && streamlit run app/main.py" in commands
    assert "pip install -r requirements-dev.txt && pytest" in commands
    ci = (root / ".ci" / "run").read_text().splitlines()
    assert "pip install --quiet -r requirements-dev.txt" in ci
    assert "pytest" in ci
    assert '"run", "app/main.py"' in (root / "tests" / "app" / "server.py").read_text()


def test_every_module_command_is_there_and_knows_its_subcommands(blocks, text, root):
    inline = re.findall(r"`(python -m [^`]+)`", text)
    lines = [line for code in blocks["sh"] for line in code.splitlines() if "python -m" in line]
    assert lines
    for line in [*inline, *lines]:
        words = shlex.split(line.replace("\n", " "), comments=True)
        module, given = words[2], words[3:]
        helped = _help(root, module)
        first = re.escape(given[0]) if given and not given[0].startswith("-") else ""
        if first and re.search(rf"[{{,]{first}[,}}]|^ +{first} ", helped, re.M):
            helped += _help(root, module, given[0])
        assert all(word in helped for word in given if word.startswith("--")), line


def _help(root, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *words, "--help"],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, (words, done.stderr)
    return done.stdout


def test_linked_files_are_there(text, root):
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if not target.startswith("http"):
            assert (root / target).exists(), target
