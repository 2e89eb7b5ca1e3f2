"""
What the record says of parameters
==================================

Draws of the published posterior, beside the range that each parameter may take.
"""

import matplotlib.pyplot as plt

import sim
from calibration.published import read_published

posterior = read_published()
fig, axes = plt.subplots(2, 5, figsize=(10, 4), layout="constrained")
for ax, name, values in zip(axes.flat, posterior.names, posterior.values.T, strict=True):
    known = sim.PARAMETERS[name]
    ax.hist(values, bins=30, color="#4c78a8")
    ax.set(title=name, yticks=[], xlim=(known.low, max(values.max(), known.low)))
    ax.title.set_fontsize(9)
