"""Tables of the region reached out to: sectors, countries, localities and their map."""

from __future__ import annotations

from sim.core.table_reader.columns import Column
from sim.world.fields import (
    COUNTRY,
    LOCALITY,
    SECTOR,
    Each,
    Given,
    TableSchema,
    coded,
    country,
    flag,
    integer,
    link,
    month,
    number,
    share,
    slug,
    source,
    start,
    text,
)

GOVERNOR_SELECTION = ("elected", "appointed", "none")
GOVERNOR_REELECTION = ("none", "one", "unlimited")
EXECUTIVE_REELECTION = ("none", "nonconsecutive", "one", "unlimited")
CITY_CODE = r"[A-Z]{2}-[A-Z0-9]{1,3}\.[a-z0-9-]+"
RAI_HIGH = 30.0
"""Highest Regional Authority Index of one tier: self-rule 18 plus shared rule 12."""
RAI_TIERS = 2
"""Most tiers that a country's score adds up."""

SECTORS = TableSchema(
    "sectors",
    "A sector in which projects happen.",
    (
        slug("code", "Sector."),
        text("name", "Its name in words."),
        number("central_level", "How far decisions on it sit with the centre, 0-1.", 0.001, 1),
        number("value_usd_m", "Median value of a deal, millions of US dollars.", 0.001),
        number("value_log_sd", "Standard deviation of the logarithm of a deal's value.", 0, 5),
        share("visibility", "Exposure to land and extractive conflict and the press."),
        share("loan_need", "Chance that a project needs a bank loan."),
        integer("duration_months", "Usual time under construction, months.", 1, 240),
        share("acquisition", "Share of entries that are acquisitions."),
        flag("technology", "Whether firms pitch it directly to localities."),
        flag("size_driven", "Whether demand follows a locality's size."),
        flag("municipal", "Whether a mayor may decide on it."),
        flag("commodity", "Whether what it yields can back a loan."),
        number("frequency", "How often it is chosen, relative to others as well endowed.", 0.001),
        source(),
    ),
    key=("code",),
    unique=(("name",),),
)

COUNTRIES = TableSchema(
    "countries",
    "A country whose localities the sender reaches out to.",
    (
        coded("iso3", "ISO 3166-1 alpha-3 code.", "[A-Z]{3}"),
        coded("iso2", "ISO 3166-1 alpha-2 code.", "[A-Z]{2}"),
        text("name", "Its name."),
        number("gdp_usd_m", "Gross domestic product, millions of current US dollars.", 1),
        integer("population", "Inhabitants.", 1),
        source("gdp_source", "product and population"),
        flag("federal", "Whether it is a federation."),
        source("federal_source", "the flag"),
        integer("dpi_state", "Elected state bodies (DPI): 0, 1, 2 (executive).", 0, 2, blank=True),
        integer("dpi_muni", "Elected municipal bodies (DPI): 0, 1, 2.", 0, 2, blank=True),
        integer("dpi_auton", "Autonomous regions (DPI): 0 or 1.", 0, 1, blank=True),
        integer(
            "dpi_author", "Authority to tax, spend or legislate (DPI): 0, 1.", 0, 1, blank=True
        ),
        source("dpi_source", "the DPI codes"),
        share("foreign_powers", "Own powers of first-level units in foreign relations."),
        source("foreign_powers_source", "the powers"),
        share("own_revenue", "Share of their revenue that first-level units raise and steer."),
        source("own_revenue_source", "the share"),
        number(
            "rai_score",
            "Regional Authority Index of all tiers in 2010, to which the coded index is compared.",
            0,
            RAI_HIGH * RAI_TIERS,
            blank=True,
        ),
        source("rai_source", "the index"),
        text("governor_selection", "How local heads get office.", *GOVERNOR_SELECTION),
        month("elected_since", "Month in which elected heads first took office.", blank=True),
        integer("governor_term_months", "Length of a local head's term, months.", 1, 120),
        month("governor_anchor", "A month in which a regular local term starts."),
        text("governor_reelection", "Consecutive terms allowed after one.", *GOVERNOR_REELECTION),
        source("governor_source", "the governor rules"),
        share("municipal_authority", "Authority of its large cities."),
        source("municipal_source", "the municipal authority"),
        text("mayor_selection", "How mayors get office.", *GOVERNOR_SELECTION),
        integer("mayor_term_months", "Length of a mayor's term, months.", 1, 120),
        month("mayor_anchor", "A month in which a regular mayor's term starts."),
        text("mayor_reelection", "Consecutive terms allowed after one.", *GOVERNOR_REELECTION),
        source("mayor_source", "the mayor rules"),
        integer("executive_term_months", "Length of a national term, months.", 1, 120),
        month("executive_anchor", "A month in which a regular national term starts."),
        text("executive_reelection", "Re-election allowed.", *EXECUTIVE_REELECTION),
        source("executive_source", "the executive rules"),
        month("executives_until", "Last month that executives.csv covers; then the rules apply."),
        source("executives_until_source", "that month"),
        month("recognition_until", "Last month that recognition.csv covers."),
        source("recognition_until_source", "that month"),
        share("tender_regime", "How far public awards go by open tender."),
        source("tender_source", "the regime"),
        share("security_ties", "Security and strategic ties with the sender."),
        source("security_source", "the ties"),
        share("diaspora", "Weight of the sending country's diaspora and its associations."),
        source("diaspora_source", "the weight"),
        share("embassy_activity", "How far the sending embassy makes local contacts."),
        source("embassy_source", "the activity"),
        flag("island", "Whether it is an island state."),
    ),
    key=("iso3",),
    unique=(("iso2",), ("name",)),
    given=(
        Given("governor_selection", ("elected",), "elected_since", filled=True),
        Given("governor_selection", ("appointed", "none"), "elected_since", filled=False),
    ),
)

