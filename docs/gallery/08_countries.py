"""
Deals by country
================

Means and the range of runs of the countries with most deals.
"""

import sim
from sim.report.figures import plot_countries

run = sim.run("baseline", replicates=6)
plot_countries(run)
