from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SETTINGS = Path(__file__).parents[1] / "pyproject.toml"


def test_every_test_has_a_limit(pytestconfig: pytest.Config) -> None:
    assert 0 < float(pytestconfig.getini("timeout")) <= 600


@pytest.mark.slow
def test_slow_tests_have_a_longer_one(request: pytest.FixtureRequest) -> None:
    mark = request.node.get_closest_marker("timeout")
    assert mark.args[0] > float(request.config.getini("timeout"))


def test_a_test_that_hangs_fails_and_the_next_one_runs(tmp_path: Path) -> None:
    tests = tmp_path / "test_hanging.py"
    tests.write_text(
        "import threading\ndef test_hangs(): threading.Event().wait()\ndef test_ends(): pass\n"
    )
    command = [sys.executable, "-m", "pytest", "-c", str(SETTINGS), "-o", "timeout=1", "-p"]
    done = subprocess.run(
        [*command, "no:cacheprovider", "--rootdir", str(tmp_path), str(tests)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Timeout" in done.stdout
    assert "1 failed, 1 passed" in done.stdout
