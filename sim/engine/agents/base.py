"""What all agents share: they are views of the one state."""

from __future__ import annotations

import inspect
import pkgutil
import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any, ClassVar, Protocol

import mesa

import sim.rules
from sim.core import enums as k
from sim.core import state, state_fields
from sim.core.errors import nearest_name
from sim.engine.dispatch import take_step
from sim.engine.timetable import STEPS, VERBS, Step
from sim.rules import basics


class StateModel(Protocol):
    """Say what agents need of the model: the state, the month, and what the rules take."""

    agents_by_type: Any
    state: state.State
    handle: Any
    month: int

    def ready(self) -> Any:
        """Return what the rules take for the state, with room for what they may write."""


def _view(table: str, field: state_fields.Field) -> property:
    """Return a property that reads and writes a field of the agent's row in a table."""

    def read(agent: Any) -> int | float:
        value: int | float = getattr(agent.model.state, table)[field.name][agent.index].item()
        return value

    def write(agent: Any, value: float) -> None:
        getattr(agent.model.state, table)[field.name][agent.index] = value

    return property(read, write, doc=f"{field.meaning} ({field.unit})")


def _rules() -> dict[str, Callable[[Any, int, int], Any]]:
    """Return the rules of the timetable by their names, which are its verbs."""
    modules = [
        vars(import_module(f"{sim.rules.__name__}.{found.name}"))
        for found in pkgutil.iter_modules(sim.rules.__path__)
    ]
    return {verb: names[verb] for verb in VERBS for names in modules if verb in names}


_RULES = _rules()
_TAKERS = {step.verb: {other.who for other in STEPS if other.verb == step.verb} for step in STEPS}


def _method(step: Step, cls: type) -> Callable[[Any], None]:
    """Return a method that carries out the rule of a step in the month the model is at."""
    rule, verb = _RULES[step.verb], VERBS.index(step.verb)

    def take(self: Any) -> None:
        handle, index = self.model.ready(), self.centre if step.who == "centre" else self.index
        take_step(handle, verb, index, index + 1, self.model.month)

    take.__name__, take.__module__ = step.verb, cls.__module__
    take.__qualname__ = f"{cls.__qualname__}.{step.verb}"
    reasons = dict.fromkeys(other.reason for other in STEPS if other.verb == step.verb)
    take.__doc__ = f"{inspect.getdoc(rule)}\n\nWhy it is in the timetable: {'; '.join(reasons)}."
    return take


class StateAgent(mesa.Agent):  # type: ignore[misc]
    """View one row of the state as a Mesa agent.

    Attributes named like the fields of the row's table (:mod:`sim.core.state_fields`) read and
    write the state itself; nothing is kept twice. Methods named like the steps of
    :data:`sim.engine.timetable.STEPS` call the same compiled rules as the headless driver.

    Parameters
    ----------
    model
        The model.
    index
        Row in the table.
    code
        Code of the country, locality or actor in the world's tables.
    name
        Its name.

    Attributes
    ----------
    table
        The table of the state that holds its row.
    roles
        Names under which the timetable calls it.

    Raises
    ------
    InputError
        If the state has no such row, the row is another type's, or an agent acts for it already.
    """

    table: ClassVar[str]
    roles: ClassVar[tuple[str, ...]] = ()
    model: StateModel

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "table" in vars(cls):
            for field in state_fields.RECORDS[cls.table]:
                if not hasattr(cls, field.name):
                    setattr(cls, field.name, _view(cls.table, field))
        for step in STEPS:
            if (step.who in cls.roles or cls._shares(step)) and not hasattr(cls, step.verb):
                setattr(cls, step.verb, _method(step, cls))

    @classmethod
    def warn_of_slips(cls, base: type[StateAgent]) -> None:
        """Warn of methods, not of the class ``base``, whose names are slips for its steps."""
        steps = [verb for verb in VERBS if hasattr(base, verb)]
        own = {name for part in cls.__mro__ for name in vars(part) if part not in base.__mro__}
        for name in sorted(own - set(dir(base))):
            near = nearest_name(name, steps, parts=False)
            if near is not None and near not in own and callable(getattr(cls, name)):
                said = f"no step calls {cls.__qualname__}.{name}: did you mean {near}?"
                warnings.warn(said, stacklevel=4)

    @classmethod
    def _shares(cls, step: Step) -> bool:
        """Tell whether a step is every subclass's to take, if its type does."""
        return False

    def __init__(self, model: StateModel, index: int, code: str, name: str) -> None:
        # The model asks for the row when the agent is registered with it.
        self.index = index
        self.code = code
        self.name = name
        super().__init__(model)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.code!r})"

    def remove(self) -> None:
        """Take the agent out of the model: it takes no step any more, from the next one on.

        Its row stays in the state, and with it what it was and did: ties and projects remain,
        delegations still head for an office without a governor, where nobody receives them.
        """
        super().remove()


class ChineseActor(StateAgent):
    """Share what all Chinese actors do: travel, visit, keep up ties."""

    table = "actor"

    @classmethod
    def _shares(cls, step: Step) -> bool:
        takers = _TAKERS[step.verb]
        return len(takers) > 1 and takers <= set(k.ACTOR_TYPES)

    def remove(self) -> None:
        """Take the agent out of the model, and call off the journey it had planned."""
        super().remove()
        self.trip_place = -1

    def trust_in(self, place: int) -> float:
        """Return the trust between this actor and a place, 0-1.

        Raises
        ------
        IndexError
            If there is no such place.
        """
        if not 0 <= place < len(self.model.state.place):
            raise IndexError(f"there is no place {place}")
        return float(basics.trust_between(self.model.handle, self.index, place))
