"""The state keeps its promises: one layout, ranges, lists without loose ends."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from sim.core import enums as k
from sim.core import state, state_fields
from sim.core.column_table import ColumnTable
from sim.core.jit import COMPILE
from sim.core.parameters import PARAMETERS
from sim.core.state import CHANGING, COLUMN_TABLES, POOLS, State, copy_state, grown
from sim.core.state_fields import RECORDS
from sim.core.state_pointer import LAYOUT, MATRICES, Handle, handle, order_of
from sim.engine.compiled import ensure_capacity, new_run_state, run_months
from sim.engine.dispatch import programme_of_month

CLOSE = 1e-8


@pytest.mark.parametrize("table", RECORDS)
def test_fields_are_named_once_and_say_what_they_are(table: str) -> None:
    fields = RECORDS[table]
    names = [field.name for field in fields]
    assert len(set(names)) == len(names)
    for field in fields:
        assert field.name.isidentifier()
        assert field.kind in ("i", "f")
        assert field.unit
        assert field.meaning


@pytest.mark.parametrize("table", RECORDS)
def test_every_field_is_8_bytes_wide(table: str) -> None:
    dtype = state.record_type(RECORDS[table])
    assert dtype.itemsize == 8 * len(RECORDS[table])
    assert dtype.names is not None
    assert all(dtype[name].itemsize == 8 for name in dtype.names)
    assert dtype.type is np.record


@pytest.mark.parametrize("table", RECORDS)
def test_no_field_hides_behind_an_attribute_of_numpy(table: str) -> None:
    """Plain Python reads ``row.size`` as numpy's own attribute, compiled code as the field."""
    assert not [field.name for field in RECORDS[table] if hasattr(np.record, field.name)]


def test_the_layout_covers_the_state() -> None:
    assert set(LAYOUT) == set(State._fields)
    assert set(MATRICES) | set(RECORDS) == set(State._fields)
    assert not set(MATRICES) & set(RECORDS)
    assert set(CHANGING) | set(POOLS) <= set(State._fields)


def test_parameters_are_fields_in_the_order_of_their_table(template: State) -> None:
    assert [f.name for f in state_fields.PARAMETER] == [p.field for p in PARAMETERS.values()]
    assert template.par_values.tolist() == [p.default for p in PARAMETERS.values()]
    copy = copy_state(template)
    copy.par_values[0] = 0.25
    assert copy.par[0][0] == 0.25
    assert template.par_values[0] != 0.25


def test_every_array_has_its_layout(template: State) -> None:
    for name, (dtype, dimensions) in LAYOUT.items():
        array = getattr(template, name)
        assert array.dtype == dtype, name
        if name in COLUMN_TABLES:
            assert array.words.shape == (len(RECORDS[name]), len(array)), name
            array = array.words
        assert array.ndim == dimensions + (name in COLUMN_TABLES), name
        assert array.flags[order_of(name)], name


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("experience", lambda x: x.astype(np.float32)),
        ("tie_of", lambda x: x.astype(np.int64)),
        ("tie_of", np.ascontiguousarray),
        ("series", lambda x: x[0]),
        ("experience", lambda x: x[:, ::2]),
        ("sector", lambda x: x.view(np.int64)),
        ("actor", lambda x: x[:]),
        ("place", lambda x: np.zeros(3, dtype=[("key", np.int64)])),
    ],
)
def test_a_handle_refuses_another_layout(name: str, spoil: object, template: State) -> None:
    assert callable(spoil)
    spoiled = template._replace(**{name: spoil(getattr(template, name))})
    with pytest.raises(TypeError, match=name):
        Handle(spoiled)


def test_a_handle_shows_the_state(template: State) -> None:
    assert Handle(template).actor is template.actor
    with pytest.raises(AttributeError):
        Handle(template).nothing  # noqa: B018
    assert isinstance(handle(template), Handle) == COMPILE


def memory(table: state.Array | ColumnTable) -> state.Array:
    return table.words if isinstance(table, ColumnTable) else table


def test_a_copy_owns_what_changes_and_shares_the_rest(template: State) -> None:
    copy = copy_state(template)
    for name in State._fields:
        new, old = (memory(getattr(w, name)) for w in (copy, template))
        own = name in (*CHANGING, *POOLS, "par_values")
        assert np.shares_memory(new, old) != own or not old.size, name
        if own:
            used = int(template.run[name + "s"][0]) if name in POOLS else new.shape[-1]
            assert new[..., :used].tolist() == old[..., :used].tolist(), name
    assert np.shares_memory(copy.par, copy.par_values)


