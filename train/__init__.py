"""Data sets, training and evaluation of an Enformer."""
