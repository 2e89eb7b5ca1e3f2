"""Pairs of a Chinese actor and a place: an intensity of their own, and who there knows whom."""

from __future__ import annotations

import math

from sim.core import decisions as d
from sim.core import enums as k
from sim.core.jit import rule
from sim.core.rng import draw
from sim.rules.basics import (
    elastic,
    exponential_arrival,
    has_office,
    is_too_late,
    normal_quantile,
    power_at_most,
    total_trust,
)


@rule
def intensity_rank(w, actor, place):
    """Return the share of pairs that are less intense of themselves than this one."""
    return draw(w.run, d.PAIR_INTENSITY, w.actor[actor].key, w.place[place].key, 0)


@rule
def intensity_at(w, rank):
    """Return how much a pair of a rank has to do with each other of itself, a factor of mean 1.

    It is log-normal over pairs: in the report a few relationships carry dozens of visits, while
    most are dormant (Coquimbo case, section c; M18, M30). A lasting, skewed propensity is how
    repeat contacts are modelled elsewhere (Schmittlein, Morrison and Colombo 1987, *Counting your
    customers*, Management Science 33).
    """
    spread = w.par[0].pair_spread
    return math.exp(spread * (normal_quantile(rank) - 0.5 * spread))


@rule
def leaning(w, actor, place):
    """Return what a pair's intensity adds to a choice of partner, a factor of mean 1.

    It follows the rank alone: whom one has not met yet is known by little more than hearsay.
    """
    share = w.par[0].pair_choice
    if share == 0.0:
        return 1.0
    return 1.0 + share * (2.0 * intensity_rank(w, actor, place) - 1.0)


@rule
def fit(w, a, place):
    """Return what a place is to one actor beyond its draw on all, a factor (M26, M31).

    (1 + match) * exp(trust) * leaning: fit of endowments, trust already there, intensity of the
    pair. A place with rival provinces is less attractive to a province: (1 + rivals) ** -crowding.
    A firm has nothing to do in a place without what it needs.
    """
    p = w.par[0]
    if w.actor[a].kind == k.FIRM and w.match[a, place] <= 0.0:
        return 0.0
    factor = leaning(w, a, place) * (1.0 + p.outreach_match * w.match[a, place])
    row = w.tie_of[a, place]
    if row >= 0:
        factor *= math.exp(p.outreach_trust * total_trust(w.tie[row]))
    if w.actor[a].kind == k.PROVINCE:
        rivals = w.place[place].provinces
        if row >= 0 and total_trust(w.tie[row]) >= p.tie_alive:
            rivals -= 1
        factor *= elastic(1.0 + rivals, -p.outreach_crowding)
    return factor


@rule
def crowding_at_most(w, place):
    """Return a bound of how rivals change what a place is to a province, a factor."""
    elasticity, provinces = w.par[0].outreach_crowding, float(w.place[place].provinces)
    # One of them may be the province itself.
    rivals = max(0.0, provinces - 1.0) if elasticity >= 0.0 else provinces
    return elastic(1.0 + rivals, -elasticity)


@rule
def fit_at_most(w, a, place, trusted, crowd):
    """Return a bound of :func:`fit`, given the factor of full trust and a bound of crowding."""
    p = w.par[0]
    kind, match = w.actor[a].kind, w.match[a, place]
    if kind == k.FIRM and match <= 0.0:
        return 0.0
    most = (1.0 + p.pair_choice) * (1.0 + p.outreach_match * match)
    if kind == k.PROVINCE:
        most *= crowd
    row = w.tie_of[a, place]
    return most if row < 0 else most * power_at_most(total_trust(w.tie[row]), trusted)


@rule
def fitting_province(w, place, decision, host, t):
    """Choose a province for a locality by size and fit; the host of a forum is met more easily."""
    best = math.inf
    chosen = -1
    trusted, crowd = math.exp(w.par[0].outreach_trust), crowding_at_most(w, place)
    for b in range(w.run[0].provinces):
        actor = w.actor[b]
        u = draw(w.run, decision, actor.key, w.place[place].key, t)
        ease = 4.0 if b == host else 1.0
        most = actor.scale * fit_at_most(w, b, place, trusted, crowd) * ease
        if not is_too_late(u, most, best):
            arrival = exponential_arrival(u, actor.scale * fit(w, b, place) * ease, best)
            if arrival < best:
                best = arrival
                chosen = b
    return chosen


@rule
def is_answered(w, row, u):
    """Tell by a uniform number whether a pair answers: its intensity multiplies the odds."""
    odds = w.tie[row].intensity * w.par[0].outreach_answer
    return u < odds / (odds + 1.0 - w.par[0].outreach_answer)


@rule
def remember(w, row):
    """Let a contact renew the memory of a pair that has met: who knows whom, and the team."""
    if row < 0:
        return
    tie = w.tie[row]
    tie.memory += w.par[0].memory_contact * (1.0 - tie.memory)


@rule
def hold_of(w, memory):
    """Return what a memory leaves of what hangs on it, a factor (M21, M33)."""
    return 1.0 - w.par[0].memory_need * (1.0 - memory)


@rule
def memory_between(w, actor, place):
    """Return the memory of a pair, 0 if they never met or there is no such actor."""
    if actor < 0:
        return 0.0
    row = w.tie_of[actor, place]
    return w.tie[row].memory if row >= 0 else 0.0


@rule
def team_of(w, j):
    """Return what is left of the team that carries a project, a factor.

    It is that of the Chinese proposer or of the firm with the office where it was proposed: the
    locality, or the national government where that planned it or was met instead.
    """
    project = w.project[j]
    office, actor = project.place, project.actor
    if project.channel == k.BY_EXECUTIVE or (actor >= 0 and w.tie_of[actor, office] < 0):
        office = w.country[project.country].centre
    memory = max(memory_between(w, actor, office), memory_between(w, project.firm, office))
    return hold_of(w, memory)


@rule
def comes_about(w, j, u, chance):
    """Tell by a uniform number whether a project gets on, by a chance that its team cuts."""
    # The team leaves all of the chance at most; it is looked up only where it may decide.
    return u < chance and u < chance * team_of(w, j)


@rule
def protection(w, row, t):
    """Return how well institutions keep a tie, a factor of 1 or more (M30, M60, M63).

    By it trust becomes institutional faster, and less memory goes with the persons. A twinning, its
    university links and an office of the actor add up.
    """
    p = w.par[0]
    tie = w.tie[row]
    factor = 1.0
    if tie.twinned >= 0:
        factor += p.tie_twinning
        if tie.university <= t:
            factor += p.tie_university
    if has_office(w, tie.actor, tie.country, t):
        factor += p.tie_office
    return factor


@rule
def forget(w, row, lost, t):
    """Let the persons of a pair leave: they take a share of trust and of what nobody else knows."""
    tie = w.tie[row]
    tie.personal *= 1.0 - lost
    tie.memory *= 1.0 - lost * (1.0 - tie.institutional) / protection(w, row, t)
