"""Every table of a world: what its columns hold and which rules its rows obey.

The loader, its error messages and the documentation all read this one description.
Months are written YYYY-MM; ``start`` is the first month of a period and ``end`` the first
month after it. A blank cell means unknown or not applicable.
"""

from __future__ import annotations

from sim.world import schema_history as history
from sim.world import schema_region as region
from sim.world import schema_senders as senders
from sim.world.fields import TableSchema

TABLES: dict[str, TableSchema] = {
    table.name: table
    for table in (
        region.SECTORS,
        region.COUNTRIES,
        region.LOCALITIES,
        region.COUNTRY_SECTORS,
        region.ENDOWMENTS,
        senders.PROVINCES,
        senders.PROVINCE_SECTORS,
        senders.FIRMS,
        senders.FIRM_SECTORS,
        senders.ORGANISATIONS,
        senders.ORGANISATION_OFFICES,
        senders.BANKS,
        senders.ENVELOPES,
        history.EXECUTIVES,
        history.GOVERNORS,
        history.RECOGNITION,
        history.AGREEMENTS,
        history.SIGNALS,
        history.SIGNAL_LEVELS,
        history.FORUMS,
        history.PROGRAMMES,
        history.STRAINS,
        history.FISCAL,
        region.CROSS_BORDER,
        region.GRID,
        region.BORDERS,
        history.DOCUMENTED,
        history.STATED,
        region.COUNTRY_NAMES,
        region.LOCALITY_NAMES,
    )
}
"""Every table by name; a table comes after the tables it refers to."""
