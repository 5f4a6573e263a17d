"""What is prepared of one species: genome, tracks, geometry, splits and limits."""

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from enformer.errors import DataError

SPLITS = ("train", "valid", "test")


@dataclass(frozen=True)
class Geometry:
    """Lengths of a record.

    Attributes:
        window_length: bp of sequence.
        bins: bins of targets in the middle of it.
        bin_size: bp of a bin.
    """

    window_length: int
    bins: int
    bin_size: int = 128

    def __post_init__(self) -> None:
        if min(self.bins, self.bin_size) < 1 or self.margin < 0 or 2 * self.margin != self._around:
            raise DataError(
                "The bins must fit into the window, with the same margin on both sides.",
                read=f"a window of {self.window_length:,} bp with {self.bins:,} bins of "
                f"{self.bin_size:,} bp",
                do="Give a longer window or fewer bins.",
                example="--window 196608 --bins 896 --bin-size 128",
            )

    @property
    def span(self) -> int:
        """Bp of the predicted region."""
        return self.bins * self.bin_size

    @property
    def _around(self) -> int:
        return self.window_length - self.span

    @property
    def margin(self) -> int:
        """Bp of context on each side of the predicted region."""
        return self._around // 2


PRESETS: Mapping[str, Geometry] = {
    "enformer": Geometry(196_608, 896),
    "basenji2": Geometry(131_072, 896),
    "mini": Geometry(131_072, 512),
    "borzoi": Geometry(524_288, 6_144, 32),
}


@dataclass(frozen=True)
class Species:
    """Every choice that decides the records of one head.

    Attributes:
        head: output head the tracks become.
        genome: FASTA, plain or compressed with bgzip; N is unknown sequence.
        tracks: Basenji targets file with a column `file`.
        folder: what `file` is relative to; the folder of `tracks` where it is None.
        assembly: of the genome, where its contigs do not tell.
        geometry: lengths of a record.
        train, valid, test: contigs of each split, or names in the BED of `regions` or `windows`. An
            empty `train` means all that is in no other split.
        regions: BED of regions to tile, named by split or fold.
        windows: BED whose rows are the windows themselves, named likewise; a row is brought to the
            window length around its middle, and no limit drops it.
        stride, held_out_stride: bp between training windows, and between others; the predicted
            region where None.
        max_unknown: largest share of N in a predicted region.
        blacklist: BED of regions whose values are brought down to the median of their window.
        max_blacklisted: largest share of them in a predicted region.
        unmappable: BED; bins that lie in it by half or more are brought down to the first quartile
            of their window's bins.
        max_unmappable: largest share of them in a predicted region.
        missing: `zero` or `median`, what a base that the file does not cover counts.
        negative: `minus` takes a file without positive values for a minus strand and refuses mixed
            signs; `absolute` drops signs; `zero` sets negative values to zero.
        soft_clip: form of the soft clip, `enformer` or `basenji` (see `train.bigwig.soft_clipped`).
        apart: drop training windows whose context reaches a predicted region that is held out.
    """

    head: str
    genome: Path
    tracks: Path
    folder: Path | None = None
    assembly: str | None = None
    geometry: Geometry = PRESETS["enformer"]
    train: tuple[str, ...] = ()
    valid: tuple[str, ...] = ()
    test: tuple[str, ...] = ()
    regions: Path | None = None
    windows: Path | None = None
    stride: int | None = None
    held_out_stride: int | None = None
    max_unknown: float = 0.1
    blacklist: Path | None = None
    max_blacklisted: float = 0.5
    unmappable: Path | None = None
    max_unmappable: float = 0.5
    missing: str = "zero"
    negative: str = "minus"
    soft_clip: str = "enformer"
    apart: bool = False

    def __post_init__(self) -> None:
        for wrong, failed in self._rules():
            if failed:
                raise DataError(
                    wrong, read=f"the choices for the head {self.head!r}", do="Correct that."
                )

    def _rules(self) -> list[tuple[str, bool]]:
        named = [*self.train, *self.valid, *self.test]
        shares = (self.max_unknown, self.max_blacklisted, self.max_unmappable)
        strides = [bp for bp in (self.stride, self.held_out_stride) if bp is not None]
        size = self.geometry.bin_size
        return [
            ("A head needs a name of letters, digits and _.", not self.head.isidentifier()),
            ("A contig or fold is named twice.", len(set(named)) < len(named)),
            ("A BED gives either regions or windows.", None not in (self.regions, self.windows)),
            ("Shares lie in 0 to 1.", not all(0 <= share <= 1 for share in shares)),
            (f"A stride is a multiple of the bin, {size} bp, above 0.",
             any(bp < 1 or bp % size for bp in strides)),
            ("missing is zero or median.", self.missing not in ("zero", "median")),
            ("negative is minus, absolute or zero.",
             self.negative not in ("minus", "absolute", "zero")),
            ("soft_clip is enformer or basenji.", self.soft_clip not in ("enformer", "basenji")),
        ]  # fmt: skip

    def stride_of(self, split: str) -> int:
        """Bp between the starts of neighbouring windows of a split."""
        given = self.stride if split == "train" else self.held_out_stride
        return self.geometry.span if given is None else given

    def to_dict(self) -> dict[str, Any]:
        """The choices as JSON holds them, paths absolute; `from_dict` restores them."""
        made: dict[str, Any] = {}
        for name, value in asdict(self).items():
            made[name] = str(value.resolve()) if isinstance(value, Path) else value
        return made | {split: list(made[split]) for split in SPLITS}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Species":
        """Restores what `to_dict` wrote."""
        return cls.from_options({k: v for k, v in values.items() if v is not None})

    @classmethod
    def from_options(cls, options: Mapping[str, Any], base: Path = Path()) -> "Species":
        """The species of options by name; lengths as `preset`, `window`, `bins` and `bin_size`.

        Args:
            options: from a command line or a table of TOML.
            base: folder that paths are relative to.

        Raises:
            DataError: one is missing, unknown, or of the wrong type.
        """
        left = dict(options)
        geometry = left.pop("geometry", None)
        lengths = {name: left.pop(name, None) for name in ("preset", "window", "bins", "bin_size")}
        kinds = {field.name: field.type for field in fields(cls)}
        unknown, missing = left.keys() - kinds.keys(), {"head", "genome", "tracks"} - left.keys()
        if unknown or missing:
            what = "has no option" if unknown else "lacks the option"
            raise DataError(
                f"It {what} {', '.join(sorted(unknown or missing))}.",
                read=f"the choices for the head {left.get('head', '')!r}",
                do="See python -m train.prepare bigwig --help.",
            )
        made = {name: _converted(name, value, kinds[name], base) for name, value in left.items()}
        return cls(**made, geometry=Geometry(**geometry) if geometry else _geometry(**lengths))


