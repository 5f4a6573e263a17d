"""What one training run does, read from a TOML file and checked before anything starts."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from enformer.checkpoint import BUNDLED
from enformer.config import EnformerConfig
from enformer.errors import DataError

FROZEN = ("nothing", "convolutions", "trunk")
NAMED_MODELS = (*BUNDLED, "official")


@dataclass(frozen=True)
class FineTune:
    """The table [finetune]: a trained trunk, with new heads where the tracks are others.

    Attributes:
        source: "official", the name of a bundled model, or the path of a checkpoint.
        freeze: what keeps its weights and runs as in inference: "nothing", "convolutions" or "trunk".
        freeze_statistics: batch normalisation keeps the parent's means and variances. One window's
            differ so much from them that a model tuned without this may forget all it knew.
        layer_decay: learning rate of each layer over that of the layer above it, from the heads down.
        keep_tokens: compute what frozen convolutions make of each training window once, on both strands, and
            keep it beside the data (3 bytes a base at 96 channels, 48 at 1,536); windows are not shifted.
    """

    source: str
    freeze: str = "nothing"
    freeze_statistics: bool = True
    layer_decay: float = 1.0
    keep_tokens: bool = False

    def __post_init__(self) -> None:
        _refuse(
            [
                (f"freeze is one of {', '.join(FROZEN)}.", self.freeze not in FROZEN),
                ("layer_decay lies in (0, 1].", not 0 < self.layer_decay <= 1),
                (
                    'keep_tokens needs freeze = "convolutions" or "trunk".',
                    self.keep_tokens and self.freeze == "nothing",
                ),
            ]
        )


@dataclass(frozen=True)
class FitConfig:
    """Every choice of a training run.

    Attributes:
        data: the prepared HDF5 file.
        out: folder for checkpoints and the log.
        steps: updates in all, over both heads.
        model: sizes of the `EnformerConfig`; heads and lengths come from the data. Where a model is
            fine-tuned its sizes hold, and only what should differ is named, such as dropout.
        schedule: heads in turn, one update each.
        start: checkpoint whose weights come first, or none for fresh ones.
        auxiliary: prepared file whose heads share the trunk in training and are not kept, or none.
        keep_auxiliary: save them all the same, for a run that starts from these weights.
        finetune: a trained model whose trunk comes first, or none.
        attention_gain: queries and attention biases start at so much of their published size; below 1
            attention starts nearly uniform, and learns far sooner where there is little data.
        batch_size: windows of an update, on all devices together.
        accumulate: parts of a batch that are computed one after the other, to save memory.
        recompute: keep few activations and compute the others twice, to save memory.
        crop_bins: targets of a training window, 0 for all of the stored ones.
        crop_margin: bins of sequence without targets on each side, -1 for all of the stored ones.
        learning_rate: at the end of the warm-up.
        warmup: steps over which it rises linearly.
        decay: "cosine" to zero at the last step, or "constant".
        optimizer: "adam" or "adamw".
        weight_decay: of AdamW, on matrices and filters, not on biases and norms.
        clip_norm: largest global norm of a gradient.
        assay_weights: how much the tracks of an assay count in the loss, 1 where not named.
        max_shift: largest random shift in bp.
        reverse_complement: whether half of the windows are read on the other strand.
        mutation_rate: share of bases drawn anew in every window.
        average: decay of the moving average of the weights, 0 for none; it is what is kept.
        evaluate_every: steps between validations.
        patience: validations without a better figure after which the run ends, 0 for never.
        tensorboard: write losses, rates and figures to out/tensorboard too.
        choose_by: figures whose mean over the validation split picks the best checkpoint.
        seed: all that is random follows from it.
        autocast: run matrix products in bfloat16.
        workers: processes that prepare batches.
        held_out: split that the best weights are scored on once, at the end, for the card; or "".
        card: title, summary, data, split, licence, citation of the result.
    """

    data: Path
    out: Path
    steps: int
    model: Mapping[str, Any] = field(default_factory=dict, hash=False)
    schedule: tuple[str, ...] = ("human", "mouse")
    start: Path | None = None
    auxiliary: Path | None = None
    keep_auxiliary: bool = False
    finetune: FineTune | None = None
    attention_gain: float = 1.0
    batch_size: int = 1
    accumulate: int = 1
    recompute: bool = False
    crop_bins: int = 0
    crop_margin: int = -1
    learning_rate: float = 5e-4
    warmup: int = 500
    decay: str = "cosine"
    optimizer: str = "adamw"
    weight_decay: float = 0.01
    clip_norm: float = 0.2
    assay_weights: Mapping[str, float] = field(default_factory=dict, hash=False)
    max_shift: int = 4
    reverse_complement: bool = True
    mutation_rate: float = 0.0
    average: float = 0.0
    evaluate_every: int = 500
    patience: int = 0
    tensorboard: bool = False
    choose_by: tuple[str, ...] = ("human/CAGE", "human/DNASE")
    seed: int = 0
    autocast: bool = False
    workers: int = 0
    held_out: str = ""
    card: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        _refuse(self._rules())

    @property
    def keeps_tokens(self) -> bool:
        """Whether the convolutions run once and not at every step."""
        return self.finetune is not None and self.finetune.keep_tokens

    def _rules(self) -> list[tuple[str, bool]]:
        return [
            ("steps must be at least 1.", self.steps < 1),
            ("schedule names no head.", not self.schedule),
            ("With keep_tokens max_shift and mutation_rate must be 0.",
             self.keeps_tokens and (self.max_shift > 0 or self.mutation_rate > 0)),
            ("attention_gain must be positive.", not self.attention_gain > 0),
            ("batch_size must be at least 1.", self.batch_size < 1),
            ("accumulate must divide batch_size.",
             self.accumulate < 1 or self.batch_size % self.accumulate != 0),
            ("start and finetune both name where weights come from.",
             self.start is not None and self.finetune is not None),
            ("patience must not be negative.", self.patience < 0),
            ("crop_bins must be even and not negative.", self.crop_bins < 0 or self.crop_bins % 2 == 1),
            ("learning_rate must be positive.", not self.learning_rate > 0),
            ("warmup must lie in 0 to steps.", not 0 <= self.warmup <= self.steps),
            ("decay is cosine or constant.", self.decay not in ("cosine", "constant")),
            ("optimizer is adam or adamw.", self.optimizer not in ("adam", "adamw")),
            ("clip_norm must be positive.", not self.clip_norm > 0),
            ("assay_weights must not be negative.",
             min(self.assay_weights.values(), default=1.0) < 0),
            ("max_shift lies in 0 to 4 bp.", not 0 <= self.max_shift <= 4),
            ("mutation_rate lies in [0, 1).", not 0 <= self.mutation_rate < 1),
            ("average lies in [0, 1).", not 0 <= self.average < 1),
            ("evaluate_every must be at least 1.", self.evaluate_every < 1),
        ]  # fmt: skip

    def model_config(
        self, heads: Mapping[str, int], window_length: int, bins: int
    ) -> EnformerConfig:
        """The network for data of these tracks and lengths.

        Raises:
            DataError: `model` holds an unknown name or a value of the wrong type.
        """
        sizes = {"heads": heads, "window_length": window_length, "target_bins": bins}
        try:
            return EnformerConfig(**sizes, **self.model)
        except TypeError as error:
            raise DataError(
                f"That is no network: {error}.",
                read=f"the section [model] with {dict(self.model)}",
                do="Use the names of EnformerConfig; heads and lengths come from the data.",
                example="channels = 128",
            ) from error


def read_settings(path: Path, root: Path | None = None) -> FitConfig:
    """Reads a TOML file; paths in it are taken relative to `root` (here).

    Raises:
        DataError: the file cannot be read, lacks a value or holds an unknown one.
    """
    try:
        held = tomllib.loads(path.read_text())
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise _unreadable(path, f"It cannot be read: {error}.") from error
    known = {entry.name: entry for entry in fields(FitConfig)}
    unknown = sorted(set(held) - set(known))
    if unknown:
        raise _unreadable(path, f"It holds unknown names: {', '.join(unknown)}.")
    sizes = {"model"} if "finetune" not in held else set()
    lacking = sorted({"data", "out", "steps", *sizes} - set(held))
    if lacking:
        raise _unreadable(path, f"It lacks: {', '.join(lacking)}.")
    base = root or Path()
    for name in held.keys() & {"data", "out", "start", "auxiliary"}:
        held[name] = base / held[name]
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in held.items()}
    try:
        if "finetune" in held:
            values["finetune"] = _finetune(held["finetune"], base)
        return FitConfig(**values)
    except TypeError as error:
        raise _unreadable(path, f"A value has the wrong type: {error}.") from error


def _finetune(table: Mapping[str, Any], base: Path) -> FineTune:
    given = FineTune(**table)
    named = given.source in NAMED_MODELS
    return given if named else replace(given, source=str(base / given.source))


def _refuse(rules: Iterable[tuple[str, bool]]) -> None:
    for wrong, failed in rules:
        if failed:
            raise DataError(wrong, read="a training configuration", do="Correct that value.")


def _unreadable(path: Path, wrong: str) -> DataError:
    return DataError(
        wrong,
        read=f"the training configuration {path}",
        do=f"Use the names {', '.join(entry.name for entry in fields(FitConfig))}.",
        example="train/configs/mini.toml",
    )
