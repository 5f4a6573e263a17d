"""Files that have to be downloaded before they can be used: where they lie, and how they come."""

import os
from pathlib import Path

from app.asking.places import OFFLINE_VARIABLE
from app.computing.job import Control
from app.computing.seat import Seat, Waiting
from enformer import assets
from enformer.cache import cache_dir
from enformer.errors import AssetError


def is_missing(model: str) -> bool:
    """Whether a model has to be fetched before it can be opened."""
    return model in assets.ASSETS and find_asset(model) is None


def find_asset(name: str) -> Path | None:
    """Where an asset lies on this machine, or None.

    Raises:
        EnformerLensError: its variable points to nothing.
    """
    return assets.locate(name)


def arrived(name: str) -> int:
    """Bytes of an asset that an earlier download has left here; it goes on from there."""
    wanted = [cache_dir(name) / file.name for file in assets.ASSETS[name].files]
    files = [file for whole in wanted for file in (whole, whole.with_name(whole.name + ".part"))]
    return sum(file.stat().st_size for file in files if file.is_file())


def fetch_asset(name: str, seat: Seat) -> Path | Waiting:
    """Download an asset as a job; what has arrived is kept when it is stopped.

    Raises:
        EnformerLensError: it cannot be had.
        Cancelled: this session has stopped it.
    """
    if os.environ.get(OFFLINE_VARIABLE):
        wrong = f"This app was started offline: {OFFLINE_VARIABLE} is set."
        raise _told(name, AssetError(wrong, do="Start it without that."))

    def work(control: Control) -> Path:
        def progress(done: int, total: int) -> None:
            control.progress(done / total, f"{done / 1e6:,.0f} of {total / 1e6:,.0f} MB")

        try:
            return assets.fetch(name, progress, control.cancelled)
        except AssetError as error:
            raise _told(name, error) from error

    # One download at a time in all sessions, beside the computations.
    return seat.ask(("fetch", name), work, 0.3, title=f"Fetching {name}", device="network")


def _told(name: str, error: AssetError) -> AssetError:
    """What went wrong, with the way that needs no network on this machine."""
    return AssetError(
        error.wrong,
        read=error.read or f"the download of {name}",
        do=f"{error.do} Or fetch it on another machine, copy the folder here, and set "
        f"{assets.ASSETS[name].variable} to it before the app is started.",
        example=f"python -m enformer.assets fetch {name}",
    )
