"""Terms of elected local heads: when they begin, and which bloc is known to have won them.

A world dates what its countries' rules do not give: calendars by unit, votes put off.
"""

from __future__ import annotations

from sim.core import enums as k
from sim.core.jit import rule


@rule
def next_regular_date(anchor, term, t):
    """Return the first month after ``t`` at which a term begins, given one such month."""
    return t + term - (t - anchor) % term


@rule
def next_term(w, g, t):
    """Return the row of the first dated term here that begins after ``t``, or the rows' end."""
    row = w.governor[g].first_term
    while row < w.governor[g].last_term and w.term[row].start <= t:
        row += 1
    return row


@rule
def documented_bloc(w, g, t):
    """Return the bloc that is known to have won the term under way, 0 if none is."""
    governor = w.governor[g]
    row = next_term(w, g, t) - 1
    if row < governor.first_term:
        return 0
    length = governor.term
    is_last = row + 1 == governor.last_term
    return 0 if is_last and t >= w.term[row].start + length else w.term[row].bloc


@rule
def elected_term_end(w, g, t, pace):
    """Return the next month in which a term begins: a dated one, or by the country's rule.

    A pace other than 1 divides the length of the term under way.
    """
    governor = w.governor[g]
    start, length = governor.anchor, governor.term
    row = next_term(w, g, t)
    is_dated = row < governor.last_term
    if row > governor.first_term:
        start = w.term[row - 1].start
        if is_dated:
            length = w.term[row].start - start
    elif is_dated:
        start = w.term[row].start
    end = next_regular_date(start, max(6, int(round(length / pace))), t)
    return min(end, w.term[row].start) if is_dated and pace >= 1.0 else end


@rule
def is_elected(w, g, t):
    """Tell whether a locality's head is elected by now."""
    governor = w.governor[g]
    return governor.selection == k.ELECTED and t >= governor.elected_since


@rule
def set_review(w, g, t):
    """Note the next month in which the office may change hands by itself."""
    governor = w.governor[g]
    governor.review = max(t + 1, governor.until)
    if governor.next_documented < governor.last_documented:
        start = w.holder[governor.next_documented].start
        governor.review = max(t + 1, min(governor.review, start))
