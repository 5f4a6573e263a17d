"""Attention, contributions, knock-outs and evidence of one target into a folder, without the app."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from enformer.catalogue import ASSETS
from enformer.errors import EnformerLensError
from enformer.fetch import fetch
from enformer.files import typed_path
from enformer.predict import predict
from enformer.provenance import Provenance
from interpret.asked import Asked
from interpret.attention import AttentionSummary, attention_summary
from interpret.contributions import Contributions, integrated_gradients
from interpret.elements import Element, read_elements
from interpret.evidence import evidence
from interpret.explain_files import put, put_attention, put_contributions, put_table
from interpret.motifs import read_motifs, scan_motifs
from interpret.origin import Progress
from interpret.peaks import accessibility_peaks
from interpret.perturb import knockout, knockout_scan

Part = Callable[[str], Progress]
"""Gives a named part of the work its progress."""
_OPEN = ("DNASE", "ATAC")
_FILES = (
    (
        "attention.tsv",
        "weight from the target's tokens to each token: mean, largest, rollout, layers",
    ),
    ("attention_heads.tsv", "each attention head: entropy, distance, where it looks"),
    ("attention.npz", "the same as arrays, all layers and heads; pooled maps of the whole window"),
    ("contributions.bw", "contribution of each base to the target, for a genome browser"),
    ("contributions.bedgraph", "the same as text"),
    (
        "contributions.npz",
        "contributions and hypothetical contributions of A, C, G, T at each base",
    ),
    ("contributions.modisco.zip", "the same in the layout that TF-MoDISco-lite reads"),
    ("motifs.tsv", "motifs under the peaks of contributions"),
    ("evidence.tsv", "candidate elements: attention, contributions, knock-out, distance"),
    ("scan.tsv", "what the target loses when each tile of the window is shuffled"),
    ("provenance.json", "model, genome, window, target, options and versions"),
)


@dataclass(frozen=True)
class Options:
    """How to explain.

    Attributes:
        elements: BED of candidate elements; peaks of predicted accessibility when None.
        motifs: a MEME or JASPAR file, "jaspar" for the asset, or None for no scan for motifs.
        steps: of integrated gradients.
        baseline: of integrated gradients.
        scan: whether to knock out tile after tile of the window.
        tile: bp of a tile.
        shuffles: of each element and tile.
        reverse_complement: average contributions over both strands.
    """

    elements: Path | None = None
    motifs: str | None = None
    steps: int = 50
    baseline: str = "zeros"
    scan: bool = False
    tile: int = 2_048
    shuffles: int = 5
    reverse_complement: bool = False


class Explainer:
    """Explains one target, part by part; each file is written as soon as it is known."""

    def __init__(self, asked: Asked, folder: Path, options: Options, part: Part) -> None:
        """Nothing is computed yet.

        Args:
            asked: the target in its window.
            folder: where the files go.
            options: how.
            part: gives each part its progress.
        """
        self._asked, self._folder, self._options, self._part = asked, folder, options, part
        subject = asked.subject
        self._what = (subject.model, subject.one_hot, asked.target)
        self._said: list[str] = []

    def run(self) -> None:
        """All parts.

        Raises:
            EnformerLensError: what is asked for has no answer; files that are there stay.
        """
        named = self._options.motifs
        motifs = () if named is None else read_motifs(motif_file(named))
        elements = self._elements()
        self._clear()
        put(self._folder / "provenance.json", self._provenance().to_json())
        attention = self._attention()
        contributions = self._contributions()
        if motifs:
            hits = scan_motifs(contributions, motifs)
            put_table(self._folder / "motifs.tsv", hits.table(), hits.provenance)
        if elements:
            self._evidence(elements, attention, contributions)
        if self._options.scan:
            self._scan()
        put(self._folder / "README.txt", self._readme())

    def _clear(self) -> None:
        """Takes away what an earlier run left, which may be of another target."""
        for name in ("README.txt", *(name for name, _ in _FILES)):
            for path in (self._folder / name, self._folder / f"{name}.json"):
                path.unlink(missing_ok=True)

    def _provenance(self) -> Provenance:
        """Of the folder as a whole; each file has its own besides."""
        origin, options = self._asked.subject.provenance, vars(self._options)
        plain = {name: str(v) if isinstance(v, Path) else v for name, v in options.items()}
        asked = {"locus": self._asked.query.text, "target": str(self._asked.target)}
        return replace(origin, method="explanation", options={**origin.options, **asked, **plain})

    def _attention(self) -> AttentionSummary:
        model, one_hot, target = self._what
        found = attention_summary(
            model,
            one_hot,
            queries=target.tokens_of_bins(model.config),
            origin=self._asked.subject.provenance,
            progress=self._part("attention"),
        )
        put_attention(self._folder, found)
        return found

    def _contributions(self) -> Contributions:
        subject, options = self._asked.subject, self._options
        found = integrated_gradients(
            *self._what,
            steps=options.steps,
            baseline=options.baseline,
            reverse_complement=options.reverse_complement,
            tracks=subject.checkpoint.tracks,
            origin=subject.provenance,
            progress=self._part("contributions"),
        )
        put_contributions(self._folder, found, subject.genome.length(subject.window.contig))
        self._said.append(_completeness(found))
        return found

    def _elements(self) -> tuple[Element, ...]:
        """Of the file; else peaks where the model predicts open chromatin."""
        subject, head = self._asked.subject, self._asked.target.head
        if self._options.elements is not None:
            self._said.append(f"Elements are those of {self._options.elements.name}.")
            return read_elements(self._options.elements)
        table = subject.checkpoint.tracks
        open_tracks = table.search(head=(head,), assay=_OPEN).ids
        if not open_tracks:
            self._said.append(
                f"The head {head} has no track of accessibility, and no elements were given: there is no "
                "evidence table."
            )
            return ()
        track = open_tracks[0]
        variant = subject.provenance.variant
        made = predict(
            subject.checkpoint, subject.genome, subject.window, variant=variant, heads=(head,)
        )
        name = table.row(track)["name"]
        self._said.append(f"Elements are peaks of the predicted track {track}, {name}.")
        return accessibility_peaks(made, track, at_most=20)

    def _evidence(
        self,
        elements: tuple[Element, ...],
        attention: AttentionSummary,
        contributions: Contributions,
    ) -> None:
        model, one_hot, target = self._what
        lost = knockout(
            *self._what,
            elements,
            shuffles=self._options.shuffles,
            origin=self._asked.subject.provenance,
            progress=self._part("knock-out"),
        )
        results = {"attention": attention, "contributions": contributions, "knockout": lost}
        found = evidence(target, elements, model.config, one_hot=one_hot, **results)
        put_table(self._folder / "evidence.tsv", found.table(), found.provenance)
        self._said.append(found.summary)

    def _scan(self) -> None:
        found = knockout_scan(
            *self._what,
            tile=self._options.tile,
            shuffles=self._options.shuffles,
            origin=self._asked.subject.provenance,
            progress=self._part("scan"),
        )
        put_table(self._folder / "scan.tsv", found.table(), found.provenance)

    def _readme(self) -> str:
        subject, query = self._asked.subject, self._asked.query
        card = subject.checkpoint.card
        trained = "" if card.trained else " These weights were never trained: it shows no biology."
        return "\n".join(
            [
                f"{query.name}: what {card.name} looked at, and what its prediction is made of.{trained}",
                "",
                query.echo(subject.checkpoint.config, subject.genome),
                f"Window: {subject.window} (1-based), {subject.genome.assembly}."
                + ("" if query.variant is None else " It carries ALT."),
                f"Target: {self._asked.target} (head/tracks@bins, both counted from 0).",
                *("", *self._said, "", "Files; positions are 0-based half-open, as in BED:"),
                *(
                    f"  {name:<27}{about}"
                    for name, about in _FILES
                    if (self._folder / name).exists()
                ),
                *("", "Cite:", f"  {card.citation}", ""),
            ]
        )


def motif_file(named: str) -> Path:
    """A motif file, or that of the asset where `jaspar` is named.

    Raises:
        AssetError: the asset cannot be had.
    """
    if named != "jaspar":
        return typed_path(named, EnformerLensError)
    place = fetch("jaspar")
    return place / ASSETS["jaspar"].files[0].name if place.is_dir() else place


def _completeness(found: Contributions) -> str:
    gap = found.relative_gap
    assert gap is not None, "integrated gradients have a baseline"
    return (
        f"Contributions sum to the target minus that of the baseline ({found.baseline}) but for {gap:.2%}, "
        f"with {found.steps} steps."
    )
