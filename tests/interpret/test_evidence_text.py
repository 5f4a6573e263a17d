"""The sentences over cases: what is said, and what must never be."""

import numpy as np
import pytest

from enformer import Interval
from interpret import Target
from interpret.evidence_summary import Evidence

NAN = float("nan")


def case(
    attention=(NAN,) * 4,
    mass=(NAN,) * 4,
    effect=(NAN,) * 4,
    spread=(0.1,) * 4,
    reference=10.0,
    **changed,
) -> Evidence:
    """Four elements A to D in the predicted region of a known window."""
    values = [np.array(each, dtype=np.float32) for each in (attention, mass, effect, spread)]
    count = len(values[0])
    parts = {
        "interval": Interval("chr1", 0, 16_384),
        "provenance": None,
        "target": Target("human", (0,), (1,)),
        "elements": tuple(Interval("chr1", i * 100, i * 100 + 50) for i in range(count)),
        "names": tuple("ABCDEFGHIJKL"[:count]),
        "distances": np.zeros(count, dtype=np.int64),
        "inside": np.ones(count, dtype=bool),
        "predicted": np.ones(count, dtype=bool),
        "overlaps_target": np.zeros(count, dtype=bool),
        "known": np.ones(count, dtype=np.float32),
        "attention": values[0],
        "mass": values[1],
        "mass_share": values[1],
        "mass_per_bp": values[1],
        "effect": values[2],
        "spread": values[3],
        "fold": values[2],
        "reference": reference,
        "trained": True,
        "window_known": 1.0,
        "target_known": 1.0,
    }
    return Evidence(**(parts | changed))


UP = (1, 2, 3, 4)
LOST = (-1, -2, -3, -4)


MANY = tuple(range(12))


def single(*values):
    return np.array(values, dtype=np.float32)


def flags(*values):
    return np.array(values, dtype=bool)


@pytest.mark.parametrize(
    ("evidence", "said"),
    [
        (case(effect=LOST), "the largest effect is D: -4 of 10, -40.0%, spread 0.1."),
        (case(effect=LOST, spread=(NAN,) * 4), "-4 of 10, -40.0%, one shuffle, no spread."),
        (case(effect=LOST, reference=0.0), "D: -4 of 0, spread 0.1."),
        (case(effect=(0.05, -0.09, 0, 0)), "target by more than 1%: at most B: -0.09"),
        (case(effect=(0.5, -0.9, 0, 0), spread=(1,) * 4), "spread 1, is within its spread"),
        (case(effect=(-1, 0.05, 0, 0)), "3 of 4 effects are below 1%: their order means little"),
        (case(effect=LOST), "A knock-out here is in silico"),
        (case(effect=LOST, overlaps_target=flags(0, 0, 0, 1)), "the largest effect is C"),
        (case(effect=LOST, overlaps_target=flags(0, 0, 0, 1)), "1 of 4 (D): on the target's own bins"),
        (case(effect=LOST, overlaps_target=flags(1, 1, 1, 1)), "no news"),
        (case(mass=UP), "Without a knock-out"),
        (case(attention=UP), "Attention alone is no evidence"),
        (case(attention=UP, mass=UP), "Attention says where the model looked"),
        (case(), "Nothing could be measured"),
        (case(mass=UP, effect=LOST), "agree on the order of the elements (Spearman:"),
        (case(mass=UP, effect=LOST), "contributions and knock-out +1.00; n = 4)"),
        (case(mass=UP, effect=LOST), "With 4 elements such an order often arises by chance."),
        (case(attention=UP, effect=UP[::-1]), "The methods disagree"),
        (case(attention=(1, 2, 4, 3), effect=(2, 1, 3, 4)), "The methods agree in part"),
        (case(attention=(1,) * 4, effect=LOST), "Too few elements differ"),
        (case(effect=LOST, inside=flags(1, 1, 1, 0)), "1 of 4 (D): not in the window"),
        (case(effect=LOST, predicted=flags(0, 0, 0, 0)), "4 of 4 (A, B, C and 1 more): outside"),
        (case(effect=LOST, known=single(1, 1, 0.5, 0)), "2 of 4 (C, D): partly or wholly N"),
        (case(effect=LOST, target_known=0.25), "75% of the target's own bins is N"),
        (case(effect=LOST, window_known=0.6), "40% of the window is N"),
        (case(effect=LOST, trained=False), "never trained"),
    ],
)  # fmt: skip
def test_what_is_said(evidence, said):
    assert said in evidence.summary


@pytest.mark.parametrize(
    ("evidence", "unsaid"),
    [
        (case(effect=LOST), "Attention"),
        (case(effect=LOST), "means little"),
        (case(effect=(0.05, -0.09, 0, 0)), "means little"),
        (case(attention=UP, effect=LOST), "Attention alone"),
        (case(mass=UP), "in silico"),
        (case(attention=UP), "agree"),
        (case(effect=LOST), " N"),
        (case(effect=LOST), "never trained"),
        (case(attention=MANY, mass=MANY, effect=MANY, spread=MANY), "by chance"),
        (case(effect=LOST, known=single(NAN, NAN, NAN, NAN), target_known=NAN), "N."),
        (case(effect=LOST, inside=flags(1, 1, 1, 0), predicted=flags(1, 1, 1, 0)), "predicted region"),
    ],
)  # fmt: skip
def test_what_is_not_said(evidence, unsaid):
    assert unsaid not in evidence.summary


def test_attention_is_never_called_evidence():
    for seen in (case(attention=UP), case(attention=UP, mass=UP)):
        said = seen.summary.replace("no evidence", "")
        assert "evidence" not in said
