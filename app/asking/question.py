"""What a person asks for, as one value and as a link. The one place that names URL parameters."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

LONGEST_LOCUS_IN_URL = 2000
_PART = re.compile(r"(\d{1,12})-(\d{1,12})", re.ASCII)
_SHA = re.compile(r"[0-9a-f]{6,64}", re.ASCII)
MOST_KNOCKOUTS = 8
SLICES = ("row", "column")
ALLELES = ("alt", "difference")
_ZOOM = re.compile(r"(\d{1,12})-(\d{1,12})", re.ASCII)
_NUMBER = re.compile(r"\d{1,6}", re.ASCII)


@dataclass(frozen=True)
class Query:
    """What is asked, by all views together. Empty fields mean that the app chooses.

    Attributes:
        locus: the search box's text.
        model: a name such as mini, or a path.
        genome: a name such as hg38, or a path.
        tracks: `head/index` in the order shown.
        zoom: 0-based half-open part of the contig that is drawn.
        target: text of the target that is explained.
        layer: of the transformer, from 0.
        head: attention head of that layer, from 0.
        token: of the window, from 0.
        method: how it is explained, as the view that explains writes it.
        truth: the tissue whose planted truth is drawn; empty where none is.
        scale: of the value axes, as `app.figures.scale` writes it; empty for linear ones.
        group: what tracks are grouped by; empty where they are not.
        evidence: how evidence is gathered, as the Evidence view writes it.
        mark: 0-based half-open part of the contig that all views point out.
        model_sha: beginning of the sha256 of the weights that a link was made with.
        assembly: of the genome that a link was made on.
        knockouts: 0-based half-open parts of the contig that are knocked out, in the order asked.
        slice: the row or column of the attention head that is a track of the Locus view; empty for none.
        calls: the VCF that is scored, and how, as `app.calls` writes it.
        other: the model that `model` is compared with; empty where none is.
        pairs: pairs of their tracks, `head/index:head/index`, in the order shown.
        step: of the guided tour, from 0.
        allele: whose contributions are shown, of the `ALLELES`; empty for the reference's.
    """

    locus: str = ""
    model: str = ""
    genome: str = ""
    tracks: tuple[str, ...] = ()
    zoom: tuple[int, int] | None = None
    target: str = ""
    layer: int | None = None
    head: int | None = None
    token: int | None = None
    method: str = ""
    truth: str = ""
    scale: str = ""
    group: str = ""
    evidence: str = ""
    mark: tuple[int, int] | None = None
    model_sha: str = ""
    assembly: str = ""
    knockouts: tuple[tuple[int, int], ...] = ()
    slice: str = ""
    calls: str = ""
    other: str = ""
    pairs: tuple[str, ...] = ()
    step: int | None = None
    allele: str = ""

    @classmethod
    def from_url(cls, parameters: Mapping[str, str]) -> "Query":
        """What a link asks for; parameters that are unknown or make no sense are ignored."""
        return cls(
            locus=parameters.get("locus", "").strip(),
            model=parameters.get("model", "").strip(),
            genome=parameters.get("genome", "").strip(),
            tracks=_read_list(parameters.get("tracks", "")),
            zoom=_read_part(parameters.get("zoom", "")),
            target=parameters.get("target", "").strip(),
            layer=_read_number(parameters.get("layer", ""), first=1),
            head=_read_number(parameters.get("head", ""), first=1),
            token=_read_number(parameters.get("token", ""), first=0),
            method=parameters.get("method", "").strip(),
            truth=parameters.get("truth", "").strip(),
            scale=parameters.get("scale", "").strip(),
            group=parameters.get("group", "").strip(),
            evidence=parameters.get("evidence", "").strip(),
            mark=_read_part(parameters.get("mark", "")),
            model_sha=_read_sha(parameters.get("model_sha", "")),
            assembly=parameters.get("assembly", "").strip(),
            knockouts=_read_parts(parameters.get("knockouts", "")),
            slice=_one_of(SLICES, parameters.get("slice", "")),
            calls=parameters.get("calls", "").strip(),
            other=parameters.get("with", "").strip(),
            pairs=_read_list(parameters.get("pairs", "")),
            step=_read_number(parameters.get("step", ""), first=1),
            allele=_one_of(ALLELES, parameters.get("allele", "")),
        )

    def to_url(self) -> dict[str, str]:
        """URL parameters, as a person reads them: positions, layers, heads and steps are counted from 1.

        Tokens are counted from 0, as bins and tracks are everywhere.
        """
        parameters = {
            "locus": self.locus if self.fits_a_link else "",
            "model": self.model,
            "genome": self.genome,
            "tracks": ",".join(self.tracks),
            "zoom": _write_part(self.zoom),
            "target": self.target,
            "layer": "" if self.layer is None else str(self.layer + 1),
            "head": "" if self.head is None else str(self.head + 1),
            "token": "" if self.token is None else str(self.token),
            "method": self.method,
            "truth": self.truth,
            "scale": self.scale,
            "group": self.group,
            "evidence": self.evidence,
            "mark": _write_part(self.mark),
            "model_sha": self.model_sha,
            "assembly": self.assembly,
            "knockouts": ",".join(f"{start + 1}-{end}" for start, end in self.knockouts),
            "slice": self.slice,
            "calls": self.calls,
            "with": self.other,
            "pairs": ",".join(self.pairs),
            "step": "" if self.step is None else str(self.step + 1),
            "allele": self.allele,
        }
        return {name: value for name, value in parameters.items() if value}

    @property
    def fits_a_link(self) -> bool:
        """Whether a link can hold it: a long pasted sequence is left out."""
        return len(self.locus) <= LONGEST_LOCUS_IN_URL

    def same_question(self, other: "Query") -> bool:
        """Whether both ask for the same prediction, whatever part or tracks of it they show."""
        return (self.locus, self.model, self.genome) == (other.locus, other.model, other.genome)


def _write_part(part: tuple[int, int] | None) -> str:
    return f"{part[0] + 1}-{part[1]}" if part else ""


def _read_list(text: str) -> tuple[str, ...]:
    """Parts between commas, each once."""
    parts = (part.strip() for part in text.split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


def _read_part(text: str) -> tuple[int, int] | None:
    match = _PART.fullmatch(text.strip().replace(",", ""))
    if match is None:
        return None
    start, end = int(match[1]) - 1, int(match[2])
    return (start, end) if 0 <= start < end else None


def _read_sha(text: str) -> str:
    text = text.strip().lower()
    return text if _SHA.fullmatch(text) else ""


def _read_parts(text: str) -> tuple[tuple[int, int], ...]:
    """Parts apart from each other by commas, each once; those that make no sense are passed over."""
    found = (_read_part(part) for part in text.split(","))
    return tuple(dict.fromkeys(part for part in found if part))[:MOST_KNOCKOUTS]


def _one_of(choices: tuple[str, ...], text: str) -> str:
    return text.strip() if text.strip() in choices else ""


def _read_number(text: str, first: int) -> int | None:
    """A whole number counted from `first`, counted from 0."""
    match = _NUMBER.fullmatch(text.strip())
    return int(text) - first if match and int(text) >= first else None
