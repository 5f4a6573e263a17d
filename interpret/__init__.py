"""Explanations of a prediction: what was looked at, which bases mattered, what would change it."""

from interpret.origin import Subject
from interpret.target import Target

__all__ = ["Subject", "Target"]
