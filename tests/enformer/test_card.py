"""Cards as text."""

import json
from dataclasses import asdict

import pytest

from enformer.card import ModelCard
from enformer.errors import CheckpointError

CARD = ModelCard("m", "A model", True, "Good.", history={"step": [1.0, 2.0], "loss": [0.5, None]})


def test_the_history_travels_with_the_card():
    assert ModelCard.from_json(CARD.to_json()) == CARD


def test_a_card_of_older_files_has_no_history():
    values = asdict(CARD)
    del values["history"]
    assert ModelCard.from_json(json.dumps(values)).history == {}


@pytest.mark.parametrize("history", [{"loss": [0.5]}, {"step": [1.0, 2.0], "loss": [0.5]}, []])
def test_a_history_that_is_none_is_refused(history):
    with pytest.raises(CheckpointError, match="no model card"):
        ModelCard.from_json(json.dumps(asdict(CARD) | {"history": history}))
