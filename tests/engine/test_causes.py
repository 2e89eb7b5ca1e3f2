"""Every event has causes in the same log, and the biography of a deal goes back to a contact."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from sim.core.calendar import month_index
from sim.core.enums import EVENT_KINDS
from sim.results.run_result import Run

CONTACTS = {"visit_to_lac", "visit_to_china", "state_visit", "introduction", "twinning", "forum"}
OFFICES = {"governor_change", "executive_change"}
# What may stand at the beginning of a chain of causes: things that nothing in the model caused.
FIRST = CONTACTS | OFFICES | {"policy_signal", "intervention", "proposal", "confucius_institute"}

PATH = ("proposal", "memorandum", "approval", "award", "finance", "deal")
STEP_OF = {
    "proposal": "proposal",
    "memorandum": "memorandum",
    "approval_local": "approval",
    "approval_central": "approval",
    "award": "award",
    "loan_sovereign": "finance",
    "loan_local": "finance",
    "own_finance": "finance",
    "acquisition": "finance",
    "deal": "deal",
}
AFTER_DEAL = {
    "construction", "completion", "stall", "resume", "funds_withheld", "backlash", "referendum",
}  # fmt: skip
ENDS = {"completion", "lapse", "refusal", "veto", "tender_lost", "cancellation"}


@pytest.fixture(scope="module")
def log(small_run: Run) -> pd.DataFrame:
    """Return the first replicate's events, ``at`` their position in the log."""
    frame = small_run.events[small_run.events["replicate"] == 0].reset_index(drop=True)
    frame["at"] = np.arange(len(frame))
    return frame


@pytest.fixture(scope="module")
def projects(small_run: Run) -> pd.DataFrame:
    return small_run.projects[small_run.projects["replicate"] == 0].reset_index(drop=True)


def ancestors(log: pd.DataFrame, event: int) -> list[int]:
    """Return the positions of all direct and indirect causes of an event."""
    position = dict(zip(log["event_id"].tolist(), log["at"].tolist(), strict=True))
    causes = log["causes"].tolist()
    found: set[int] = set()
    waiting = [event]
    while waiting:
        for cause in causes[waiting.pop()]:
            if position[cause] not in found:
                found.add(position[cause])
                waiting.append(position[cause])
    return sorted(found)


def test_every_replicate_has_its_own_whole_log(small_run: Run) -> None:
    for _, events in small_run.events.groupby("replicate"):
        assert events["event_id"].is_unique
        assert set(events["causes"].explode().dropna()) <= set(events["event_id"])


def test_causes_stand_before_their_effects(log: pd.DataFrame) -> None:
    position = dict(zip(log["event_id"].tolist(), log["at"].tolist(), strict=True))
    wrong = [
        (log["kind"][at], log["kind"][position[cause]])
        for at, causes in enumerate(log["causes"])
        for cause in causes
        if position[cause] >= at
    ]
    assert not wrong, Counter(wrong)


def test_causes_are_given_once(log: pd.DataFrame) -> None:
    assert log["causes"].map(len).max() <= 3
    assert all(len(set(causes)) == len(causes) for causes in log["causes"])


def test_months_never_go_back(log: pd.DataFrame) -> None:
    months = log["month"].astype(str).map(month_index)
    assert months.is_monotonic_increasing


def test_the_run_is_rich_enough_to_test(log: pd.DataFrame) -> None:
    seen = set(log["kind"])
    assert len(seen) > 25
    assert seen <= set(EVENT_KINDS)
    assert (log["kind"] == "deal").sum() > 20
    assert (log["causes"].map(len) > 0).mean() > 0.4


def test_every_deal_is_walked_back_to_where_it_began(log: pd.DataFrame) -> None:
    deals = log[log["kind"] == "deal"]
    began: Counter[str] = Counter()
    for at in deals["at"]:
        chain = ancestors(log, at)
        assert chain, "a deal without a cause"
        kinds = {log["kind"][i] for i in chain}
        assert "proposal" in kinds
        first = [i for i in chain if not len(log["causes"][i])]
        assert {log["kind"][i] for i in first} <= FIRST
        began["contact" if kinds & CONTACTS else "office" if kinds & OFFICES else "neither"] += 1
    # Acquisitions may come out of nowhere; whatever is negotiated begins with people. An executive
    # in office from the start who plans before anybody of China was met breaks this.
    negotiated = [
        at
        for at in deals["at"]
        if "acquisition" not in {log["kind"][i] for i in ancestors(log, at)}
    ]
    for at in negotiated:
        assert {log["kind"][i] for i in ancestors(log, at)} & (CONTACTS | OFFICES)
    assert began["contact"] > 0.5 * len(deals)


def test_every_negotiated_deal_takes_all_steps_in_order(log: pd.DataFrame) -> None:
    mine = log[log["project_id"].notna()]
    deals = set(mine.loc[mine["kind"] == "deal", "project_id"])
    assert deals
    for _, events in mine[mine["project_id"].isin(deals)].groupby("project_id"):
        steps = [STEP_OF[kind] for kind in events["kind"] if kind in STEP_OF]
        if "acquisition" in set(events["kind"]):
            assert steps == ["proposal", "finance", "deal"]
        else:
            assert steps == list(PATH)
        after = events["kind"].tolist()[events["kind"].tolist().index("deal") + 1 :]
        assert set(after) <= AFTER_DEAL | {"veto", "cancellation"}


