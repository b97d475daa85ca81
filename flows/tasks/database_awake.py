"""Is a serverless database asleep? Looking never wakes it; waking is asked for in so many words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from flows.aurora import by_the_clock, sleep
from flows.aurora.awake_reasons import why_awake
from flows.aurora.sleep import Database, State
from flows.aurora.wake import NO_DATA_API, Waking
from flows.aurora.which import clusters
from flows.aws import aurora_prices, aurora_schedules, serverless_clusters
from flows.aws.aurora_schedules import Change
from flows.aws.aurora_versions import HALF
from flows.aws.serverless_clusters import UNTIL, remembered
from flows.engine import Choice, Cloud, CloudError, Finding, Option, Refused, Text, shell
from flows.engine.asked import EVERY, Asked
from flows.engine.task import Outcome, Surroundings, Task

AWAKE, ASLEEP, UNKNOWN = 0, 10, 11
CODES = {State.AWAKE: AWAKE, State.ASLEEP: ASLEEP, State.WAKING: ASLEEP, State.UNKNOWN: UNKNOWN}
LOOK, WAKE, HOLD, RELEASE = "look", "wake", "hold", "release"
LONGEST = 7 * 24 * 60


def _clusters(flow: Any) -> Iterator[Option[str]]:
    yield Option(EVERY, EVERY, "All of them")
    yield from clusters(flow)


def _of_one(do: str, flow: Any) -> None:
    """Raises Refused where several would be changed at once."""
    if do != LOOK and flow.cluster == EVERY and len(serverless_clusters.serverless(flow.cloud)) > 1:
        raise Refused("That is done to one database at a time. Go back, and choose one.")


def _minutes(text: str) -> str:
    """A time for which a database is kept awake. Raises Refused."""
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= LONGEST):
        raise Refused(f"minutes: “{text}” will not do. Give 1 to {LONGEST} (one week), for example 60.")
    return text


class AboutDatabases(Asked):
    """What there is to know of a database that may be asleep."""

    title = "Is a database asleep?"
    words = ("aurora", "asleep", "paused", "wake up", "resume", "scale to zero", "slow first connection", "rds")

    cluster = Choice(
        "Which database?",
        _clusters,
        default=EVERY,
        why="Its cluster is what AWS calls it. Looking never wakes one.",
        empty="There is no Aurora serverless database in this region. Choose another region with --region.",
    )
    do = Choice(
        "What shall be done?",
        {
            LOOK: "Only look",
            WAKE: "Wake it",
            HOLD: "Keep it awake for a time",
            RELEASE: "Put back what keeping it awake has changed",
        },
        check=_of_one,
        default=LOOK,
        why="Awake it costs something, asleep its storage alone. To keep it awake its minimum is raised, and put back.",
    )
    minutes = Text(
        f"How long shall it be kept awake? In minutes, at most {LONGEST} (a week)",
        _minutes,
        default="60",
        when=do.is_(HOLD),
        example="60",
        why="Handrail stays open as long, and puts the minimum back then, also after Ctrl-C.",
    )


class DatabaseAwake(Task):
    """Is a serverless database asleep, what keeps it awake, and wake it."""

    asks = AboutDatabases
    argument = "cluster"
    codes = {AWAKE: "it is awake", ASLEEP: "it is asleep, or only waking up", UNKNOWN: "it is not known"}

    def perform(self, given: Mapping[str, str], around: Surroundings) -> Outcome:
        do = given.get("do") or LOOK
        if do not in (LOOK, WAKE, HOLD, RELEASE):
            raise Refused(f"do: “{do}” is not known.", remedy="Choose look, wake, hold or release.")
        minutes = self.minutes(given.get("minutes", ""), do)
        clusters = self.meant(around.cloud, given.get("cluster", ""), do)
        if do == LOOK:
            return together([look(around.cloud, cluster) for cluster in clusters])
        changes = _changes(around.cloud, str(clusters[0]["DBClusterIdentifier"]))
        waking = Waking(around.cloud, clusters[0], around.tell, around.stop, around.clock, changes)
        if do == RELEASE:
            return self.release(around.cloud, waking)
        return self.wake(around.cloud, waking, minutes if do == HOLD else None)

    def minutes(self, text: str, do: str) -> float:
        if text and do != HOLD:
            raise Refused(f"minutes goes with do=hold, not with do={do}.", remedy="Leave it out, or say do=hold.")
        return float(_minutes(text or "60"))

    def meant(self, cloud: Cloud, name: str, do: str) -> list[dict[str, Any]]:
        """The clusters that are asked about. Raises Refused if there is none, or not exactly one to change."""
        if name:
            return [serverless_clusters.one(cloud, name)]
        every = serverless_clusters.serverless(cloud)
        if not every:
            raise Refused(f"There is no Aurora serverless database in {cloud.identity.region}.")
        if do != LOOK and len(every) > 1:
            names = ", ".join(each["DBClusterIdentifier"] for each in every)
            raise Refused(f"Which one? There are {names}.", remedy="Add --set cluster=NAME.")
        return every

    def wake(self, cloud: Cloud, waking: Waking, minutes: float | None) -> Outcome:
        """Wake it; with `minutes`, keep it awake that long and put everything back."""
        now = datetime.now(UTC)
        seen = by_the_clock.said(cloud, sleep.look(cloud, waking.cluster, now), now)
        if seen.described.get("Status") != "available" or not seen.instances:
            start = shell.aws("rds", "start-db-cluster", db_cluster_identifier=seen.name)
            steps = (f"Start it, which takes minutes: {start}",) if seen.described.get("Status") == "stopped" else ()
            return Outcome(UNKNOWN, seen.sentence, facts(seen), (), steps)
        if minutes is not None:
            if seen.capacity.least > 0 and remembered(seen.described) is None and not _outlasts(waking, now, minutes):
                return Outcome(AWAKE, f"{seen.sentence} There is nothing to raise.", facts(seen))
            took = waking.hold(minutes)
            price = aurora_prices.hourly(HALF)
            sentence = (
                f"{seen.name} was awake after {took:.0f} s and was kept awake; its minimum is as before. "
                f"That costs about {price} USD an hour."
            )
            return Outcome(AWAKE, sentence, {**facts(seen), "state": "awake", "took_seconds": round(took)})
        if seen.state is State.AWAKE and not waking.can_ask():
            return Outcome(AWAKE, f"{seen.sentence} There is nothing to do.", facts(seen))
        took = self.woken(waking)
        way = f"It stays awake until nobody has used it for {round(seen.capacity.pause / 60)} minutes."
        answers = {**facts(seen), "state": "awake", "took_seconds": round(took)}
        sentence = f"{seen.name} is awake after {took:.0f} s. {way if seen.capacity.least == 0 else ''}".strip()
        return Outcome(AWAKE, sentence, answers)

    def woken(self, waking: Waking) -> float:
        """The seconds that waking took, by the gentlest way there is."""
        if waking.can_ask():
            try:
                return waking.ask()
            except CloudError as problem:
                if problem.aws_code not in NO_DATA_API:
                    raise
        return waking.hold(0)

    def release(self, cloud: Cloud, waking: Waking) -> Outcome:
        done = waking.release()
        now = datetime.now(UTC)
        seen = by_the_clock.said(cloud, sleep.look(cloud, serverless_clusters.one(cloud, waking.name), now), now)
        what = (
            f"{seen.sentence} What was changed is put back."
            if done
            else f"{seen.sentence} There was nothing to put back."
        )
        return Outcome(CODES[seen.state], what, {**facts(seen), "put_back": done})


def look(cloud: Cloud, cluster: Mapping[str, Any]) -> Outcome:
    """One database: how it is, and what keeps it that way."""
    now = datetime.now(UTC)
    seen = by_the_clock.said(cloud, sleep.look(cloud, cluster, now), now)
    reasons = tuple(why_awake(cloud, seen, now) if seen.state is State.AWAKE else by_the_clock.told(cloud, seen, now))
    return Outcome(CODES[seen.state], seen.sentence, facts(seen, reasons), reasons, tuple(steps(seen)))


def _changes(cloud: Cloud, name: str) -> tuple[Change, ...]:
    """The schedules that change it; none where they may not be looked at."""
    try:
        return aurora_schedules.changing(cloud, name)
    except CloudError:
        return ()


def _outlasts(waking: Waking, now: datetime, minutes: float) -> bool:
    """Whether it is to be kept awake longer than the schedule does that keeps it awake now."""
    coming = aurora_schedules.coming(waking.changes, now)
    by_schedule = waking.by_schedule(waking.cluster) is not None
    return by_schedule and coming is not None and now + timedelta(minutes=minutes) > coming[1]


def steps(seen: Database) -> Iterator[str]:
    """What may be run now."""

    def run(do: str, **more: str) -> str:
        return shell.handrail("task", "database-awake", cluster=seen.name, do=do, **more)

    if remembered(seen.described) is not None:
        until = next((tag["Value"] for tag in seen.described["TagList"] if tag["Key"] == UNTIL), "")
        yield f"Its minimum was raised until {until}. If nothing puts it back by then: {run(RELEASE)}"
    if seen.state is State.ASLEEP:
        yield f"Wake it, which takes 15 to 30 seconds: {run(WAKE)}"
        yield f"Keep it awake for an hour: {run(HOLD, minutes='60')}"


def facts(seen: Database, reasons: tuple[Finding, ...] = ()) -> dict[str, Any]:
    """What a script wants to know."""
    writer = seen.writer
    return {
        "cluster": seen.name,
        "state": seen.state.value,
        "since": _text(writer.since if writer else None),
        "capacity": writer.acu if writer else None,
        "last_datum": _text(writer.at if writer else None),
        "connections": seen.connections[0][1] if seen.connections else None,
        "minimum": float(seen.capacity.least),
        "maximum": float(seen.capacity.most),
        "pause_seconds": seen.capacity.pause or None,
        "keeps_awake": [each.id.removeprefix("keeps-awake-") for each in reasons if each.id.startswith("keeps-awake-")],
        "instances": [
            {"id": each.id, "writer": each.writer, "state": each.state.value, "capacity": each.acu}
            for each in seen.instances
        ],
    }


def together(outcomes: list[Outcome]) -> Outcome:
    """Several databases as one answer; its code is the worst of theirs, the one that is not known before all."""
    if len(outcomes) == 1:
        return outcomes[0]
    return Outcome(
        max(each.code for each in outcomes),
        "\n".join(each.sentence for each in outcomes),
        {"databases": [dict(each.facts) for each in outcomes]},
        tuple(finding for each in outcomes for finding in each.findings),
        tuple(step for each in outcomes for step in each.next_steps),
    )


def _text(at: datetime | None) -> str | None:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" if at else None
