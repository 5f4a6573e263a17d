"""The model, and all that is true of its inputs and outputs."""

from enformer import threads  # first, as it must come before torch
from enformer.card import ModelCard
from enformer.checkpoint import Checkpoint, load, save
from enformer.config import OFFICIAL, EnformerConfig
from enformer.coordinates import Interval, Variant
from enformer.errors import EnformerLensError
from enformer.genome import Genome, open_genome
from enformer.model import Enformer
from enformer.predict import Prediction, predict
from enformer.query import ParsedQuery, parse_query
from enformer.sequence import one_hot, reverse_complement
from enformer.tracks import TrackId, TrackTable

__all__ = [
    "OFFICIAL",
    "Checkpoint",
    "Enformer",
    "EnformerConfig",
    "EnformerLensError",
    "Genome",
    "Interval",
    "ModelCard",
    "ParsedQuery",
    "Prediction",
    "TrackId",
    "TrackTable",
    "Variant",
    "load",
    "one_hot",
    "open_genome",
    "parse_query",
    "predict",
    "reverse_complement",
    "save",
    "threads",
]
