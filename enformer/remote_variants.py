"""Variants by rsID or HGVS, through Ensembl's variant recoder (GRCh38)."""

import re
from typing import Any
from urllib.parse import quote

from enformer.assemblies import ucsc_name
from enformer.coordinates import Variant
from enformer.errors import GenomeError, QueryError
from enformer.genes import VariantLookup
from enformer.service import ENSEMBL, Service, ServiceError

_ASKED = re.compile(r"[A-Za-z0-9][\w.:>_=*()+-]{1,199}", re.ASCII)
_VCF = re.compile(r"(\d{1,2}|X|Y|MT)-(\d+)-([ACGTN]+)-([ACGTN]+)", re.ASCII)


class RemoteVariants(VariantLookup):
    """Lookups over the network; answers are kept on disk for 90 days."""

    def __init__(self, ensembl: str = ENSEMBL, pace: float = 1.0, timeout: float = 15.0) -> None:
        """Asks nothing yet.

        Args:
            ensembl: address of the service.
            pace: seconds between requests.
            timeout: seconds without a byte.
        """
        self._ensembl = Service("Ensembl", ensembl, pace, timeout)

    def find(self, text: str) -> Variant:
        """The one variant behind an rsID (`rs334`) or HGVS (`NM_000518.5:c.20A>T`, `HBB:p.Glu7Val`).

        Raises:
            QueryError: there is none, or there are several, which are then listed.
            GenomeError: the service does not answer.
        """
        first, *others = self.find_all(text)
        if others:
            keys = [variant.key for variant in (first, *others)]
            raise QueryError(
                f"It stands for {len(keys)} variants.",
                read=text.strip(),
                do=f"Choose one: {', '.join(keys[:8])}.",
                example=keys[0],
            )
        return first

    def find_all(self, text: str) -> list[Variant]:
        """Every variant behind the text, on the primary chromosomes of hg38; at least one.

        Raises:
            QueryError: there is none.
            GenomeError: the service does not answer.
        """
        name = text.strip()
        if not _ASKED.fullmatch(name):
            raise _unknown(name, "It is no rsID or HGVS notation.")
        path = f"variant_recoder/human/{quote(name, safe='')}"
        asked = {"content-type": "application/json", "vcf_string": 1}
        try:
            variants = self._ensembl.ask_once(path, asked, _recoded)
        except ServiceError as failed:
            if failed.declined:
                raise _unknown(name, f"{failed.wrong}") from failed
            raise GenomeError(
                f"Its place cannot be looked up: {failed.wrong}",
                read=name,
                do="Check the network and try again, or type the position and alleles.",
                example="chr11:5227002:T>A",
            ) from failed
        if not variants:
            raise _unknown(name, "Ensembl knows no place for it on the chromosomes of hg38.")
        return variants


def _recoded(answer: Any) -> list[Variant]:
    """Variants of an answer: a list of objects by allele, each with `vcf_string` as a list or a text."""
    if not isinstance(answer, list):
        raise TypeError("no list")
    texts = [
        text
        for entry in answer
        for allele in entry.values()
        if isinstance(allele, dict)
        for text in _listed(allele.get("vcf_string"))
    ]
    matches = (_VCF.fullmatch(text) for text in dict.fromkeys(texts))
    return [Variant(ucsc_name(m[1]), int(m[2]), m[3], m[4]) for m in matches if m]


def _listed(found: Any) -> list[str]:
    return [found] if isinstance(found, str) else list(found or ())


def _unknown(name: str, wrong: str) -> QueryError:
    return QueryError(
        wrong,
        read=name[:80],
        do="Check the spelling, or type the position and alleles.",
        example="chr11:5227002:T>A",
    )
