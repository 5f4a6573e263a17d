"""Makes weights and track tables available: as they lie on disk, or downloaded and checked."""

import os
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout
from huggingface_hub import try_to_load_from_cache

from enformer.cache import cache_dir
from enformer.catalogue import ASSETS, Asset, AssetFile
from enformer.download import download, recorded_sha256
from enformer.errors import AssetError, Cancelled
from enformer.files import sha256_of, typed_path

Progress = Callable[[int, int], None]
"""Called with the bytes that are here and the bytes of all files."""


def locate(name: str) -> Path | None:
    """Where an asset lies on this machine, without network and without reading the files.

    Looks at its environment variable (`ENFORMER_LENS_OFFICIAL`), in our cache, in Hugging Face's.

    Returns:
        A folder (for a variable, whatever it points to), or None.

    Raises:
        AssetError: there is no such asset, or the variable points to nothing.
    """
    asset = named(name)
    if pointed := _pointed(asset):
        return pointed
    for folder in (_folder(asset), _in_hub_cache(asset)):
        if folder is not None and all(_is_whole(folder / file.name, file) for file in asset.files):
            return folder
    return None


def fetch(
    name: str, progress: Progress | None = None, cancel: Callable[[], bool] | None = None
) -> Path:
    """Make an asset available: as it lies on disk, or downloaded with resume and checks.

    Args:
        name: key of `ASSETS`.
        progress: see `Progress`.
        cancel: asked between pieces; true stops, and what has arrived is kept for the next time.

    Returns:
        Folder with the files, or what the environment variable points to.

    Raises:
        AssetError: it cannot be had, or is not what it should be.
        Cancelled: `cancel` said so.
    """
    asset = named(name)
    if pointed := _pointed(asset):
        return pointed
    for needed in asset.needs:
        fetch(needed, cancel=cancel)
    folder = locate(name)
    if folder is None:
        return _download_all(asset, progress, cancel)
    for file in asset.files:
        _verify(folder / file.name, file)
    return folder


def _download_all(
    asset: Asset, progress: Progress | None, cancel: Callable[[], bool] | None
) -> Path:
    folder, before = _folder(asset), 0

    def watch(here: int) -> None:
        if cancel is not None and cancel():
            raise Cancelled
        if progress is not None:
            progress(before + here, asset.size)

    try:
        with FileLock(folder / ".lock", timeout=0):
            for file in asset.files:
                _download_one(asset, file, folder / file.name, watch)
                before += file.size
    except Timeout as error:
        raise AssetError(
            "Another process is downloading it.",
            read=f"the download of {asset.name}",
            do="Wait until it ends, then run it again.",
        ) from error
    return folder


def _download_one(
    asset: Asset, file: AssetFile, target: Path, watch: Callable[[int], None]
) -> None:
    if _is_whole(target, file):
        _verify(target, file)
        watch(file.size)
        return
    download(asset.url(file), target, file.size, file.sha256 or recorded_sha256(target), watch)


def _verify(path: Path, file: AssetFile) -> None:
    expected, found = file.sha256 or recorded_sha256(path), sha256_of(path)
    if expected not in (None, found):
        raise AssetError(
            f"Its sha256 is {found}, not {expected}: it was changed or damaged.",
            read=str(path),
            do="Delete it and fetch it again.",
        )


def _is_whole(path: Path, file: AssetFile) -> bool:
    return path.is_file() and path.stat().st_size == file.size


def _folder(asset: Asset) -> Path:
    return cache_dir(asset.name)


def _pointed(asset: Asset) -> Path | None:
    pointed = os.environ.get(asset.variable)
    if not pointed:
        return None
    path = typed_path(pointed, AssetError)
    if not path.exists():
        raise AssetError(
            "There is no such file or folder.",
            read=f"{asset.variable}={pointed}",
            do=f"Point it to a copy, or unset it: python -m enformer.assets fetch {asset.name}",
        )
    return path


def _in_hub_cache(asset: Asset) -> Path | None:
    """The snapshot folder, where enformer-pytorch or another tool has fetched it before."""
    if not asset.repo:
        return None
    found = try_to_load_from_cache(asset.repo, asset.files[0].name, revision=asset.revision)
    return Path(found).parent if isinstance(found, str) else None


def named(name: str) -> Asset:
    """The asset of that name.

    Raises:
        AssetError: there is none.
    """
    if name in ASSETS:
        return ASSETS[name]
    raise AssetError(
        "There is no such asset.",
        read=f"the asset {name!r}",
        do=f"Choose one of {', '.join(ASSETS)}.",
        example="python -m enformer.assets fetch official",
    )
