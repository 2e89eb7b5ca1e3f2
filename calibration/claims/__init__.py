"""The report's claims, each checked in paired worlds; ``claim_experiments`` is where to begin."""
