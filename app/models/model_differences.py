"""Two models side by side: sizes, what they were trained on, held-out figures, and how they are related."""

import pandas as pd

from app.models.held_out import HeldOut
from enformer.checkpoint import Checkpoint
from enformer.config import EnformerConfig
from enformer.dilated import reach
from interpret.track_pairs import species_of


def differences(
    a: Checkpoint, b: Checkpoint, names: tuple[str, str], assembly: str
) -> pd.DataFrame:
    """A row for each property, a column for each model.

    Args:
        a: the model in use.
        b: the other one.
        names: of the columns.
        assembly: of the genome in view.
    """
    ours, theirs = _facts(a, assembly), _facts(b, assembly)
    rows = [(name, ours.get(name, "–"), theirs.get(name, "–")) for name in {**ours, **theirs}]
    return pd.DataFrame(rows, columns=["", *names])


def _facts(model: Checkpoint, assembly: str) -> dict[str, str]:
    config, card = model.config, model.card
    parameters = sum(weight.numel() for weight in model.model.parameters())
    known = model.heads_on(assembly)
    return {
        "Weights": f"sha256 {model.sha256[:12]}" + ("" if card.trained else ", never trained"),
        "Window": f"{config.window_length:,} bp",
        "Predicted region": f"{config.target_bins * config.bin_size:,} bp in {config.target_bins} bins",
        "What a bin sees": _sight(config),
        "Parameters": f"{parameters:,}",
        "Trunk": f"{config.depth} layers, {config.channels} channels, {_trunk(config)}",
        "Tracks": ", ".join(f"{count:,} {head}" for head, count in config.heads.items()),
        "Trained on": ", ".join(f"{name} ({head})" for head, name in card.assemblies.items()) or "–",
        f"On {assembly}": f"trained on it (head {', '.join(known)})" if known
        else f"{card.name} was not trained on this genome",
        "Licence of the weights": card.licence or "–",
    } | _held_out(model)  # fmt: skip


def _sight(config: EnformerConfig) -> str:
    """How far from a bin a base can lie and still matter, by the architecture."""
    edge = config.crop_bins * config.bin_size
    if config.trunk == "transformer":
        return f"the whole window, at least {edge:,} bp on each side"
    return f"about {reach(config.depth) * config.bin_size:,} bp on each side"


def _trunk(config: EnformerConfig) -> str:
    if config.trunk == "transformer":
        return f"{config.attention_heads} attention heads"
    return "dilated convolutions"


def _held_out(model: Checkpoint) -> dict[str, str]:
    """Mean Pearson of each head and assay on the split that counts most."""
    found = HeldOut.of(model.card.figures)
    if not len(found.pearson):
        return {}
    shown = found.pearson[found.split].dropna()
    return {
        f"Held-out r, {' '.join(row)}": f"{value:.3f} ({found.split})"
        for row, value in zip(shown.index.to_flat_index(), shown, strict=True)
    }


def kinship(a: Checkpoint, b: Checkpoint) -> tuple[str, ...]:
    """Sentences on how the two are related: weights, descent, sizes, tracks."""
    return (*_descent(a, b), _architecture(a.config, b.config), _tracks(a, b))


def _descent(a: Checkpoint, b: Checkpoint) -> tuple[str, ...]:
    if a.sha256 == b.sha256:
        return ("A and B are the same weights.",)
    if a.sha256 in b.card.lineage:
        return ("B was trained from the weights of A: its lineage names their sha256.",)
    if b.sha256 in a.card.lineage:
        return ("A was trained from the weights of B: its lineage names their sha256.",)
    return ("Neither names the other's weights in its lineage.",)


def _architecture(a: EnformerConfig, b: EnformerConfig) -> str:
    ours, theirs = a.to_dict(), b.to_dict()
    other = [name for name in ours if ours[name] != theirs[name]]
    if not other:
        return "Same architecture."
    return f"Architectures differ in {', '.join(name.replace('_', ' ') for name in other)}."


def _tracks(a: Checkpoint, b: Checkpoint) -> str:
    if a.tracks == b.tracks:
        return "Their track tables are identical."
    ours, theirs = _identified(a), _identified(b)
    shared = len(ours & theirs)
    return (
        f"Their track tables differ: {shared:,} of the {len(ours):,} tracks of A and of the "
        f"{len(theirs):,} of B have an identifier that the other has for the same species."
    )


def _identified(model: Checkpoint) -> set[tuple[str, str]]:
    frame, species = model.tracks.frame, species_of(model)
    return set(zip(frame["head"].map(dict(species)), frame["identifier"], strict=True))
