"""Attention figures in words, for those who do not see them."""

import numpy as np

from app.figures.attention_data import AtlasPicture, HeadPicture, number


def describe_atlas(picture: AtlasPicture) -> str:
    """How many maps of what, which head looks farthest, and which one is marked."""
    far = np.unravel_index(int(np.abs(picture.distance).argmax()), picture.distance.shape)
    what = "Change of attention, REF minus ALT," if picture.difference else "Attention"
    layer, head = picture.chosen
    return (
        f"{what} over {picture.place}: {picture.layers} layers by {picture.heads} heads, the "
        f"{picture.pooling} of weights in each cell. Chosen: layer {layer + 1}, head {head + 1}. "
        f"Layer {far[0] + 1}, head {far[1] + 1} looks farthest, "
        f"{picture.distance[far] / 1000:.1f} kb on average."
    )


def describe_head(picture: HeadPicture) -> str:
    """Which head over what, and where each lane is highest."""
    what = "Change of attention, REF minus ALT," if picture.scale.difference else "Attention"
    return (
        f"{what} of {picture.name}: queries {picture.queries} by keys {picture.keys} "
        f"({picture.place.assembly}), each cell {picture.cells}. Tracks {picture.chosen_name}: "
        + "; ".join(_peak(picture, place) for place in range(len(picture.lanes)))
        + "."
    )


def _peak(picture: HeadPicture, place: int) -> str:
    lane, size = picture.lanes[place], picture.place.bin_size
    best = int(np.abs(lane.values).argmax())
    at = picture.place.window.start + best * size
    return (
        f"{lane.label} highest, {number(float(lane.values[best]))}, at "
        f"{picture.keys.contig}:{at + 1:,}-{at + size:,}"
    )
