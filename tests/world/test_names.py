"""A place is suggested only where it is meant."""

from __future__ import annotations

import pytest

from sim.core.errors import Near
from sim.world import World
from sim.world.names import BOTH, COUNTRIES, LOCALITIES, PlaceNames

LIBERTAD = ("PE-LAL", "SV-LI")
BUENOS_AIRES = ("AR-B", "AR-C")
LA_PAZ = ("BO-L", "HN-LP", "SV-PA")

MEANT: dict[str, str | tuple[str, ...] | None] = {
    # Countries, in other languages and in full.
    "República Dominicana": "DOM",
    "Dominicana": "DOM",
    "Dominican Rep.": "DOM",
    "Dominica": "DMA",
    "Domínica": "DMA",
    "Granada": "GRD",
    "Venezuela (Bolivarian Republic of)": "VEN",
    "Venezuela, RB": "VEN",
    "República Bolivariana de Venezuela": "VEN",
    "Bolivia (Plurinational State of)": "BOL",
    "Estado Plurinacional de Bolivia": "BOL",
    "Paraguai": "PRY",
    "República Federativa do Brasil": "BRA",
    "Estados Unidos Mexicanos": "MEX",
    "Bahamas, The": "BHS",
    "St. Kitts and Nevis": "KNA",
    "Saint Vincent & the Grenadines": "VCT",
    "Surinam": "SUR",
    "Guiana": "GUY",
    "BR": "BRA",
    "bra": "BRA",
    # Localities, in other languages, in short, or former.
    "Bogotá": "CO-DC",
    "Bogota D.C.": "CO-DC",
    "Mexico City": "MX-CMX",
    "Ciudad de México": "MX-CMX",
    "Coahuila": "MX-COA",
    "Veracruz": "MX-VER",
    "Kuna Yala": "PA-KY",
    "Vargas": "VE-X",
    "El Quiché": "GT-14",
    "Beni": "BO-B",
    "Brasilia": "BR-DF",
    # Former codes.
    "MX-DIF": "MX-CMX",
    "GT-GU": "GT-01",
    "GT-SR": "GT-06",
    "GT-JU": "GT-22",
    "PA-0": "PA-KY",
    "TT-RCM": "TT-MRC",
    "BR-FN": "BR-PE",
    # With what they are.
    "Provincia de Buenos Aires": "AR-B",
    "Ciudad de Buenos Aires": "AR-C",
    "Estado de México": "MX-MEX",
    "Departamento de Guatemala": "GT-01",
    "Departamento de Granada": "NI-GR",
    "Provincia de Córdoba": "AR-X",
    "Departamento de Córdoba": "CO-COR",
    "Estado do Rio de Janeiro": "BR-RJ",
    "State of Sao Paulo": "BR-SP",
    "Jujuy Province": "AR-Y",
    # With their country.
    "Córdoba, Argentina": "AR-X",
    "Cordoba (Colombia)": "CO-COR",
    "Argentina: Córdoba": "AR-X",
    "Córdoba Argentina": "AR-X",
    "La Paz - Bolivia": "BO-L",
    "Granada, Nicaragua": "NI-GR",
    "Amazonas, Brasil": "BR-AM",
    "Santiago de Chile": "CL-RM",
    "Santiago, República Dominicana": "DO-25",
    "Cordova, Argentina": "AR-X",
    # Several have the name.
    "Córdoba": ("AR-X", "CO-COR"),
    "La Paz": LA_PAZ,
    "Departamento de La Paz": LA_PAZ,
    "San Juan": ("AR-J", "DO-22"),
    "San José": ("CR-SJ", "UY-SJ"),
    "Santa Cruz": ("AR-Z", "BO-S"),
    "La Libertad": LIBERTAD,
    "Departamento de La Libertad": LIBERTAD,
    "Buenos Aires": BUENOS_AIRES,
    "Buenos Aires, Argentina": BUENOS_AIRES,
    "Lima": "PE-LIM",
    "PE-LMA": "PE-LIM",
    "Santiago": ("CL-RM", "DO-25"),
    "Distrito Federal": ("BR-DF", "MX-CMX", "VE-A"),
    "Guatemala": ("GTM", "GT-01"),
    "México": ("MEX", "MX-MEX"),
    # Slips.
    "Domenican Republic": "DOM",
    "Urugauy": "URY",
    "Minas Gerias": "BR-MG",
    "Saopaulo": "BR-SP",
    "BR_SP": "BR-SP",
    "AR-YY": "AR-Y",
    "ARGX": "ARG",
    # Nothing that is sure.
    "Total": None,
    "Nacional": None,
    "Estado": None,
    "Región": None,
    "Norte": None,
    "Otros": None,
    "n/a": None,
    "GT-XX": None,
    "UY-TX": None,
    "Estados Unidos": None,
    "Puerto Rico": None,
    "PR": None,
    "CH": None,
    "Quito, Ecuador": None,
    "Total Argentina": None,
    "Brazil and Chile": None,
    "América Latina": None,
    "": None,
}

