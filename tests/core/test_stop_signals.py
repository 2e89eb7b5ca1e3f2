"""Ctrl-C and SIGTERM, sent to real processes: exit codes, words and what is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import sim
from tests.calibration.validation import made_up_validation
from tests.stoppable import LIMIT_SECONDS, ROOT, Hanging, stoppable, wait_for

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="signals are sent differently"),
    pytest.mark.timeout(900),
    pytest.mark.slow,  # each test starts commands and stops them at work
]
SIGNALS = [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
WHOLE = "stopped. Files written so far are whole; give the same command again to start over."


def installed() -> list[str]:
    """Return what the installed command does, as the package's table says it."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    module, _, function = table["project"]["scripts"]["paradiplomacy"].partition(":")
    return [sys.executable, "-c", f"import sys\nfrom {module} import {function}\nsys.exit(main())"]


COMMANDS = {"module": [sys.executable, "-m", "sim"], "installed": installed()}


@pytest.mark.parametrize(("sent", "code"), SIGNALS)
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("module", ["sim.cli.main", "typer", "sim.cli.world", "sim.world", "numpy"])
def test_a_signal_while_modules_are_imported_gives_no_traceback(
    tmp_path: Path, module: str, command: str, sent: signal.Signals, code: int
) -> None:
    hanging = Hanging(tmp_path, [*COMMANDS[command], "world", "check"], module)
    ended, said = hanging.stopped_by(sent)
    assert ended == code
    assert said.startswith("paradiplomacy: stopped.")
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(("sent", "code"), SIGNALS)
def test_a_signal_where_errors_are_dropped_is_not_lost(
    tmp_path: Path, sent: signal.Signals, code: int
) -> None:
    command = [*COMMANDS["module"], "world", "check"]
    hanging = Hanging(tmp_path, command, "sim.world", swallowing=True)
    assert hanging.stopped_by(sent) == (code, f"paradiplomacy: {WHOLE}\n")


def test_a_signal_that_the_process_is_told_to_ignore_is_ignored(tmp_path: Path) -> None:
    ignoring = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    ignoring += "from sim.core import stop_signals as stopping; stopping.end_at_signals()\n"
    ignoring += "with stopping.raising(): signal.raise_signal(signal.SIGINT)\n"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", ignoring], env=environment, check=False)
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("module", "arguments", "sent", "code"),
    [
        ("sim.report.run_page", ("run", "baseline", "--end", "2000-01", "--replicates", "1"),
         *SIGNALS[0]),
        ("sim.report.compare_page", ("compare", "baseline", "austerity", "--replicates", "2"),
         *SIGNALS[1]),
        ("calibration.claims.claim_experiments", ("patterns", "--only", "M07"), *SIGNALS[0]),
        ("sim.report.user_data_page",
         ("validate", "--against", "mine.csv", "--complete", "--replicates", "20"), *SIGNALS[1]),
    ],
    ids=["run", "compare", "patterns", "validate"],
)  # fmt: skip
def test_what_cannot_be_resumed_leaves_nothing_half_done(
    tmp_path: Path, module: str, arguments: tuple[str, ...], sent: signal.Signals, code: int
) -> None:
    # Commands take both signals alike, from the first import on: each is tried with one of them.
    out, place = tmp_path / "out", tmp_path / "process"
    place.mkdir()
    (place / "mine.csv").write_text("unit,count\nBRA,3\nARG,2\nPER,1\n", encoding="utf-8")
    hanging = Hanging(place, [*COMMANDS["module"], *arguments, "--out", str(out)], module)
    ended, said = hanging.stopped_by(sent)
    assert ended == code, said
    assert said.endswith(f"paradiplomacy: {WHOLE}\n")
    assert "Traceback" not in said
    assert not out.exists()


def test_sensitivity_that_is_terminated_leaves_the_sweep_as_it_was(tmp_path: Path) -> None:
    vary = {"turnover.fade": (0.2, 0.9)}
    sweep = sim.sweep(
        "baseline", vary, n=4, replicates=2, end="2000-02", workers=1, out=tmp_path / "s"
    )
    before = sorted(tmp_path.glob("s/**/*"))
    place = tmp_path / "process"
    place.mkdir()
    command = [*COMMANDS["module"], "sensitivity", sweep.folder]
    hanging = Hanging(place, command, "sim.report.sensitivity_page")
    ended, said = hanging.stopped_by(signal.SIGTERM)
    assert (ended, said) == (143, f"paradiplomacy: {WHOLE}\n")
    assert sorted(tmp_path.glob("s/**/*")) == before


def test_calibrate_keeps_whole_files_and_says_how_to_go_on(tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    out = tmp_path / "c"
    command = stoppable(
        "calibrate", "--simulator", "tests.calibration.toy:counts_toy", "--runs", "100000",
        "--workers", "2", "--out", str(out),
    )  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        wait_for(lambda: len(list(out.glob("table-*/runs/[!.]*"))) > 1, process)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=LIMIT_SECONDS)
    assert process.returncode == 130, said
    hint = f"Runs that have ended are kept; the same command with --out {out} goes on."
    assert said.endswith(f"paradiplomacy: stopped. {hint}\n")
    assert "Traceback" not in said
    assert list(out.glob("table-*/runs/[!.]*"))


def test_validate_says_how_to_go_on(tmp_path: Path) -> None:
    folder, place = made_up_validation.folder_of(tmp_path / "c", rows=1000), tmp_path / "process"
    place.mkdir()
    command = [*COMMANDS["module"], "validate", "--calibration", str(folder)]
    hanging = Hanging(place, command, "calibration.validation.validation_context")
    ended, said = hanging.stopped_by(signal.SIGTERM)
    assert ended == 143, said
    assert said.endswith("Steps and runs that have ended are kept; the same command goes on.\n")
    assert "Traceback" not in said