def _geometry(
    preset: str | None, window: int | None, bins: int | None, bin_size: int | None
) -> Geometry:
    if preset is not None and preset not in PRESETS:
        raise DataError(
            "There is no such preset.", read=f"the preset {preset!r}", choices=tuple(PRESETS)
        )
    start = PRESETS[preset or "enformer"]
    given = {"window_length": window, "bins": bins, "bin_size": bin_size}
    return Geometry(**asdict(start) | {k: v for k, v in given.items() if v is not None})


def _converted(name: str, value: Any, kind: Any, base: Path) -> Any:
    """The value as the field holds it: a lone name becomes a tuple, a text a path."""
    if kind == tuple[str, ...]:
        return (value,) if isinstance(value, str) else tuple(map(str, value))
    if kind in (Path, Path | None) and isinstance(value, str | Path):
        return base / Path(value).expanduser()
    wanted = float | int if kind is float else kind
    if not isinstance(value, wanted) or (isinstance(value, bool) and kind is not bool):
        raise DataError(
            f"That is {value!r}, which does not fit.",
            read=f"the option {name}",
            do="See python -m train.prepare bigwig --help.",
        )
    return float(value) if kind is float else value


def read_species(path: Path, defaults: Mapping[str, Any]) -> list[Species]:
    """One species for each table of a TOML file, named by its head; paths are relative to the file.

    Args:
        path: of the file.
        defaults: options for the tables that do not set them.

    Raises:
        DataError: the file cannot be read, or a table is wrong.
    """
    try:
        tables = tomllib.loads(path.read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _no_species(path, f"It cannot be read: {error}.") from error
    if not tables or not all(isinstance(table, dict) for table in tables.values()):
        raise _no_species(path, "It is no list of tables, one for each head.")
    shared = {key: Path(value).resolve() if isinstance(value, Path) else value
              for key, value in defaults.items()}  # fmt: skip
    return [Species.from_options({**shared, **table, "head": head}, path.parent)
            for head, table in tables.items()]  # fmt: skip


def _no_species(path: Path, wrong: str) -> DataError:
    return DataError(
        wrong,
        read=f"the species file {path}",
        do="Write a table for each head.",
        example='[human] genome = "hg38.fa" tracks = "human.tsv" valid = ["chr8"] test = ["chr9"]',
    )
