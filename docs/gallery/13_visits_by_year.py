"""
Visits by year, from the tables
===============================

Any figure can be made from the tables of a run with pandas and matplotlib.
"""

import sim

run = sim.run("baseline", replicates=6)
visits = run.series[run.series["metric"].isin(["visits_to_lac", "visits_to_china"])]
by_year = visits.groupby([visits["month"].str[:4], "metric"])["mean"].sum().unstack()
ax = by_year.plot(xlabel="", ylabel="visits, mean over runs", figsize=(7, 3.5))
ax.legend(["journeys to China", "visits from China"])
