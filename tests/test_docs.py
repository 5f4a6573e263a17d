"""The pages in docs/ keep their word: links exist, every view has a page, figures are those measured."""

import ast
import json
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGES = sorted(DOCS.glob("*.md"))
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
IN_PICTURE = re.compile(r'(?:src|srcset)="([^"]+)"')
LARGEST_PICTURE = 400_000  # bytes
LARGEST_OF_A_STEP = 100_000


def views() -> set[str]:
    """Names of the views that the app routes to."""
    tree = ast.parse((DOCS.parent / "app" / "main.py").read_text())
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {Path(t).stem for t in texts if isinstance(t, str) and t.startswith("views/")}


def targets(page: Path) -> list[str]:
    """What a page links to, and the pictures it shows."""
    text = page.read_text()
    return LINK.findall(text) + IN_PICTURE.findall(text)


def anchors(page: Path) -> set[str]:
    """Headings as links name them: lower case, without marks, hyphens for spaces."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target in targets(page):
        if target.startswith("https://"):
            continue
        name, _, heading = target.partition("#")
        there = (page.parent / name).resolve() if name else page
        assert there.exists(), target
        assert not heading or heading in anchors(there), target


def test_every_view_has_a_page_that_the_index_names():
    assert views() <= {page.stem for page in PAGES}
    index = (DOCS / "index.md").read_text()
    assert all(f"({view}.md)" in index for view in views())


def test_every_page_is_reached_from_the_index():
    linked = set(LINK.findall((DOCS / "index.md").read_text()))
    assert {page.name for page in PAGES} - {"index.md"} <= linked


def test_every_picture_is_used_and_small():
    used = {target for page in PAGES for target in targets(page)}
    for picture in DOCS.glob("*.png"):
        assert picture.name in used
        assert picture.stat().st_size < LARGEST_PICTURE, picture.name
    for picture in DOCS.glob("stories/*"):
        assert f"stories/{picture.name}" in used
        assert picture.stat().st_size < LARGEST_OF_A_STEP, picture.name


def test_every_step_of_a_story_is_shown_in_both_colours_and_has_words():
    text = (DOCS / "stories.md").read_text()
    shown = re.findall(r'srcset="(\S+)_dark.webp">\s*<img alt="([^"]+)" src="(\S+)_light', text)
    assert len(shown) == text.count("<picture>") == text.count("_light.webp") > 20
    assert all(dark == light and len(words) > 20 for dark, words, light in shown)


def test_no_page_names_a_path_of_a_machine():
    assert not [
        page for page in PAGES if re.search(r"(?<![\w.])/(home|root|tmp|work)/", page.read_text())
    ]


def test_measured_figures_are_those_of_the_benchmark():
    report = json.loads((DOCS.parent / "benchmarks" / "results" / "truth.json").read_text())
    links = {row["what"]: row for row in report["rows"] if row["what"].startswith("planted links")}
    order = ("knock-out", "contribution mass", "nearness", "attention")
    cells = [f"{links[f'planted links by {name}']['value']:.2f}" for name in order]
    chance = float(links["planted links by attention"]["budget"].removeprefix(">= "))
    text = (DOCS / "learn.md").read_text()
    assert f"| {' | '.join([*cells, f'{chance:.2f}'])} |" in text
    pairs = re.search(r"(\d+) pairs", report["details"]["loci"])
    assert pairs is not None
    assert f"{pairs[1]} pairs" in text


def test_shell_commands_name_modules_that_exist():
    for page in PAGES:
        for module in re.findall(r"python -m ([\w.]+)", page.read_text()):
            place = DOCS.parent.joinpath(*module.split("."))
            assert place.with_suffix(".py").exists() or (place / "__main__.py").exists(), module