def test_a_copy_of_a_finished_run_keeps_its_pools(finished: State) -> None:
    copy = copy_state(finished)
    for name in POOLS:
        used = int(finished.run[name + "s"][0])
        assert used > 100
        assert getattr(copy, name)[:used].tobytes() == getattr(finished, name)[:used].tobytes()


@pytest.mark.parametrize("name", POOLS)
def test_a_pool_grows_to_twice_its_size(name: str, finished: State) -> None:
    old = getattr(finished, name)
    new = getattr(grown(finished, name), name)
    assert len(new) == 2 * len(old)
    used = int(finished.run[name + "s"][0])
    assert new[:used].tobytes() == old[:used].tobytes()
    if name in COLUMN_TABLES:
        assert not new[used:].view(np.int64).any()


def test_forums_stand_in_the_order_of_month_and_key(template: State) -> None:
    rows = list(zip(template.forum["month"], template.forum["key"], strict=True))
    assert rows == sorted(rows)
    assert len({month for month, _ in rows}) < len(rows), "no month has several"


# --- promises kept throughout a run


@pytest.fixture(scope="module")
def moments(template: State) -> list[State]:
    """Return the states of one busy run every half year."""
    return list(half_years(template))


def half_years(template: State) -> Iterator[State]:
    w = new_run_state(template, 11, 0)
    w.par["outreach_firm_rate"] = 0.1
    w.par["outreach_province_rate"] = 0.15
    programme = programme_of_month(w)
    for first in range(0, 132, 6):
        w = ensure_capacity(w)
        assert run_months(handle(w), programme, first, first + 5) == first + 6
        kept = {name: getattr(w, name).copy() for name in CHANGING}
        # Of pools what is in use, a tenth of their room.
        used = {name: getattr(w, name)[: int(w.run[f"{name}s"][0])].copy() for name in POOLS}
        yield w._replace(**kept, **used)


BOUNDS = {"0-1": (0.0, 1.0), "-1 to 1": (-1.0, 1.0), "share": (0.0, 1.0), "probability": (0.0, 1.0)}
SWITCHES = {"0/1": {0.0, 1.0}, "-1/0/1": {-1.0, 0.0, 1.0}}


@pytest.mark.parametrize("table", ["country", "governor", "place", "actor", "tie", "project"])
def test_fields_stay_within_their_unit(table: str, moments: list[State]) -> None:
    for w in moments:
        rows = getattr(w, table)
        if table in POOLS:
            rows = rows[: int(w.run[table + "s"][0])]
        for field in RECORDS[table]:
            values = rows[field.name].astype(float)
            assert np.isfinite(values).all(), field
            if field.unit in BOUNDS:
                low, high = BOUNDS[field.unit]
                assert values.min() >= low - CLOSE, field
                assert values.max() <= high + CLOSE, field
            if field.unit in SWITCHES:
                assert set(values) <= SWITCHES[field.unit], field
            if field.unit in ("count", "US$ million", "weight"):
                assert values.min() >= 0.0, field


def test_matrices_stay_within_their_unit(moments: list[State]) -> None:
    for w in moments:
        for name in ("experience", "endowment", "match", "authority", "strain", "fiscal", "accord"):
            values = getattr(w, name)
            assert values.min() >= -CLOSE, name
            assert values.max() <= 1.0 + CLOSE, name
    series = moments[-1].series
    assert np.isfinite(series).all()
    bounded = [i for i, f in enumerate(state_fields.SERIES) if f.unit in BOUNDS]
    for i in bounded:
        low, high = BOUNDS[state_fields.SERIES[i].unit]
        assert series[:, :, i].min() >= low - CLOSE
        assert series[:, :, i].max() <= high + CLOSE


def test_codes_are_valid(moments: list[State]) -> None:
    for w in moments:
        projects = w.project[: int(w.run["projects"][0])]
        assert projects["stage"].max() < len(k.STAGES)
        assert projects["level"].max() < len(k.LEVELS)
        assert projects["channel"].max() < len(k.CHANNELS)
        assert projects["finance"].max() < len(k.FINANCES)
        assert set(projects["initiator"]) <= {k.CHINA, k.LAC}
        for name in ("stage", "level", "channel", "finance", "sector", "place"):
            assert projects[name].min() >= 0
        offices = int(w.run["local_offices"][0])
        assert projects["place"].max() < offices, "projects stand in localities or cities"
        assert (projects["country"] == w.place["country"][projects["place"]]).all()
        events = w.event[: int(w.run["events"][0])]
        assert set(events["kind"]) <= set(range(len(k.EVENT_KINDS)))


