"""The colours of the page's theme, as the configuration file has them."""

import tomllib
from itertools import product
from pathlib import Path

import pytest

from app.figures.palette import DARK, LIGHT
from tests.app.contrast import contrast


@pytest.fixture(scope="module")
def themes(root: Path) -> dict:
    """Light and dark, as they were configured."""
    return tomllib.loads((root / ".streamlit" / "config.toml").read_text())["theme"]


@pytest.mark.parametrize("name", ["light", "dark"])
def test_words_links_and_what_is_chosen_can_be_read_on_every_background(themes, name):
    theme = themes[name]
    backgrounds = [part[key] for part in (theme, theme["sidebar"])
                   for key in ("backgroundColor", "secondaryBackgroundColor")]  # fmt: skip
    texts = [theme[key] for key in ("textColor", "linkColor", "primaryColor")]
    found = {pair: contrast(*pair) for pair in product(texts, backgrounds)}
    assert min(found.values()) >= 4.5, found


def test_figures_have_the_background_of_the_page(themes):
    assert themes["light"]["backgroundColor"] == LIGHT.background
    assert themes["dark"]["backgroundColor"] == DARK.background
