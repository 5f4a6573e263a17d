"""The Learn view as a person meets it, in a real browser."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from app.learn import learn_panel
from app.learn.tours import STEPS
from tests.app.in_browser import opened, settled

pytestmark = pytest.mark.browser

PATIENCE = 400_000  # ms; steps 4 and 5 compute for a while, and the machine may be shared


@pytest.fixture(scope="module")
def offline(serve_app, tmp_path_factory):
    """The app without network or FASTA."""
    with serve_app(tmp_path_factory.mktemp("offline")) as running:
        yield running
    assert running.faults() == []


def came_out(page: Page, step: int, patience: int = PATIENCE) -> None:
    """Waits until the picture of a step is there with what it found."""
    chart = page.locator(f"[class*=st-key-tour_{STEPS[step - 1].name}] .js-plotly-plot .main-svg")
    expect(chart.first).to_be_visible(timeout=patience)
    expect(page.get_by_text("What came out")).to_be_visible(timeout=patience)
    settled(page)


def test_all_six_steps_are_walked(offline, new_page, middle_model):
    page = opened(new_page(), offline, "learn", model=middle_model)
    for step in range(1, 7):
        began = time.monotonic()
        came_out(page, step)
        print(f"step {step}: {time.monotonic() - began:.1f} s")
        expect(page.get_by_text("What may I conclude?")).to_be_visible()
        if step < 6:
            page.locator(".st-key-next_step").get_by_role("button").click()
            expect(page).to_have_url(re.compile(f"step={step + 1}"))
    expect(page.locator(".st-key-next_step").get_by_role("button")).to_be_disabled()


def test_words_do_not_wait_for_the_picture(offline, new_page):
    page = new_page()
    page.goto(offline.link(step="3").replace("/?", "/learn?"))
    began = time.monotonic()
    expect(page.get_by_text("What am I seeing?")).to_be_visible(timeout=90_000)
    print(f"words after {time.monotonic() - began:.1f} s")
    came_out(page, 3)


def test_a_button_opens_the_full_view_on_the_same_question(offline, new_page, middle_model):
    page = opened(new_page(), offline, "learn", model=middle_model, step="3")
    came_out(page, 3)
    page.get_by_role("button", name="Open it in Attention").click()
    expect(page).to_have_url(re.compile("/attention\\?.*locus=DGB1"), timeout=90_000)
    expect(page).to_have_url(re.compile("truth=blood"))
    maps = page.locator("[class*=st-key-head_] .js-plotly-plot .main-svg")
    expect(maps.first).to_be_visible(timeout=90_000)
    settled(page)
    asked = re.search(r"target=human%2F0%40([\d-]+)", page.url)
    assert asked is not None
    page.get_by_role("link", name="Learn").first.click()
    came_out(page, 3)
    expect(page).to_have_url(re.compile("/learn\\?.*step=3"))


def test_the_glossary_is_searched_as_one_types(offline, new_page, middle_model):
    page = opened(new_page(), offline, "learn", model=middle_model)
    page.locator(".st-key-learn_part").get_by_text("Glossary").click()
    expect(page.get_by_text("completeness gap").first).to_be_visible()
    page.locator(".st-key-glossary_text input").press_sequentially("rollout")
    expect(page.get_by_text("Abnar and Zuidema")).to_be_visible()
    expect(page.get_by_text("the error of taking finitely")).to_have_count(0)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1920, "dark")])
def test_screenshots(offline, new_page, middle_model, tmp_path, width, scheme):
    page = new_page(width, scheme)
    for step in (1, 2, 3, 6):
        opened(page, offline, "learn", model=middle_model, step=str(step))
        came_out(page, step)
        page.wait_for_timeout(500)
        page.screenshot(path=tmp_path / f"learn_{step}_{width}_{scheme}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    for part in ("Glossary", "Attention is not causation", "Papers"):
        page.locator(".st-key-learn_part").get_by_text(part).click()
        page.wait_for_timeout(1500)
        settled(page)
        page.screenshot(path=tmp_path / f"{part.split()[0]}_{width}_{scheme}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_trained_model_from_the_tour_to_evidence(offline, new_page, request, root, tmp_path):
    """As the pictures of the docs show it, which are taken here."""
    folder = root / "docs" if request.config.getoption("--update-screenshots") else tmp_path
    page = new_page()
    opened(page, offline, "learn", genome="demo", step="3")
    came_out(page, 3)
    page.wait_for_timeout(700)
    page.screenshot(path=folder / "learn.png")
    opened(page, offline, "learn", genome="demo", step="5")
    came_out(page, 5)
    page.get_by_role("button", name="Open it in Evidence").click()
    expect(page).to_have_url(re.compile("/evidence\\?"), timeout=90_000)
    expect(page.get_by_text("The methods ").first).to_be_visible(timeout=PATIENCE)
    settled(page)
    page.wait_for_timeout(700)
    page.screenshot(path=folder / "evidence.png")
    page.get_by_role("link", name="Models").first.click()
    expect(page.locator(".st-key-model_mini")).to_be_visible()
    settled(page)
    page.wait_for_timeout(1500)
    page.screenshot(path=folder / "models.png")


def test_steps_have_the_views_that_they_name(root):
    assert {step.view for step in STEPS} <= {path.stem for path in learn_panel.VIEWS.glob("*.py")}