def test_events_of_a_project_are_linked_one_to_the_next(log: pd.DataFrame) -> None:
    mine = log[log["project_id"].notna()]
    for _, events in mine.groupby("project_id"):
        earlier: set[int] = set()
        for kind, identity, causes in zip(
            events["kind"], events["event_id"], events["causes"], strict=True
        ):
            if earlier:
                assert earlier & set(causes), f"{kind} hangs on nothing of its project"
            earlier.add(identity)


def test_nothing_happens_to_a_project_after_its_end(log: pd.DataFrame) -> None:
    mine = log[log["project_id"].notna()]
    for _, events in mine.groupby("project_id"):
        kinds = events["kind"].tolist()
        ended = [i for i, kind in enumerate(kinds) if kind in ENDS]
        assert len(ended) <= 1
        assert not ended or ended[0] == len(kinds) - 1


def test_months_of_a_project_are_in_order(projects: pd.DataFrame) -> None:
    names = ["proposed", "memorandum", "approved", "awarded", "deal", "construction", "ended"]
    assert projects["month_proposed"].notna().all()
    for row in projects[[f"month_{name}" for name in names]].itertuples(index=False):
        given = [month for month in row if isinstance(month, str)]
        assert given == sorted(given)
    # Each decision takes at least until the next month; the end may come in any month.
    one_by_one = projects[projects["month_deal"].notna() & (projects["channel"] != "acquisition")]
    for earlier, later in pairwise(names[:5]):
        assert (one_by_one[f"month_{earlier}"] <= one_by_one[f"month_{later}"]).all()
    # What an executive negotiated with a loan is signed and approved at once.
    one_by_one = one_by_one[one_by_one["channel"] != "executive"]
    for earlier, later in (
        ("memorandum", "approved"),
        ("approved", "awarded"),
        ("awarded", "deal"),
    ):
        assert (one_by_one[f"month_{earlier}"] < one_by_one[f"month_{later}"]).all()


def test_a_deal_is_what_is_awarded_and_financed_or_acquired(
    projects: pd.DataFrame, log: pd.DataFrame
) -> None:
    bought = projects["channel"] == "acquisition"
    dealt = projects["month_deal"].notna()
    financed = {"financed", "construction", "stalled", "operating"}
    assert dealt[projects["stage"].isin(financed)].all()
    waiting = {"proposed", "memorandum", "approved", "awarded", "acquiring", "refused",
               "lost_in_tender", "lapsed"}  # fmt: skip
    assert not dealt[projects["stage"].isin(waiting)].any()
    assert projects.loc[dealt & ~bought, "month_awarded"].notna().all()
    assert projects.loc[dealt, "finance"].isin(["own", "sovereign", "local"]).all()
    assert projects.loc[bought, "month_awarded"].isna().all()
    means = log[log["kind"].map(STEP_OF.get) == "finance"]
    assert set(means["project_id"]) == set(projects.loc[dealt, "project_id"])
    assert set(log.loc[log["kind"] == "deal", "project_id"]) == set(
        projects.loc[dealt, "project_id"]
    )


def test_events_agree_with_the_table_of_projects(projects: pd.DataFrame, log: pd.DataFrame) -> None:
    table = projects.set_index("project_id")
    columns = {
        "proposal": "month_proposed",
        "memorandum": "month_memorandum",
        "award": "month_awarded",
        "deal": "month_deal",
        "construction": "month_construction",
    }
    for kind, column in columns.items():
        events = log[log["kind"] == kind].set_index("project_id")["month"].astype(str)
        given = table[column].dropna()
        assert events.sort_index().to_dict() == given.sort_index().to_dict(), kind
    signed = log[log["kind"] == "memorandum"]
    assert (signed["chinese_actor"].to_numpy() == table.loc[signed["project_id"], "firm"]).all()


def test_loans_are_made_by_banks_and_no_more_than_the_value(log: pd.DataFrame) -> None:
    loans = log[log["kind"].isin(["loan_sovereign", "loan_local"])]
    assert len(loans)
    assert (loans["chinese_actor_type"] == "bank").all()
    values = log[log["kind"] == "deal"].set_index("project_id")["value_usd_m"]
    assert (loans["value_usd_m"].to_numpy() <= values.loc[loans["project_id"]].to_numpy()).all()


def test_who_an_event_is_about(log: pd.DataFrame) -> None:
    """Places belong to the country named; twinnings join provinces and localities, and so on."""
    placed = log[log["locality"].notna()]
    home = placed["locality"].astype(str).str[:2]
    assert placed.assign(home=home).groupby("home")["country"].nunique().max() == 1
    types = {
        kind: set(events["chinese_actor_type"].dropna())
        for kind, events in log.groupby("kind", observed=True)
    }
    assert types["twinning"] == {"province"}
    assert types["award"] == {"firm"}
    assert types["confucius_institute"] == {"organisation"}
    assert types["ambassador_rotation"] == {"embassy"}
    assert not types["governor_change"]
    twinned = log[log["kind"] == "twinning"]
    assert twinned["locality"].notna().all()
    assert not twinned.duplicated(["chinese_actor", "locality", "city"]).any()
    assert log.loc[log["kind"] == "state_visit", "locality"].isna().all()
    assert log.loc[log["kind"] == "proposal", "initiator"].isin(["china", "lac"]).all()