LOCALITIES = TableSchema(
    "localities",
    "A first-level unit.",
    (
        coded("code", "ISO 3166-2 code.", "[A-Z]{2}-[A-Z0-9]{1,3}"),
        text("name", "Its name."),
        country(),
        text("type", "Its kind: province, state, parish and so on."),
        flag("capital", "Whether the seat of the national government lies there."),
        number("latitude", "Degrees north.", -90, 90),
        number("longitude", "Degrees east.", -180, 180),
        integer("population", "Inhabitants.", 1),
        source("population_source", "the inhabitants"),
        number("gdp_usd_m", "Gross product, millions of US dollars.", 0.001),
        source("gdp_source", "the product"),
        source("capital_source", "the capital"),
    ),
    key=("code",),
    unique=(("iso3", "name"),),
    each=(Each(COUNTRY, "iso3"),),
)

REGIONAL_AUTHORITY = TableSchema(
    "regional_authority",
    "The Regional Authority Index of a country's first-level units from a month on.",
    (
        country(),
        link("locality", LOCALITY, "The unit; blank: all without rows of their own.", blank=True),
        start("Month from which the score holds, until the next."),
        number("score", "Score of the first tier.", 0, RAI_HIGH),
        source(of="the score"),
        text("licence", "Terms under which the score may be used."),
    ),
    key=("iso3", "locality", "start"),
    ascending=("iso3", "locality"),
    may_be_empty=True,
)

CITIES = TableSchema(
    "cities",
    "A large city, whose mayor holds an office beside the head of the unit in which it lies.",
    (
        coded("code", "The unit's code, a dot and the city's name.", CITY_CODE),
        text("name", "Its name."),
        link("locality", LOCALITY, "Unit in which it lies."),
        integer("population", "Inhabitants.", 1),
        source(),
    ),
    key=("code",),
    unique=(("locality", "name"),),
    may_be_empty=True,
)

COUNTRY_SECTORS = TableSchema(
    "country_sectors",
    "A sector's weight in a country.",
    (
        country(),
        link("sector", SECTOR, "Sector."),
        share("weight", "Endowment or market of the sector."),
        source(),
    ),
    key=("iso3", "sector"),
    each=(Each(COUNTRY, "iso3"),),
)

ENDOWMENTS = TableSchema(
    "endowments",
    "An endowment of a locality, from tables of mines, plants, ports and sectors.",
    (
        link("locality", LOCALITY, "Locality."),
        link("sector", SECTOR, "Sector."),
        share("value", "Endowment."),
        source(),
    ),
    key=("locality", "sector"),
    may_be_empty=True,
)

CROSS_BORDER = TableSchema(
    "cross_border",
    "A project that two localities share.",
    (
        slug("code", "Project."),
        text("name", "Its name."),
        link("locality_a", LOCALITY, "One locality."),
        link("locality_b", LOCALITY, "The other."),
        link("sector", SECTOR, "Sector."),
        number("value_usd_m", "Value, millions of US dollars.", 0.001),
        start("First month in which it is sought."),
        source(),
    ),
    key=("code",),
    unique=(("name",),),
    differ=("locality_a", "locality_b"),
    may_be_empty=True,
)

GRID = TableSchema(
    "grid",
    "A locality's cell of the tile map.",
    (
        link("code", LOCALITY, "Locality."),
        integer("row", "Row, from the north.", 0, 10_000),
        integer("col", "Column, from the west.", 0, 10_000),
    ),
    key=("code",),
    unique=(("row", "col"),),
    each=(Each(LOCALITY, "code"),),
)

OUTLINES = TableSchema(
    "outlines",
    "A locality's outline on the map, simplified, to check where it lies.",
    (
        link("code", LOCALITY, "Locality."),
        Column(
            "outline",
            "text",
            "Longitude and latitude of each corner, in degrees; a semicolon between islands.",
            pattern=r"-?\d+(?:\.\d+)?(?:;? -?\d+(?:\.\d+)?)*",
            longest=100_000,
        ),
        source(),
    ),
    key=("code",),
    may_be_empty=True,
    of_runs=False,
)

BORDERS = TableSchema(
    "borders",
    "A land border.",
    (country("iso3_a"), country("iso3_b"), source()),
    key=("iso3_a", "iso3_b"),
    differ=("iso3_a", "iso3_b"),
    may_be_empty=True,
)


def _names(name: str, of: str, column: Column) -> TableSchema:
    return TableSchema(
        name,
        f"A further name of a {of}: in another language, in full or former; or a former code.",
        (column, text("name", "What it is called besides its name and code."), source(of="name")),
        key=(column.name, "name"),
        may_be_empty=True,
        of_runs=False,
    )


COUNTRY_NAMES = _names("country_names", "country", country())
LOCALITY_NAMES = _names("locality_names", "locality", link("locality", LOCALITY, "Locality."))
