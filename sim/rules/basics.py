"""What all rules share: logistic, trust, choice, the event log."""

from __future__ import annotations

import math

from sim.core import enums as k
from sim.core.jit import rule
from sim.core.rng import draw, event_identity

LOW_BITS = 0xFFFFFFFF
"""The lower of the two 32-bit words of an identity."""

YEAR = 12
"""Months."""

NEVER = 10**6
"""A month that never comes."""

MARGIN = 1.0 + 1e-9
"""More than rounding can add to a bound."""

UNBOUNDED = 1e300
"""A bound where there is none."""


@rule
def logistic(x):
    """Return 1 / (1 + exp(-x))."""
    return 1.0 / (1.0 + math.exp(-x))


@rule
def elastic(base, elasticity):
    """Return ``base ** elasticity`` for a base that may be 0; without elasticity it is 1."""
    if base == 0.0:
        return 1.0 if elasticity == 0.0 else 0.0
    return math.exp(elasticity * math.log(base))


@rule
def exponential_arrival(u, weight, best):
    """Return the arrival time of an alternative; the smallest of several is chosen.

    ``best`` is the earliest arrival so far; an alternative that cannot beat it returns infinity
    without the cost of a logarithm, since -log(u) >= 1 - u. One without weight never arrives.

    Choosing the first arrival is a random-utility choice: with exponential arrivals at rates
    exp(V) it is the logit of utilities V (Luce 1959; Yellott 1977). A uniform number keyed by
    the alternative itself lets a new alternative change only the choices it wins.
    """
    if not weight > 0.0 or 1.0 - u >= best * weight:
        return math.inf
    return -math.log(u) / weight


@rule
def is_too_late(u, most, best):
    """Tell whether an alternative of a weight of at most ``most`` is certain to arrive too late.

    Its weight need not be worked out then: :func:`exponential_arrival` would return infinity.
    """
    return best < math.inf and 1.0 - u >= best * most * MARGIN


@rule
def elastic_at_most(base, elasticity):
    """Return a bound of ``base ** elasticity`` that needs no exponential.

    For an elasticity of n + f, f below 1, it is base ** n * (1 - f + f * base) (Bernoulli's
    inequality); a negative one has no bound.
    """
    if elasticity < 0.0:
        return UNBOUNDED
    whole = int(elasticity)
    bound = 1.0 - (elasticity - whole) + (elasticity - whole) * base
    for _ in range(whole):
        bound *= base
    return bound


@rule
def power_at_most(share, whole):
    """Return a bound of ``whole ** share`` for a share of 0 to 1: its chord, as it is convex."""
    return 1.0 - share + share * whole


@rule
def exponential_at_most(x):
    """Return a bound of exp(x) that needs no exponential: 1 / (1 - x), for x below 1."""
    return 1.0 / (1.0 - x) if x < 1.0 else UNBOUNDED


@rule
def further_authority(w, place):
    """Return how far the authority of one place goes beyond its country's this month."""
    if w.place[place].added_authority == 0.0 and w.place[place].tier != k.CITY:
        return 0.0
    return authority_at(w, place) - local_authority(w, w.place[place].country)


@rule
def least_of_year(w, decision, a, b, t):
    """Return the least of the twelve numbers that :func:`draw_of_month` returns in a year.

    The least of n uniform numbers is 1 - (1 - v) ** (1 / n) of one uniform v (Devroye 1986,
    *Non-uniform random variate generation*, ch. V). Where a chance is below it all year, nothing
    else need be drawn.
    """
    v = draw(w.run, decision, a, b, t - t % YEAR)
    return 1.0 - math.exp(math.log(v) / YEAR)


@rule
def least_at_least(w, decision, a, b, t):
    """Return a bound of :func:`least_of_year` from below, by Bernoulli's inequality."""
    return (1.0 - draw(w.run, decision, a, b, t - t % YEAR)) / YEAR


@rule
def draw_of_month(w, decision, which, a, b, t, least):
    """Return the uniform number of a month, given the least of its year.

    One month of the year has the least; the others' are uniform above it.
    """
    first = t - t % YEAR
    if int(YEAR * draw(w.run, which, a, b, first)) == t - first:
        return least
    return least + (1.0 - least) * draw(w.run, decision, a, b, t)


@rule
def normal_draw(run, decision, pair, a, b, month):
    """Return a standard normal number (Box and Muller 1958) for a pair of decisions."""
    u = draw(run, decision, a, b, month)
    v = draw(run, pair, a, b, month)
    return math.sqrt(-2.0 * math.log(u)) * math.cos(2.0 * math.pi * v)


