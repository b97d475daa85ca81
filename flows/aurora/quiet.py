"""How long nobody was connected, and whether that is ever long enough for a database to fall asleep."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flows.engine import Finding, Grade

from . import repairs
from .sleep import WINDOW, Database, Points

MINUTE = timedelta(minutes=1)
LATE = 3
"""Minutes by which CloudWatch may be behind, at most."""
LEAST_PAUSE = 5
ENOUGH = 30
"""So many minutes must be known before “all the time” is said of an hour."""
INTERVAL = "monitoring, health checks and jobs that connect for a moment count too"


@dataclass(frozen=True)
class Run:
    """Minutes in a row in which nobody was connected, from `since` to `until`."""

    since: datetime
    until: datetime

    @property
    def minutes(self) -> int:
        return int((self.until - self.since) / MINUTE) + 1


def runs(points: Points) -> list[Run]:
    """The times without a connection, the newest first. A minute of which nothing is known ends one."""
    found: list[Run] = []
    last: datetime | None = None
    for at, count in points:
        if count <= 0:
            if found and last is not None and found[-1].since == last and last - at <= MINUTE:
                found[-1] = Run(at, found[-1].until)
            else:
                found.append(Run(at, at))
        last = at
    return found


def never(seen: Database) -> Iterator[Finding]:
    """Whether somebody was connected in every minute of the last hour."""
    newest = seen.connections[0][0] if seen.connections else None
    hour = [count for at, count in seen.connections if newest and newest - at < WINDOW]
    if len(hour) > ENOUGH and min(hour) > 0:
        grade = Grade.CAUTION if seen.capacity.least == 0 else Grade.PROVED
        least = "One connection was" if min(hour) == 1 else f"At least {min(hour):g} connections were"
        yield Finding(
            "keeps-awake-connections", grade, f"{least} open all the time.",
            f"DatabaseConnections of the last hour, at most {max(hour):g}",
            f"Look for connection pools, monitoring, an open SQL window. {_who(seen)}",
        )  # fmt: skip


def _who(seen: Database) -> str:
    """How to see who is connected, and to end that (PostgreSQL documentation, "System Administration Functions"; Amazon
    RDS User Guide, "mysql.rds_kill", 2026-11)."""
    if "postgres" in str(seen.described.get("Engine") or ""):
        look = "SELECT pid, usename, application_name, client_addr FROM pg_stat_activity;"
        return f"Who it is: {look} SELECT pg_terminate_backend(PID); ends one."
    return "Who it is: SHOW FULL PROCESSLIST; CALL mysql.rds_kill(ID); ends one."


def when(seen: Database, now: datetime, unseen: Sequence[str] = ()) -> Iterator[Finding]:
    """When a database that nothing else keeps awake will sleep, or that it does not come to it.

    Args:
        seen: it, awake and with a minimum of 0.
        now: the time of looking.
        unseen: what else may keep it awake and could not be looked at.
    """
    points, pause = seen.connections, round(seen.capacity.pause / 60)
    if not points:
        yield Finding(
            "reason-connections", Grade.NOT_CHECKED,
            "Whether it comes to rest is not known: there are no data of its connections.", "DatabaseConnections",
            aside=True,
        )  # fmt: skip
        return
    quiet = runs(points)
    used = [at for at, count in points if count > 0]
    longest = max((run.minutes for run in quiet), default=0)
    by = f"DatabaseConnections of {len(points)} minutes: {longest} in a row without one at most"
    current = quiet[0].minutes if quiet and quiet[0].until == points[0][0] else 0
    current += max(int((now - points[0][0]) / MINUTE), 0) if current else 0
    if used and longest < pause:
        known = int((points[0][0] - points[-1][0]) / MINUTE) + 1
        last = f"{used[0]:%Y-%m-%d %H:%M} UTC"
        if known < pause:
            yield Finding(
                "reason-connections", Grade.NOT_CHECKED,
                f"Whether it comes to rest is not known yet: data of its connections reach back {known} "
                f"minute{'s' if known > 1 else ''}, and it sleeps after {pause}. The last connection was at {last}.",
                by, aside=True,
            )  # fmt: skip
            return
        yield Finding(
            "keeps-awake-rhythm", Grade.CAUTION,
            f"It does not come to sleep: nobody was connected for {longest} minute{'s' if longest != 1 else ''} at the "
            f"longest, and it sleeps after {pause}. The last connection was at {last}.", by, _slower(longest, pause),
        ).mended_by(repairs.sooner(seen, longest - 1) if longest > LEAST_PAUSE else None)  # fmt: skip
        return
    if current > pause + LATE:
        yield Finding(
            "reason-unknown", Grade.NOT_CHECKED,
            f"Nobody has been connected for {current} minutes, longer than the {pause} after which it sleeps, and it "
            "is awake: what keeps it awake cannot be seen from here.", by,
            "Look at its events in the RDS console; AWS's own maintenance keeps it awake for a while.", aside=True,
        )  # fmt: skip
        return
    left = max(pause - current, 1)
    nothing = f"Nothing that could be looked at keeps it awake (not looked at: {', '.join(unseen)})" if unseen else (
        "Nothing keeps it awake"
    )  # fmt: skip
    yield Finding(
        "sleeps-soon", Grade.PREDICTED,
        f"{nothing}: it will sleep in about {left} minute{'s' if left > 1 else ''} if nobody connects.",
        f"{current} minute{'s' if current != 1 else ''} without a connection; it sleeps after {pause}",
    )  # fmt: skip


def _slower(longest: int, pause: int) -> str:
    """The ways out of a rhythm that is faster than the pause."""
    rarer = f"Connect less often than every {pause} minutes: {INTERVAL}."
    if longest > LEAST_PAUSE:
        sooner = f"set its pause to {longest - 1} minutes or less ({LEAST_PAUSE} is the least)"
        return f"{rarer} Or let it sleep sooner: {sooner}."
    return f"{rarer} A shorter pause does not help: {LEAST_PAUSE} minutes is the least."