def test_firms_and_banks_are_what_they_should_be(moments: list[State]) -> None:
    w = moments[-1]
    projects = w.project[: int(w.run["projects"][0])]
    kinds = w.actor["kind"]
    signed = projects[projects["firm"] >= 0]
    assert (kinds[signed["firm"]] == k.FIRM).all()
    assert (kinds[projects["bank"][projects["bank"] >= 0]] == k.BANK).all()
    direct = projects[(projects["finance"] == k.LOCAL_LOAN) & (projects["bank"] >= 0)]
    assert (w.actor["local_loans"][direct["bank"]] == 1).all()
    assert (w.actor["active_since"][signed["firm"]] <= signed["ended"].max()).all()


def chain(links: np.ndarray[tuple[int], np.dtype[np.int64]], first: int) -> list[int]:
    """Return the rows of a linked list; fail on a loop."""
    rows = []
    while first >= 0:
        rows.append(first)
        assert len(rows) <= len(links), "a list without an end"
        first = int(links[first])
    return rows


def test_every_tie_is_once_in_each_of_its_lists(moments: list[State]) -> None:
    w = moments[-1]
    ties = w.tie[: int(w.run["ties"][0])]
    for table, link, owner in ((w.actor, "of_actor", "actor"), (w.place, "of_place", "place")):
        seen = []
        for i, first in enumerate(table["first_tie"].tolist()):
            rows = chain(ties[link], first)
            assert (ties[owner][rows] == i).all()
            seen += rows
        assert sorted(seen) == list(range(len(ties)))
    for row, tie in enumerate(ties):
        assert w.tie_of[tie["actor"], tie["place"]] == row
    assert (w.tie_of >= 0).sum() == len(ties)
    assert (ties["country"] == w.place["country"][ties["place"]]).all()
    assert (ties["kind"] == w.actor["kind"][ties["actor"]]).all()


def test_every_loan_asked_for_stands_on_its_banks_list(moments: list[State]) -> None:
    listed = 0
    for w in moments:
        n = int(w.run["open_projects"][0])
        j = w.project["nth_open"][:n]
        asked = (w.project["bank"][j] >= 0) & (w.project["stage"][j] <= k.AWARDED)
        for b in np.flatnonzero(w.actor["kind"] == k.BANK):
            rows = chain(w.project["next_loan"], int(w.actor["first_loan"][b]))
            # What was lent or ended this month is taken off when the next one begins.
            left = [row for row in rows if w.project["stage"][row] <= k.AWARDED]
            assert left == j[asked & (w.project["bank"][j] == b)].tolist()
            listed += len(left)
    assert listed > 5


def test_months_of_ties_are_in_order(moments: list[State]) -> None:
    w = moments[-1]
    ties = w.tie[: int(w.run["ties"][0])]
    assert (ties["since"] <= ties["latest"]).all()
    twinned = ties[ties["twinned"] >= 0]
    assert len(twinned) > 5
    assert (twinned["twinned"] >= twinned["since"]).all()
    assert (w.actor["kind"][twinned["actor"]] == k.PROVINCE).all()
    assert (twinned["place"] < int(w.run["local_offices"][0])).all()


def test_ties_know_who_began_them_and_who_asked(moments: list[State]) -> None:
    w = moments[-1]
    ties = w.tie[: int(w.run["ties"][0])]
    assert set(ties["initiator"]) == {k.CHINA, k.LAC}
    for name in ("asking", "firm_request_of"):
        asked = ties[ties[name] >= 0]
        assert len(asked), name
        assert (asked["kind"] == k.PROVINCE).all()
        assert (w.actor["kind"][asked[name]] == k.FIRM).all()
        assert (w.actor["home"][asked[name]] == asked["actor"]).all()
        assert (w.tie_of[asked[name], asked["place"]] >= 0).all()
    assert (ties["twinned"][ties["firm_request_of"] >= 0] >= 0).all()


def test_agreements_are_central_approvals_and_technology_firms_memoranda(
    moments: list[State],
) -> None:
    for w in moments:
        events = w.event[: int(w.run["events"][0])]
        central = w.project["key"][: int(w.run["projects"][0])][
            w.project["level"][: int(w.run["projects"][0])] == k.CENTRAL
        ]
        signed = (events["kind"] == k.MEMORANDUM) & np.isin(events["project"], central)
        signed &= w.actor["technology"][events["actor"]] == 1
        agreed = events[signed | (events["kind"] == k.APPROVAL_CENTRAL)]
        latest = np.full_like(w.national, -1)
        np.maximum.at(latest, (agreed["actor"], agreed["country"]), agreed["month"])
        assert (w.national == latest).all()
    assert (w.national >= 0).any()


