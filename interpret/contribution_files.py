"""Contributions as files for other tools: TSV, bedGraph, bigWig, and the arrays that TF-MoDISco reads.

Positions beyond the contig, where the window was padded with N, are left out of all files that are by
genomic position. bedGraph and bigWig are 0-based half-open, TSV has both.
"""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pyBigWig
from jaxtyping import Float, Int

from enformer.coordinates import Interval
from enformer.errors import EnformerLensError
from enformer.export import ExportFile
from enformer.sequence import BASES
from interpret.allele_contributions import FILE_NAMES, AlleleContributions
from interpret.contributions import Contributions


@dataclass(frozen=True)
class _Part:
    """The positions to write: those of a region that are on the window and on the contig."""

    found: Contributions
    first: int
    stop: int

    @property
    def inside(self) -> slice:
        """Of the window."""
        start = self.found.interval.start
        return slice(self.first - start, self.stop - start)

    @property
    def starts(self) -> Int[np.ndarray, " positions"]:
        """0-based."""
        return np.arange(self.first, self.stop)

    @property
    def values(self) -> Float[np.ndarray, " positions"]:
        """Contributions per position."""
        return self.found.per_position[self.inside].astype(np.float32)


def tsv(found: Contributions, contig_length: int, region: Interval | None = None) -> bytes:
    """One row a position: its base, contribution, and what each base would contribute there.

    Of an allele: what stands there before each, and contributions of both with their difference.

    Args:
        found: what to write.
        contig_length: bp of the contig in the genome that was read.
        region: only this part; the whole window by default.

    Raises:
        EnformerLensError: the region has no position on the window and the contig.
    """
    part = _part(found, contig_length, region)
    place = {
        "contig": found.interval.contig,
        "position_0based": part.starts,
        "position_1based": part.starts + 1,
    }
    if isinstance(found, AlleleContributions):
        table = pd.DataFrame(place | _of_alleles(found, part.inside))
    else:
        table = pd.DataFrame(place | _of_bases(found, part.inside))
    text = table.to_csv(sep="\t", index=False, lineterminator="\n")
    return "\n".join([*_header(found), text]).encode()


def _of_bases(found: Contributions, inside: slice) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "base": list(found.letters[inside]),
        "contribution": _shortest(found.per_position[inside]),
    }
    hypothetical = _shortest(found.hypothetical[inside])
    return columns | {f"hypothetical_{base}": hypothetical[:, i] for i, base in enumerate(BASES)}


def _of_alleles(found: AlleleContributions, inside: slice) -> dict[str, Any]:
    ref, values = found.ref, {"contribution_ALT": found.of_alt}
    letters = {"ALT": found.bases[inside]}
    if ref is not None:
        letters = {"REF": list(ref.letters[inside]), **letters}
        values |= {"contribution_REF": ref.per_position, "ALT_minus_REF": found.per_position}
    return {**letters, **{name: _shortest(each[inside]) for name, each in values.items()}}


def bedgraph(found: Contributions, contig_length: int, region: Interval | None = None) -> bytes:
    """UCSC bedGraph of the contribution of each position, provenance in `#` lines.

    Arguments and errors as `tsv`.
    """
    part = _part(found, contig_length, region)
    about = f'name="contributions to {found.target}" description="{_about(found)}"'
    contig, values = found.interval.contig, _shortest(part.values)
    rows = (
        f"{contig}\t{at}\t{at + 1}\t{value}" for at, value in zip(part.starts, values, strict=True)
    )
    lines = [*_header(found), f"track type=bedGraph {about} visibility=full", *rows]
    return ("\n".join(lines) + "\n").encode()


def bigwig(found: Contributions, contig_length: int, region: Interval | None = None) -> bytes:
    """A bigWig of the contribution of each position. Arguments and errors as `tsv`."""
    part = _part(found, contig_length, region)
    contig = found.interval.contig
    with TemporaryDirectory() as folder:
        path = str(Path(folder) / "contributions.bw")
        file = pyBigWig.open(path, "w")
        file.addHeader([(contig, contig_length)])
        file.addEntries(contig, part.first, values=part.values.tolist(), span=1, step=1)
        file.close()
        return Path(path).read_bytes()


