"""What a client has to be ready for, said before the database stands and long after."""

from __future__ import annotations

from decimal import Decimal

from flows.engine import Finding, Grade

from .handover import PATIENCE


def clients(least: Decimal) -> Finding:
    """What nobody can know from here, and what to set."""
    wait = f"Set a connection time-out of at least {PATIENCE} seconds, and about 3 attempts"
    why = "waking takes 15 to 30 seconds" if least == 0 else "a failover takes up to a minute"
    return Finding(
        "clients", Grade.NOT_CHECKED, f"Whether your clients wait long enough was not checked: {why}.",
        "it is set in the application", f"{wait}.", aside=True,
    )  # fmt: skip
