"""The command ``paradiplomacy``: parse, call, print.

Modules that take time to load are imported inside the commands, so that ``--help`` is quick.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from sim.cli import options, output, scenarios, world
from sim.core import stop_signals
from sim.core.errors import InputError, nearest_name
from sim.core.files import MachineError
from sim.core.version import __version__

_FLAGS = {
    "n": "-n",
    "outcomes": "--outcome",
    "first": "--from",
    "last": "--to",
    "layout": "--format",
}
"""Options that are not called as the argument of the Python interface that they stand for."""


_START_OVER = "Files written so far are whole; give the same command again to start over."


class _Reporting(TyperGroup):
    """Turn what can go wrong in any command into one message and an exit code.

    With ``--json`` the standard output says it too, as one object.
    """

    def make_context(self, info_name: Any, args: list[str], *rest: Any, **extra: Any) -> Any:
        """Read the words of the command line up to the name of the command."""
        as_json = "--json" in args
        with _reported(as_json):
            made = super().make_context(info_name, args, *rest, **extra)
        made.meta["paradiplomacy.json"] = as_json
        return made

    def invoke(self, ctx: Any) -> Any:
        """Run the command and return its value.

        It exits with code 2 after wrong input, 1 after a fault of the machine, 130 after
        Ctrl-C, 143 after SIGTERM.
        """
        with _reported(ctx.meta["paradiplomacy.json"]), stop_signals.raising():
            return super().invoke(ctx)


@contextmanager
def _reported(as_json: bool) -> Iterator[None]:
    """Say what goes wrong inside the block, and leave with its exit code."""
    try:
        yield
    except InputError as error:
        for one in {error, *error.errors}:
            if one.argument is not None:
                option = f"--{one.argument.replace('_', '-')}"
                one.argument = _FLAGS.get(one.argument, option)
        raise output.stop(str(error), 2, error.errors if as_json else ()) from error
    except (typer.Exit, BrokenPipeError):
        raise
    except KeyboardInterrupt as error:
        stopped = InputError(f"stopped. {str(error) or _START_OVER}")
        raise output.stop(
            str(stopped), stop_signals.exit_code(error), (stopped,) if as_json else ()
        ) from error
    except Exception as error:
        errors = (_as_input(error),) if as_json else ()
        if isinstance(error, (MachineError, OSError)):
            raise output.stop(str(error), 1, errors) from error
        output.print_errors(errors)
        raise


def _as_input(error: Exception) -> InputError:
    """Return a fault of the machine, of the words typed or of the program, to be told as JSON."""
    file = getattr(error, "file", None) or getattr(error, "filename", None)
    if isinstance(error, MachineError):
        return InputError(error.message, file=file)
    if not hasattr(error, "format_message"):
        return InputError(str(error) or type(error).__name__, file=file)
    name = getattr(error, "option_name", None)
    parameter = getattr(error, "param", None)
    if parameter is not None:
        name = max(parameter.opts, key=len) if parameter.opts else parameter.name
    near = getattr(error, "possibilities", None) or ()
    said = str(error) if near else error.format_message()
    return InputError(said, field=name, nearest=nearest_name(name or "", near))


app = typer.Typer(
    cls=_Reporting,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=options.example("run jujuy"),
)
app.add_typer(scenarios.app, name="scenarios")
app.add_typer(world.app, name="world")
for name, words in (
    ("run", "jujuy --replicates 20 --out results/mine"),
    ("rerun", "results/mine"),
    ("tables", "results/mine --form stata"),
    ("explain", "results/mine --country Argentina --year 2015"),
    ("app", "--lang es"),
    ("export", "jujuy --html jujuy.html"),
    ("patterns", "--only M01"),
    ("sweep", "baseline --vary turnover.fade=0.2..0.9 -n 100"),
    ("sensitivity", "results/baseline-sweep --outcome deals"),
    ("compare", "baseline no-twinning --replicates 100"),
    ("calibrate", "--out results/calibration"),
    ("validate", "--against mine.csv"),
    ("bench", "--only run_ms"),
):
    # A command is the function that is called as its module.
    command = getattr(import_module(f"sim.cli.{name}"), name)
    app.command(name, epilog=options.example(f"{name} {words}"))(command)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"paradiplomacy {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Simulate how China's outreach to the units of a region makes deals."""
