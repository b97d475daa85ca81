"""Office hours for a serverless database that exists: awake in them, and asleep when nobody needs it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from flows.aws import aurora_hours, aurora_prices, weekly_hours
from flows.aws import aurora_versions as versions
from flows.aws.aurora_clusters import Capacity
from flows.aws.weekly_hours import DAYS, WEEKDAYS
from flows.engine import Action, Caution, Choice, Cloud, Finding, Flow, Handover, Picks, Plan, Text, Use, monthly

from . import answers, checks, diagnosis, handover, repairs, why
from .picture import PICTURE
from .which import WhichDatabase


class DatabaseHours(Flow):
    """Keep it awake at fixed hours, and let it sleep outside of them."""

    title = "Keep a serverless database awake in office hours"
    words = ("aurora", "cron", "schedule", "eventbridge scheduler", "warm", "cold start", "keep awake", "rds", "sleep")
    check = WhichDatabase
    came_for = ("awake", "asleep")
    beyond = repairs.BEYOND
    matters = why.WHY
    picture = PICTURE

    cluster = Choice(
        "Which database?",
        lambda flow: answers.clusters(flow.cloud),
        check=answers.fit,
        label="Database",
        why="An Aurora database that is serverless. The first visitor after a quiet time waits 15 to 30 seconds "
        "until it is awake; in the hours that you give, nobody waits.",
        empty="There is no Aurora serverless database in this region. Make one with handrail run aurora, or choose "
        "another region with --region.",
    )
    days = Picks(
        "On which days should it be awake?",
        DAYS,
        form=weekly_hours.day,
        default=", ".join(WEEKDAYS),
        least=1,
        why="On the other days it sleeps whenever nobody is connected, as always.",
        empty="Give days such as MON, TUE.",
    )
    time_zone = Choice(
        "Whose clocks count?",
        lambda flow: weekly_hours.zones(flow.cloud.identity.region),
        form=lambda text, flow: weekly_hours.as_zone(text),
        default=lambda flow: weekly_hours.usual_zone(flow.cloud.identity.region),
        label="Time zone",
        example="Europe/Berlin",
        why="The name of a place. Its clocks count, in summer and in winter: it is awake at the same local time.",
    )
    from_ = Text(
        "From when on should it be awake?",
        weekly_hours.of_day,
        check=answers.comes,
        default="08:00",
        label="From",
        wanted="A time of day",
        example="08:00",
        why="A local time. Waking takes up to a minute, so give one shortly before the first visitor comes.",
    )
    to = Text(
        "Until when?",
        weekly_hours.of_day,
        check=answers.comes_later,
        default="18:00",
        label="To",
        wanted="A time of day",
        example="18:00",
        why="A local time of the same day. From then on it sleeps as soon as nobody has been connected for its quiet "
        "minutes; nobody's connection is cut.",
    )
    capacity = Text(
        "How small may it shrink in these hours? In ACU; 1 ACU is about 2 GB of memory",
        versions.capacity,
        check=answers.awake_enough,
        default=lambda flow: versions.shown(max(versions.HALF, flow.cluster.limits.least)),
        fine_tuning=True,
        label="At its smallest",
        wanted="A capacity",
        example="0.5",
        why="0.5 is the least that never sleeps, and costs the least.",
    )
    auto_pause_minutes = Text(
        "After how many quiet minutes should it fall asleep outside of them?",
        answers.minutes,
        default=lambda flow: flow.cluster.quiet,
        fine_tuning=True,
        label="Sleeps after (minutes)",
        wanted="A number of minutes",
        example="10",
        why="It sleeps only if nobody is connected at all.",
    )

    def hours(self) -> aurora_hours.Hours:
        most = self.cluster.limits.most
        return aurora_hours.Hours(
            self.days, self.from_, self.to, self.time_zone,
            awake=Capacity(self.capacity, most), asleep=Capacity(Decimal(0), most, self.auto_pause_minutes * 60),
        )  # fmt: skip

    def plan(self) -> Plan:
        cluster, hours = self.cluster, self.hours()
        prices = aurora_hours.prices(hours, cluster.storage, cluster.instances)
        things: list[Action | Use] = [
            Use(
                "cluster", f"Use the database {cluster.name}, whose limits change by the clock", "AWS::RDS::DBCluster",
                cluster.name,
            ),
            *aurora_hours.keep(
                cluster.name, hours, self.cloud.identity, former=cluster.limits,
                costs=prices,
            ),
        ]  # fmt: skip
        return Plan.of(
            things,
            outputs={
                "cluster": cluster.name, "schedules": aurora_hours.called(cluster.name),
                "awake": hours.morning.text, "asleep": hours.evening.text,
            },
            facts={
                "data_api": cluster.data_api, "arn": cluster.arn, "secret": cluster.secret,
                monthly.MONTHLY: aurora_prices.span(prices),
            },
            reads=handover.reads(cluster.name),
        )  # fmt: skip

    def checks(self) -> Iterable[Finding | Caution]:
        return checks.beforehand(self.cloud, self.cluster, self.hours())

    @classmethod
    def handover(cls, cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
        return handover.hand_over(cloud, outputs, facts)

    @classmethod
    def diagnose(cls, cloud: Cloud, subject: Mapping[str, str]) -> Iterable[Finding]:
        return diagnosis.diagnose(cloud, subject["cluster"])
