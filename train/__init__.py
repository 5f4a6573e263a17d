"""Data sets, training and evaluation of an Enformer."""

import enformer  # noqa: F401  (before torch, whose threads it tells how to wait)
