"""
Watching agents as a Mesa user
==============================

The same model as a ``mesa.Model``: its agents are views of the state, and their methods call
the same rules.
"""

# %%
# Make a model, look at who lives in it, and step it a month at a time.
from collections import Counter

from sim.engine.agents import Governor
from sim.engine.model import ParadiplomacyModel

model = ParadiplomacyModel("jujuy", end="2001-12")
print(Counter(type(agent).__name__ for agent in model.agents))

# %%
# An agent's attributes read and write its row of the state.

governor = next(agent for agent in model.agents_by_type[Governor] if agent.code == "AR-Y")
print(f"{governor.code}: will {governor.will:.2f}, of the executive's bloc: {governor.is_aligned}")

for _ in range(12):
    model.step()
print(f"After a year: will {governor.will:.2f}, experience with China {governor.experience:.2f}")

# %%
# The data collector gives frames.

model.run_to_end()
model.datacollector.get_model_vars_dataframe().tail(3)

# %%
# A class of your own replaces one that is shipped; the timetable calls its methods.


class Homebody(Governor):
    """A governor who never travels."""

    def plan_journey(self):
        """Stay at home."""
        self.trip_actor = -1


still = ParadiplomacyModel("jujuy", end="2001-12", agents={"governor": Homebody})
still.run_to_end()
still.datacollector.get_model_vars_dataframe().tail(3)

# %%
# The compiled engine is faster by far and writes the same events: use it for many runs. :doc:`The
# guide for users of Mesa </docs/mesa>` tells of removing agents, reporters and batches, and
# :doc:`adding behaviour </docs/extending>` of steps of your own.
