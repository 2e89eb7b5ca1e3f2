"""The headless driver: the month's steps in one compiled loop."""

from __future__ import annotations

from sim.core.jit import CHECKED, rule
from sim.core.rng import run_key
from sim.core.state import POOLS, State, copy_state, grown
from sim.core.state_pointer import handle
from sim.engine import invariants
from sim.engine.dispatch import programme_of_month, take_step
from sim.rules.outset import prepare_outset


@rule
def short_pool(w):
    """Return which of the pools cannot take whatever one month may bring, -1 if all can.

    The number is the position in :data:`sim.core.state.POOLS`. The most that a month can bring:

    - new projects: one an agent of each kind;
    - new ties: three a governor's journey or an actor's visit, one a deal formed, one an order;
    - events: two a tie (lost, universities linked), seven a project (approved or financed, then
      turned against and struck down; two offices opened), six an agent, two an order.
    """
    head = w.run[0]
    agents = len(w.place) + len(w.actor)
    # A scenario may arrange any number of contacts in one month.
    orders = len(w.intervention)
    projects = head.projects + 2 * agents
    ties = head.ties + 3 * agents + projects + orders
    if len(w.tie) < ties:
        return 0
    if len(w.project) < projects:
        return 1
    events = 2 * ties + 7 * projects + 6 * agents + 2 * orders + len(w.forum)
    if len(w.event) < head.events + events:
        return 2
    return -1


@rule
def has_room(w):
    """Tell whether the pools can take whatever one month may bring."""
    return short_pool(w) < 0


@rule
def take_steps(w, programme, first, end, t):
    """Take the steps of a month from number ``first`` to before ``end``."""
    for s in range(first, end):
        w.run[0].step = s
        take_step(w, programme[s, 0], programme[s, 1], programme[s, 2], t)


@rule
def run_months(w, programme, first, last):
    """Run months ``first`` to ``last``, or to the run's last one; return the month to run next.

    That is one of them when room runs out.
    """
    last = min(last, w.run[0].end)
    for t in range(first, last + 1):
        if not has_room(w):
            return t
        take_steps(w, programme, 0, len(programme), t)
    return last + 1


def ensure_capacity(w: State) -> State:
    """Return the state with room for one more month."""
    while (pool := short_pool(handle(w))) >= 0:
        w = grown(w, POOLS[pool])
    return w


def new_run_state(template: State, seed: int, replicate: int) -> State:
    """Return the state of a run before its first month, keyed by its seed and replicate number."""
    w = copy_state(template)
    w.run["key0"], w.run["key1"] = run_key(seed, replicate)
    prepare_outset(handle(w))
    return w


def simulate(template: State, seed: int, replicate: int) -> State:
    """Run a scenario's initial state to its last month and return the final state."""
    w = new_run_state(template, seed, replicate)
    programme = programme_of_month(w)
    month, last = int(w.run["start"][0]), int(w.run["end"][0])
    while month <= last:
        w = ensure_capacity(w)
        begun = month
        month = int(run_months(handle(w), programme, begun, begun if CHECKED else last))
        if CHECKED:
            invariants.check(w, begun)
    return w
