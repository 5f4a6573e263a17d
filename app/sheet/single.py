"""What a figure of one view was drawn from, which its provenance holds beside where results come from."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from app.asking.pasted import PastedGenome
from app.asking.question import Query
from app.asking.scene import Scene
from app.sheet.origins import Model, Origin, gene_of, software
from enformer.errors import EnformerLensError
from enformer.genes import Gene
from enformer.tracks import TrackId
from interpret.target import Target

FORM = "enformer-lens figure/1"
WIDTH = 183
"""Mm, where nobody chose."""
PICTURES: Mapping[str, tuple[str, ...]] = {
    "locus": ("tracks",),
    "variant": ("tracks",),
    "map": ("map",),
    "contributions": ("contributions",),
    "attention": ("map", "atlas", "arcs"),
    "evidence": ("evidence",),
    "comparison": ("lanes", "scatter"),
}
"""What can be drawn of one provenance of each view; the first unless another is named."""
_CHOSEN: Mapping[str, Mapping[str, type]] = {
    "locus": {},
    "variant": {},
    "map": {"flank": int, "exact": bool, "motifs": str},
    "contributions": {"shuffles": int, "motifs": str},
    "attention": {
        "allele": str, "pooling": str, "together": bool, "rollout": bool, "way": str,
        "whole": bool, "queries": list, "arcs": int, "beyond": bool,
    },
    "evidence": {"elements": list},
    "comparison": {"allele": str, "pairs": list, "pair": int, "scale": str},
}  # fmt: skip
"""What a view's widgets say beside the question."""


@dataclass(frozen=True)
class Single:
    """All that decides a figure of a view, but for its width.

    Attributes:
        view: of the `PICTURES`.
        question: with what the app would choose written out; model and genome are named below.
        model: the weights.
        genome: the sequence.
        genes: those drawn.
        gene: the one that was asked for.
        chosen: what the view's widgets say beside the question, by name.
        other: the weights that the model is compared with.
        picture: of the view's.
        width: mm.
        versions: software by name.
    """

    view: str
    question: Query
    model: Model
    genome: Origin
    genes: tuple[Gene, ...] = ()
    gene: Gene | None = None
    chosen: Mapping[str, Any] = field(default_factory=dict, hash=False)
    other: Model | None = None
    picture: str = ""
    width: int = WIDTH
    versions: Mapping[str, str] = field(default_factory=software, hash=False)

    @property
    def pasted(self) -> bool:
        """Whether the sequence is in the question itself."""
        return self.genome.assembly == PastedGenome.assembly

    @classmethod
    def of(
        cls,
        view: str,
        query: Query,
        shown: Scene,
        *,
        tracks: Sequence[TrackId] = (),
        target: Target | None = None,
        genes: Sequence[Gene] = (),
        **chosen: Any,
    ) -> "Single":
        """Of a view that is being drawn.

        Args:
            view: of the `PICTURES`.
            query: what is asked.
            shown: what it resolves to.
            tracks: those drawn.
            target: what is explained.
            genes: over the window; those are kept that may be in view.
            chosen: as in the class.
        """
        variant = shown.parsed.variant
        question = replace(
            query, locus=query.locus if variant is None else str(variant),
            tracks=tuple(map(str, tracks)), target="" if target is None else str(target),
            model="", genome="", model_sha="", assembly="", calls="", other="", step=None,
        )  # fmt: skip
        # the Attention view shows the whole window where nobody zoomed in
        seen = shown.window if view == "attention" and not query.zoom else shown.view
        there = tuple(one for one in genes if one.start < seen.end and one.end > seen.start)
        model = Model.of(shown.checkpoint, query.model)
        genome = Origin.of(shown.place.genome, query.genome)
        return cls(view, question, model, genome, there, shown.parsed.gene, chosen)

    def to_values(self) -> dict[str, Any]:
        """Plain values; the question as in a link."""
        # a link leaves out a pasted sequence that is too long for it
        question = self.question.to_url() | {"locus": self.question.locus}
        picture = self.picture or PICTURES[self.view][0]
        more = {"question": question, "chosen": dict(self.chosen), "picture": picture}
        return {"form": FORM} | asdict(replace(self, chosen={}, versions={})) | more | {
            "versions": dict(self.versions)
        }  # fmt: skip

    @classmethod
    def from_json(cls, text: str) -> "Single | None":
        """What a provenance holds; None where it is of something else than one view.

        Raises:
            EnformerLensError: it was changed, or drawn with files that it does not hold.
        """
        values = _figure(text)
        if values is None:
            return None
        try:
            return cls._read(values)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise EnformerLensError(
                f"It holds no figure ({error}).",
                read="the provenance of a figure",
                do="Use the JSON that was downloaded with a figure, as it was.",
            ) from error

    @classmethod
    def _read(cls, values: Mapping[str, Any]) -> "Single":
        given = {name: value for name, value in values.items() if name != "form"}
        _check(values["form"] == FORM, f"its form is {values['form']!r}, not {FORM!r}")
        wanted, chosen = _CHOSEN[given["view"]], given["chosen"]
        _check(set(chosen) == set(wanted), "other things were chosen in such a view")
        for name, kind in wanted.items():
            _check(isinstance(chosen[name], kind), f"{name} is {chosen[name]!r}")
        gene, other = given["gene"], given["other"]
        return cls(**given | {
            "question": Query.from_url(given["question"]),
            "model": Model(**given["model"]),
            "other": None if other is None else Model(**other),
            "genome": Origin(**given["genome"]),
            "genes": tuple(map(gene_of, given["genes"])),
            "gene": None if gene is None else gene_of(gene),
        })  # fmt: skip


def _figure(text: str) -> Mapping[str, Any] | None:
    """The part of a provenance that is about a figure of a view."""
    try:
        values = json.loads(text)
    except ValueError:
        return None
    if not isinstance(values, dict) or not isinstance(values.get("figure"), dict):
        return None
    if own := values.get("own"):
        raise EnformerLensError(
            f"It was drawn with files of your own, which it does not hold: {', '.join(own)}.",
            read="the provenance of a figure",
            do="Open its link in the app and add the files again; or download it without them.",
        )
    return values["figure"]


def _check(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ValueError(otherwise)


def written(known: Mapping[str, Any], single: Single | None) -> str:
    """A provenance as text, with what its figure was drawn from where that is known."""
    figure = {} if single is None else {"figure": single.to_values()}
    return _text({**known, **figure})


def at(provenance: str, width: int, picture: str = "") -> str:
    """The provenance of the same figure at another width in mm, or of another picture of its view.

    Raises:
        EnformerLensError: the view has no such picture.
    """
    values = json.loads(provenance)
    if (figure := values.get("figure")) is not None:
        known = PICTURES[figure["view"]]
        if picture and picture not in known:
            raise EnformerLensError(
                f"One provenance of this view is of {', '.join(known)}.",
                read=f"the picture {picture}",
                do="Name one of these.",
                example=f"--picture {known[-1]}",
            )
        figure |= {"width": width, "picture": picture or figure["picture"]}
    return _text(values)


def _text(values: Mapping[str, Any]) -> str:
    return json.dumps(values, indent=2, ensure_ascii=False)
