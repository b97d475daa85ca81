"""Where to work. A module of its own, because the first frame needs it and nothing else of the engine."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Place:
    """Where to work: what the command line said, no more."""

    profile: str = ""
    region: str = ""
    endpoint_url: str = ""
    practice: bool = False
    read_only: bool = False

    def practising(self) -> Place:
        """The same in the practice account."""
        return replace(self, practice=True, profile="", endpoint_url="")
