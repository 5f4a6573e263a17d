"""Downloads weights and track tables: `python -m enformer.assets list | fetch official`."""

import argparse
import sys

from tqdm import tqdm

from enformer.catalogue import ASSETS
from enformer.errors import AssetError
from enformer.fetch import fetch, locate

__all__ = ["ASSETS", "fetch", "locate", "main"]


def _list() -> None:
    for name, asset in ASSETS.items():
        place = locate(name)
        print(f"{name}: {f'on disk in {place}' if place else 'not downloaded'}\n{asset}\n")


def _fetch_shown(name: str) -> None:
    for part in (*ASSETS[name].needs, name):
        print(ASSETS[part], flush=True)
        with tqdm(total=ASSETS[part].size, unit="B", unit_scale=True, desc=part) as bar:

            def progress(here: int, total: int, bar: tqdm = bar) -> None:
                bar.update(here - bar.n)

            print(f"{part}: in {fetch(part, progress)}")


def main(arguments: list[str] | None = None) -> int:
    """Command line.

    Returns:
        Exit status: 0 done, 1 refused, 130 interrupted.
    """
    parser = argparse.ArgumentParser("python -m enformer.assets", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="what can be downloaded, and what is here")
    commands.add_parser("fetch", help="download one asset").add_argument("name", choices=ASSETS)
    asked = parser.parse_args(arguments)
    try:
        _list() if asked.command == "list" else _fetch_shown(asked.name)
    except AssetError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. The same command goes on where it stopped.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
