"""An outcome of your own, from the event log: months from a locality's first contact to a deal."""

from __future__ import annotations

import pandas as pd

import sim
from sim.core.calendar import month_index

CONTACTS = ("visit_to_lac", "visit_to_china")


def months_to_first_deal(events: pd.DataFrame) -> pd.DataFrame:
    """Return one row a replicate and locality that had a contact.

    ``months`` is nan without a deal, and negative where the deal came first.

    Parameters
    ----------
    events
        The event log of a run, as ``sim.run(…).events`` or ``events.parquet`` hold it.
    """
    months = events.assign(month=events["month"].map(month_index))
    by = ["replicate", "locality"]
    contact = months[months["kind"].isin(CONTACTS)].groupby(by)["month"].min()
    deal = months[months["kind"] == "deal"].groupby(by)["month"].min()
    table = pd.DataFrame({"contact": contact, "deal": deal}).dropna(subset="contact")
    table["months"] = table["deal"] - table["contact"]
    return table.reset_index()


if __name__ == "__main__":
    run = sim.run("baseline", end="2010-12", replicates=5)
    print("Months from a locality's first contact to its first deal:")  # noqa: T201
    print(months_to_first_deal(run.events)["months"].describe().round(1).to_string())  # noqa: T201
