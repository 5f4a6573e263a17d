"""How each kind of explanation is computed: one function of `interpret` with what it is handed.

Modules of methods are imported with the first job that needs them: the app starts without them.
"""

from collections.abc import Callable, Mapping
from typing import Any

from app.job import Control
from interpret.origin import Subject
from interpret.target import Target

Method = Callable[[Subject, Target | None, Mapping[str, Any], Control], Any]
"""Computes a result from what is explained, the target if there is one, options by name, and the
control that is told of progress and says when to stop."""


def _required(target: Target | None) -> Target:
    assert target is not None, "this method explains a target"
    return target


METHODS: dict[str, Method] = {}
"""Methods by kind."""
