"""What a user adds to a run without changing the package: a call each month, steps, agents.

The compiled driver runs an extended month in parts, with the user's code between them; a run that
is not extended is left to :func:`sim.engine.compiled.simulate`. The Mesa driver calls the
same additions at the same places, so that both give the same event log.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from typing import Any

from numba.core.errors import TypingError

from sim.core.enums import SIGNALS
from sim.core.errors import InputError, nearest_name
from sim.core.jit import CHECKED, uncached_rule
from sim.core.state import CHANGING, POOLS, State
from sim.core.state_fields import RECORDS
from sim.core.state_pointer import handle
from sim.engine import invariants
from sim.engine.compiled import ensure_capacity, has_room, new_run_state, simulate, take_steps
from sim.engine.dispatch import programme_of_month, span
from sim.engine.timetable import STEPS

EachMonth = Callable[[State, int], object]
"""Called with the state and the month about to be run, counted from January 2000."""

_NO_FIELD = re.compile(
    r"Unknown attribute '(?P<get>\w+)' of type (?:Row\[(?P<table>\w+)|StateHandle)"
    r"|\(Row\[(?P<row>\w+), \w+\]\)\.(?P<set>\w+) ="
)
_LINE = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+)')

WHO = (*dict.fromkeys(step.who for step in STEPS), "governor", "mayor")
"""Who may take a step."""


@dataclass(frozen=True)
class AddedStep:
    """Add a step to the month of one run.

    Events it records carry the number of the step it follows.

    Parameters
    ----------
    rule
        What is done: ``rule(w, month)`` for the world, ``rule(w, index, month)`` for anyone else,
        and after these the level of each of ``signals`` and the value of each of ``parameters``.
        Decorated with :func:`sim.core.jit.rule` it is compiled, else it is called in plain Python;
        both see the same arrays, as ``w.governor[index].will``.
    who
        Who takes it, as in the timetable: an agent type, ``local_head`` (governors and mayors),
        ``world`` or ``centre``.
    after
        The step it follows, ``who: verb`` as :func:`sim.engine.timetable.timetable` prints it; a
        verb alone is the last step of that name.
    reason
        Why it is there and why at this place.
    ordered
        Whether the order in which agents act matters, as in :class:`sim.engine.timetable.Step`.
    signals
        Signals of the world, its own in ``signals.csv`` included, whose level of the month the
        rule is given. Scenarios set them by interventions.
    parameters
        Numbers by name that the rule is given and the manifest keeps.

    Raises
    ------
    InputError
        If any of these is not valid.
    """

    rule: Callable[..., Any]
    who: str
    after: str
    reason: str
    ordered: bool = False
    signals: tuple[str, ...] = ()
    parameters: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.who not in WHO:
            raise InputError(
                f"nobody is called {self.who!r} in the timetable",
                field="who",
                allowed=", ".join(WHO),
                nearest=nearest_name(self.who, WHO),
            )
        arguments = ("w", "month") if self.who == "world" else ("w", "index", "month")
        _require_callable(self.rule, "rule", (*arguments, *self.signals, *self.parameters))
        if not self.reason.strip():
            raise InputError("a step needs its reason", field="reason", allowed="a sentence")
        self.number  # noqa: B018 - refuses a place that is not in the timetable

    @cached_property
    def number(self) -> int:
        """Return the number in the timetable of the step that this one follows."""
        places = {step.verb: number for number, step in enumerate(STEPS)}
        places |= {f"{step.who}: {step.verb}": number for number, step in enumerate(STEPS)}
        if self.after not in places:
            raise InputError(
                f"the timetable has no step {self.after!r}",
                field="after",
                allowed="a step as sim.engine.timetable.timetable() prints it, such as "
                f"'{STEPS[0].who}: {STEPS[0].verb}'",
                nearest=nearest_name(self.after, places),
            )
        return places[self.after]

    @property
    def is_ordered(self) -> bool:
        """Tell whether it is taken in the order of identity, as the step it follows may be."""
        return self.ordered or STEPS[self.number].ordered

    @cached_property
    def take(self) -> Callable[[Any, int, int, int, tuple[float, ...]], None]:
        """Return what takes the step: of handle, first index, end, month and :meth:`given`."""
        rule = self.rule

        def act(w: Any, first: int, end: int, month: int, given: tuple[float, ...]) -> None:
            for index in range(first, end):
                rule(w, index, month, *given)

        def act_once(w: Any, first: int, end: int, month: int, given: tuple[float, ...]) -> None:
            rule(w, month, *given)

        taken = act_once if self.who == "world" else act
        if not hasattr(rule, "py_func"):
            return taken
        compiled = taken if self.who == "world" else uncached_rule(taken)

        def take(*arguments: Any) -> None:
            try:
                compiled(*arguments)
            except TypingError as error:
                raise _missing_field(error, rule) or error from None

        return take

    def given(self, w: State, month: int, columns: Mapping[str, int]) -> tuple[float, ...]:
        """Return what the rule takes after the month; ``columns`` are those of ``w.signal``."""
        levels = (float(w.signal[month, columns[name]]) for name in self.signals)
        return (*levels, *map(float, self.parameters.values()))


@dataclass(frozen=True)
class Extensions:
    """Hold what a user adds to a run.

    Parameters
    ----------
    each_month
        Called before each month with the state, which it may write to, and the month's number.
    added_steps
        Steps added to the timetable; of two at one place the first given comes first.
    agents
        Classes of Mesa agents by type, in place of the shipped ones.

    Raises
    ------
    InputError
        If ``each_month`` or a step is not what it should be.
    """

    each_month: EachMonth | None = None
    added_steps: Sequence[AddedStep] = ()
    agents: Mapping[str, type] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.each_month is not None:
            _require_callable(self.each_month, "each_month", ("state", "month"))
        for step in self.added_steps:
            if not isinstance(step, AddedStep):
                raise InputError(
                    f"{step!r} is no step",
                    argument="added_steps",
                    allowed="a list of sim.engine.extensions.AddedStep",
                )

    def __bool__(self) -> bool:
        return bool(self.each_month or self.added_steps or self.agents)

    def check(self, columns: Mapping[str, int]) -> None:
        """Refuse steps that read signals which a world lacks.

        Parameters
        ----------
        columns
            Columns of the world's signals by name.
        """
        for name in (name for step in self.added_steps for name in step.signals):
            if name not in columns:
                raise InputError(
                    f"the world has no signal {name!r}",
                    field="signals",
                    allowed=f"a row of its signals.csv: {', '.join(columns)}",
                    nearest=nearest_name(name, columns),
                )

    @property
    def record(self) -> dict[str, Any]:
        """Return what a manifest says of them: names, not the code, which it cannot hold."""
        steps = [
            {"rule": _name(step.rule), "who": step.who, "after": step.after, "reason": step.reason}
            | ({"signals": list(step.signals)} if step.signals else {})
            | ({"parameters": dict(step.parameters)} if step.parameters else {})
            for step in self.added_steps
        ]
        return {
            "each_month": None if self.each_month is None else _name(self.each_month),
            "steps": steps,
            "agents": {who: _name(cls) for who, cls in self.agents.items()},
        }


def _require_callable(function: Any, name: str, arguments: tuple[str, ...]) -> None:
    """Refuse what cannot be called with so many arguments."""
    wanted = f"a function of ({', '.join(arguments)})"
    if not callable(function):
        raise InputError(f"{function!r} cannot be called", field=name, allowed=wanted)
    try:
        signature = inspect.signature(getattr(function, "py_func", function))
    except ValueError:
        # Some functions written in C do not tell.
        return
    try:
        signature.bind(*arguments)
    except TypeError:
        raise InputError(
            f"{_name(function)}{signature} takes other arguments", field=name, allowed=wanted
        ) from None


def _missing_field(error: TypingError, rule: Any) -> InputError | None:
    """Return what a compiler says of a field or table that there is not, None if nothing."""
    found = _NO_FIELD.search(str(error))
    if found is None:
        return None
    table, name = found["table"] or found["row"], found["get"] or found["set"]
    known = [field.name for field in RECORDS[table]] if table in RECORDS else State._fields
    where = _LINE.search(str(error))
    return InputError(
        f"{_name(rule)} asks for {name!r}, which {table or 'the state'} has not",
        file=where["file"] if where else None,
        line=int(where["line"]) if where else None,
        allowed="a field of sim/core/state_fields.py",
        nearest=nearest_name(name, known),
    )


def _name(thing: Any) -> str:
    """Return the qualified name of a function or class, or of the class of any other object."""
    named = thing if hasattr(thing, "__qualname__") else type(thing)
    return f"{named.__module__}.{named.__qualname__}"


def with_own_tables(w: State) -> State:
    """Return the state with copies of the arrays that runs of one scenario otherwise share."""
    shared = set(State._fields) - {*CHANGING, *POOLS, "par_values"}
    return w._replace(**{name: copy(getattr(w, name)) for name in shared})


def simulate_extended(
    template: State,
    seed: int,
    replicate: int,
    extensions: Extensions,
    columns: Mapping[str, int] | None = None,
) -> State:
    """Run a scenario's initial state to its last month, with what a user adds.

    Parameters
    ----------
    template, seed, replicate
        As :func:`sim.engine.compiled.simulate` takes them; the template stays as it is.
    extensions
        A call each month and steps; agents act in the Mesa driver only.
    columns
        Columns of the world's signals; by default those that every world has.
    """
    if not extensions:
        return simulate(template, seed, replicate)
    w = with_own_tables(new_run_state(template, seed, replicate))
    programme, h = programme_of_month(w), handle(w)
    added = sorted(extensions.added_steps, key=lambda step: step.number)
    spans = [span(w, step.who) for step in added]
    columns = dict(zip(SIGNALS, count(), strict=False)) if columns is None else columns
    for t in range(int(w.run["start"][0]), int(w.run["end"][0]) + 1):
        if extensions.each_month is not None:
            w, h = _with_room(w, h)
            call_each_month(extensions.each_month, w, t)
        w, h = _with_room(w, h)
        done = 0
        for step, (first, end) in zip(added, spans, strict=True):
            take_steps(h, programme, done, step.number + 1, t)
            done = step.number + 1
            w, h = _with_room(w, h)
            step.take(h, first, end, t, step.given(w, t, columns))
            w, h = _with_room(w, h)
        take_steps(h, programme, done, len(programme), t)
        if CHECKED:
            invariants.check(w, t)
    return w


def call_each_month(function: EachMonth, w: State, month: int) -> None:
    """Call a user's function before a month; events that it records stand first in it."""
    w.run["step"] = 0
    function(w, month)


def _with_room(w: State, h: Any) -> tuple[State, Any]:
    """Return a state with room for a month, and its handle."""
    if has_room(h):
        return w, h
    w = ensure_capacity(w)
    return w, handle(w)
