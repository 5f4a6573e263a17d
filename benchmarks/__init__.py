"""Side by side with peers and with the machine's own limits: every figure is a ratio within one run."""
