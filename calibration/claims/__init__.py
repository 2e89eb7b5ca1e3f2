"""The report's claims, each checked in paired worlds; ``experiments`` is where to begin."""
