"""
An outcome over a parameter
===========================

A sweep of one parameter: points are means over replicates, bars two standard errors.
"""

from tempfile import TemporaryDirectory

import matplotlib.pyplot as plt

import sim

with TemporaryDirectory() as folder:
    sweep = sim.sweep(
        "baseline",
        {"turnover.fade": [0, 0.25, 0.5, 0.75, 1]},
        replicates=8,
        workers=1,  # so few runs are over before further processes have begun
        out=f"{folder}/fade",
    )
    runs = sweep.frame

deals = runs.groupby("turnover.fade")["deals"]
fig, ax = plt.subplots(figsize=(6, 3.5))
ax.errorbar(deals.mean().index, deals.mean(), yerr=2 * deals.sem(), marker="o")
ax.set(xlabel="turnover.fade: ties lost at a change of office", ylabel="deals", ylim=(0, None))
