"""The rooms and the arrows between them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = {
    "app": {"enformer", "interpret"},
    "interpret": {"enformer"},
    "train": {"enformer"},
    "enformer": set(),
}
ONLY_IN = {
    "streamlit": ("app/",),
    "pyfaidx": ("enformer/fasta.py", "enformer/fasta_index.py"),
    "requests": ("enformer/download.py", "enformer/service.py"),
    "huggingface_hub": ("enformer/catalogue.py", "enformer/fetch.py"),
}
TOP_LEVEL = {
    *(".ci", ".github", ".gitignore", ".pre-commit-config.yaml", ".streamlit", "CHANGELOG.md"),
    *(
        "CONTRIBUTING.md",
        "LICENSE",
        "Procfile",
        "README.md",
        "pyproject.toml",
        "requirements-dev.txt",
    ),
    *("requirements.txt", "app", "benchmarks", "docs", "enformer", "interpret", "tests", "train"),
}


def _sources(room: str) -> Iterator[Path]:
    return (ROOT / room).rglob("*.py")


def _imports(path: Path) -> Iterator[str]:
    """Every module a file imports, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: import absolutely"
            yield node.module or ""


def _violations(path: Path, forbidden: set[str]) -> list[str]:
    return [name for name in _imports(path) if name.split(".")[0] in forbidden]


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_import_only_what_they_may(room):
    forbidden = set(ROOMS) - ROOMS[room] - {room} | {"tests", "benchmarks"}
    found = {str(path): wrong for path in _sources(room) if (wrong := _violations(path, forbidden))}
    assert not found


@pytest.mark.parametrize("library", ONLY_IN)
def test_libraries_stay_where_they_belong(library):
    users = {
        str(path.relative_to(ROOT))
        for room in ROOMS
        for path in _sources(room)
        if _violations(path, {library})
    }
    assert users
    assert all(user.startswith(ONLY_IN[library]) for user in users), users


def test_figures_draw_without_streamlit():
    assert not [path for path in _sources("app/figures") if _violations(path, {"streamlit"})]


def test_the_checker_sees_an_import_inside_a_function(tmp_path):
    path = tmp_path / "sample.py"
    path.write_text("def f():\n    from app import state\n    return state\n")
    assert _violations(path, {"app"}) == ["app"]


def test_the_top_level_is_fixed():
    import subprocess

    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    tops = {line.split("/")[0] for line in listed.splitlines()}
    assert tops <= TOP_LEVEL, tops - TOP_LEVEL
