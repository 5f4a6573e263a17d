"""How the threads of torch wait for each other on a CPU; to be imported before torch is.

GNU OpenMP, which torch computes with on Linux, lets a thread that is done spin for its fellows, by
default for milliseconds. On a machine with other work to do it spins in the fellow's place, and a
pass takes many times as long. A thirtieth of that wait costs an idle machine nothing. What the
environment says already is left alone, and other OpenMP libraries do not read it.
"""

import os

SPINS = 10_000
"""Turns of the waiting loop."""

os.environ.setdefault("GOMP_SPINCOUNT", str(SPINS))
