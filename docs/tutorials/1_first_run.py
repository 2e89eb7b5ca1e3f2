"""
A first run
===========

Run one place's history, look at its tables, and ask how a deal came about.
"""

# %%
# A scenario is a question with a horizon and dated interventions. :func:`sim.load` reads a
# shipped one.
import sim

scenario = sim.load("jujuy")
print(scenario.title)
print(scenario.question)

# %%
# Running it takes a fraction of a second a run. A run with the same scenario, seed and version
# gives the same result to the byte, on one processor or many.

run = sim.run(scenario, replicates=10, seed=1)
run.per_run[["replicate", "visits_to_lac", "visits_to_china", "memoranda", "deals"]].head()

# %%
# Chance matters: the same world, begun with another seed, has another history. So look at ranges
# and not at one run.

run.per_run[["visits_to_lac", "visits_to_china", "deals"]].describe().round(0)

# %%
# ``deals`` has one row for each project that became a deal, ``events`` one for each decision.

place = run.deals[run.deals["locality"] == "AR-Y"]
place[["replicate", "project_id", "sector", "level", "channel", "value_usd_m", "month_deal"]].head()

# %%
# Every event names the events that caused it, so that a deal can be told from the first contact
# on.

first = place.iloc[0]
print(run.explain(first["project_id"], replicate=first["replicate"]))

# %%
# The same in a picture: shares of runs in which something had happened, beside the changes of
# office.

run.plot_timeline("AR-Y")

# %%
# ``run.write("results/mine")`` writes all of it, with a report to open in a browser; the command
# ``paradiplomacy run jujuy --replicates 10 --seed 1 --out results/mine`` does the same.
