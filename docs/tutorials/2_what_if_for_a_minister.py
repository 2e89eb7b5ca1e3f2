"""
A what-if for a minister
========================

A ministry asks: what becomes of the provinces' dealings if the president turns hostile to China?
Say it as a scenario,
compare it with the world as it was, and report what is known and what is not.
"""

# %%
# A what-if is a small TOML file. What it leaves out it takes from the scenario that it extends.
from pathlib import Path
from tempfile import TemporaryDirectory

import sim

TEXT = """
name = "cold-centre"
extends = "baseline"
title = "A hostile president in Argentina from 2016 to 2019"
question = "Do the deals of provinces outlive hostility at the centre?"

[[interventions]]
kind = "executive"
country = "ARG"
month = "2016-01"
stance = -0.8

[[interventions]]
kind = "shock"
what = "strain"
country = "ARG"
month = "2016-01"
until = "2019-11"
value = 0.8
"""

with TemporaryDirectory() as folder:
    file = Path(folder, "cold-centre.toml")
    file.write_text(TEXT, encoding="utf-8")
    what_if = sim.load(file)

# %%
# Both worlds run with the same random draws, so that their difference holds only what follows
# from the change. ``fixed=True`` holds the parameters at their defaults; without it they are
# drawn from the posterior where there is one of the present model, which is what to report.

comparison = sim.compare("baseline", what_if, replicates=30, fixed=True)
places = comparison.by_country
argentina = places[places["country"] == "ARG"].set_index("outcome")
columns = ["baseline", "what_if", "difference", "low", "high", "share_lower"]
argentina.loc[["deals", "deals_local"], columns].round(2)

# %%
# ``low`` and ``high`` say how well the *mean* is known: more runs narrow them. ``share_lower`` is
# the probability that the change lowers the outcome. For the region, ``p05`` and ``p95`` hold
# nine pairs in ten: what a decision has to live with.

region = comparison.effects.set_index("outcome")
columns = ["difference", "low", "high", "p05", "p95", "share_lower", "distinguishable"]
region.loc[["deals", "deals_local", "deals_central", "visits_to_lac"], columns].round(2)

# %%
# When do the worlds part, and what is the first thing that differs?

comparison.plot_paths()

# %%
comparison.divergences[["replicate", "month", "kind", "country"]].head(3)

# %%
# **What to write in the note.** How large the mean difference is, in how many of the pairs it
# goes that way, and which mechanism makes it. The record supports some of the model's mechanisms
# and cannot tell others: read :doc:`what the evidence can say </docs/evidence>` before a figure
# leaves the house. ``comparison.write("FOLDER")`` makes the report to attach.