def modisco(
    found: Contributions,
    contig_length: int,
    region: Interval | None = None,
    width: int | None = None,
) -> bytes:
    """A zip for `modisco motifs -s ohe.npz -a shap.npz`: what it reads, and where each sequence lies.

    Both arrays are (sequences, 4, length) float32 under `arr_0`: the one-hot, and the hypothetical
    contributions, from which TF-MoDISco-lite takes those of the bases that stand there itself. It looks at
    the middle 400 bp of each sequence unless told otherwise by `-w`. `regions.bed` has a line for each.

    Args:
        found: what to write.
        contig_length: bp of the contig in the genome that was read.
        region: only this part; the whole window by default.
        width: cut it into sequences of so many bp from its start, and leave a shorter rest out; one
            sequence by default.

    Raises:
        EnformerLensError: the region has no position there, or is shorter than the width.
    """
    part = _part(found, contig_length, region)
    length = part.stop - part.first
    width = length if width is None else width
    if not 1 <= width <= length:
        raise EnformerLensError(
            f"Sequences of that width do not fit into the {length:,} bp to be written.",
            read=f"a width of {width:,} bp",
            do="Choose a smaller width, or a larger region.",
        )
    letters = np.array(list(found.letters[part.inside]))
    codes = np.stack([letters == base for base in BASES], axis=1)
    starts = range(part.first, part.first + length // width * width, width)
    lines = [f"{found.interval.contig}\t{start}\t{start + width}\n" for start in starts]
    files = {
        "ohe.npz": _npz(_cut(codes, width)),
        "shap.npz": _npz(_cut(found.hypothetical[part.inside], width)),
        "regions.bed": "".join(lines).encode(),
    }
    return _zip(files | _provenance(found))


def _cut(rows: np.ndarray, width: int) -> Float[np.ndarray, "sequences 4 width"]:
    count = len(rows) // width
    return rows[: count * width].reshape(count, width, 4).transpose(0, 2, 1).astype(np.float32)


def _npz(array: np.ndarray) -> bytes:
    packed = io.BytesIO()
    np.savez_compressed(packed, array)
    return packed.getvalue()


def _zip(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return packed.getvalue()


def _bigwig_with_provenance(
    found: Contributions, contig_length: int, region: Interval | None = None
) -> bytes:
    """A bigWig has no room for text: it comes in a zip with its provenance beside it."""
    name = f"{_stem(found)}.bw"
    return _zip({name: bigwig(found, contig_length, region)} | _provenance(found))


Writer = Callable[[Contributions, int, Interval | None], bytes]
_WRITERS: dict[str, tuple[str, str, Writer]] = {
    "TSV": ("tsv", "text/tab-separated-values", tsv),
    "bedGraph": ("bedgraph", "text/plain", bedgraph),
    "bigWig": ("bigwig.zip", "application/zip", _bigwig_with_provenance),
    "TF-MoDISco": ("modisco.zip", "application/zip", modisco),
}
FORMATS = tuple(_WRITERS)
"""What `export` can write."""


def export(
    found: Contributions, contig_length: int, form: str, region: Interval | None = None
) -> ExportFile:
    """A named file in one of the `FORMATS`; a bigWig in a zip with its provenance.

    Other arguments and errors as `tsv`, and an EnformerLensError for another format.
    """
    if form not in _WRITERS:
        raise EnformerLensError(
            "There is no such format.",
            read=f"the format {form!r}",
            do=f"Choose from {', '.join(FORMATS)}.",
            choices=FORMATS,
        )
    ending, mime, write = _WRITERS[form]
    return ExportFile(f"{_stem(found)}.{ending}", mime, write(found, contig_length, region))


def _part(found: Contributions, contig_length: int, region: Interval | None) -> _Part:
    on_contig = Interval(found.interval.contig, 0, contig_length)
    here = found.interval.intersect(on_contig)
    here = here if here is None or region is None else here.intersect(region)
    if here is None:
        raise EnformerLensError(
            f"It has no position of the window {found.interval} on a contig of {contig_length:,} bp.",
            read=f"the region {region or found.interval}",
            do="Choose a region inside the window, on the genome that was read.",
        )
    return _Part(found, here.start, here.end)


def _header(found: Contributions) -> list[str]:
    lines = [
        "# Enformer Lens contributions",
        *([] if found.provenance is None else found.provenance.lines()),
    ]
    gap = found.relative_gap
    explained = {
        "target": found.target,
        "method": found.method,
        "baseline": found.baseline,
        "strands": "mean of both" if found.reverse_complement else "the given one",
        "target of the sequence": found.value,
        "target of the baseline": "none" if found.baseline_value is None else found.baseline_value,
        "completeness gap": "none" if gap is None else f"{found.completeness_gap:.6g} ({gap:.2%})",
    }
    variant = None if found.provenance is None else found.provenance.variant
    if isinstance(found, AlleleContributions):
        explained |= _of_allele(found)
    elif variant is not None and variant.is_indel:
        longer = len(variant.alt) - len(variant.ref)
        explained["note"] = (
            f"positions right of the variant follow ALT, which is {abs(longer)} bp "
            f"{'longer' if longer > 0 else 'shorter'} than the reference"
        )
    return [*lines, *(f"# {name}: {value}" for name, value in explained.items())]


def _of_allele(found: AlleleContributions) -> dict[str, object]:
    said: dict[str, object] = {"allele": found.allele}
    if found.variant.is_indel:
        said["note"] = (
            "positions are the reference's: inserted bases are summed at the base before them, deleted ones "
            f"have no contribution before ALT; beyond the window's end are left out {found.left_out:.6g}"
        )
    return said


def _provenance(found: Contributions) -> dict[str, bytes]:
    made = found.provenance
    return {} if made is None else {"provenance.json": made.to_json().encode()}


def _about(found: Contributions) -> str:
    made = [] if found.provenance is None else [found.provenance.short()]
    allele = [found.allele] if isinstance(found, AlleleContributions) else []
    text = "; ".join([found.method, *allele, *made])
    return text.replace("−", "-").replace(" · ", "; ").replace('"', "'")


def _shortest(values: Float[np.ndarray, "*shape"]) -> np.ndarray:
    """The shortest text from which each float32 can be read back."""
    return values.astype(np.float32).astype(str)


def _stem(found: Contributions) -> str:
    made, place = found.provenance, found.interval
    parts = [
        f"{place.contig}-{max(place.start, 0) + 1}-{place.end}",
        "contributions",
        *([FILE_NAMES[found.allele]] if isinstance(found, AlleleContributions) else []),
        str(found.target),
    ]
    if made is not None:
        named = [made.model, *([] if made.trained else ["untrained"]), made.assembly]
        parts = [*named, *parts, *([] if made.variant is None else [made.variant.key])]
    return "_".join(re.sub(r"[^A-Za-z0-9.+-]+", "-", part).strip("-")[:80] for part in parts)
