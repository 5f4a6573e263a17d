"""A sheet for a paper from its plan and what its panels became."""

from collections.abc import Sequence

from app.figures import composed
from app.figures.composed import Composition, Part, Picture
from app.sheet.panels import Made
from app.sheet.plan import Plan


def composition(plan: Plan, pictures: Sequence[Picture]) -> Composition:
    """The panels in their places.

    Raises:
        EnformerLensError: a picture fits on no page, or the plan on no sheet.
    """
    parts = [
        Part(picture, panel.columns) for picture, panel in zip(pictures, plan.panels, strict=True)
    ]
    return composed.composed(parts, plan.width, plan.look)


def title(made: Sequence[Made]) -> str:
    """Of the document."""
    places = (f"{one.shown.parsed.name} ({one.shown.place.genome.assembly})" for one in made)
    return "Enformer Lens: " + "; ".join(dict.fromkeys(places))


def render(plan: Plan, made: Sequence[Made], form: composed.paper.Format, provenance: str) -> bytes:
    """A file for a paper, with where it comes from inside.

    Raises:
        EnformerLensError: a picture fits on no page, or the plan on no sheet.
    """
    sheet = composition(plan, [one.picture for one in made])
    return composed.render(sheet, form, title(made), provenance)
