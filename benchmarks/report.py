"""A table a person reads and the same as JSON."""

import json
import operator
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
_COMPARE = {"<=": operator.le, ">=": operator.ge}


@dataclass(frozen=True)
class Row:
    """One measured ratio beside its budget, such as ">= 1.7"."""

    what: str
    value: float
    unit: str
    budget: str

    @property
    def met(self) -> bool:
        """Whether the value keeps the budget."""
        sign, bound = self.budget.split()
        return _COMPARE[sign](self.value, float(bound))


@dataclass(frozen=True)
class Report:
    """Rows against budgets, and the figures they came from."""

    name: str
    title: str
    rows: list[Row]
    details: dict[str, str]

    def markdown(self) -> str:
        """Two tables."""
        lines = [f"# {self.title}", "", f"`python -m benchmarks {self.name}`", ""]
        lines += ["| what | measured | budget | met |", "|---|---|---|---|"]
        for row in self.rows:
            met = "yes" if row.met else "**no**"
            lines.append(
                f"| {_cell(row.what)} | {row.value:.2f} {row.unit} | {row.budget} | {met} |"
            )
        lines += ["", "| figure | value |", "|---|---|"]
        lines += [f"| {_cell(name)} | {_cell(value)} |" for name, value in self.details.items()]
        return "\n".join(lines) + "\n"

    def write(self, folder: Path = RESULTS) -> Path:
        """Write NAME.md and NAME.json; returns the first."""
        folder.mkdir(parents=True, exist_ok=True)
        values = asdict(self) | {"rows": [asdict(row) | {"met": row.met} for row in self.rows]}
        (folder / f"{self.name}.json").write_text(json.dumps(values, indent=2) + "\n")
        path = folder / f"{self.name}.md"
        path.write_text(self.markdown())
        return path


def _cell(text: str) -> str:
    """Text that cannot end its cell."""
    return text.replace("|", r"\|")
