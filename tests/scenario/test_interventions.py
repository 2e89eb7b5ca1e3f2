"""Interventions accept what they describe and nothing else."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from pydantic import ValidationError

from sim.scenario.interventions import KINDS, AnyIntervention, Shock, SignalChange
from sim.scenario.problems import allowed_words

GOOD: dict[str, dict[str, Any]] = {
    "parameter": {"parameter": "turnover.fade", "value": 0.5},
    "authority": {"country": "ARG", "value": 0.5},
    "turnover": {"locality": "AR-Y", "pace": 2},
    "governor": {"locality": "AR-Y", "name": "A. Person", "will": 0.9, "aligned": True},
    "executive": {"country": "ARG", "stance": -0.5, "consolidation": 1},
    "recognition": {"country": "PRY", "recognises": "PRC"},
    "envelope": {"factor": 0.5, "bank": "cdb"},
    "signal": {"signal": "us_china_tension", "value": 0.8, "until": "2012-06"},
    "shock": {"what": "fiscal", "value": 0.8},
    "visit": {"locality": "AR-Y", "actor": "organisation:cpaffc"},
    "twinning": {"locality": "AR-Y", "province": "CN-GZ"},
    "programme": {"country": "ARG", "sector": "renewables", "value": 0.8},
}


def made(kind: str, **changes: Any) -> Any:
    fields = {"month": "2010-01", "kind": kind, **GOOD[kind], **changes}
    return KINDS[kind].model_validate({k: v for k, v in fields.items() if v is not None})


def first_error(kind: str, **changes: Any) -> tuple[tuple[Any, ...], str]:
    with pytest.raises(ValidationError) as caught:
        made(kind, **changes)
    error = caught.value.errors()[0]
    path = (*error["loc"], *error.get("ctx", {}).get("path", ()))
    return path, error["msg"]


def test_every_kind_is_in_the_union_and_has_an_example() -> None:
    assert set(get_args(get_args(AnyIntervention)[0])) == set(KINDS.values())
    assert set(GOOD) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_words_of_its_own(kind: str) -> None:
    others = {name: model for name, model in KINDS.items() if name != kind}
    for of in ("label", "words"):
        assert getattr(KINDS[kind], of) not in {getattr(model, of) for model in others.values()}


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_is_described_and_says_what_it_accepts(kind: str) -> None:
    for name, field in KINDS[kind].model_fields.items():
        assert field.description, name
        assert field.description.endswith("."), name
        assert allowed_words(KINDS[kind], name), name


@pytest.mark.parametrize("kind", KINDS)
def test_a_good_one_is_accepted_and_frozen(kind: str) -> None:
    change = made(kind, id="one", note="why")
    assert change.month_index == 120
    with pytest.raises(ValidationError, match="frozen"):
        change.month = "2011-01"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("month", ["2015-13", "1999-12", "2061-01", "2010", "2010-1", 2010, ""])
def test_impossible_months_are_refused(kind: str, month: Any) -> None:
    assert first_error(kind, month=month)[0] == ("month",)


@pytest.mark.parametrize("kind", KINDS)
def test_unknown_fields_are_refused(kind: str) -> None:
    assert first_error(kind, colour="red")[0] == ("colour",)


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("parameter", "value", True),
        ("parameter", "value", "0.5"),
        ("parameter", "value", float("nan")),
        ("parameter", "parameter", 3),
        ("authority", "value", 1.01),
        ("authority", "value", float("inf")),
        ("authority", "locality", "AR-Y"),
        ("authority", "country", None),
        ("turnover", "pace", 6.5),
        ("turnover", "pace", -1),
        ("turnover", "pace", "fast"),
        ("turnover", "country", "ARG"),
        ("turnover", "every", 12),
        ("governor", "will", -0.1),
        ("governor", "aligned", 1),
        ("governor", "aligned", "yes"),
        ("governor", "name", ""),
        ("governor", "name", "two\nlines"),
        ("executive", "stance", -1.1),
        ("executive", "consolidation", 2),
        ("recognition", "recognises", "prc"),
        ("envelope", "factor", -1),
        ("envelope", "bank", 1),
        ("signal", "value", -0.1),
        ("shock", "what", "flood"),
        ("shock", "value", 1.5),
        ("shock", "id", "Not a slug"),
        ("visit", "actor", 3),
        ("visit", "locality", None),
        ("twinning", "province", None),
        ("programme", "value", 1.01),
        ("programme", "sector", None),
        ("programme", "until", "2009-12"),
        ("authority", "country", ["ARG", 3]),
        ("authority", "country", []),
        ("governor", "locality", ["AR-Y", "AR-Y"]),
        ("governor", "country", "ARG"),
        ("governor", "every", 12),
        ("governor", "until", "2012-01"),
        ("visit", "every", 0),
        ("visit", "every", 12.0),
        ("shock", "every", 12),
        ("shock", "lasts", 733),
        ("twinning", "until", "2012-01"),
    ],
)
def test_wrong_values_are_refused_at_their_field(kind: str, field: str, value: Any) -> None:
    place = "name" if (kind, field) == ("governor", "every") else field
    assert first_error(kind, **{field: value})[0] == (place,)


def test_authority_of_a_locality_is_added_to() -> None:
    change = made("authority", country=None, value=None, locality=["AR-Y", "AR-A"], change=0.2)
    assert change.is_local
    assert change.where == ("AR-Y", "AR-A")
    path, message = first_error("authority", country=None, locality="AR-Y")
    assert (path, message) == (("value",), "sets the index of a country, not of a locality")


def test_authority_takes_a_value_or_a_change() -> None:
    assert made("authority", value=None, change=-0.3).change == -0.3
    assert first_error("authority", change=0.1) == (
        ("change",),
        "give only one of 'value' or 'change'",
    )
    assert first_error("authority", value=None)[1] == "give 'value' or 'change'"


@pytest.mark.parametrize(
    ("kind", "fields"),
    [("governor", ("name", "will", "aligned")), ("executive", ("stance", "consolidation"))],
)
def test_office_holders_must_change_in_something(kind: str, fields: tuple[str, ...]) -> None:
    assert "give at least one of" in first_error(kind, **dict.fromkeys(fields))[1]


def test_an_end_may_not_precede_its_start() -> None:
    assert made("signal", until="2010-01").until_index == 120
    assert made("signal", until=None).until_index is None
    assert first_error("shock", until="2009-12")[0] == ("until",)


def test_places_are_one_several_or_all() -> None:
    assert made("authority", country=["ARG", "BRA"]).country == ("ARG", "BRA")
    assert made("shock", country="all").country == "all"
    assert made("visit", locality=None, country="all").where == "all"
    assert first_error("visit", locality=None)[1] == "is missing"


def test_new_persons_have_no_name_where_they_are_many() -> None:
    assert made("governor", name=None, new=True, every=24, locality="all").replaces
    assert not made("governor", name=None, new=False).replaces
    assert "more than once" in first_error("executive", name="A", country=["ARG", "BRA"])[1]


def test_what_holds_anyway_is_not_repeated_unless_it_ends() -> None:
    assert made("shock", every=24, lasts=6).spans(160) == [(120, 125), (144, 149)]
    assert made("shock", every=24, lasts=6, until="2012-03").spans(200)[-1] == (144, 146)
    assert made("authority", value=None, change=0.1, every=24).spans(150) == [
        (120, None),
        (144, None),
    ]
    assert made("visit", every=6, until="2010-12").spans(200) == [(120, None), (126, None)]
    assert first_error("shock", every=12, lasts=13)[0] == ("lasts",)


def test_keys_tell_what_clashes() -> None:
    shocks = [
        made("shock"),
        made("shock", value=0.1),
        made("shock", country="ARG"),
        made("shock", what="strain"),
        made("shock", month="2010-02"),
    ]
    assert [shocks[0].key == other.key for other in shocks] == [True, True, False, False, False]
    assert isinstance(shocks[0], Shock)
    assert isinstance(made("signal"), SignalChange)
    assert made("envelope", bank=None).key != made("envelope").key
    assert made("visit").key == made("visit", note="again").key
    assert made("visit").key != made("visit", actor="CN-GZ").key
    assert made("twinning").key != made("twinning", province="CN-HA").key
    assert made("programme").key == made("programme", value=0.1).key
    assert made("programme").key != made("programme", sector="power").key