def test_practice_comes_with_visits_and_experience_with_deals(moments: list[State]) -> None:
    w = moments[-1]
    events = w.event[: int(w.run["events"][0])]
    # What a scenario arranges would leave no practice, but this run has no orders.
    visits = np.bincount(events["actor"][events["kind"] == k.VISIT_TO_LAC], minlength=len(w.actor))
    practice = 1.0 - (1.0 - w.par["learning_practice"][0]) ** visits
    assert np.abs(w.actor["practice"] - practice).max() < CLOSE
    deals = events[events["kind"] == k.DEAL]
    count = np.zeros_like(w.experience)
    np.add.at(count, (deals["actor"], deals["country"]), 1.0)
    homes = w.actor["home"][deals["actor"]]
    np.add.at(count, (homes[homes >= 0], deals["country"][homes >= 0]), 1.0)
    experience = 1.0 - (1.0 - w.par["learning_experience"][0]) ** count
    assert np.abs(w.experience - experience).max() < CLOSE


def test_lists_hold_exactly_the_open_projects(moments: list[State]) -> None:
    for w in moments[::7]:
        projects = w.project[: int(w.run["projects"][0])]
        listed = projects["nth_open"][: int(w.run["open_projects"][0])]
        still_open = np.flatnonzero(projects["stage"] < k.FIRST_ENDED)
        # By place, and the newest of a place first.
        order = np.lexsort((-still_open, projects["place"][still_open]))
        assert listed.tolist() == still_open[order].tolist()
        ended = projects["stage"] >= k.FIRST_ENDED
        assert (projects["ended"][ended] >= projects["proposed"][ended]).all()
        assert (projects["ended"][~ended] == -1).all()


def test_offices_keep_true_books(moments: list[State]) -> None:
    """What an office knows of its ties is what the ties say after they were last tended."""
    w = moments[-1]
    ties = w.tie[: int(w.run["ties"][0])]
    trust = 1.0 - (1.0 - ties["personal"]) * (1.0 - ties["institutional"])
    best = np.zeros(len(w.place))
    np.maximum.at(best, ties["place"], trust)
    # Deals formed later in the month add trust that the books show a month later.
    met = ties["place"][ties["latest"] == 131]
    still = np.setdiff1d(np.arange(len(w.place)), met)
    assert np.abs(w.place["trust"][still] - best[still]).max() < CLOSE
    assert (w.place["trusted"] >= 0).sum() == len(np.unique(ties["place"]))


def test_institutes_add_up(moments: list[State]) -> None:
    w = moments[-1]
    assert w.place["institute"].sum() == w.run["institutes"][0] == w.country["institutes"].sum()
    assert w.run["institutes"][0] > 0
    # Those open do not exceed the highest target so far by more than the one being opened.
    assert w.run["institutes"][0] <= np.ceil(w.signal[:132, k.SIGNAL.institute_target].max())


def test_banks_commit_no_more_than_they_received(moments: list[State]) -> None:
    for w in moments:
        events = w.event[: int(w.run["events"][0])]
        month = int(events["month"].max())
        loans = events[np.isin(events["kind"], (k.LOAN_SOVEREIGN, k.LOAN_LOCAL))]
        for b in np.flatnonzero(w.actor["kind"] == k.BANK):
            lent = loans["value"][loans["actor"] == b].sum()
            assert w.actor["budget"][b] >= 0.0
            assert lent <= w.envelope[: month + 1, b].sum() + CLOSE
    assert len(loans) > 3


def test_appointed_governors_are_of_the_executives_bloc(moments: list[State]) -> None:
    """An appointee who is not named in the evidence sides with whoever appointed him."""
    for w in moments:
        month = int(w.event["month"][: w.run["events"][0]].max())
        country = w.country[w.place["country"][: len(w.governor)]]
        appointed = (w.governor["selection"] == k.APPOINTED) & (w.governor["documented"] == 0)
        assert appointed.any()
        assert (w.governor["bloc"][appointed] == country["bloc"][appointed]).all()
        assert (w.governor["until"] > month).all()
        assert (w.governor["key"] > 0).all()
