"""Contrast of colours as WCAG 2.2 defines it."""

import numpy as np


def linear(colour: str) -> np.ndarray:
    """Linear RGB of `#rrggbb`."""
    srgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """From 1 for two alike to 21 for black on white; text needs 4.5 at least."""
    bright, dim = sorted(
        (float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other)), reverse=True
    )
    return (bright + 0.05) / (dim + 0.05)
