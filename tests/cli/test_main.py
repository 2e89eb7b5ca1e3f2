"""The command line: help, exit codes, one clear message for each mistake."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pyarrow import parquet
from typer.testing import CliRunner, Result

import sim
from sim.cli import main as cli
from sim.cli import options
from sim.core import provenance
from sim.core.errors import InputError
from sim.core.files import MachineError
from sim.core.folders import free_folder
from tests.help_examples import EXAMPLES
from tests.stoppable import LIMIT_SECONDS, stoppable, wait_for

ROOT = Path(__file__).resolve().parents[2]


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, list(arguments), prog_name="paradiplomacy")


def process(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sim", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@pytest.mark.parametrize("command", EXAMPLES, ids=" ".join)
def test_the_help_of_every_command_ends_with_an_example(command: tuple[str, ...]) -> None:
    result = call(*command, "--help")
    assert result.exit_code == 0
    assert "Usage: paradiplomacy" in result.stdout
    words = EXAMPLES[command]
    assert tuple(words[: len(command)]) == command
    assert result.stdout.endswith(f"Example:\n    paradiplomacy {' '.join(words)}\n")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("r", ["run", "rerun"]),
        ("compare baseline no-t", ["no-twinning"]),
        ("run mexico", ["mexico-recentralizes"]),
        ("scenarios show juj", ["jujuy"]),
    ],
)
def test_a_shell_completes_commands_and_scenarios(
    words: str, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_PARADIPLOMACY_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", f"paradiplomacy {words}")
    monkeypatch.setenv("COMP_CWORD", str(len(words.split())))
    assert process().stdout.split() == expected


def test_help_answers_at_once() -> None:
    """The bar is half a second of a core, which a busy machine does not stretch; best of three."""
    taken = []
    for _ in range(3):
        before = os.times()
        assert process("--help").returncode == 0
        after = os.times()
        taken.append(sum(after[2:4]) - sum(before[2:4]))
    assert min(taken) < 0.5


def test_version() -> None:
    assert call("--version").stdout.strip() == f"paradiplomacy {sim.__version__}"


def test_no_command_shows_help_and_is_wrong_use() -> None:
    result = call()
    assert result.exit_code == 2
    assert "Usage" in result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nothing",), "nothing"),
        (("run",), "SCENARIO"),
        (("run", "baseline", "--seed", "x"), "--seed"),
        (("run", "baseline", "--driver", "fast"), "compiled"),
        (("run", "no-such-scenario"), "no-such-scenario"),
        (("run", "basline"), "Did you mean 'baseline'?"),
        (("run", "baseline", "--set", "turnover.fade"), "name=value"),
        (("run", "baseline", "--set", "turnover.fad=0.5"), "Did you mean 'turnover.fade'?"),
        (("run", "baseline", "--set", "turnover.fade=much"), "'much' is not a number"),
        (("run", "baseline", "--set", "turnover.fade=7"), "turnover.fade"),
        (("run", "baseline", "--set", "turnover.fade=nan"), "turnover.fade"),
        (("run", "baseline", "--end", "1990-01"), "end"),
        (("run", "baseline", "--end", "soon"), "soon"),
        (("run", "baseline", "--replicates", "0"), "replicates"),
        (("run", "baseline", "--seed", "-1"), "seed"),
        (("run", "baseline", "--world", "nowhere"), "nowhere"),
        (("world", "check", "nowhere"), "nowhere"),
        (("world", "codes", "--of", "localitie"), "Did you mean 'localities'?"),
        (("world", "new", "there", "--from", "sendr"), "Did you mean 'sender'?"),
        (("scenarios", "show", "jujui"), "Did you mean 'jujuy'?"),
        (("scenarios", "new", "mine", "--extends", "jujui"), "Did you mean 'jujuy'?"),
        (("compare", "baseline", "no-twining"), "Did you mean 'no-twinning'?"),
        (("compare", "baseline", "jujuy", "--figures", "forst"), "Did you mean 'forest'?"),
        (("run", "baseline", "--driver", "meza"), "Did you mean 'mesa'?"),
        (("run", "baseline", "--figures", "funel"), "Did you mean 'funnel'?"),
        (("sweep", "baseline", "--vary", "turnover.fad=0..1"), "Did you mean 'turnover.fade'?"),
        (
            ("sweep", "baseline", "--vary", "turnover.fade=0..1", "--tables", "by_contry"),
            "Did you mean 'by_country'?",
        ),
        (("export", "jujuy", "--map", "x.png", "--outcome", "deal"), "Did you mean 'deals'?"),
        (("export", "jujuy", "--gif", "x.gif", "--measure", "trus"), "Did you mean 'trust'?"),
        (("run", "baseline", "--figure-format", "pngs"), "Did you mean 'png'?"),
        (("sensitivity", "nowhere", "--method", "soblo"), "Did you mean 'sobol'?"),
        (("validate", "--figure-format", "svgs"), "Did you mean 'svg'?"),
        (("patterns", "--only", "M1"), "Did you mean 'M01'?"),
        (("tables", "nowhere", "--form", "stat"), "Did you mean 'stata'?"),
        (("tables", "nowhere"), "there is no such folder"),
        (("validate", "--only", "case"), "Did you mean 'cases'?"),
        (("patterns", "--only", "M99"), "M01 to M64"),
        (("bench", "--only", "mesa_ratios"), "Did you mean 'mesa_ratio'?"),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, tuple) else "",
)
def test_wrong_input_is_exit_2_with_a_message(
    arguments: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = call(*arguments)
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("export", "nope", "jujui", "--html", "x.html"), ("nope", "Did you mean 'jujuy'?")),
        (
            (
                "export",
                "jujui",
                "--gif",
                "x.gif",
                "--measure",
                "trus",
                "--lang",
                "e",
                "--outcome=x",
            ),
            ("'jujuy'", "--measure: there is", "--lang: there is", "--outcome: there is"),
        ),
        (("export", "jujui", "--map", "x.pn"), ("Did you mean 'jujuy'?", "--map. Allowed: a name")),
        (("compare", "basline", "jujui", "nope"), ("'baseline'?", "'jujuy'?", '"nope"')),
        (
            ("run", "baseline", "--set", "turnover.fad=1", "--set", "x", "--figures", "usual"),
            ("'turnover.fade'?", "name=value"),
        ),
        (("run", "baseline", "--figures", "funel,mine"), ("'funnel'?", "'mine'")),
        (("sweep", "baseline", "--vary", "x=0..1", "--vary", "y"), ("'x'", "--vary y")),
        (
            ("sweep", "baseline", "--vary", "turnover.fade=0..1", "--tables", "by_contry,mine"),
            ("'by_country'?", "'mine'"),
        ),
        (("bench", "--only", "mesa_ratios", "--only", "mine"), ("'mesa_ratio'?", "'mine'")),
    ],
    ids=" ".join,
)
def test_all_that_is_wrong_is_told_at_once(
    arguments: tuple[str, ...],
    said: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    result = call(*arguments)
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith(f"paradiplomacy: {len(said)} faults:\n")
    assert [words for words in said if words not in result.stderr] == []
    assert list(tmp_path.iterdir()) == []


def test_setting_a_parameter_twice_is_refused() -> None:
    with pytest.raises(InputError, match="second time"):
        options.settings(["turnover.fade=0.1", "turnover.fade=0.2"])


def test_settings_are_numbers_by_name() -> None:
    assert options.settings(["turnover.fade = 0.25"]) == {"turnover.fade": 0.25}


def test_folder_that_is_not_empty_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep", encoding="utf-8")
    result = call("run", "baseline", "--out", str(tmp_path))
    assert result.exit_code == 2
    assert str(tmp_path) in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_default_folder_is_numbered_where_it_exists(tmp_path: Path) -> None:
    assert free_folder("case", tmp_path) == tmp_path / "case"
    (tmp_path / "case").mkdir()
    (tmp_path / "case-2").mkdir()
    assert free_folder("case", tmp_path) == tmp_path / "case-3"


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (InputError("is wrong", file="a.toml", line=3), 2, "a.toml, line 3: is wrong"),
        (MachineError("the disk is full", file="b"), 1, "b: the disk is full"),
        (OSError("broken disk"), 1, "broken disk"),
        (KeyboardInterrupt(), 130, "stopped"),
    ],
    ids=["input", "machine", "system", "interrupt"],
)
def test_each_kind_of_failure_has_its_exit_code(
    error: BaseException, code: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("sim.world.check_world", fail)
    result = call("world", "check")
    assert result.exit_code == code
    assert said in result.stderr
    assert result.stdout == ""


def test_world_check_counts_the_rows() -> None:
    result = call("world", "check")
    assert result.exit_code == 0
    assert "localities" in result.stdout
    assert "in order" in result.stdout


def test_world_new_makes_a_world_that_loads(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    assert call("world", "new", str(folder)).exit_code == 0
    assert sim.load_world(folder).digest == sim.load_world().digest
    assert call("world", "check", str(folder)).exit_code == 0
    (folder / "countries.csv").write_bytes(b"spoilt")
    assert call("world", "new", str(folder)).exit_code == 2
    assert call("world", "new", str(folder), "--overwrite", "--times", "2").exit_code == 0
    # What was spoilt is replaced.
    assert len(sim.load_world(folder).countries) == 2 * len(sim.load_world().countries)


SHORT = ("--replicates", "2", "--end", "2007-12")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a short run of the command line."""
    folder = tmp_path_factory.mktemp("run") / "mine"
    result = call("run", "jujuy", *SHORT, "--out", str(folder))
    assert result.exit_code == 0, result.output
    assert str(folder) in result.stdout
    assert max(len(line) for line in result.stdout.splitlines() if str(folder) not in line) <= 80
    return folder


