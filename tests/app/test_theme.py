"""The colours of the page's theme, as the configuration file has them."""

import re
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


@pytest.mark.parametrize("name", ["light", "dark"])
def test_captions_and_hints_are_pale_but_can_be_read(themes, name, root):
    paleness = re.findall(r"opacity: ([0-9.]+)", (root / "app" / "main.py").read_text())
    theme = themes[name]
    backgrounds = [theme["backgroundColor"], theme["sidebar"]["backgroundColor"]]
    backgrounds += [theme["secondaryBackgroundColor"], theme["sidebar"]["secondaryBackgroundColor"]]
    for share, back in product(map(float, paleness), backgrounds):
        assert contrast(over(theme["textColor"], back, share), back) >= 4.5
    assert len(paleness) == 2
    assert (
        contrast(over(themes["light"]["textColor"], "#ffffff", 0.6), "#ffffff") < 4.5
    )  # Streamlit's own


def over(colour: str, back: str, share: float) -> str:
    """What is seen of a colour of some opacity over another."""
    pairs = ((int(one[i : i + 2], 16) for one in (colour, back)) for i in (1, 3, 5))
    return "#" + "".join(
        f"{round(share * front + (1 - share) * under):02x}" for front, under in pairs
    )


def test_figures_have_the_background_of_the_page(themes):
    assert themes["light"]["backgroundColor"] == LIGHT.background
    assert themes["dark"]["backgroundColor"] == DARK.background
