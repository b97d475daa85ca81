"""What lets a serverless database sleep: its least capacity, and how long it waits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from flows.aws import aurora_clusters, keepers
from flows.engine import Cloud
from flows.engine.flow import Mend
from flows.engine.repair import Part, redirects

from .sleep import Database

USUAL_PAUSE = 300
"""Seconds after which it sleeps if nothing else is said (Aurora User Guide, "Automatic pause and resume", 2026-11)."""
BEYOND = {
    "state": "Starting it costs money from then on, and taking that back would end the connections of whoever uses it "
    "by then; a broken network is for whoever keeps that: the commands are given.",
    "instances": "A new instance costs money and is for the set-up; a failed one for its events.",
    "keeps-awake-connections": "Nobody else's connections are ended.",
    "keeps-awake-rhythm": "Only who connects can connect less often.",
    "keeps-awake-replication": "Whoever replicates from it would be cut off.",
    "keeps-awake-babelfish": "Its T-SQL clients would be cut off.",
    "keeps-awake-restart": "A restart cuts the connections of others: the command is given.",
    "keeps-awake-class": "A change of class restarts the instance: the command is given.",
    "keeps-awake-proxy": "The proxy's clients would be cut off.",
    "keeps-awake-global": "Its copies in other regions would be left behind: the command is given.",
    "keeps-awake-zero-etl": "Somebody reads the copies: the command is given.",
    "keeps-awake-version": "An upgrade cannot be taken back.",
    "version-deprecated": "An upgrade cannot be taken back.",
    "password": "Whoever keeps the secret and its key lets RDS reach them.",
    "closed": "Only you know who is to connect.",
    "open-to-the-world": "The rule is somebody else's, and nothing of others is deleted.",
    "clients": "Time-outs are set in the application.",
}
"""What is left to people, by the rule that finds it. Some of it can be mended in other cases."""


def let_sleep(seen: Database) -> Mend:
    """Let its capacity go down to 0."""
    limits = replace(seen.capacity, least=Decimal(0), pause=seen.capacity.pause or USUAL_PAUSE)
    return _limits(seen, limits, f"Let {seen.name} go down to 0 ACU, which is sleep")


def sooner(seen: Database, minutes: int) -> Mend:
    """Let it sleep after fewer quiet minutes."""
    limits = replace(seen.capacity, pause=minutes * 60)
    return _limits(seen, limits, f"Let {seen.name} sleep after {minutes} quiet minutes")


def _limits(seen: Database, limits: aurora_clusters.Capacity, sentence: str) -> Mend:
    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from keepers.agreed(f"The database {seen.name}", seen.described.get("TagList"))
        yield aurora_clusters.change_limits(seen.name, limits, sentence)
        yield redirects("Who connects while it sleeps waits 15 to 30 seconds then, until it is awake.")

    return mend
