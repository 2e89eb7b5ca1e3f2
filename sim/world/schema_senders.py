"""Tables of those who reach out: provinces, firms, organisations and banks."""

from __future__ import annotations

from sim.world.fields import (
    PROVINCE,
    SECTOR,
    Each,
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
    text,
)

OWNERSHIP = ("central_soe", "provincial_soe", "private")
MISSIONS = ("trade", "friendship", "party", "diaspora", "education")

PROVINCES = TableSchema(
    "provinces",
    "A province of the sending country.",
    (
        coded("code", "ISO 3166-2 code.", "[A-Z]{2}-[A-Z0-9]{1,3}"),
        text("name", "Its name."),
        number("gdp_usd_bn", "Gross product, billions of US dollars.", 0.001),
        integer("population", "Inhabitants.", 1),
        flag("coastal", "Whether it lies on the coast."),
        source("gdp_source", "the product"),
        source("source", "the other figures"),
    ),
    key=("code",),
    unique=(("name",),),
)

PROVINCE_SECTORS = TableSchema(
    "province_sectors",
    "A sector's strength in a province.",
    (
        link("province", PROVINCE, "Province."),
        link("sector", SECTOR, "Sector."),
        share("strength", "Strength of its firms and institutes."),
        source(),
    ),
    key=("province", "sector"),
    each=(Each(PROVINCE, "province"),),
)

FIRMS = TableSchema(
    "firms",
    "A firm, or an archetype that stands for several.",
    (
        slug("code", "Firm."),
        text("name", "Its name."),
        text("ownership", "Who owns it.", *OWNERSHIP),
        share("size", "Its size."),
        link("home", PROVINCE, "Home province."),
        flag("technology", "Whether it pitches technology directly to localities."),
        share("acquirer", "Share of its entries that are acquisitions."),
        month("active_since", "First month in which it looks at the region."),
        flag("archetype", "Whether it stands for several firms."),
        link(
            "needs",
            SECTOR,
            "Sector for which a unit must be endowed if it is to work there.",
            blank=True,
        ),
        source(),
    ),
    key=("code",),
    unique=(("name",),),
)

FIRM_SECTORS = TableSchema(
    "firm_sectors",
    "A sector in which a firm works.",
    (
        link("firm", "firms.code", "Firm."),
        link("sector", SECTOR, "Sector."),
        share("strength", "Its strength there."),
        source(),
    ),
    key=("firm", "sector"),
    each=(Each("firms.code", "firm"),),
)

ORGANISATIONS = TableSchema(
    "organisations",
    "A quasi-governmental body of the sending country.",
    (
        slug("code", "Organisation."),
        text("name", "Its name."),
        text("mission", "What it is for.", *MISSIONS),
        number("capacity", "Visits per month in the whole region.", 0.001, 1000),
        flag("needs_recognition", "Whether it works only where the PRC is recognised."),
        share("centre_share", "Share of its contacts that are with the national level."),
        source(),
    ),
    key=("code",),
    unique=(("name",),),
)

ORGANISATION_OFFICES = TableSchema(
    "organisation_offices",
    "An office of such a body in a country.",
    (
        link("organisation", "organisations.code", "Organisation."),
        country(),
        month("since", "First month of the office."),
        source(),
    ),
    key=("organisation", "iso3"),
    may_be_empty=True,
)

BANKS = TableSchema(
    "banks",
    "A policy bank.",
    (
        slug("code", "Bank."),
        text("name", "Its name."),
        flag("local_loans", "Whether it lends directly to localities."),
        source(),
    ),
    key=("code",),
    unique=(("name",),),
)

ENVELOPES = TableSchema(
    "envelopes",
    "What a bank may newly lend in a year: one for every year from 2000 to the table's last.",
    (
        link("bank", "banks.code", "Bank."),
        integer("year", "Calendar year.", 1990, 2100),
        number("usd_m", "Envelope, millions of US dollars."),
        source(),
    ),
    key=("bank", "year"),
    each=(Each("banks.code", "bank"),),
    every_year="bank",
)
