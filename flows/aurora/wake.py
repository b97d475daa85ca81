"""Wake a serverless database, keep it awake for a while, and put back whatever that changed.

The cheapest way is one question over HTTPS (the Data API); AWS then wakes it by itself. Where that is not possible the
minimum is raised, which wakes it too. Before the minimum is raised, what stood there before is written into tags of
the cluster itself, so that whoever finds it raised can put it back, from any machine.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flows.aws import aurora_schedules, serverless_clusters
from flows.aws.aurora_clusters import Capacity
from flows.aws.aurora_schedules import Change
from flows.aws.aurora_versions import HALF
from flows.aws.serverless_clusters import OLD, UNTIL, remembered
from flows.engine import Call, Cloud, CloudError, Event, Happening, shell
from flows.engine.clock import Clock
from flows.engine.sending import Stopped

from . import sleep
from .handover import RESUMING, select
from .sleep import Database, State

TYPICAL = 30
"""Seconds that waking usually takes: about 15, after more than a day asleep 30 or more (Aurora User Guide, 2026-10)."""
PATIENCE = 120
ASK_EVERY, LOOK_EVERY = 3, 10
NO_DATA_API = ("HttpEndpointNotEnabledException", "BadRequestException")

Tell = Callable[[Event], None]


@dataclass
class Waking:
    """One attempt on one database. `stop` is set when the person wants to leave; `changes` are the schedules that
    change it by the clock."""

    cloud: Cloud
    cluster: Mapping[str, Any]
    tell: Tell
    stop: threading.Event
    clock: Clock
    changes: tuple[Change, ...] = ()

    @property
    def name(self) -> str:
        return str(self.cluster["DBClusterIdentifier"])

    def can_ask(self) -> bool:
        """Whether one question over HTTPS will do."""
        secret = (self.cluster.get("MasterUserSecret") or {}).get("SecretArn")
        return bool(self.cluster.get("HttpEndpointEnabled") and secret)

    def ask(self) -> float:
        """Ask it over HTTPS until it answers; the seconds that took. Raises CloudError."""
        call = select(self.cluster["DBClusterArn"], self.cluster["MasterUserSecret"]["SecretArn"])
        began = self.clock.now()
        while True:
            elapsed = self.clock.now() - began
            try:
                self.cloud.make(call)
            except CloudError as problem:
                if problem.aws_code != RESUMING:
                    raise
            else:
                self._tell(Happening.DONE, f"{self.name} answers", elapsed)
                return elapsed
            self._tell(
                Happening.WAITING,
                f"Waiting until {self.name} answers; 15 to 30 seconds are usual",
                elapsed,
                "waking up",
            )
            self._pause(ASK_EVERY, elapsed)

    def hold(self, minutes: float) -> float:
        """Raise the minimum, wait until it is awake, keep that for `minutes`, and put it back whatever happens.

        Returns the seconds that waking took. Raises CloudError.
        """
        before = remembered(self.cluster) or self._outside() or serverless_clusters.capacity_of(self.cluster)
        until = datetime.now(UTC) + timedelta(minutes=minutes)
        self._remember(before, until)
        self._tell(
            Happening.STARTED,
            f"The minimum of {self.name} is raised to {HALF} ACU and put back afterwards. If this program is killed, "
            f"put it back with: {self._release}",
        )
        try:
            self._set(Capacity(HALF, before.most))
            took = self._until_awake()
            self._keep(minutes)
        finally:
            self._put_back()
        return took

    def by_schedule(self, described: Mapping[str, Any]) -> Change | None:
        """The schedule that keeps it awake now."""
        now = aurora_schedules.in_force(self.changes, described, datetime.now(UTC))
        return now if now and now.wakes else None

    def _outside(self) -> Capacity | None:
        """What its limits are outside of the hours in which a schedule keeps it awake; None where none does now."""
        evening = next((each.limits for each in self.changes if each.sleeps and each.limits), None)
        return evening if self.by_schedule(self.cluster) else None

    @property
    def _release(self) -> str:
        return shell.handrail("task", "database-awake", cluster=self.name, do="release")

    def _put_back(self) -> None:
        try:
            self.release()
        except CloudError as problem:
            raise CloudError(
                f"The minimum of {self.name} could not be put back; it costs money until it is.", str(problem),
                f"Run: {self._release}",
            ) from problem  # fmt: skip

    def release(self) -> bool:
        """Put back what `hold` changed, going by what the cluster's tags say; False if there is nothing to put back."""
        described = serverless_clusters.one(self.cloud, self.name)
        kept, now = remembered(described), serverless_clusters.capacity_of(described)
        if kept is None:
            return False
        told = f"Somebody changed the limits of {self.name} since; they are left as they are"
        morning = aurora_schedules.due(self.changes, datetime.now(UTC))
        if morning and morning.wakes and (now.least, now.most) == (HALF, kept.most):
            told = f"The minimum of {self.name} stays {HALF} ACU: the schedule {morning.name} keeps it awake now"
            if morning.limits and morning.limits.least != HALF:
                self._settled()
                self._set(morning.limits)
                self._settled()
        elif (now.least, now.most) == (HALF, kept.most):
            told = f"The minimum of {self.name} is {kept.least:f} ACU again"
            self._settled()
            self._set(kept)
            self._settled()
        arn = self.cluster["DBClusterArn"]
        self.cloud.make(Call("rds.RemoveTagsFromResource", {"ResourceName": arn, "TagKeys": [OLD, UNTIL]}))
        self._tell(Happening.RESTORED, told)
        return True

    def _remember(self, before: Capacity, until: datetime) -> None:
        if remembered(self.cluster) is not None:
            return  # an earlier hold died: what it remembered is what really stood there
        tags = [
            {"Key": OLD, "Value": f"{before.least:f}/{before.most:f}/{before.pause}"},
            {"Key": UNTIL, "Value": f"{until:%Y-%m-%dT%H:%M:%SZ}"},
        ]
        self.cloud.make(Call("rds.AddTagsToResource", {"ResourceName": self.cluster["DBClusterArn"], "Tags": tags}))

    def _set(self, capacity: Capacity) -> None:
        named = {"DBClusterIdentifier": self.name, "ApplyImmediately": True}
        self.cloud.make(Call("rds.ModifyDBCluster", {**named, "ServerlessV2ScalingConfiguration": capacity.params()}))

    def _settled(self) -> None:
        """Wait until the cluster takes the next change. It says `modifying` only some seconds after a change."""
        began, never = self.clock.now(), threading.Event()  # putting back must not be cut short
        while True:
            self.clock.sleep(ASK_EVERY, never)
            if (
                serverless_clusters.one(self.cloud, self.name).get("Status") == "available"
                or self.clock.now() - began > 600
            ):
                return

    def _until_awake(self) -> float:
        began = self.clock.now()
        while True:
            elapsed = self.clock.now() - began
            seen = self._look()
            if seen.writer and seen.writer.state is State.AWAKE:
                self._tell(Happening.DONE, f"{self.name} is awake", elapsed)
                return elapsed
            self._tell(
                Happening.WAITING,
                f"Waiting until {self.name} is awake; 15 to 30 seconds are usual, and CloudWatch is late",
                elapsed,
                seen.state.value,
            )
            self._pause(LOOK_EVERY, elapsed, limit=PATIENCE * 3)

    def _look(self) -> Database:
        return sleep.look(self.cloud, serverless_clusters.one(self.cloud, self.name), datetime.now(UTC))

    def _keep(self, minutes: float) -> None:
        began, whole = self.clock.now(), minutes * 60
        while not self.stop.is_set() and (elapsed := self.clock.now() - began) < whole:
            event = f"Keeping {self.name} awake; Ctrl-C puts its minimum back and ends"
            self.tell(Event(Happening.WAITING, self.name, event, "awake", elapsed, int(whole)))
            self._still_raised()
            self.clock.sleep(min(60.0, whole - elapsed), self.stop)

    def _still_raised(self) -> None:
        """Raise it again where a schedule has lowered it meanwhile."""
        if not self.changes:
            return
        described = serverless_clusters.one(self.cloud, self.name)
        limits = serverless_clusters.capacity_of(described)
        if limits.least == 0 and described.get("Status") == "available":
            self._set(Capacity(HALF, limits.most))

    def _pause(self, seconds: int, elapsed: float, limit: int = PATIENCE) -> None:
        self.clock.sleep(seconds, self.stop)
        if self.stop.is_set():
            raise Stopped("Stopped as you asked.", f"{self.name} may still be waking up.")
        if elapsed > limit:
            raise CloudError(
                f"{self.name} did not wake up within {limit} seconds.", "",
                "Look at its events in the RDS console, and try again in a minute.",
            )  # fmt: skip

    def _tell(self, kind: Happening, sentence: str, elapsed: float = 0, now: str = "") -> None:
        self.tell(Event(kind, self.name, sentence, now, elapsed, TYPICAL))
