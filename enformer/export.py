"""A prediction's tracks as files for other tools: TSV, bedGraph, bigWig, NPZ.

Files follow their format: bedGraph, bigWig and NPZ are 0-based half-open, TSV has both. Bins beyond the
contig, where the window was padded with N, are marked in TSV and NPZ and left out of the others.
"""

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyBigWig
from jaxtyping import Float, Int

from enformer.errors import EnformerLensError
from enformer.predict import Prediction
from enformer.provenance import REALIGNED
from enformer.tracks import TrackId, TrackTable


@dataclass(frozen=True)
class ExportFile:
    """A file to download."""

    name: str
    mime: str
    content: bytes


class Column(NamedTuple):
    """Values of every bin from elsewhere, for the table.

    Attributes:
        name: of the column.
        values: one for each bin.
        about: what they are.
    """

    name: str
    values: Float[np.ndarray, " bins"]
    about: str


@dataclass(frozen=True)
class _Bins:
    """Chosen tracks over all bins. `starts` and `ends` are cut to the contig, 0-based half-open."""

    contig: str
    full_starts: Int[np.ndarray, " bins"]
    full_ends: Int[np.ndarray, " bins"]
    starts: Int[np.ndarray, " bins"]
    ends: Int[np.ndarray, " bins"]
    values: Float[np.ndarray, "bins tracks"]
    table: TrackTable

    @property
    def on_contig(self) -> Int[np.ndarray, " bins"]:
        """Bp of each bin that lie on the contig."""
        return self.ends - self.starts


def _bins(prediction: Prediction, tracks: Sequence[TrackId], contig_length: int) -> _Bins:
    table = prediction.tracks.select(tracks)
    if not len(table):
        raise EnformerLensError(
            "No track was chosen.", read="the tracks to export", do="Choose at least one."
        )
    columns = [prediction.values[track.head][:, track.index] for track in tracks]
    region, count = prediction.region, len(columns[0])
    edges = np.linspace(region.start, region.end, count + 1).astype(np.int64)
    cut = np.clip(edges, 0, contig_length)
    if cut[0] == cut[-1]:
        raise EnformerLensError(
            f"The predicted region {region} lies beyond a contig of {contig_length:,} bp.",
            read=f"the prediction on {region.contig}",
            do="Use the genome that the prediction was made on.",
        )
    values = np.stack(columns, axis=1)
    return _Bins(region.contig, edges[:-1], edges[1:], cut[:-1], cut[1:], values, table)


def tsv(
    prediction: Prediction,
    tracks: Sequence[TrackId],
    contig_length: int,
    beside: Sequence[Column] = (),
) -> bytes:
    """A table with provenance in its `#` lines: one row a bin, one column a track.

    `contig_bp` tells how much of the bin lies on the contig; 0 means that it is padding.

    Args:
        prediction: what to write.
        tracks: which tracks, in this order.
        contig_length: bp of the contig in the genome that was read.
        beside: more columns, after the tracks.

    Raises:
        TrackError: a track was not predicted.
        EnformerLensError: no track, or no bin on the contig.
    """
    bins = _bins(prediction, tracks, contig_length)
    table = pd.DataFrame(
        {
            "contig": bins.contig,
            "start_0based": bins.full_starts,
            "end_0based": bins.full_ends,
            "start_1based": bins.full_starts + 1,
            "end_1based": bins.full_ends,
            "contig_bp": bins.on_contig,
        }
    )
    columns = pd.DataFrame(_shortest(bins.values), columns=[str(track) for track in tracks])
    more = {column.name: _shortest(column.values) for column in beside}
    whole = pd.concat([table, columns, pd.DataFrame(more)], axis=1)
    text = whole.to_csv(sep="\t", index=False, lineterminator="\n")
    said = [f"# {column.name}: {column.about}".replace("\t", " ") for column in beside]
    return "\n".join([*_header(prediction, bins), *said, text]).encode()


def bedgraph(prediction: Prediction, tracks: Sequence[TrackId], contig_length: int) -> bytes:
    """UCSC bedGraph, provenance in `#` lines, one `track` line for each track.

    Arguments and errors as `tsv`.
    """
    bins = _bins(prediction, tracks, contig_length)
    here = bins.on_contig > 0
    lines = _header(prediction, bins)
    for row, column in zip(bins.table.frame.itertuples(), bins.values.T, strict=True):
        known = here & ~np.isnan(column)
        name = _plain(f"{row.head}/{row.index} {row.name}")
        about = _plain(f"{prediction.provenance.short()}; {row.unit}")
        lines.append(f'track type=bedGraph name="{name}" description="{about}" visibility=full')
        rows = zip(bins.starts[known], bins.ends[known], _shortest(column[known]), strict=True)
        lines += [f"{bins.contig}\t{start}\t{end}\t{value}" for start, end, value in rows]
    return ("\n".join(lines) + "\n").encode()


def bigwig(prediction: Prediction, track: TrackId, contig_length: int) -> bytes:
    """One track as bigWig. Arguments and errors as `tsv`."""
    bins = _bins(prediction, [track], contig_length)
    here = (bins.on_contig > 0) & ~np.isnan(bins.values[:, 0])
    with TemporaryDirectory() as folder:
        path = str(Path(folder) / "track.bw")
        file = pyBigWig.open(path, "w")
        file.addHeader([(bins.contig, contig_length)])
        file.addEntries(
            [bins.contig] * int(here.sum()),
            bins.starts[here].tolist(),
            ends=bins.ends[here].tolist(),
            values=bins.values[here, 0].tolist(),
        )
        file.close()
        return Path(path).read_bytes()


