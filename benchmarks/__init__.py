"""Side by side with peers and with the machine's own limits: every figure is a ratio within one run."""

import enformer  # noqa: F401  (before torch, whose threads it tells how to wait)
