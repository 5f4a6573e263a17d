"""Colour scales that colour-blind readers can follow, and pictures of numbers in them.

Sequential is magma (S. van der Walt and N. Smith, CC0), turned round on a light page so that little is pale
there and dark on a dark one. Diverging is ColorBrewer's RdBu on light and Crameri's berlin on dark.
"""

import base64
import struct
import zlib

import numpy as np
from jaxtyping import UInt8

SHADES = 255
"""Colours of a scale; the palette's last place is the background."""
BLANK = SHADES

_MAGMA = (
    "000004 0a0822 1d1147 36106b 51127c 6a1c81 832681 9c2e7f b73779 "
    "d0416f e75263 f56b5c fc8961 fea772 fec488 fde2a3 fcfdbf"
)
_PALE = ("fdeac4", "fffef8")
"""Magma's last two on a light page, where much of a map is next to nothing and should be no colour."""
_RDBU = (
    "053061 175290 2a71b2 3f8ec0 6bacd1 9bc9e0 c2ddec e0ecf3 f7f6f6 "
    "fbe5d8 fbccb4 f5aa89 e48066 d05548 ba2832 930e26 67001f"
)
_BERLIN = (
    "9eb0ff 79abed 519fd3 3685ad 286886 1d4b61 14303e 111a20 14151a "
    "2b0e01 411201 5b1d08 7d341e 9e513f be6f63 df8f89 ffadad"
)


def ramp(diverging: bool, dark: bool) -> UInt8[np.ndarray, "shades 3"]:
    """The colours from the lowest number to the highest."""
    name = (_BERLIN if dark else _RDBU) if diverging else _MAGMA
    stops = name.split() if diverging or dark else [*name.split()[:-2], *_PALE][::-1]
    known = np.array([list(bytes.fromhex(stop)) for stop in stops], dtype=np.float64)
    at = np.linspace(0, len(known) - 1, SHADES)
    mixed = [np.interp(at, np.arange(len(known)), channel) for channel in known.T]
    return np.round(np.stack(mixed, axis=1)).astype(np.uint8)


def css(colours: UInt8[np.ndarray, "shades 3"]) -> list[list[float | str]]:
    """A scale as Plotly writes it, never quite black: Plotly draws channels near 0 as violet."""
    at = np.linspace(0, SHADES - 1, 33).round().astype(int).tolist()
    lighter = np.maximum(colours, 2)
    return [[place / (SHADES - 1), "#" + bytes(lighter[place]).hex()] for place in at]


def png(
    shades: UInt8[np.ndarray, "rows columns"],
    colours: UInt8[np.ndarray, "shades 3"],
    background: str,
) -> bytes:
    """A picture with one pixel a number, `BLANK` in the background's colour."""
    rows, columns = shades.shape
    palette = colours.tobytes() + bytes.fromhex(background.removeprefix("#"))
    lines = np.zeros((rows, columns + 1), dtype=np.uint8)  # each line begins with its filter: none
    lines[:, 1:] = shades
    head = struct.pack(">IIBBBBB", columns, rows, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", palette), (b"IDAT", zlib.compress(lines.tobytes(), 1)),
             (b"IEND", b""))  # fmt: skip
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in parts)


def _chunk(name: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + check


def data_uri(picture: bytes) -> str:
    """A PNG where a page expects an address."""
    return "data:image/png;base64," + base64.b64encode(picture).decode()
