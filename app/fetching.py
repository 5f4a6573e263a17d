"""Files that have to be downloaded before they can be used: where they lie, and how they come."""

from pathlib import Path

from app.job import Control
from app.seat import Seat, Waiting
from enformer import assets


def is_missing(model: str) -> bool:
    """Whether a model has to be fetched before it can be opened."""
    return model in assets.ASSETS and find_asset(model) is None


def find_asset(name: str) -> Path | None:
    """Where an asset lies on this machine, or None.

    Raises:
        EnformerLensError: its variable points to nothing.
    """
    return assets.locate(name)


def fetch_asset(name: str, seat: Seat) -> Path | Waiting:
    """Download an asset as a job; what has arrived is kept when it is stopped.

    Raises:
        EnformerLensError: it cannot be had.
        Cancelled: this session has stopped it.
    """

    def work(control: Control) -> Path:
        def progress(done: int, total: int) -> None:
            control.progress(done / total, f"{done / 1e6:,.0f} of {total / 1e6:,.0f} MB")

        return assets.fetch(name, progress, control.cancelled)

    # One download at a time in all sessions, beside the computations.
    return seat.ask(("fetch", name), work, 0.3, title=f"Fetching {name}", device="network")
