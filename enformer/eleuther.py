"""Names of the tensors in the published PyTorch checkpoint, `EleutherAI/enformer-official-rough`."""

from collections.abc import Iterator

from enformer.config import EnformerConfig

POOLS = "pool.weight"  # stored there as a two-dimensional convolution, (channels, channels, 1, 1)
ALIAS = "_trunk."  # the published file repeats every trunk tensor under this prefix

_NORM = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
_AFFINE = ("weight", "bias")


def published_names(config: EnformerConfig) -> dict[str, str]:
    """The published name of every tensor of our `Enformer(config)`, by ours."""
    return dict(_names(config))


def _names(config: EnformerConfig) -> Iterator[tuple[str, str]]:
    yield from _tensors("stem.conv", "stem.0", _AFFINE)
    yield from _stage_rest("stem", "stem")
    for block in range(config.downsamples - 1):
        ours, theirs = f"conv_tower.{block}", f"conv_tower.{block}"
        yield from _conv_block(f"{ours}.conv", f"{theirs}.0")
        yield from _stage_rest(ours, theirs)
    for layer in range(config.depth):
        yield from _transformer_block(f"transformer.{layer}")
    yield from _conv_block("final_pointwise.block", "final_pointwise.1")
    for head in config.heads:
        yield from _tensors(f"heads.{head}.linear", f"_heads.{head}.0", _AFFINE)


def _stage_rest(ours: str, theirs: str) -> Iterator[tuple[str, str]]:
    yield from _conv_block(f"{ours}.pointwise", f"{theirs}.1.fn")
    yield f"{ours}.{POOLS}", f"{theirs}.2.to_attn_logits.weight"


def _conv_block(ours: str, theirs: str) -> Iterator[tuple[str, str]]:
    yield from _tensors(f"{ours}.norm", f"{theirs}.0", _NORM)
    yield from _tensors(f"{ours}.conv", f"{theirs}.2", _AFFINE)


def _transformer_block(block: str) -> Iterator[tuple[str, str]]:
    attention, published = f"{block}.attention", f"{block}.0.fn.1"
    yield from _tensors(f"{block}.attention_norm", f"{block}.0.fn.0", _AFFINE)
    pairs = {"query": "to_q", "key": "to_k", "value": "to_v", "relative_key": "to_rel_k"}
    for ours, theirs in pairs.items():
        yield f"{attention}.{ours}.weight", f"{published}.{theirs}.weight"
    yield f"{attention}.content_bias", f"{published}.rel_content_bias"
    yield f"{attention}.position_bias", f"{published}.rel_pos_bias"
    yield from _tensors(f"{attention}.output", f"{published}.to_out", _AFFINE)
    yield from _tensors(f"{block}.feed_forward_norm", f"{block}.1.fn.0", _AFFINE)
    yield from _tensors(f"{block}.expand", f"{block}.1.fn.1", _AFFINE)
    yield from _tensors(f"{block}.contract", f"{block}.1.fn.4", _AFFINE)


def _tensors(ours: str, theirs: str, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    yield from ((f"{ours}.{name}", f"{theirs}.{name}") for name in names)
