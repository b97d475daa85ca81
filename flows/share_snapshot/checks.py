"""What can stand in the way of a shared snapshot, looked at beforehand."""

from __future__ import annotations

from collections.abc import Iterator

from flows.aws import keepers
from flows.engine import Caution, Finding

from . import rules
from .rules import Situation

RULES = (rules.options, rules.public, rules.key, rules.key_state, rules.key_use)
"""Whether it is available, of a kind that can be shared, and manual, is decided by the answers."""


def beforehand(here: Situation) -> Iterator[Finding | Caution]:
    """What holds of the snapshot, or of the database that it is made of, once it is shared."""
    for rule in RULES:
        yield from rule(here)
    if here.itself:
        yield from keepers.beforehand(f"The snapshot {here.data.name}", dict(here.data.tags), "snapshot")
