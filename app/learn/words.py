"""Texts of the Learn view: Markdown files beside this one, read once."""

from functools import cache
from pathlib import Path


@cache
def text(name: str) -> str:
    """A text by name, such as that of a step."""
    return Path(__file__).with_name(f"{name}.md").read_text(encoding="utf-8").strip()
