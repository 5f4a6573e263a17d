"""The search box: one text in, a place on the genome out, and what it was read as."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from enformer import examples, grammar, notation, pasted
from enformer.alleles import shorten
from enformer.assemblies import SUPPORTED, assembly_marks, ucsc_name
from enformer.coordinates import Interval, Variant
from enformer.errors import GenomeError, QueryError
from enformer.genes import Gene, GeneSource, VariantLookup
from enformer.genome import Genome
from enformer.normalise import complete, normalise
from enformer.parsed import ParsedQuery

LONGEST_TEXT = 2_000_000
"""Letters that are read: several times the longest window."""

_RSID = re.compile(r"rs[0-9]{1,12}", re.IGNORECASE)
# NM_000518.5(HBB):c.20A>T (p.Glu7Val): the gene and what the change does to the protein are dropped.
_HGVS = re.compile(
    r"(?P<reference>[^\s:()]{1,40})(?: ?\([^()]{1,40}\))? ?: ?"
    r"(?P<change>\(?[cgnpr]\..{1,500}?)(?: \(?p\..{0,200})?",
    re.IGNORECASE,
)
_CHROMOSOMAL = re.compile(r"(?!NG_|LRG_)[^:]*: ?g\.", re.IGNORECASE)
_GENE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@/()-]{0,40}")


def parse_query(
    text: str,
    genome: Genome | None = None,
    genes: GeneSource | None = None,
    variants: VariantLookup | None = None,
) -> ParsedQuery:
    """Reads what a person typed or pasted.

    Args:
        text: a locus, position, gene, variant in any notation, rsID, HGVS, or a sequence.
        genome: resolves contigs, bounds and REF; without it these are taken as they stand.
        genes: finds symbols, aliases and Ensembl ids.
        variants: finds rsIDs, and HGVS on transcripts and proteins.

    Raises:
        QueryError: it is none of these, or cannot be used; says why, with an example.
        GenomeError: the genome has no such contig, or a service that was asked does not answer.
    """
    sources = _Sources(genome, genes, variants)
    try:
        return replace(_read(text, sources), text=text)
    except QueryError as error:
        foreign = error.example in examples.HUMAN and not error.choices
        if foreign and genome is not None and sources.assemblies != ("hg38",):
            raise _with_example_from(genome, error) from None
        raise


@dataclass(frozen=True)
class _Sources:
    genome: Genome | None
    genes: GeneSource | None
    variants: VariantLookup | None

    @property
    def assemblies(self) -> tuple[str, ...]:
        """Those whose names and accessions fit the genome in use."""
        if self.genome is None:
            return SUPPORTED
        return tuple(assembly_marks(self.genome.assembly)[:1]) or SUPPORTED


def _with_example_from(genome: Genome, error: QueryError) -> QueryError:
    contig, length = max(genome.contigs.items(), key=lambda item: item[1])
    middle = Interval(contig, length // 2, length // 2 + 1)
    place = middle.resize(10_000).intersect(Interval(contig, 0, length)) or middle
    return QueryError(error.wrong, read=error.read, do=error.do, example=str(place))


def _read(text: str, sources: _Sources) -> ParsedQuery:
    if len(text) > LONGEST_TEXT:
        raise QueryError(
            f"That is longer than {LONGEST_TEXT:,} letters, which no window holds.",
            read=f"{len(text):,} letters",
            do="Paste the part to look at, or open the file as a genome.",
            example=examples.LOCUS,
        )
    if sequence := pasted.match_fasta(text):
        return _from_sequence(sequence)
    lines = _first_lines(text)
    if len(lines) == 1:
        return _read_line(lines[0], sources)
    if sequence := pasted.match_raw(text):
        return _from_sequence(sequence)
    if lines:
        notation.refuse_several(lines, "; ".join(lines))
    raise QueryError(
        "Nothing was typed.",
        do="Type a locus, a gene or a variant, or paste a sequence.",
        example=examples.LOCUS,
    )


def _first_lines(text: str, most: int = 10) -> list[str]:
    """Clean lines that say something; the header of a VCF does not."""
    written = (raw for raw in text.splitlines() if raw.strip() and raw.lstrip()[0] != "#")
    return list(islice(filter(None, map(grammar.clean, written)), most))


def _read_line(line: str, sources: _Sources) -> ParsedQuery:
    line = grammar.settle_assembly(notation.first_columns(line), sources.assemblies)
    if _RSID.fullmatch(line):
        return _looked_up(line.lower(), sources)
    if (hgvs := _HGVS.fullmatch(line)) and not _CHROMOSOMAL.match(line):
        return _looked_up(f"{hgvs['reference']}:{hgvs['change']}", sources)
    if locus := grammar.match_locus(line, sources.assemblies):
        return _from_locus(locus, sources.genome)
    if edit := notation.match_variant(line, sources.assemblies):
        return _from_edit(edit, sources.genome)
    grammar.refuse_bed(line)
    if sequence := pasted.match_raw(line):
        return _from_sequence(sequence)
    return _from_gene(line, sources)


def _from_sequence(sequence: pasted.PastedSequence) -> ParsedQuery:
    name = shorten(sequence.name) or f"{len(sequence.bases):,} bp pasted"
    return ParsedQuery("sequence", "", name, sequence=sequence.bases, notes=sequence.notes)


def _from_locus(locus: grammar.Locus, genome: Genome | None) -> ParsedQuery:
    interval = _inside(Interval(locus.contig, locus.start, locus.end), genome)
    name = f"{interval.contig}:{interval.end:,}" if locus.is_position else str(interval)
    return ParsedQuery("position" if locus.is_position else "locus", "", name, interval)


def _inside(interval: Interval, genome: Genome | None) -> Interval:
    """The interval by the genome's own contig name, once it is known to lie on it."""
    if genome is None:
        return interval
    interval = replace(interval, contig=genome.resolve(interval.contig))
    whole = Interval(interval.contig, 0, genome.contigs[interval.contig])
    if not whole.contains(interval):
        raise QueryError(
            f"{whole.contig} ends at {whole.length:,} in {genome.assembly}.",
            read=str(interval),
            do="Stay inside it, or check which assembly the positions are of.",
            example=str(whole.intersect(interval) or whole),
        )
    return interval


