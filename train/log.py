"""What a run leaves to be read: a CSV line per validation, and curves for TensorBoard."""

import csv
import io
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class Log:
    """A CSV file with one line per validation; a resumed run drops lines it will write again."""

    def __init__(self, path: Path, step: int) -> None:
        self.path = path
        held = io.StringIO(path.read_text() if path.is_file() else "")
        self.rows: list[dict[str, Any]] = [
            {name: value for name, value in row.items() if value}
            for row in csv.DictReader(held)
            if int(row["step"]) <= step
        ]

    def add(self, row: Mapping[str, Any]) -> None:
        """Appends a line and writes the file anew."""
        self.rows.append(dict(row))
        names = list(dict.fromkeys(name for line in self.rows for name in line))
        with self.path.open("w", newline="") as file:
            writer = csv.DictWriter(file, names)
            writer.writeheader()
            writer.writerows(self.rows)

    def curves(self) -> dict[str, list[float | None]]:
        """The numbers of all lines by column, None where a line lacks one; for a model card."""
        names = dict.fromkeys(name for line in self.rows for name in line)
        return {name: [_number(line.get(name)) for line in self.rows] for name in names}


def _number(value: Any) -> float | None:
    """Six digits of it: a card is read by people."""
    number = math.nan if value in (None, "") else float(value)
    return float(f"{number:.6g}") if math.isfinite(number) else None


class Board:
    """Curves in TensorBoard's format, or nothing where none is asked for."""

    def __init__(self, folder: Path | None, step: int) -> None:
        """Goes on from `step`: later points of a run that was cut off are replaced."""
        self.writer = None
        if folder is not None:
            from torch.utils.tensorboard import SummaryWriter  # slow to import

            self.writer = SummaryWriter(str(folder), purge_step=step + 1)

    def add(self, step: int, values: Mapping[str, float]) -> None:
        """One point on each curve."""
        if self.writer is not None:
            for name, value in values.items():
                self.writer.add_scalar(name, value, step)

    def flush(self) -> None:
        """Writes what is held back."""
        if self.writer is not None:
            self.writer.flush()
