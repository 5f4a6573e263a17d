"""A report as a list of parts, written as Markdown or as one HTML page that needs no other file."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_STYLE = """
:root { color-scheme: light; }
body { margin: 0; background: #fff; color: #1a1f27;
       font: 16px/1.5 Arial, Helvetica, "Liberation Sans", sans-serif; }
main { max-width: 1040px; margin: 0 auto; padding: 32px 40px 64px; }
h1 { font-size: 27px; line-height: 1.25; margin: 0 0 8px; }
h2 { font-size: 20px; margin: 40px 0 8px; padding-top: 16px; border-top: 1px solid #dfe3e8; }
p { margin: 8px 0; max-width: 80ch; }
table { border-collapse: collapse; margin: 16px 0; font-size: 14px; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: #59616e; padding-bottom: 6px; }
th, td { padding: 4px 12px 4px 0; text-align: left; vertical-align: top; border-bottom: 1px solid #e7eaee; }
th { border-bottom: 1px solid #1a1f27; font-weight: 600; }
.n { text-align: right; padding: 4px 0 4px 12px; white-space: nowrap; }
td { overflow-wrap: anywhere; }
td:first-child { white-space: nowrap; }
.wide { overflow-x: auto; }
figure { margin: 20px 0; }
figure svg { display: block; height: auto; }
figcaption { color: #59616e; font-size: 14px; max-width: 95ch; margin-top: 4px; }
"""


@dataclass(frozen=True)
class Heading:
    """Begins a section; level 1 is the title."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    """Plain text."""

    text: str


@dataclass(frozen=True)
class Table:
    """Rows of text under column names; `numbers` are the columns set flush right."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: frozenset[int] = frozenset()
    caption: str = ""


@dataclass(frozen=True)
class Picture:
    """A figure.

    Attributes:
        name: of its files, without ending.
        caption: says what is drawn, from what.
        alt: what one would see.
        svg: to put into a page.
        width: mm.
    """

    name: str
    caption: str
    alt: str
    svg: str
    width: float


Part = Heading | Paragraph | Table | Picture


def to_markdown(parts: Sequence[Part]) -> str:
    """GitHub's Markdown; figures are links to SVG files beside it."""
    return "\n\n".join(_markdown(part) for part in parts) + "\n"


def _markdown(part: Part) -> str:
    match part:
        case Heading():
            return f"{'#' * part.level} {part.text}"
        case Paragraph():
            return part.text
        case Picture():
            return f"![{part.alt}](figures/{part.name}.svg)\n\n{part.caption}"
        case Table():
            rules = ["---:" if i in part.numbers else "---" for i in range(len(part.columns))]
            cells = [[c.replace("|", "\\|") for c in row] for row in (part.columns, *part.rows)]
            lines = [f"| {' | '.join(row)} |" for row in cells]
            lines.insert(1, f"|{'|'.join(rules)}|")
            return "\n".join([*([part.caption, ""] if part.caption else []), *lines])


def to_html(parts: Sequence[Part], title: str) -> str:
    """One page on a light ground, figures inline as SVG."""
    body = "\n".join(_html(part) for part in parts)
    head = f'<meta charset="utf-8"><title>{escape(title)}</title>'
    head += '<meta name="viewport" content="width=device-width, initial-scale=1">'
    page = f"<head>{head}<style>{_STYLE}</style></head><body><main>\n{body}\n</main></body>"
    return f'<!doctype html>\n<html lang="en">{page}</html>\n'


def _html(part: Part) -> str:
    match part:
        case Heading():
            return f"<h{part.level}>{escape(part.text)}</h{part.level}>"
        case Paragraph():
            return f"<p>{escape(part.text)}</p>"
        case Picture():
            # mm on paper, half as large again on the page: 5 pt text is then easily read
            frame = f'style="max-width:{part.width * 1.5:.0f}mm" role="img"'
            drawn = f'<div {frame} aria-label="{escape(part.alt)}">{part.svg}</div>'
            return f"<figure>{drawn}<figcaption>{escape(part.caption)}</figcaption></figure>"
        case Table():
            return _html_table(part)


def _html_table(table: Table) -> str:
    def row(cells: Sequence[str], tag: str) -> str:
        numbers = [' class="n"' if i in table.numbers else "" for i in range(len(cells))]
        marked = zip(cells, numbers, strict=True)
        return "<tr>" + "".join(f"<{tag}{n}>{escape(c)}</{tag}>" for c, n in marked) + "</tr>"

    rows = "\n".join(row(cells, "td") for cells in table.rows)
    caption = f"<caption>{escape(table.caption)}</caption>" if table.caption else ""
    head = f"<thead>{row(table.columns, 'th')}</thead>"
    return f'<div class="wide"><table>{caption}{head}<tbody>{rows}</tbody></table></div>'
