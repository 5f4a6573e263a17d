"""Genes from the rows of GFF3 and GTF: each with the exons of one transcript."""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

import pandas as pd

from enformer.genes import Gene, as_strand

_COLUMNS = ("contig", "source", "kind", "start", "end", "score", "strand", "phase", "attributes")
_EXON, _CODING = ("exon",), ("CDS", "stop_codon")  # GTF leaves the stop codon out of the CDS
_SYMBOLS = ("gene_name", "gene", "Name", "gene_id", "ID")
_ALIASES = ("Alias", "gene_synonym", "Synonym", "synonyms", "previous_symbols", "Name")

_Spans = Mapping[str, Sequence[tuple[int, int]]]


def genes_of_features(rows: Sequence[str]) -> tuple[list[Gene], dict[str, Gene]]:
    """Puts genes together from features.

    The transcript drawn is MANE Select where a tag says so, else canonical, else the one with most
    exonic bases.

    Args:
        rows: of GFF3 or GTF, told apart by their attributes.

    Returns:
        The genes, and the gene of each transcript identifier.
    """
    gtf = re.search(r'\w "', rows[0].split("\t")[8]) is not None
    table = _table(rows)
    parts = _parts(table[table.kind.isin(_EXON + _CODING)], gtf)
    bodies = _bodies(table, parts, gtf)
    links = _links(table, parts, bodies, gtf)
    coding = _spans(parts[parts.kind.isin(_CODING)])
    exons = coding | _spans(parts[parts.kind.isin(_EXON)])
    drawn = _drawn(links, exons)
    genes = {
        body["id"]: _gene(body, gtf, exons.get(drawn[body["id"]], ()), coding.get(drawn[body["id"]], ()))
        for body in bodies.to_dict("records")
    }  # fmt: skip
    pairs = zip(links.transcript, links.gene, strict=True)
    return list(genes.values()), {_plain(of): genes[gene] for of, gene in pairs if of != gene}


def _table(rows: Sequence[str]) -> pd.DataFrame:
    table = pd.read_csv(
        io.StringIO("\n".join(rows)), sep="\t", header=None, names=list(_COLUMNS),
        usecols=["contig", "kind", "start", "end", "strand", "attributes"],
        dtype={"contig": str, "kind": str, "start": int, "end": int, "strand": str, "attributes": str},
        quoting=csv.QUOTE_NONE, na_filter=False,
    )  # fmt: skip
    table["start"] -= 1
    return table


def _attribute(texts: pd.Series, key: str, gtf: bool) -> pd.Series:
    pattern = rf'(?:^|;)\s*{key} "?([^";]*)' if gtf else rf"(?:^|;)\s*{key}=([^;]*)"
    return texts.str.extract(pattern, expand=False).fillna("")


def _parts(table: pd.DataFrame, gtf: bool) -> pd.DataFrame:
    """Exons and coding stretches with the transcript (and in GTF the gene) that each belongs to."""
    parents = _attribute(table.attributes, "transcript_id" if gtf else "Parent", gtf)
    parts = table.assign(transcript=parents.str.split(","))
    if gtf:
        parts["gene"] = _attribute(table.attributes, "gene_id", gtf)
    return parts.explode("transcript", ignore_index=True)


def _bodies(table: pd.DataFrame, parts: pd.DataFrame, gtf: bool) -> pd.DataFrame:
    """Rows of genes, or where there are none the stretch that the parts of each gene span."""
    bodies = table[table.kind.str.endswith("gene")]
    if len(bodies) or not gtf:
        return bodies.assign(id=_attribute(bodies.attributes, "gene_id" if gtf else "ID", gtf))
    first = dict.fromkeys(("contig", "strand", "attributes"), "first")
    spans = parts.groupby("gene", sort=False).agg({"start": "min", "end": "max", **first})
    return spans.reset_index(names="id")


def _links(
    table: pd.DataFrame, parts: pd.DataFrame, bodies: pd.DataFrame, gtf: bool
) -> pd.DataFrame:
    """Which transcript belongs to which gene; in GFF3 a gene may hold exons itself."""
    if gtf:
        links = parts[["transcript", "gene", "attributes"]].drop_duplicates("transcript")
    else:
        others = table[~table.kind.isin(_EXON + _CODING)]
        links = pd.DataFrame(
            {
                "transcript": [*_attribute(others.attributes, "ID", gtf), *bodies.id],
                "gene": [*_attribute(others.attributes, "Parent", gtf), *bodies.id],
                "attributes": [*others.attributes, *[""] * len(bodies)],
            }
        )
    mane = links.attributes.str.contains("MANE[_ ]Select")
    canonical = links.attributes.str.contains("Ensembl_canonical")
    links = links.assign(rank=2 - 2 * mane - (canonical & ~mane))
    return links[links.gene.isin(bodies.id)]


def _spans(parts: pd.DataFrame) -> dict[str, list[tuple[int, int]]]:
    spans = defaultdict(list)
    parts = parts.sort_values("start", kind="stable")
    for transcript, *span in zip(parts.transcript, parts.start, parts.end, strict=True):
        spans[transcript].append(tuple(span))
    return dict(spans)


def _drawn(links: pd.DataFrame, exons: _Spans) -> Mapping[str, str]:
    best: dict[str, tuple[int, int, str]] = {}
    for transcript, gene, rank in zip(links.transcript, links.gene, links["rank"], strict=True):
        bases = sum(end - start for start, end in exons.get(transcript, ()))
        if bases:
            best[gene] = min(best.get(gene, (9, 0, "")), (rank, -bases, transcript))
    return defaultdict(str, {gene: transcript for gene, (_, _, transcript) in best.items()})


def _gene(
    body: Mapping[Any, Any],
    gtf: bool,
    exons: Sequence[tuple[int, int]],
    coding: Sequence[tuple[int, int]],
) -> Gene:
    values = _values(body["attributes"], gtf)
    symbol = next((values[key][0] for key in _SYMBOLS if values.get(key)), body["id"])
    others = dict.fromkeys(name for key in _ALIASES for name in values.get(key, ()))
    return Gene(
        symbol=symbol,
        contig=body["contig"],
        start=body["start"],
        end=body["end"],
        strand=as_strand(body["strand"]),
        gene_id=values["gene_id"][0] if values.get("gene_id") else _plain(body["id"]),
        aliases=tuple(name for name in others if name != symbol),
        exons=tuple(exons),
        coding=(coding[0][0], max(end for _, end in coding)) if coding else None,
    )


def _values(attributes: str, gtf: bool) -> Mapping[str, list[str]]:
    values = defaultdict(list)
    if gtf:
        for key, quoted, bare in re.findall(r'(\w+) (?:"([^"]*)"|([^;"\s]+))', attributes):
            values[key].append(quoted or bare)
    else:
        for item in attributes.split(";"):
            key, _, text = item.strip().partition("=")
            values[key] += [unquote(part) for part in text.split(",") if part]
    return values


def _plain(identifier: str) -> str:
    """An identifier without what GFF3 of Ensembl and NCBI puts before it."""
    return re.sub(r"^(gene|transcript|rna)[:-]", "", identifier)
