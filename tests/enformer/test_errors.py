import pickle

import pytest

from enformer.errors import EnformerLensError, QueryError


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({}, "Wrong."),
        ({"read": "x", "do": "Do.", "example": "e"}, "Read x. Wrong. Do. For example: e"),
        ({"do": "Pick one.", "choices": ("a", "b")}, "Wrong. Pick one. One of: a; b"),
    ],
)
def test_message(parts: dict, message: str) -> None:
    error = QueryError("Wrong.", **parts)
    assert str(error) == message
    assert isinstance(error, EnformerLensError)
    assert isinstance(error, ValueError)


def test_the_first_choice_is_the_example() -> None:
    assert QueryError("Wrong.", choices=("a", "b")).example == "a"


def test_an_error_keeps_its_parts_between_processes() -> None:
    error = QueryError("Wrong.", read="x", do="Do.", choices=("a", "b"))
    copy = pickle.loads(pickle.dumps(error))
    assert (copy.wrong, copy.read, copy.do, copy.choices) == ("Wrong.", "x", "Do.", ("a", "b"))
