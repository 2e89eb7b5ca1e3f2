"""The model of documentation: which events of a run the report would have told.

The report studies two cases closely, tells of others and mentions more in passing, most of them
recent, many from an embassy's sample. A run knows every event. Before the two are compared, the
run's events pass through chances of being told that depend on the kind of event, on how closely the
report looks at the place, and on the year. Nothing is known of these chances but the ranges below;
each observation of a run draws its own, so that what is not known of them widens what is inferred.

Reasons for each choice are in ``docs/calibration.md``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calibration.cases.observed_events import (
    ACQUISITION,
    BACKLASH,
    CENTRAL_DEAL,
    FAILURE,
    JOURNEY,
    KINDS,
    LINK,
    LOCAL_DEAL,
    MEMORANDUM,
    REFERENDUM,
    ROW,
    TWINNING,
    VETO,
    VISIT,
    WITHHELD,
    studied,
)
from calibration.run_reading import Reading
from sim.core import enums as k
from sim.core.jit import rule
from sim.core.rng import philox, run_key
from sim.core.state import Array

# Purposes of draws, apart from the decisions of a run (sim.core.decisions).
CHANCES, COUNTED, TOLD, NOISE, BOUND = 300, 301, 302, 303, 304

RECENT = 19.5 * 12
"""Month in which the chance of being told is the stated one: the middle of 2019."""


@dataclass(frozen=True)
class Chance:
    """Describe one unknown of the documentation.

    Parameters
    ----------
    name, unit, meaning
        What it is.
    low, high
        Limits of its prior.
    log
        Whether the prior is uniform in the logarithm.
    reason
        Why these limits.
    """

    name: str
    unit: str
    low: float
    high: float
    log: bool
    meaning: str
    reason: str

    def at(self, u: Array) -> Array:
        """Return the values at quantiles ``u`` of the prior."""
        if self.log:
            return np.asarray(self.low * (self.high / self.low) ** u)
        return np.asarray(self.low + (self.high - self.low) * u)


# fmt: off
CHANCES_OF = (
    Chance("counted", "probability", 0.6, 1.0, False,
           "a visit of a deep case is counted in the case's totals",
           "the totals are lower bounds of what the author found"),
    Chance("dated", "probability", 0.2, 0.7, False,
           "a visit so counted is told with its date",
           "the text dates 8 of at least 24 visits in one case, 11 of at least 24 in the other"),
    Chance("outcome", "probability", 0.7, 1.0, False,
           "a memorandum or university link of a deep case is told; its twinnings and deals "
           "always are",
           "outcomes are what the cases were studied for"),
    Chance("visit", "probability", 0.003, 0.03, True,
           "a visit elsewhere is told, if recent",
           "the report names some fifty cases, in a region with thousands of visits"),
    Chance("embassy", "ratio", 1.0, 10.0, True,
           "how much likelier an ambassador's visit is told than another's",
           "Appendix A is a sample of embassies' activities"),
    Chance("journey", "ratio", 0.5, 2.0, True,
           "how much likelier a journey to China is told than a visit", "no reason either way"),
    Chance("twinning", "ratio", 1.0, 5.0, True,
           "how much likelier a twinning is told than a visit", "more of an event than a visit"),
    Chance("link", "ratio", 0.5, 5.0, True,
           "how much likelier a university link is told than a visit", "a section of its own"),
    Chance("memorandum", "ratio", 0.1, 1.0, True,
           "how much likelier a memorandum is told than a visit", "most come to nothing, unseen"),
    Chance("deal", "ratio", 1.0, 10.0, True,
           "how much likelier a deal in local power is told than a visit",
           "deals are what the report asks about"),
    Chance("central", "ratio", 0.25, 1.0, True,
           "how much likelier a deal of the centre is told than a local one",
           "the report is about local deals"),
    Chance("acquisition", "ratio", 1.0, 10.0, True,
           "how much likelier an acquisition is told than a local deal", "large and in the press"),
    Chance("failure", "ratio", 0.3, 3.0, True,
           "how much likelier a failure is told than a local deal", "no reason either way"),
    Chance("named", "ratio", 1.0, 10.0, True,
           "how much likelier anything is told of a place with a deal or failure that is told",
           "such places are told of as cases"),
    Chance("fading", "per year", 0.05, 0.4, False,
           "how fast the chance of being told falls with the years before 2019",
           "24 of the 35 visits told elsewhere are of 2016 to 2019"),
    Chance("since_2000", "share", 0.6, 1.0, False,
           "share of the region's twinnings by 2018 that were signed from 2000 on",
           "assumption: the total of 2018 includes older ones, the model starts without any"),
)
# fmt: on
NAMES = tuple(chance.name for chance in CHANCES_OF)
Chances = dict[str, float]


@rule
def _fill(ids, purpose, k0, k1, out):  # type: ignore[no-untyped-def]
    """Write a uniform number in (0, 1) for each identity."""
    for i in range(len(ids)):
        low = np.uint64(ids[i]) & np.uint64(0xFFFFFFFF)
        high = np.uint64(ids[i]) >> np.uint64(32)
        word, _, _, _ = philox(np.uint64(purpose), low, high, np.uint64(0), k0, k1)
        out[i] = (float(word) + 0.5) / 4294967296.0


def uniforms(key: int, purpose: int, identities: Array) -> Array:
    """Return a number in (0, 1) for each identity, fixed by the key and the purpose.

    Parameters
    ----------
    key
        Names the observation.
    purpose
        One of the numbers above.
    identities
        Whole numbers from 0 to 2**63.
    """
    found = np.empty(len(identities))
    k0, k1 = (np.uint64(word) for word in run_key(key, 0))
    ids = np.ascontiguousarray(identities, dtype=np.int64)
    _fill(ids, purpose, k0, k1, found)  # type: ignore[no-untyped-call]
    return found


def chances(key: int) -> Chances:
    """Return the chances of one observation, drawn from their priors."""
    u = uniforms(key, CHANCES, np.arange(len(CHANCES_OF)))
    return {chance.name: float(chance.at(u[i])) for i, chance in enumerate(CHANCES_OF)}


def ratios(given: Chances) -> Array:
    """Return the chance that a recent event elsewhere is told, by kind of the record."""
    deal = given["visit"] * given["deal"]
    by_kind = {
        VISIT: given["visit"],
        JOURNEY: given["visit"] * given["journey"],
        TWINNING: given["visit"] * given["twinning"],
        LINK: given["visit"] * given["link"],
        MEMORANDUM: given["visit"] * given["memorandum"],
        LOCAL_DEAL: deal,
        CENTRAL_DEAL: deal * given["central"],
        ACQUISITION: deal * given["acquisition"],
        FAILURE: deal * given["failure"],
    }
    return np.array([by_kind[kind] for kind in range(len(KINDS))])


def happened(reading: Reading) -> tuple[Array, Array]:
    """Return everything of a run that could be told, and the identities of these events.

    Returns
    -------
    rows : of :data:`calibration.cases.observed_events.ROW`, all ``dated``
    identities : (N,)
    """
    parts = [
        _from_log(reading, VISIT, reading.local_visits),
        _from_log(reading, JOURNEY, reading.journeys),
        _from_log(reading, TWINNING, reading.events(k.TWINNING)),
        _from_log(reading, LINK, reading.events(k.UNIVERSITY_LINK)),
        _from_log(reading, MEMORANDUM, reading.events(k.MEMORANDUM)),
        _deals(reading),
        *(_from_log(reading, FAILURE, rows, way) for way, rows in failures(reading)),
    ]
    rows = np.concatenate([part for part, _ in parts])
    _place_in_cases(rows)
    # A centre's memoranda are no outcome of a locality.
    kept = (rows["kind"] != MEMORANDUM) | (rows["place"] >= 0)
    return rows[kept], np.concatenate([identities for _, identities in parts])[kept]


def documented(reading: Reading, key: int, given: Chances | None = None) -> Array:
    """Return the record that a report on this run would hold, as rows of ``ROW``.

    Parameters
    ----------
    reading
        The run.
    key
        Names the observation: what is told of a run depends on it alone.
    given
        The chances; by default drawn by the key.
    """
    chosen = chances(key) if given is None else given
    rows, identities = happened(reading)
    luck = uniforms(key, TOLD, identities)
    deep = rows["case"] >= 0
    kind = rows["kind"]
    chance = ratios(chosen)[kind]
    chance *= np.where((kind == VISIT) & (rows["channel"] == k.EMBASSY), chosen["embassy"], 1.0)
    chance *= np.exp(np.minimum(0.0, chosen["fading"] * (rows["month"] - RECENT) / 12.0))
    marks = (kind >= LOCAL_DEAL) & (luck < chance) & ~deep
    named = np.zeros(reading.localities + 1, dtype=bool)
    named[rows["place"][marks]] = True
    named[-1] = False
    chance = np.where(named[rows["place"]] & ~marks, chance * chosen["named"], chance)
    # In a deep case the same number decides on the date, another one on being counted.
    trip = kind <= JOURNEY
    lesser = (kind == LINK) | (kind == MEMORANDUM)
    kept_deep = np.where(trip, chosen["counted"], np.where(lesser, chosen["outcome"], 1.0))
    keep = np.where(deep, uniforms(key, COUNTED, identities) < kept_deep, luck < chance)
    rows["dated"] = ~(deep & trip) | (luck < chosen["dated"])
    return rows[keep]


def failures(reading: Reading) -> tuple[tuple[int, Array], ...]:
    """Return the events of each way to fail that the report tells of."""
    cancelled = reading.events(k.CANCELLATION)

    def after(reason: int) -> Array:
        found: Array = cancelled[np.isin(cancelled["cause0"], reading.events(reason)["id"])]
        return found

    return (
        (BACKLASH, after(k.BACKLASH)),
        (REFERENDUM, after(k.REFERENDUM)),
        (VETO, reading.events(k.VETO)),
        (WITHHELD, reading.events(k.FUNDS_WITHHELD)),
    )


def _from_log(reading: Reading, kind: int, rows: Array, way: int = -1) -> tuple[Array, Array]:
    found = np.zeros(len(rows), dtype=ROW)
    found["kind"], found["way"], found["dated"] = kind, way, True
    found["place"] = np.where(reading.is_local(rows), rows["place"], -1)
    found["country"], found["month"] = rows["country"], rows["month"]
    actors = rows["actor"]
    found["channel"] = np.where(actors < 0, -1, reading.kind_of(np.maximum(actors, 0)))
    return found, rows["id"]


def _deals(reading: Reading) -> tuple[Array, Array]:
    deals = reading.deals
    found = np.zeros(len(deals), dtype=ROW)
    kind = np.where(deals["level"] == k.LOCAL, LOCAL_DEAL, CENTRAL_DEAL)
    found["kind"] = np.where(deals["channel"] == k.BY_ACQUISITION, ACQUISITION, kind)
    found["place"] = np.where(reading.is_local(deals), deals["place"], -1)
    found["country"], found["month"] = deals["country"], deals["dealt"]
    found["channel"], found["way"], found["dated"] = k.FIRM, -1, True
    return found, deals["key"]


def _place_in_cases(rows: Array) -> None:
    """Write into the rows which deep case each belongs to.

    The place of a case is like any other at other times.
    """
    rows["case"] = -1
    for number, case in enumerate(studied()):
        within = (rows["month"] >= case.first) & (rows["month"] <= case.last)
        rows["case"][within & (rows["place"] == case.place)] = number
