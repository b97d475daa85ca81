"""What lets other accounts copy and restore a snapshot that exists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flows.aws import keepers
from flows.aws.rds_snapshots import Data
from flows.engine import Cloud
from flows.engine.flow import Mend
from flows.engine.repair import Part, admits

from . import steps

BEYOND = {
    "snapshot": "What failed, or was never there, is made anew: take another snapshot.",
    "kind": "AWS shares no snapshots of such databases.",
    "manual": "Only a copy can be shared: the set-up makes one.",
    "public": "Only you know who relies on that: the command takes it back from everybody.",
    "options": "The option stays with the snapshot: AWS does not take it off.",
    "key": "Amazon's keys cannot be opened: the set-up makes a copy under a key of your own.",
    "key-state": "Whoever keeps the key, or is having it deleted, decides that.",
    "key-use": "A statement of others forbids it, and nothing of others is changed.",
}
"""What is left to people, by the rule that finds it. Some of it can be mended in other cases."""


def share(data: Data, accounts: Sequence[str]) -> Mend:
    """Let those accounts copy and restore it."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from keepers.agreed(f"The snapshot {data.name}", dict(data.tags))
        yield from steps.share(steps.Piece(data.kind, data.name, data.arn), accounts, ())
        yield admits(f"The account {' and '.join(accounts)} may restore {data.name} then, and read all of its data.")

    return mend