@rule
def normal_quantile(u):
    """Return the standard normal number below which a share ``u`` lies, to six digits.

    Algorithm AS 241 (Wichura 1988, *Applied Statistics* 37), single precision; where it splits the
    farthest tails off, beyond 6.7, their ends stand for them.
    """
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        top = ((59.109374720 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179
        return q * top / (((67.187563600 * r + 78.757757664) * r + 17.895169469) * r + 1.0)
    r = min(5.0, math.sqrt(-math.log(min(u, 1.0 - u)))) - 1.6
    top = ((0.17023821103 * r + 1.3067284816) * r + 2.7568153900) * r + 1.4234372777
    z = top / ((0.12021132975 * r + 0.73700164250) * r + 1.0)
    return z if q > 0.0 else -z


@rule
def waiting_time(u, chance):
    """Return the months until something happens that has the same chance each month, at least 1."""
    if chance >= 1.0:
        return 1
    # The smallest chances leave 1 as it is.
    stays = math.log(1.0 - max(0.0, chance))
    if math.log(u) <= NEVER * stays:
        return NEVER
    return 1 + int(math.log(u) / stays)


@rule
def total_trust(tie):
    """Return the trust of a tie: personal and institutional trust each suffice."""
    return 1.0 - (1.0 - tie.personal) * (1.0 - tie.institutional)


@rule
def trust_between(w, actor, place):
    """Return the trust between a Chinese actor and a place, 0 if they never met."""
    row = w.tie_of[actor, place]
    if row < 0:
        return 0.0
    return total_trust(w.tie[row])


@rule
def is_centre(w, place):
    """Tell whether a place is a national government."""
    return place >= w.run[0].local_offices


@rule
def local_offices(w, c):
    """Return the number of local offices of a country, its units' and its cities'."""
    return w.country[c].count + w.country[c].city_count


@rule
def nth_office(w, c, n):
    """Return a local office of a country by its number: its units come first, then its cities."""
    country = w.country[c]
    return country.first + n if n < country.count else country.first_city + n - country.count


@rule
def is_aligned(w, place):
    """Tell whether a local head is of the national executive's bloc."""
    return w.governor[place].bloc == w.country[w.place[place].country].bloc


@rule
def will_of(w, g):
    """Return the political will a governor acts on, 0-1 (M22, M23).

    median + office.will_effect * (own will - median), where the median is that of all governors.
    """
    median = w.run[0].median_will
    return median + w.par[0].office_will_effect * (w.governor[g].will - median)


@rule
def has_office(w, actor, country, t):
    """Tell whether an actor has an office in a country this month."""
    return 0 <= w.office[actor, country] <= t


@rule
def open_office(w, a, c, t, cause):
    """Open an actor's office in a country (M63); return the event."""
    w.office[a, c] = t
    actor = w.actor[a]
    actor.first_office = min(actor.first_office, t)
    actor.unhoused = max(0.0, actor.unhoused - w.experience[a, c])
    centre = w.country[c].centre
    return record(w, k.OFFICE_OPENED, t, a, centre, k.CHINA, -1, 0, 0.0, cause, 0, 0)


@rule
def can_work(w, a, place, sector):
    """Tell whether a firm does such work and the place has what the sector and the firm need."""
    # Most firms fail at the first.
    if w.strength[a, sector] <= 0.0:
        return False
    return w.match[a, place] > 0.0 and w.endowment[place, sector] > 0.0


@rule
def passes_on(w, a):
    """Tell whether an actor passes localities' wishes on to firms (report, section a; M39).

    Embassies, the bodies for trade and friendship, and business associations do.
    """
    actor = w.actor[a]
    if actor.kind == k.ORGANISATION:
        return actor.mission <= k.FRIENDSHIP
    return actor.kind == k.EMBASSY or actor.kind == k.ASSOCIATION


@rule
def hands_of(w, a, place):
    """Return, as bits, the types of the actors through whom one came to a place, its own among."""
    row = w.tie_of[a, place]
    return 1 << w.actor[a].kind | (w.tie[row].hands if row >= 0 else 0)


@rule
def count_success(w, a):
    """Count a province's deal or twinning, of which its rivals take notice (M26)."""
    w.actor[a].success += 1.0
    w.run[0].success += 1.0


@rule
def local_authority(w, country):
    """Return the authority of a country's first-level units this month, 0-1.

    The index is drawn towards the region's mean as ``authority.effect`` falls, and overridden by a
    consolidated executive (report, executive summary; M01, M58).
    """
    return effective_authority(w, country, w.country[country].authority)


@rule
def authority_at(w, place):
    """Return the authority of one place this month, 0-1: the index is its country's and its own.

    That of a city is the municipal authority of its country, by ``authority.municipal`` (report,
    actors and avenues: local government is provincial or municipal).
    """
    country = w.place[place].country
    if w.place[place].tier == k.CITY:
        index = w.country[country].municipal
        return min(1.0, w.par[0].authority_municipal * effective_authority(w, country, index))
    index = w.country[country].authority + w.place[place].added_authority
    return effective_authority(w, country, min(1.0, max(0.0, index)))


@rule
def effective_authority(w, country, index):
    """Return what an authority index comes to in a country this month, 0-1."""
    p = w.par[0]
    mean = w.run[0].mean_authority
    spread = mean + p.authority_effect * (index - mean)
    return spread * (1.0 - p.authority_consolidation * w.country[country].consolidation)


@rule
def record(w, kind, t, actor, place, initiator, sector, project, value, cause0, cause1, cause2):
    """Write one event to the log and return its identity.

    The identity follows from the kind, the month and the identities of those concerned, so that the
    same event has the same identity in two runs. Indices are -1 and causes 0 where there is none.
    """
    head = w.run[0]
    actor_key = w.actor[actor].key if actor >= 0 else 0
    place_key = w.place[place].key if place >= 0 else 0
    extra = (project ^ (project >> 32)) & LOW_BITS if project > 0 else sector + 1
    identity = event_identity(kind, t, actor_key, place_key, extra)
    row = w.event[head.events]
    row.id = identity
    row.month = t
    row.step = head.step
    row.kind = kind
    row.actor = actor
    row.place = w.place[place].unit if place >= 0 else -1
    row.office = place
    row.country = w.place[place].country if place >= 0 else -1
    row.initiator = initiator
    row.sector = sector
    row.project = project
    row.value = value
    row.cause0 = cause0
    row.cause1 = cause1
    row.cause2 = cause2
    head.events += 1
    return identity
