"""How contributions are found: what a link says, what widgets say, and what is asked of the methods."""

from dataclasses import dataclass, replace

import streamlit as st

from app import state
from app.explanations import Explanation, explanation
from app.scene import Scene
from interpret.baselines import BASELINES
from interpret.target import Target

STEPS = (10, 20, 50, 100, 200)
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

    def request(self, shown: Scene, target: Target) -> Explanation:
        """What is asked of the services. The reference is explained, with or without a variant."""
        path = {} if self.quick else {"baseline": self.baseline, "steps": self.steps}
        return explanation(
            f"contributions {'quick' if self.quick else 'integrated'}", shown.checkpoint,
            shown.place.genome, shown.window, None, target,
            method=self.name, both=self.both, **path,
        )  # fmt: skip


def choose(way: Way) -> None:
    """Widgets for the method and its options, in the container around."""
    session = st.session_state
    session[state.METHOD], session[state.BOTH_STRANDS] = way.name, way.both
    st.selectbox("Method", list(_NAMES), format_func=_NAMES.__getitem__, key=state.METHOD,
                 on_change=_changed, args=(way,), help=_ABOUT, width=250)  # fmt: skip
    if not way.quick:
        session[state.BASELINE], session[state.STEPS] = way.baseline, way.steps
        st.selectbox("From", list(BASELINES), format_func=_BASELINES.__getitem__, width=210,
                     key=state.BASELINE, on_change=_changed, args=(way,))  # fmt: skip
        st.selectbox("Steps", STEPS, key=state.STEPS, on_change=_changed, args=(way,), width=100)
    st.toggle("Both strands", key=state.BOTH_STRANDS, on_change=_changed, args=(way,),
              help="The mean of both strands of the sequence: twice the time.")  # fmt: skip


def _changed(before: Way) -> None:
    session = st.session_state
    path = {} if before.quick else {
        "baseline": session[state.BASELINE], "steps": session[state.STEPS],
    }  # fmt: skip
    after = replace(before, name=session[state.METHOD], both=session[state.BOTH_STRANDS], **path)
    state.choose_method(str(after))
