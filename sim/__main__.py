"""Run the command line: as ``python -m sim``, and as the command ``paradiplomacy``."""

from sim.core import stop_signals


def main() -> None:
    """Run the command line on ``sys.argv``."""
    # Loading the commands takes a moment, in which Ctrl-C must not give a traceback.
    stop_signals.end_at_signals()
    from sim.cli.main import app

    app(prog_name="paradiplomacy")


if __name__ == "__main__":
    main()