def bigwigs(prediction: Prediction, tracks: Sequence[TrackId], contig_length: int) -> bytes:
    """A zip of one bigWig a track and provenance.json. Arguments and errors as `tsv`."""
    _bins(prediction, tracks, contig_length)
    names = [f"{_stem(prediction)}_{_safe(str(track))}.bw" for track in tracks]
    files = {
        name: bigwig(prediction, track, contig_length)
        for name, track in zip(names, tracks, strict=True)
    }
    provenance = _provenance(prediction, tracks)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (files | {"provenance.json": provenance.encode()}).items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return packed.getvalue()


def npz(prediction: Prediction, tracks: Sequence[TrackId], contig_length: int) -> bytes:
    """NumPy arrays: values (bins, tracks), contig, starts, ends, contig_bp, tracks, names, units, provenance.

    Arguments and errors as `tsv`.
    """
    bins = _bins(prediction, tracks, contig_length)
    packed = io.BytesIO()
    np.savez_compressed(
        packed,
        values=bins.values,
        contig=np.array(bins.contig),
        starts=bins.full_starts,
        ends=bins.full_ends,
        contig_bp=bins.on_contig,
        tracks=np.array([str(track) for track in tracks]),
        names=bins.table.frame["name"].to_numpy(dtype=str),
        units=bins.table.frame["unit"].to_numpy(dtype=str),
        provenance=np.array(_provenance(prediction, tracks)),
    )
    return packed.getvalue()


Writer = Callable[..., bytes]
_WRITERS: dict[str, tuple[str, str, Writer]] = {
    "TSV": ("tsv", "text/tab-separated-values", tsv),
    "bedGraph": ("bedgraph", "text/plain", bedgraph),
    "bigWig": ("bigwig.zip", "application/zip", bigwigs),
    "NPZ": ("npz", "application/octet-stream", npz),
}
FORMATS = tuple(_WRITERS)
"""What `export` can write."""


def export(
    prediction: Prediction,
    tracks: Sequence[TrackId],
    contig_length: int,
    form: str,
    beside: Sequence[Column] = (),
) -> ExportFile:
    """A named file in one of the `FORMATS`; a single bigWig comes bare, several as a zip.

    The columns `beside` go into TSV only. Other arguments and errors as `tsv`, and an EnformerLensError
    for another format.
    """
    if form not in _WRITERS:
        raise EnformerLensError(
            "There is no such format.",
            read=f"the format {form!r}",
            do=f"Choose from {', '.join(FORMATS)}.",
        )
    if form == "bigWig" and len(tracks) == 1:
        name = f"{_stem(prediction)}_{_safe(str(tracks[0]))}.bw"
        content = bigwig(prediction, tracks[0], contig_length)
        return ExportFile(name, "application/octet-stream", content)
    ending, mime, write = _WRITERS[form]
    name = f"{_stem(prediction)}.{ending}"
    more = {"beside": beside} if form == "TSV" else {}
    return ExportFile(name, mime, write(prediction, tracks, contig_length, **more))


def _header(prediction: Prediction, bins: _Bins) -> list[str]:
    shown = prediction.provenance.with_tracks(tuple(map(str, bins.table)))
    lines = ["# Enformer Lens prediction", *shown.lines()]
    for row in bins.table.frame.itertuples():
        lines.append(f"# {row.head}/{row.index}: {row.identifier}, {row.name}, {row.unit}")
    variant = prediction.variant
    if variant is not None and variant.is_indel:
        longer = len(variant.alt) - len(variant.ref)
        way = f"{abs(longer)} bp {'longer' if longer > 0 else 'shorter'} than the reference"
        lines.append(
            f"# note: ALT is {way}; its bins were put back over the reference's bases, else nan"
            if prediction.provenance.options.get(REALIGNED)
            else f"# note: bins right of the variant follow ALT, which is {way}"
        )
    return [line.replace("\t", " ") for line in lines]


def _provenance(prediction: Prediction, tracks: Sequence[TrackId]) -> str:
    return prediction.provenance.with_tracks(tuple(map(str, tracks))).to_json()


def _shortest(values: Float[np.ndarray, "*shape"]) -> np.ndarray:
    """The shortest text from which each float32 can be read back."""
    return values.astype(np.float32).astype(str)


def _plain(text: str) -> str:
    """Fit for a quoted field of a track line, where browsers expect ASCII."""
    return text.replace("−", "-").replace(" · ", "; ").replace('"', "'")


def _safe(text: str) -> str:
    """Fit for a file name."""
    return re.sub(r"[^A-Za-z0-9.+-]+", "-", text).strip("-")


def _stem(prediction: Prediction) -> str:
    made, region = prediction.provenance, prediction.region
    place = f"{region.contig}-{max(region.start, 0) + 1}-{region.end}"
    parts = [made.model, *([] if made.trained else ["untrained"]), made.assembly, place]
    if prediction.variant is not None:
        parts.append(prediction.variant.key)
    return "_".join(_safe(part)[:80] for part in parts)
