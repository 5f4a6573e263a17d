"""How contributions are found: what a link says, what widgets say, and what is asked of the methods."""

from dataclasses import dataclass, replace

import streamlit as st

from app import state
from app.asking.scene import Scene
from app.computing.explanations import Explanation, explanation
from enformer.coordinates import Variant
from interpret.baselines import BASELINES
from interpret.target import Target

STEPS = (10, 20, 50, 100, 200)
BESIDE = "~"
"""Between two ways that are compared, in a link."""
_NAMES = {
    "gradient": "Input × gradient",
    "centred": "Input × gradient, centred",
    "integrated": "Integrated gradients",
}
_BASELINES = {"zeros": "no base", "uniform": "a quarter of each base", "shuffles": "shuffles"}
_ABOUT = """Input × gradient takes one pass each way. Centred, each position's mean over the bases is taken \
off. Integrated gradients take one pass each way for each step, and add up to what they explain."""


@dataclass(frozen=True)
class Way:
    """A method with its options. Written `gradient`, `centred` or `integrated:zeros:50`, with `:both`.

    Attributes:
        name: gradient, centred or integrated.
        baseline: of integrated gradients.
        steps: of integrated gradients.
        both: whether both strands are averaged.
    """

    name: str = "gradient"
    baseline: str = "zeros"
    steps: int = 50
    both: bool = False

    @classmethod
    def parse(cls, text: str) -> "Way":
        """Reads what `str` writes; anything else is the quick method."""
        name, *more = text.split(":")
        if name not in _NAMES:
            return cls()
        baselines = [part for part in more if part in BASELINES]
        steps = [int(part) for part in more if part in map(str, STEPS)]
        return cls(name, (*baselines, "zeros")[0], (*steps, 50)[0], "both" in more)

    def __str__(self) -> str:
        path = [self.baseline, str(self.steps)] if self.name == "integrated" else []
        return ":".join([self.name, *path, *(["both"] if self.both else [])])

    @property
    def quick(self) -> bool:
        """Whether it takes a single step."""
        return self.name != "integrated"

    @property
    def title(self) -> str:
        """For people."""
        path = "" if self.quick else f", {self.steps} steps from {_BASELINES[self.baseline]}"
        return f"{_NAMES[self.name]}{path}{', both strands' if self.both else ''}"

    def request(self, shown: Scene, target: Target, variant: Variant | None = None) -> Explanation:
        """What is asked of the services: the reference is explained, or with a variant its ALT."""
        path = {} if self.quick else {"baseline": self.baseline, "steps": self.steps}
        return explanation(
            f"contributions {'quick' if self.quick else 'integrated'}", shown.checkpoint,
            shown.place.genome, shown.window, variant, target,
            method=self.name, both=self.both, **path,
        )  # fmt: skip


def pair(text: str) -> tuple[Way, Way | None]:
    """The way of a link, and the one it is compared with where there is one."""
    first, _, second = text.partition(BESIDE)
    return Way.parse(first), Way.parse(second) if second else None


def other_than(way: Way) -> Way:
    """What a way is compared with first: the other baseline, or the quick method with the thorough one."""
    if way.quick:
        return Way("integrated", both=way.both)
    return replace(way, baseline="uniform" if way.baseline == "zeros" else "zeros")


def choose(way: Way, second: Way | None) -> None:
    """Widgets for the method and its options, in the container around."""
    _widgets(way, way, second)
    st.session_state[state.COMPARED] = second is not None
    st.toggle("Compare", key=state.COMPARED, on_change=_compare, args=(way, second),
              help="Draws a second method, baseline or number of steps below the first.")  # fmt: skip


def choose_second(way: Way, second: Way) -> None:
    """The same widgets for the way that the first is compared with."""
    _widgets(second, way, second, state.SECOND)


def _widgets(now: Way, way: Way, second: Way | None, name: str = "{}") -> None:
    session, names = st.session_state, _keys(name)
    changed = {"on_change": _changed, "args": (way, second)}
    session[names[0]], session[names[1]] = now.name, now.both
    st.selectbox("Method", list(_NAMES), format_func=_NAMES.__getitem__, key=names[0],
                 help=_ABOUT, width=250, **changed)  # fmt: skip
    if not now.quick:
        session[names[2]], session[names[3]] = now.baseline, now.steps
        st.selectbox("From", list(BASELINES), format_func=_BASELINES.__getitem__, width=210,
                     key=names[2], **changed)  # fmt: skip
        st.selectbox("Steps", STEPS, key=names[3], width=100, **changed)
    st.toggle("Both strands", key=names[1],
              help="The mean of both strands of the sequence: twice the time.", **changed)  # fmt: skip


def _keys(name: str) -> tuple[str, str, str, str]:
    """Session keys of method, strands, baseline and steps."""
    return (
        name.format(state.METHOD), name.format(state.BOTH_STRANDS), name.format(state.BASELINE),
        name.format(state.STEPS),
    )  # fmt: skip


def _changed(way: Way, second: Way | None) -> None:
    ways = [_said(way, "{}"), *([_said(second, state.SECOND)] if second else [])]
    state.choose_method(BESIDE.join(map(str, ways)))


def _said(before: Way, name: str) -> Way:
    """What the widgets say of a way."""
    session, names = st.session_state, _keys(name)
    path = {} if before.quick else {"baseline": session[names[2]], "steps": session[names[3]]}
    return replace(before, name=session[names[0]], both=session[names[1]], **path)


def _compare(way: Way, second: Way | None) -> None:
    ways = [way] if second else [way, other_than(way)]
    state.choose_method(BESIDE.join(map(str, ways)))
