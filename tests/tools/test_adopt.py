"""A posterior's centre becomes the defaults; the table changes in nothing else."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from calibration.published import read_published
from sim.core import provenance
from sim.core.parameters import PARAMETERS, TABLE, read_parameters
from tests.posteriors import made_up
from tools import adopt


def test_the_defaults_are_the_centre_of_the_published_posterior() -> None:
    centre = adopt.central(read_published())
    assert {name: PARAMETERS[name].default for name in centre} == centre


def test_other_defaults_leave_the_rest_of_the_table_as_it_is() -> None:
    before = TABLE.read_text(encoding="utf-8")
    values = {"authority.effect": 0.25, "tie.consolidation": 8e-05, "views.decay": 1.0}
    after = adopt.with_defaults(before, values)
    changed = [
        pair
        for pair in zip(before.splitlines(), after.splitlines(), strict=True)
        if pair[0] != pair[1]
    ]
    old = [PARAMETERS[name].default for name in values]
    assert changed == [
        (f"default = {a}", f"default = {b}") for a, b in zip(old, values.values(), strict=True)
    ]


def test_a_comment_beside_a_default_stays() -> None:
    table = "# all\n[a.b] # one\nlow = 0\ndefault = 0.5 # why\n\n# --- two\n[a.c]\ndefault = 1\n"
    assert adopt.with_defaults(table, {"a.b": 0.25}) == table.replace("0.5", "0.25")


@pytest.mark.parametrize("name", ["authority.nothing", "nothing.effect"])
def test_a_parameter_that_is_not_in_the_table_is_refused(name: str) -> None:
    with pytest.raises(KeyError):
        adopt.with_defaults(TABLE.read_text(encoding="utf-8"), {name: 0.5})


def test_the_centre_of_a_folder_s_posterior_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "parameters.toml"
    shutil.copy(TABLE, table)
    table.write_text(adopt.with_defaults(table.read_text("utf-8"), {"turnover.fade": 0.123}))
    centre = adopt.central(made_up(tmp_path))
    monkeypatch.setattr(adopt, "TABLE", table)
    monkeypatch.setattr(provenance, "FITTED", tmp_path / "fitted_defaults.json")
    assert adopt.main([str(tmp_path)]) == 0
    assert adopt.main([str(tmp_path / "nowhere")]) == 2
    assert {name: read_parameters(table)[name].default for name in centre} == centre
    assert table.read_text("utf-8") == adopt.with_defaults(TABLE.read_text("utf-8"), centre)


def test_defaults_are_fitted_until_one_of_them_or_the_model_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "fitted_defaults.json"
    monkeypatch.setattr(provenance, "FITTED", file)
    name = "turnover.fade"
    now = provenance.calibration_version()
    for behaviour, value, fitted in (
        (now, PARAMETERS[name].default, True),
        (now, PARAMETERS[name].default + 0.01, False),
        ("another", PARAMETERS[name].default, False),
    ):
        file.write_text(json.dumps({"behaviour": behaviour, "defaults": {name: value}}))
        assert provenance.defaults_are_fitted.__wrapped__() is fitted
