"""Where to work. A module of its own, because the first frame needs it and nothing else of the engine."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Place:
    """Where to work: what the command line said; or, once it is settled, all that is known of it.

    `endpoint_url` is asked instead of AWS; `endpoints` holds what single services are asked at, by their ids. A settled
    place has a `partition`: what environment and profile say of region and addresses does not count there.
    """

    profile: str = ""
    region: str = ""
    endpoint_url: str = ""
    practice: bool = False
    read_only: bool = False
    partition: str = ""
    endpoints: tuple[tuple[str, str], ...] = ()

    def practising(self) -> Place:
        """The same in the practice account."""
        return replace(self, practice=True, profile="", endpoint_url="", endpoints=(), partition="")