@pytest.mark.slow
def test_run_writes_its_files(finished: Path) -> None:
    held = {path.name for path in finished.iterdir()}
    tables = {"events", "deals", "series", "by_country", "by_locality"}
    assert {f"{name}.parquet" for name in tables} <= held
    assert {"manifest.json", "summary.json", "figures", "report.html"} <= held
    manifest = json.loads((finished / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["scenario"]["end"] == "2007-12"
    assert manifest["replicates"] == 2
    assert manifest["model_version"] == provenance.model_version()


@pytest.mark.slow
def test_run_again_into_the_same_folder_is_refused(finished: Path) -> None:
    assert call("run", "jujuy", *SHORT, "--out", str(finished)).exit_code == 2


@pytest.mark.usefixtures("without_report")
def test_run_prints_json_alone_and_numbers_its_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = ("run", "baseline", *SHORT, "--set", "turnover.fade=0.9", "--seed", "5", "--json")
    first, second = (json.loads(call(*arguments).stdout) for _ in range(2))
    assert (first["folder"], second["folder"]) == ("results/baseline", "results/baseline-2")
    assert first["seed"] == 5
    assert first["outcomes"] == second["outcomes"]


@pytest.mark.slow
def test_explain_tells_and_draws_a_deal(finished: Path) -> None:
    deals = parquet.read_table(finished / "deals.parquet").to_pylist()
    deal = next(row for row in deals if row["replicate"] == 1)
    result = call("explain", str(finished), str(deal["project_id"]), "--replicate", "1")
    assert result.exit_code == 0, result.output
    assert f"{deal['project_id']}" in result.stdout
    assert (finished / "figures" / f"project_{deal['project_id']}_run_1.png").is_file()


@pytest.mark.slow
def test_explain_refuses_what_the_run_does_not_hold(finished: Path, tmp_path: Path) -> None:
    for arguments in ((str(finished), "none"), (str(tmp_path), "1")):
        result = call("explain", *arguments)
        assert result.exit_code == 2
        assert "Traceback" not in result.output
    assert call("explain", str(finished), "1", "--replicate", "9").exit_code == 2


@pytest.mark.skipif(os.name == "nt", reason="signals are sent differently")
def test_closed_pipe_is_quiet() -> None:
    done = subprocess.run(
        f'"{sys.executable}" -m sim world check | true',
        shell=True,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="signals are sent differently")
@pytest.mark.slow
def test_ctrl_c_stops_with_a_hint_and_leaves_nothing(tmp_path: Path) -> None:
    arguments = ["run", "baseline", "--replicates", "100000", "--out", str(tmp_path / "out")]
    running = subprocess.Popen(
        stoppable(*arguments),
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    wait_for((tmp_path / "out").exists, running)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=LIMIT_SECONDS)
    assert running.returncode == 130
    assert "stopped" in said
    assert "Traceback" not in said
    assert not (tmp_path / "out").exists()
