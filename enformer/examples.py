"""Queries that work, for error messages: around the human beta-globin gene in hg38."""

LOCUS = "chr11:5,225,000-5,310,000"
VARIANT = "chr11:5227002:T>A"
HGVS = "NC_000011.10:g.5227002T>A"
INSERTION = "NC_000011.10:g.5227002_5227003insA"
SPDI = "NC_000011.10:5227001:T:A"
GENE = "HBB"
SEQUENCE = "ACGTACGTACGTACGTACGTACGT"

HUMAN = frozenset({LOCUS, VARIANT, HGVS, INSERTION, SPDI, GENE})
"""Those that only an hg38 genome can answer."""
