"""Synthetic genomes as files that other programs read, with their truth beside them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyBigWig
import pysam

from enformer.config import OFFICIAL
from enformer.demo_sequence import Dice
from enformer.planted import HEADS, planted_tracks
from train.synthetic import Contig, draw_counts
from train.synthetic_truth import draw_variants, tables

BIN = OFFICIAL.bin_size


def write_files(out: Path, contigs: Sequence[Contig], head: str, seed: int) -> None:
    """Writes genome.fa with its index, genes.bed, the truth, and two bigWigs of every track.

    `truth/` holds promoters.tsv, sites.tsv, enhancers.tsv, domains.tsv, links.tsv, variants.vcf.gz and the
    noiseless `expected/*.bw`; `tracks/*.bw` hold what an experiment would count, and targets.txt names them
    as `train.prepare bigwig` reads them.
    """
    for folder in ("truth/expected", "tracks"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    write_fasta(out / "genome.fa", contigs)
    held = tables(contigs)
    for name, table in held.items():
        table.to_csv(out / "truth" / f"{name}.tsv", sep="\t", index=False, float_format="%.6g")
    write_genes(out / "genes.bed", held["promoters"])
    drawn = (draw_variants(c, 20, Dice(int.from_bytes(f"{seed} {c.name}".encode()))) for c in contigs)
    write_variants(out / "truth" / "variants.vcf", contigs, pd.concat(drawn, ignore_index=True))
    write_tracks(out, contigs, head, seed)


def write_fasta(path: Path, contigs: Sequence[Contig], width: int = 60) -> None:
    """Plain FASTA with lines of 60 bases, and its .fai."""
    with path.open("w") as file:
        for contig in contigs:
            file.write(f">{contig.name}\n")
            text = contig.sequence
            file.writelines(f"{text[at : at + width]}\n" for at in range(0, len(text), width))
    pysam.faidx(str(path))


def write_genes(path: Path, promoters: pd.DataFrame) -> None:
    """BED6: each promoter as a gene of 1 kb downstream of its start."""
    plus = promoters["strand"] == "+"
    start = promoters["tss"].where(plus, promoters["tss"] - 999).clip(lower=0)
    end = promoters["tss"].where(~plus, promoters["tss"] + 999) + 1
    bed = pd.DataFrame({"contig": promoters["contig"], "start": start, "end": end,
                        "name": promoters["name"], "score": 0, "strand": promoters["strand"]})  # fmt: skip
    bed.to_csv(path, sep="\t", header=False, index=False)


def write_variants(path: Path, contigs: Sequence[Contig], variants: pd.DataFrame) -> None:
    """VCF 4.2 through htslib, compressed and indexed, with the true effect in INFO."""
    header = pysam.VariantHeader()
    for contig in contigs:
        header.contigs.add(contig.name, length=contig.reading.length)
    header.info.add("KIND", 1, "String", "What it does to the planted sites")
    header.info.add("PROMOTER", 1, "String", "The promoter whose CAGE changes most")
    tissues = ", ".join(HEADS["human"])
    header.info.add("DCAGE", len(HEADS["human"]), "Float", f"CAGE there, ALT - REF, in {tissues}")
    with pysam.VariantFile(str(path), "w", header=header) as file:
        for row in variants.to_dict("records"):
            info = {"KIND": row["kind"], "DCAGE": tuple(row[t] for t in HEADS["human"])}
            if row["promoter"]:
                info["PROMOTER"] = row["promoter"]
            at = row["position"] - 1
            file.write(header.new_record(row["contig"], at, at + 1, (row["ref"], row["alt"]), info=info))
    pysam.tabix_index(str(path), preset="vcf", force=True)


def write_tracks(out: Path, contigs: Sequence[Contig], head: str, seed: int) -> None:
    """One bigWig of counts and one of the expectation for every track, a value for each 128 bp bin."""
    tracks = planted_tracks(head).frame
    expected = [c.reading.expected(head, 0, c.reading.length // BIN) for c in contigs]
    counts = [draw_counts(contig, head, seed) for contig in contigs]
    for kind, values in (("truth/expected", expected), ("tracks", counts)):
        for index, identifier in enumerate(tracks["identifier"]):
            columns = [table[:, index] for table in values]
            _write_bigwig(out / kind / f"{identifier}.bw", contigs, columns)
    targets = tracks[["index", "identifier", "description"]].assign(
        file=[f"tracks/{identifier}.bw" for identifier in tracks["identifier"]],
        scale=1.0 / BIN,
        sum_stat="sum",
        strand_pair=tracks["strand_pair"],
    )
    targets.to_csv(out / "targets.txt", sep="\t", index=False)


def _write_bigwig(path: Path, contigs: Sequence[Contig], columns: Sequence[np.ndarray]) -> None:
    with pyBigWig.open(str(path), "w") as file:
        file.addHeader([(contig.name, contig.reading.length) for contig in contigs])
        for contig, values in zip(contigs, columns, strict=True):
            file.addEntries(
                contig.name, 0, values=values.astype(np.float64).tolist(), span=BIN, step=BIN
            )
