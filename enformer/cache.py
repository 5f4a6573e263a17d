"""The one folder for what can be computed or fetched again."""

import os
from pathlib import Path

from platformdirs import user_cache_dir


def cache_dir(*parts: str) -> Path:
    """Folder for downloads and results; `ENFORMER_LENS_CACHE` overrides the platform's place.

    Args:
        parts: names of folders inside it.

    Returns:
        The folder, made when missing.
    """
    root = os.environ.get("ENFORMER_LENS_CACHE") or user_cache_dir("enformer-lens")
    folder = Path(root).expanduser().joinpath(*parts)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
