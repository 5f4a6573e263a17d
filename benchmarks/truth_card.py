"""Puts what `python -m benchmarks truth` measured on the card of the demo model.

python -m benchmarks.truth_card runs/demo/best.safetensors
"""

import argparse
import dataclasses
import json
from pathlib import Path

from benchmarks.report import RESULTS
from enformer.checkpoint import BUNDLED, load, save


def main() -> None:
    """Command line: the trained model in, the bundled one with its figures out."""
    parser = argparse.ArgumentParser("python -m benchmarks.truth_card", description=__doc__)
    parser.add_argument("model", type=Path, help="the file that train.fit wrote")
    given = parser.parse_args()
    trained = load(given.model, device="cpu", dtype="float32")
    rows = json.loads((RESULTS / "truth.json").read_text())["rows"]
    measured = {f"{row['what']}, {row['unit']}": round(row["value"], 4) for row in rows}
    card = dataclasses.replace(trained.card, figures={**trained.card.figures, **measured})
    save(BUNDLED["demo"], trained.model, trained.tracks, card)


if __name__ == "__main__":
    main()
