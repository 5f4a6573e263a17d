"""A regulatory grammar of our own, and what it makes of a sequence: the truth of the synthetic genomes.

`factors` says what binds where, `sites` finds it in a sequence, `rules` turns sites into promoters, domains,
links and expected tracks, `compose` and `plan` write DNA that holds them. The rules see nothing but the
sequence, so that any variant and any knock-out has a true effect.
"""

from enformer.planted.factors import FACTORS, HEADS, Factor, planted_tracks
from enformer.planted.rules import Reading, read

__all__ = ["FACTORS", "HEADS", "Factor", "Reading", "planted_tracks", "read"]