def _from_edit(edit: notation.Edit, genome: Genome | None) -> ParsedQuery:
    form = () if edit.form == "a variant" else (f"Read from {edit.form}.",)
    if genome is None:
        variant, notes = Variant.from_edit(edit), ("REF is not checked: no genome is open.",)
    else:
        variant, notes = complete(edit, genome)
    name = shorten(str(variant))
    return ParsedQuery("variant", "", name, variant.interval, variant, notes=form + notes)


def _looked_up(what: str, sources: _Sources) -> ParsedQuery:
    if sources.variants is None:
        raise QueryError(
            "That has no position of its own, and no service that knows it can be asked here.",
            read=f'"{shorten(what)}"',
            do="Look up its position, REF and ALT, for example in dbSNP or Ensembl, and type those.",
            example=examples.VARIANT,
        )
    found = sources.variants.find(what)
    variant = found if sources.genome is None else normalise(found, sources.genome)
    return ParsedQuery("rsid", "", shorten(what), variant.interval, variant)


def _from_gene(line: str, sources: _Sources) -> ParsedQuery:
    if not _GENE.fullmatch(line):
        _refuse_line(line)
    _refuse_contig(line, sources.genome)
    if sources.genes is None:
        raise QueryError(
            "It looks like a gene, and no list of genes is open.",
            read=f'"{shorten(line)}"',
            do="Type a locus instead, or open a gene file.",
            example=examples.LOCUS,
        )
    genes = _placed(sources.genes.search(line), sources.genome)
    if not genes:
        _refuse_unknown(line, sources.genes.suggest(line))
    if len({gene.interval for gene in genes}) > 1:
        symbols = list(dict.fromkeys(gene.symbol for gene in genes))
        loci = [str(gene.interval) for gene in genes]
        notation.refuse_several(symbols if len(symbols) == len(genes) else loci, line)
    gene = genes[0]
    also = () if gene.symbol.upper() == line.upper() else (f"{line} is {gene.symbol}.",)
    interval = _inside(gene.interval, sources.genome)
    return ParsedQuery("gene", "", gene.symbol, interval, gene=gene, notes=also)


def _placed(genes: Sequence[Gene], genome: Genome | None) -> list[Gene]:
    """The genes by the genome's contig names; those on contigs it lacks only if there is no other.

    Raises:
        GenomeError: the genome has the contig of none of them.
    """
    if genome is None:
        return list(genes)
    here, missing = [], None
    for gene in genes:
        try:
            here.append(replace(gene, contig=genome.resolve(gene.contig)))
        except GenomeError as error:
            missing = error
    if missing is not None and not here:
        raise missing
    return here


def _refuse_contig(line: str, genome: Genome | None) -> None:
    contig = ucsc_name(line)
    if genome is None or not {line, contig} & set(genome.contigs):
        return
    contig = line if line in genome.contigs else contig
    length = genome.contigs[contig]
    raise QueryError(
        f"That is a whole contig of {length:,} bp.",
        read=f'"{shorten(line)}"',
        do="Say where on it.",
        example=f"{contig}:{length // 2 + 1:,}",
    )


def _refuse_unknown(line: str, near: Sequence[str]) -> None:
    wrong = "No gene has that symbol, alias or Ensembl id."
    if len(line) < pasted.SHORTEST and set(line.upper()) <= set("ACGTUN"):
        wrong += f" A pasted sequence needs at least {pasted.SHORTEST} letters."
    do = "Is it one of these?" if near else "Check the spelling, or type a locus."
    raise QueryError(
        wrong,
        read=f'"{shorten(line)}"',
        do=do,
        example="" if near else examples.LOCUS,
        choices=tuple(near),
    )


def _refuse_line(line: str) -> None:
    raise QueryError(
        "That is no locus, gene, variant or sequence that can be read.",
        read=f'"{shorten(line)}"',
        do="Type contig and positions counted from 1, a gene symbol, or contig:position:REF>ALT.",
        example=examples.LOCUS,
    )
