"""Run the command line: as ``python -m sim``, and as the command ``paradiplomacy``."""

from sim.core import stop_signals as stopping


def main() -> None:
    """Run the command line on ``sys.argv``."""
    # Loading the commands takes a moment, in which Ctrl-C must not give a traceback.
    stopping.end_at_signals()
    from sim.cli.main import main as run

    run()


if __name__ == "__main__":
    main()
