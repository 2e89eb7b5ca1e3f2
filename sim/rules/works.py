"""Works: construction, withheld funds, stalls, backlash, cancellation, completion."""

from __future__ import annotations

import math

from sim.core import decisions as d
from sim.core import enums as k
from sim.core.jit import rule
from sim.rules.basics import LOW_BITS, is_aligned, logistic, normal_draw, record, waiting_time
from sim.rules.pairs import comes_about, team_of
from sim.rules.proposals import end_project, first_open, project_draw


@rule
def carry_out_works(w, first, end, t):
    """Carry the projects of places before ``end`` through a month of construction."""
    for n in range(first_open(w, first), first_open(w, end)):
        carry_out_work(w, w.project[n].nth_open, t)


@rule
def carry_out_work(w, j, t):
    """Carry a project through a month of construction, and let the public have its say."""
    project = w.project[j]
    if k.SIGNED <= project.stage <= k.STALLED and project.stage != k.ACQUIRING:
        face_public(w, j, t)
    if project.stage == k.FINANCED and project.dealt < t:
        break_ground(w, j, t)
    elif project.stage == k.BUILDING:
        build(w, j, t)
    elif project.stage == k.STALLED:
        wait_for_restart(w, j, t)


@rule
def note(w, j, t, kind, cause):
    """Record an event of a project under construction."""
    project = w.project[j]
    project.event = record(
        w, kind, t, project.firm, project.place, k.NOBODY, project.sector, project.key,
        project.value, project.event, 0 if cause == project.event else cause, 0,
    )  # fmt: skip


@rule
def break_ground(w, j, t):
    """Begin construction; an acquired asset is operating at once.

    The time to build is log-normal around the median of the sector.
    """
    project = w.project[j]
    if project.channel == k.BY_ACQUISITION:
        complete(w, j, t)
        return
    z = normal_draw(
        w.run, d.DURATION, d.DURATION_PAIR, project.key & LOW_BITS, project.key >> 32, 0
    )  # fmt: skip
    months = w.sector[project.sector].duration * math.exp(w.par[0].construction_spread * z)
    project.work = max(1, int(months + 0.5))
    project.stage = k.BUILDING
    project.started = t
    project.built = 0
    note(w, j, t, k.CONSTRUCTION, 0)


@rule
def build(w, j, t):
    """Build for a month, unless the centre withholds funds or the work stalls (Box 1; M07).

    Works stall sooner, and wait longer, where the team that carries them is gone (fn 163).
    """
    p = w.par[0]
    project = w.project[j]
    country = w.country[project.country]
    exposed = project.finance != k.LOCAL_LOAN and not is_aligned(w, project.place)
    exposed = exposed and (project.needs_loan == 1 or project.level == k.CENTRAL)
    if exposed and project_draw(w, d.WITHHOLD, project, t) < p.finance_withholding:
        project.stage = k.STALLED
        project.withheld = 1
        note(w, j, t, k.FUNDS_WITHHELD, country.office_event)
        return
    stall = p.construction_stall * (1.0 + country.fiscal)
    if project_draw(w, d.STALL, project, t) * team_of(w, j) < stall:
        project.stage = k.STALLED
        project.withheld = 0
        note(w, j, t, k.STALL, 0)
        return
    project.built += 1
    if project.built >= project.work:
        complete(w, j, t)


@rule
def wait_for_restart(w, j, t):
    """Resume or give up a stalled work; withheld funds flow again sooner once aligned."""
    p = w.par[0]
    project = w.project[j]
    chance = p.finance_resume
    if project.withheld == 1 and is_aligned(w, project.place):
        chance *= 4.0
    if comes_about(w, j, project_draw(w, d.RESUME, project, t), chance):
        project.stage = k.BUILDING
        note(w, j, t, k.RESUME, 0)
    elif project_draw(w, d.GIVE_UP, project, t) < p.construction_cancel:
        end_project(w, j, t, k.CANCELLED, k.CANCELLATION, 0)


@rule
def complete(w, j, t):
    """Complete a project."""
    project = w.project[j]
    project.stage = k.OPERATING
    project.ended = t
    w.country[project.country].completions += 1
    note(w, j, t, k.COMPLETION, 0)


@rule
def face_public(w, j, t):
    """Let press or referendum turn against a project: visible and large ones first (M46, M49).

    In a small locality a backlash against what is approved already may end in a vote (fn 161; M47).
    """
    p = w.par[0]
    project = w.project[j]
    if project.outcry == 0:
        project.outcry = next_backlash(w, project, t)
    if t < project.outcry:
        return
    project.outcry = next_backlash(w, project, t + 1)
    before = project.event
    note(w, j, t, k.BACKLASH, w.place[project.place].demonstration_event)
    if project_draw(w, d.BACKLASH_CANCELS, project, t) < p.backlash_cancel:
        end_project(w, j, t, k.CANCELLED, k.CANCELLATION, before)
    elif project.stage >= k.APPROVED and is_voted_down(w, j, t):
        note(w, j, t, k.REFERENDUM, before)
        end_project(w, j, t, k.CANCELLED, k.CANCELLATION, before)


@rule
def next_backlash(w, project, first):
    """Draw when the public next turns against a project: each month from ``first`` is as likely."""
    chance = w.par[0].backlash_rate * w.sector[project.sector].visibility
    chance *= math.exp(w.par[0].backlash_size * project.tens)
    return first - 1 + waiting_time(project_draw(w, d.BACKLASH, project, first), chance)


@rule
def is_voted_down(w, j, t):
    """Tell whether a local vote strikes a project down: the smaller the place, the likelier."""
    project = w.project[j]
    chance = w.par[0].backlash_referendum * w.sector[project.sector].visibility
    chance *= logistic(-2.0 * w.place[project.place].market)
    return project_draw(w, d.REFERENDUM, project, t) < chance
