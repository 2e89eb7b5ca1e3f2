"""The outset: who holds office, and how countries look, before the first month is run."""

from __future__ import annotations

import math

from sim.core import enums as k
from sim.core.jit import rule
from sim.rules.basics import local_offices, nth_office
from sim.rules.outreach import assess_country
from sim.rules.politics import due_leader, install_executive, is_replaced, review_governor
from sim.rules.signals import read_country_signals, read_policy


@rule
def prepare_outset(w):
    """Fill the offices and read the signals as they stand when the first month begins.

    Nothing is recorded: whoever holds office at the outset came before the run.
    """
    t = w.run[0].start
    set_parameters_of_outset(w, t)
    for c in range(len(w.country)):
        fill_offices(w, c, t)
    read_policy(w, t)
    for c in range(len(w.country)):
        read_country_signals(w, c, t)
        assess_country(w, c, t)


@rule
def set_parameters_of_outset(w, t):
    """Set the parameters that the scenario orders for the first month.

    Orders that give a parameter back its value, which are nan, take that of the run.
    """
    for row in range(len(w.intervention)):
        order = w.intervention[row]
        if order.order == k.SET_PARAMETER and math.isnan(order.value):
            order.value = w.par_values[order.target]
    for row in range(len(w.intervention)):
        order = w.intervention[row]
        if order.month == t and order.order == k.SET_PARAMETER:
            w.par_values[order.target] = order.value


@rule
def fill_offices(w, c, t):
    """Seat a country's executive by the calendar, its governors and its mayors.

    Where the scenario orders a new executive for the first month, governors stand to that one as
    they would to whoever put them in office.
    """
    country = w.country[c]
    row = due_leader(w, c, t)
    if row >= 0:
        leader = w.leader[row]
        install_executive(w, c, t, leader.key, leader.bloc, leader.stance, leader.consolidation, 0)
    bloc = country.bloc
    for row in range(len(w.intervention)):
        order = w.intervention[row]
        is_mine = order.order == k.SET_EXECUTIVE and order.target == c
        if is_mine and order.month == t and is_replaced(w, row):
            country.bloc = country.key * 8 + 7
    for n in range(local_offices(w, c)):
        review_governor(w, nth_office(w, c, n), t)
    country.bloc = bloc
