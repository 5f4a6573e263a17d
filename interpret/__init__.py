"""Explanations of a prediction: what was looked at, which bases mattered, what would change it."""

import enformer  # noqa: F401  (before torch, whose threads it tells how to wait)
from interpret.attention import AttentionSummary, attention_summary, attention_weights
from interpret.attention_maps import AttentionMaps, attention_maps, save_attention
from interpret.contributions import Contributions, input_gradient, integrated_gradients
from interpret.effects import VariantEffect
from interpret.evidence import Evidence, evidence, gather_evidence
from interpret.mutagenesis import Mutagenesis, first_order_mutagenesis, mutagenesis
from interpret.origin import Subject
from interpret.perturb import knockout, knockout_scan
from interpret.target import Target, scalar
from interpret.transplant import distance_effect, sufficiency
from interpret.variants import score_variants

__all__ = [
    "AttentionMaps",
    "AttentionSummary",
    "Contributions",
    "Evidence",
    "Mutagenesis",
    "Subject",
    "Target",
    "VariantEffect",
    "attention_maps",
    "attention_summary",
    "attention_weights",
    "distance_effect",
    "evidence",
    "first_order_mutagenesis",
    "gather_evidence",
    "input_gradient",
    "integrated_gradients",
    "knockout",
    "knockout_scan",
    "mutagenesis",
    "save_attention",
    "scalar",
    "score_variants",
    "sufficiency",
]