ONE_LEVEL: list[tuple[str, str, str | None]] = [
    ("Bogotá", COUNTRIES, None),
    ("Guatemala", COUNTRIES, "GTM"),
    ("México", LOCALITIES, "MX-MEX"),
    ("Granada", COUNTRIES, "GRD"),
    ("Granada", LOCALITIES, "NI-GR"),
    ("Paraguai", LOCALITIES, None),
    ("República Dominicana", LOCALITIES, None),
    ("Córdoba, Argentina", COUNTRIES, None),
    ("AR-Y", COUNTRIES, None),
    ("ARG", LOCALITIES, None),
]


@pytest.fixture(scope="module")
def names(world: World) -> PlaceNames:
    return PlaceNames.of(world.tables)


def codes(near: Near) -> str | tuple[str, ...] | None:
    """Return what is suggested without the names of the places."""
    return tuple(one.split(" ")[0] for one in near) if isinstance(near, tuple) else near


@pytest.mark.parametrize("text", MEANT)
def test_a_place_is_suggested_only_where_it_is_meant(text: str, names: PlaceNames) -> None:
    assert codes(names.suggest(text)) == MEANT[text]


@pytest.mark.parametrize(("text", "level", "code"), ONE_LEVEL)
def test_only_what_may_stand_there_is_suggested(
    text: str, level: str, code: str | None, names: PlaceNames
) -> None:
    assert names.suggest(text, (level,)) == code


def test_what_stands_beside_decides_between_countries(names: PlaceNames) -> None:
    assert names.suggest("Córdoba", beside=("2010", "Argentina")) == "AR-X"
    assert names.suggest("Córdoba", beside=("COL",)) == "CO-COR"
    assert names.suggest("Córdoba", beside=("Perú",)) is None
    assert names.suggest("Córdoba, Argentina", beside=("Colombia",)) is None


def test_every_code_and_every_name_of_the_tables_is_known(names: PlaceNames, world: World) -> None:
    for table, code, name in (
        ("countries", "iso3", "name"),
        ("localities", "code", "name"),
        ("country_names", "iso3", "name"),
        ("locality_names", "locality", "name"),
    ):
        for row in world.tables[table].itertuples():
            assert getattr(row, code) in names.called(getattr(row, name).upper())


def test_names_in_the_languages_of_the_region_are_known(names: PlaceNames, world: World) -> None:
    babel = pytest.importorskip("babel")
    for language in ("en", "es", "es_419", "pt", "pt_PT"):
        territories = babel.Locale.parse(language).territories
        for code, short in zip(world.countries["iso3"], world.countries["iso2"], strict=True):
            assert names.suggest(territories[short], (COUNTRIES,)) == code
            assert names.suggest(short) == code


@pytest.mark.slow  # every country of the world is tried in several writings
def test_countries_elsewhere_are_taken_for_none(names: PlaceNames, world: World) -> None:
    babel = pytest.importorskip("babel")
    mine = set(world.countries["iso2"])
    taken = {}
    for language in ("en", "es", "pt", "fr"):
        for short, name in babel.Locale.parse(language).territories.items():
            if short not in mine and not names.called(name):
                taken[name] = names.suggest(name)
            if short not in mine:
                assert names.suggest(short, BOTH) is None
    # One letter more or less in a long word is taken for a slip.
    assert {name for name, code in taken.items() if code} <= {"Romania", "San Marino", "Canarias"}
