"""Which profiles and regions somebody works in, so that what is used most stands first, with its account's name."""

from __future__ import annotations

import os
from dataclasses import dataclass

from ..place import Place
from .cloud import Identity
from .journal import Journal

SCHEMA = """
CREATE TABLE IF NOT EXISTS habits (
    kind TEXT NOT NULL, name TEXT NOT NULL, uses INTEGER NOT NULL DEFAULT 0,
    account TEXT NOT NULL DEFAULT '', alias TEXT NOT NULL DEFAULT '', PRIMARY KEY (kind, name)
)
"""


@dataclass(frozen=True)
class Habit:
    """How often something was used, and which account it led to."""

    uses: int = 0
    account: str = ""
    alias: str = ""


class Habits:
    """Kept beside the drafts and runs. Every method raises JournalTrouble."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        journal.write(SCHEMA)

    def note(self, place: Place, identity: Identity) -> None:
        """Somebody works there now. A practice account is no habit."""
        if place.practice:
            return
        profile = place.profile or os.environ.get("AWS_PROFILE", "")
        for kind, name in (("profile", profile), ("region", identity.region)):
            if name:
                self._journal.write(
                    "INSERT INTO habits (kind, name, uses, account, alias) VALUES (?, ?, 1, ?, ?)"
                    " ON CONFLICT (kind, name) DO UPDATE"
                    " SET uses = uses + 1, account = excluded.account, alias = excluded.alias",
                    (kind, name, identity.account, identity.alias),
                )

    def of(self, kind: str) -> dict[str, Habit]:
        """Every "profile" or "region" that was used, by name."""
        rows = self._journal.read("SELECT name, uses, account, alias FROM habits WHERE kind = ?", (kind,))
        return {name: Habit(uses, account, alias) for name, uses, account, alias in rows}
