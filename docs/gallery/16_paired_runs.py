"""
Paired runs beside independent ones
===================================

The difference that ending twinnings makes to visits, run by run: with the draws of the baseline and
with seeds of its own. Both estimate the same mean; one needs far fewer runs.
"""

import matplotlib.pyplot as plt

import sim

RUNS = 20
baseline = sim.run("baseline", replicates=RUNS, seed=1).per_run["visits_to_lac"]
paired = sim.run("no-twinning", replicates=RUNS, seed=1).per_run["visits_to_lac"]
independent = sim.run("no-twinning", replicates=RUNS, seed=2).per_run["visits_to_lac"]

fig, ax = plt.subplots(figsize=(7, 2.8), layout="constrained")
for height, what_if in enumerate([independent, paired]):
    difference = what_if - baseline
    ax.plot(difference, [height] * RUNS, "o", alpha=0.6, color=f"C{height}")
    ax.plot([difference.mean()] * 2, [height - 0.25, height + 0.25], color="black")
ax.axvline(0, color="grey", linewidth=0.8)
ax.set(yticks=[0, 1], yticklabels=["other draws", "same draws"], ylim=(-0.5, 1.5))
ax.set_xlabel("visits from China in a world without twinnings, less those of the baseline")
