"""A view without a browser, run by Streamlit's AppTest."""

import time

from streamlit.testing.v1 import AppTest

PATIENCE = 600
"""Seconds, as the machine may be shared."""


def finished(app: AppTest) -> AppTest:
    """Runs until no job is under way, as the polling fragment does in a browser."""
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE:
        assert not app.exception
        if not any(button.label == "Cancel" for button in app.button):
            return app
        time.sleep(0.1)
        app.run()
    raise AssertionError("the job did not end")


def until(app: AppTest, text: str) -> AppTest:
    """Runs until the page says something that a quiet job brings."""
    for _ in range(200):
        if text in words(app):
            return app
        time.sleep(0.1)
        app.run()
    raise AssertionError(f"it never said {text!r}: {words(app)}")


def words(app: AppTest) -> str:
    """What the page says around its figures."""
    parts = [*app.caption, *app.warning, *app.error, *app.markdown, *app.info, *app.code]
    return "\n".join(part.value for part in parts).replace("\\", "")
