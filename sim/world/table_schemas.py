"""Every table of a world: what its columns hold and which rules its rows obey.

The loader, its error messages and the documentation all read this one description.
Months are written YYYY-MM; ``start`` is the first month of a period and ``end`` the first
month after it. A blank cell means unknown or not applicable.
"""

from __future__ import annotations

from sim.world import schema_history, schema_region, schema_senders
from sim.world.fields import TableSchema

TABLES: dict[str, TableSchema] = {
    table.name: table
    for table in (
        schema_region.SECTORS,
        schema_region.COUNTRIES,
        schema_region.LOCALITIES,
        schema_region.REGIONAL_AUTHORITY,
        schema_region.CITIES,
        schema_region.COUNTRY_SECTORS,
        schema_region.ENDOWMENTS,
        schema_senders.PROVINCES,
        schema_senders.PROVINCE_SECTORS,
        schema_senders.FIRMS,
        schema_senders.FIRM_SECTORS,
        schema_senders.ORGANISATIONS,
        schema_senders.ORGANISATION_OFFICES,
        schema_senders.BANKS,
        schema_senders.ENVELOPES,
        schema_history.EXECUTIVES,
        schema_history.GOVERNORS,
        schema_history.TERMS,
        schema_history.RECOGNITION,
        schema_history.AGREEMENTS,
        schema_history.SIGNALS,
        schema_history.SIGNAL_LEVELS,
        schema_history.FORUMS,
        schema_history.PROGRAMMES,
        schema_history.STRAINS,
        schema_history.FISCAL,
        schema_region.CROSS_BORDER,
        schema_region.GRID,
        schema_region.BORDERS,
        schema_region.OUTLINES,
        schema_history.DOCUMENTED,
        schema_history.STATED,
        schema_region.COUNTRY_NAMES,
        schema_region.LOCALITY_NAMES,
    )
}
"""Every table by name; a table comes after the tables it refers to."""
