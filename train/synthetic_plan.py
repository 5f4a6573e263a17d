"""Contigs planned at random: domains between insulators, and promoters and enhancers in each."""

import math
from collections.abc import Sequence

from enformer.demo_sequence import Dice
from enformer.planted.factors import FACTORS, HEADS, Factor, factors_of
from enformer.planted.plan import Plan, PlannedEnhancer, PlannedPromoter

DOMAIN = (50_000, 300_000)
"""Shortest and longest domain in bp; their logarithms are uniform."""
MARGIN, SPACING = 1_500, 1_200
"""Bp kept free at the ends of a domain, and between elements."""
PER_PROMOTER = (2_000, 3_000, 4_000, 12_000)
"""Bp of domain for each promoter, on average: one of these in each domain."""
PER_ENHANCER = 18_000
"""Bp of domain for each enhancer, on average."""
SITES = (1, 2, 3, 4, 6, 9, 12)
"""Sites of an enhancer, one of these as often as another: some matter twelve times as much as others."""
CROWDED = 1_000
"""Bp from one element to the next where a model practises."""
DEAD = 2
"""One promoter in so many has a broken core: only that teaches that nothing starts without it."""

_BOUND = tuple(factor for factor in FACTORS if factor.role == "enhancer")
_HELPERS = tuple(factor for factor in FACTORS if factor.role == "promoter")


def random_plan(length: int, dice: Dice) -> Plan:
    """A contig of the mean densities above; the same dice, the same plan."""
    walls, promoters, enhancers = [], [], []
    at = 0
    while at < length:
        end = min(at + _log_uniform(dice, *DOMAIN), length)
        if end - at > 2 * MARGIN + 4 * SPACING:
            here = _fill(at + MARGIN, end - MARGIN, dice)
            promoters += here[0]
            enhancers += here[1]
        walls.append(end)
        at = end + 200
    return Plan(
        length, tuple(promoters), tuple(enhancers), tuple(w for w in walls if w < length - 100)
    )


def practice_plan(length: int, dice: Dice) -> Plan:
    """A contig crowded with sites of all factors alike, singly or few at once: to learn what binds where.

    In `random_plan` sites are rare, and those of one tissue come together, so that a model can do well by
    knowing half of them.
    """
    walls, promoters, enhancers = [], [], []
    for at in range(MARGIN, length - MARGIN, CROWDED):
        here = at + dice.integer(0, CROWDED // 4)
        kind = dice.integer(0, 8)
        if kind == 0:
            walls.append(here)
        elif kind <= 2:
            promoters.append(_promoter(here, dice))
        else:
            enhancers.append(PlannedEnhancer(here, _drawn(_BOUND, dice.integer(1, 4), dice)))
    return Plan(length, tuple(promoters), tuple(enhancers), tuple(walls))


def _fill(start: int, end: int, dice: Dice) -> tuple[list[PlannedPromoter], list[PlannedEnhancer]]:
    """Elements at random places of a domain, no two closer than `SPACING`."""
    per_promoter = PER_PROMOTER[dice.integer(0, len(PER_PROMOTER))]
    most = [2 * (end - start) // per for per in (per_promoter, PER_ENHANCER)]
    wanted = [1 + dice.integer(0, number + 1) for number in most]
    places = _spaced(start, end, sum(wanted), dice)
    for last in range(len(places) - 1, 0, -1):  # which of them are promoters is chance
        other = dice.integer(0, last + 1)
        places[last], places[other] = places[other], places[last]
    share = max(1, len(places) * wanted[0] // sum(wanted))
    promoters = [_promoter(at, dice) for at in sorted(places[:share])]
    return promoters, [_enhancer(at, dice) for at in sorted(places[share:])]


def _spaced(start: int, end: int, count: int, dice: Dice) -> list[int]:
    count = min(count, (end - start) // SPACING)
    room = (end - start) - count * SPACING
    offsets = sorted(dice.integer(0, room + 1) for _ in range(count))
    return [start + offset + number * SPACING for number, offset in enumerate(offsets)]


def _promoter(tss: int, dice: Dice) -> PlannedPromoter:
    core = ("TATA", "YY1")[dice.integer(0, 2)]
    helpers = _drawn(_HELPERS, dice.integer(1, 5), dice)
    return PlannedPromoter(tss, dice.strand(), core, helpers, dead=dice.integer(0, DEAD) == 0)


def _enhancer(start: int, dice: Dice) -> PlannedEnhancer:
    """Sites of one tissue, in one of five cases of two tissues; a third have a broken one beside them."""
    tissues = HEADS["human"]
    own = list(factors_of(tissues[dice.integer(0, len(tissues))]))
    if dice.integer(0, 5) == 0:
        own += factors_of(tissues[dice.integer(0, len(tissues))])
    spoiled = _drawn(own, 1, dice) if dice.integer(0, 3) == 0 else ()
    sites = SITES[dice.integer(0, len(SITES))]
    return PlannedEnhancer(start, _drawn(own, sites, dice), spoiled)


def _drawn(among: Sequence[Factor], count: int, dice: Dice) -> tuple[Factor, ...]:
    return tuple(among[dice.integer(0, len(among))] for _ in range(count))


def _log_uniform(dice: Dice, low: int, high: int) -> int:
    steps = 1_000
    return int(low * math.exp(math.log(high / low) * dice.integer(0, steps) / steps))
