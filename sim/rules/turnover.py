"""Turnover: what a change of office-holder costs in trust, memory and projects."""

from __future__ import annotations

from sim.core import decisions as d
from sim.core import enums as k
from sim.core.jit import rule
from sim.rules.basics import record, total_trust
from sim.rules.pairs import forget, team_of
from sim.rules.proposals import end_project, first_open, project_draw


@rule
def fade_ties(w, place, t, new_bloc, cause):
    """Cut the personal trust and the memory bound to an office-holder who leaves.

    A share ``turnover.fade`` is lost, less within a bloc, where the old office hands over to the
    new. Institutions keep part of the memory; institutional trust stays (report, effects, fn 163:
    "often a considerable lack of transition between exiting and new administrations"; M19, M21).
    """
    p = w.par[0]
    lost = p.turnover_fade * (1.0 if new_bloc else 1.0 - p.turnover_transition)
    row = w.place[place].first_tie
    while row >= 0:
        tie = w.tie[row]
        before = total_trust(tie)
        forget(w, row, lost, t)
        if before >= p.tie_alive:
            w.place[place].exposed += 1
        if before >= p.tie_alive and total_trust(tie) < p.tie_alive:
            record(w, k.TIE_LOST, t, tie.actor, place, k.NOBODY, -1, 0, 0.0, cause, tie.event, 0)
        row = tie.of_place


@rule
def lapse_at_turnover(w, place, end, t, level, cause):
    """Let projects without finance lapse with the office-holder who had them in hand.

    They are those of the places from ``place`` to before ``end``. Talks in local power go with the
    governor, those in central power with the executive (M20, M21). What is approved already lapses
    as far as the team that carries it is gone (fn 163; Coquimbo case).
    """
    p = w.par[0]
    if w.country[w.place[place].country].open_projects == 0:
        return
    for n in range(first_open(w, place), w.run[0].open_projects):
        j = w.project[n].nth_open
        project = w.project[j]
        if project.place >= end:
            return
        if project.stage <= k.AWARDED and project.level == level:
            chance = p.turnover_lapse
            if project.stage > k.SIGNED:
                chance = p.turnover_lapse_approved * (1.0 - team_of(w, j))
            if project_draw(w, d.LAPSE_AT_TURNOVER, project, t) < chance:
                end_project(w, j, t, k.LAPSED, k.LAPSE, cause)
