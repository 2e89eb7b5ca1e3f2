from __future__ import annotations

import sim


def test_an_intervention_says_of_which_kind_it_is() -> None:
    orders = [
        {"month": "2000-02", "kind": "executive", "country": "ARG", "stance": -0.8},
        {"month": "2000-02", "kind": "shock", "what": "strain", "country": "ARG", "value": 0.9},
        {"month": "2000-02", "kind": "parameter", "parameter": "turnover.fade", "value": 0.5},
        {"month": "2000-03", "kind": "visit", "actor": "CN-SH", "locality": "AR-Y"},
    ]
    fields = {"name": "orders", "title": "t", "end": "2000-04", "interventions": orders}
    events = sim.run(sim.scenario.schema.build(fields), replicates=1).events
    mine = events[events["kind"] == "intervention"]
    assert sorted(mine["intervention"]) == ["executive", "parameter", "shock", "visit"]
    assert events.loc[events["kind"] != "intervention", "intervention"].isna().all()
    visit = mine[mine["intervention"] == "visit"].iloc[0]
    assert (visit["month"], visit["locality"]) == ("2000-03", "AR-Y")
