"""A serverless database: an Aurora cluster that grows and shrinks by itself, and may fall asleep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from flows.aws import aurora_clusters, aurora_hours, aurora_prices, security_groups, subnets, vpcs, weekly_hours
from flows.aws import aurora_versions as versions
from flows.engine import Action, Caution, Choice, Cloud, Finding, Flow, Handover, Many, Picks, Plan, Text, Yes

from . import answers, checks, diagnosis, handover, network_access, repairs, rules, why
from .answers import ADDRESSES, BY_USE, FLAT, NEVER, NOBODY, OWN, SERVERS, SLEEPS, VPC, WEEKDAYS
from .consents import CONSENTS
from .picture import PICTURE
from .which import WhichDatabase


class ServerlessDatabase(Flow):
    """An Aurora database that grows, shrinks, and sleeps when unused."""

    title = "Create a serverless database"
    words = ("postgres", "mysql", "rds", "sql", "scale to zero", "cheap")
    check = WhichDatabase
    came_for = ("endpoint",)
    beyond = repairs.BEYOND
    matters = why.WHY
    picture = PICTURE
    consents = CONSENTS

    name = Text(
        "What should the database cluster be called?",
        aurora_clusters.cluster_name,
        wanted="A name",
        check=answers.free,
        label="Name",
        example="shop-db",
        why="The name becomes part of the address of the database. It can be changed later, but then the address "
        "changes too.",
    )
    engine = Choice(
        "Which database language?",
        {versions.POSTGRESQL: "PostgreSQL", versions.MYSQL: "MySQL"},
        form=versions.engine,
        default=versions.POSTGRESQL,
        label="Engine",
        why="Aurora speaks the same language as PostgreSQL or MySQL. Choose what your application was written for; it "
        "cannot be changed later. (The old “Aurora Serverless v1” ended in March 2025; this is its successor.)",
    )
    version = Choice(
        "Which version?",
        lambda flow: versions.versions(flow.cloud, flow.engine),
        form=versions.wanted,
        check=answers.able,
        default=lambda flow: versions.usual(flow.cloud, flow.engine),
        fine_tuning=True,
        label="Version",
        why="Take the newest version your application supports. Upgrades within the same major version are easy, "
        "between majors they need a test.",
        empty="This region offers no Aurora serverless for this engine. Choose another region with --region.",
    )
    min_capacity = Text(
        "How small may it shrink when nobody uses it? In ACU; 1 ACU is about 2 GB of memory",
        versions.capacity,
        wanted="A capacity",
        check=answers.small_enough,
        default=lambda flow: versions.shown(flow.version.least),
        label="At its smallest",
        example="0.5",
        why="This is the lower end of the automatic size, from 0 in steps of 0.5. 0 means that it falls asleep: no "
        "compute cost while nobody is connected.",
    )
    max_capacity = Text(
        "How large may it grow under load? In ACU",
        versions.capacity,
        wanted="A capacity",
        check=answers.large_enough,
        default=lambda flow: versions.shown(max(Decimal(4), flow.min_capacity)),
        label="At its largest",
        example="4",
        why="A safety limit for your bill. It also fixes how many connections are allowed (1 ACU: 90 MySQL / 189 "
        "PostgreSQL, 4: 135 / 823, 16: 2000 / 3360).",
    )
    auto_pause_minutes = Text(
        "After how many quiet minutes should it fall asleep?",
        answers.minutes,
        wanted="A number of minutes",
        check=answers.not_too_soon,
        default=10,
        when=min_capacity.is_(SLEEPS),
        label="Sleeps after (minutes)",
        example="10",
        why="It sleeps only if nobody is connected at all. Connection pools and monitoring tools that keep connections "
        "open keep it awake and on the bill.",
    )
    vpc = Choice(
        "In which network (VPC) should it live?",
        lambda flow: vpcs.vpcs(flow.cloud),
        check=answers.two_zones,
        label="VPC",
        why="The database lives inside a private network. Two zones are required so that it can move when one data "
        "centre fails.",
        empty="This region has no VPC. Create one first, or choose another region with --region.",
    )
    access = Choice(
        "Who may connect?",
        {
            VPC: "Everything in this VPC",
            SERVERS: "Servers with certain security groups",
            ADDRESSES: "Certain addresses, which I give",
            NOBODY: "Nobody yet (SQL over HTTPS only)",
        },
        form=network_access.never_the_world,
        check=answers.somebody,
        default=VPC,
        label="Access",
        why="This is the firewall of the database (a security group). It can be changed at any time without restart, "
        "and is never open to the whole internet.",
    )
    servers = Picks(
        "Which security groups do those servers have?",
        lambda flow: security_groups.security_groups(flow.cloud, flow.vpc),
        when=access.is_(SERVERS),
        least=1,
        label="Servers in",
        why="Every server in one of these groups may connect, whatever its address is.",
        empty="This VPC has no security group. Answer “Who may connect?” differently.",
    )
    addresses = Many(
        "Which addresses may connect?",
        network_access.narrow,
        check=network_access.sources,
        when=access.is_(ADDRESSES),
        label="Addresses",
        example="192.168.10.0/24",
        why="One address (203.0.113.7/32) or a network. Addresses outside the VPC need a VPN or a public address.",
    )

    public = Yes(
        "Should it have a public address?",
        check=answers.visible,
        default="no",
        fine_tuning=True,
        label="Public address",
        why="Without one you reach it from servers in the VPC, through a VPN, an SSM port forwarding or the Data API.",
    )
    places = Picks(
        "In which subnets may it be?",
        lambda flow: subnets.subnets(flow.cloud, flow.vpc),
        check=answers.spread,
        default=answers.private_ones,
        least=1,
        fine_tuning=True,
        label="Subnets",
        why="At least two zones, so that it can move when one data centre fails. Private subnets if there are any.",
        empty="Choose subnets in at least two zones.",
    )
    readers = Text(
        "How many additional read copies?",
        answers.count("read copies will not do", 0, 15),
        wanted="A number",
        check=answers.costs_for_copies,
        default=0,
        fine_tuning=True,
        label="Read copies",
        example="1",
        why="A copy in another zone takes over within a minute when the main one fails, and can answer read queries.",
    )
    user = Text(
        "What should the main database user be called?",
        aurora_clusters.user_name,
        wanted="A name",
        check=answers.unreserved,
        default="dbadmin",
        fine_tuning=True,
        label="User",
        example="dbadmin",
        why="This user can do everything in the database. Its password is made, kept and changed every 7 days by AWS "
        "Secrets Manager; applications should get their own user later.",
    )
    database = Text(
        "What should the first database inside be called?",
        aurora_clusters.database_name,
        wanted="A name",
        default="app",
        fine_tuning=True,
        label="Database",
        example="app",
        why="One cluster can hold many databases; this one is created for you.",
    )
    data_api = Yes(
        "Should SQL over HTTPS (the Data API) be allowed?",
        check=answers.offered,
        default=lambda flow: "yes" if versions.has_data_api(flow.version, flow.cloud.identity.region) else "no",
        fine_tuning=True,
        label="Data API",
        why="It runs SQL through an AWS call, without network access to the database. `handrail task database-awake` "
        "wakes it that way.",
    )
    key = Text(
        "Which encryption key of your own? Empty for AWS's",
        str,
        check=answers.usable_key,
        blank="AWS's",
        default="",
        fine_tuning=True,
        label="Own key",
        example="alias/databases",
        why="Data on disk is always encrypted, with AWS's own key for free. A key of your own costs about 1 USD a "
        "month and can be shared with another account. Give its id, ARN or alias.",
    )
    storage = Choice(
        "How do you want to pay for disk access?",
        {
            BY_USE: "Per access (good for little or unknown use)",
            FLAT: "Flat: higher hourly and storage price, no access fee",
        },
        default=BY_USE,
        fine_tuning=True,
        label="Disk access",
        why="Flat pays off when access fees are more than a quarter of the Aurora bill. It can be switched later.",
    )
    backup_days = Text(
        "For how many days should automatic backups be kept?",
        answers.count("days of backups will not do", 1, 35),
        wanted="A number of days",
        default=7,
        fine_tuning=True,
        label="Backups (days)",
        example="7",
        why="You can go back to any second inside this time. Backup storage up to the size of the database is free.",
    )
    protect = Yes(
        "Should it be protected against deletion?",
        default="no",
        fine_tuning=True,
        label="Protected",
        why="A delete is then refused until you switch the protection off. Taking this run back switches it off first.",
    )
    awake = Choice(
        "Should it be kept awake at fixed hours?",
        {
            NEVER: "Never: it sleeps whenever nobody is connected",
            WEEKDAYS: "Monday to Friday",
            OWN: "On days of my own",
        },
        default=NEVER,
        when=min_capacity.is_(SLEEPS),
        fine_tuning=True,
        label="Kept awake",
        why="In these hours nobody waits until it wakes. Two schedules raise its minimum to 0.5 ACU in the morning and "
        "put it back to 0 in the evening, which costs about 6 cents an hour.",
    )
    days = Picks(
        "On which days should it be awake?",
        weekly_hours.DAYS,
        form=weekly_hours.day,
        default=", ".join(weekly_hours.WEEKDAYS),
        when=awake.is_(OWN),
        least=1,
        fine_tuning=True,
        why="On the other days it sleeps whenever nobody is connected.",
        empty="Give days such as MON, TUE.",
    )
    time_zone = Choice(
        "Whose clocks count?",
        lambda flow: weekly_hours.zones(flow.cloud.identity.region),
        form=lambda text, flow: weekly_hours.as_zone(text),
        default=lambda flow: weekly_hours.usual_zone(flow.cloud.identity.region),
        when=awake.is_(WEEKDAYS, OWN),
        fine_tuning=True,
        label="Time zone",
        example="Europe/Berlin",
        why="The name of a place. Its clocks count, in summer and in winter: it is awake at the same local time.",
    )
    from_ = Text(
        "From when on should it be awake?",
        weekly_hours.of_day,
        check=answers.comes,
        default="08:00",
        when=awake.is_(WEEKDAYS, OWN),
        fine_tuning=True,
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
        when=awake.is_(WEEKDAYS, OWN),
        fine_tuning=True,
        label="To",
        wanted="A time of day",
        example="18:00",
        why="A local time of the same day. From then on it sleeps as soon as nobody has been connected for its quiet "
        "minutes; nobody's connection is cut.",
    )

    def plan(self) -> Plan:
        capacity = self.capacity()
        firewall = aurora_clusters.firewall(self.name, self.vpc)
        doors = [aurora_clusters.let_in(self.engine, sources)] if (sources := self.sources()) else []
        place = aurora_clusters.subnet_group(self.name, self.places)
        cluster = aurora_clusters.cluster(
            self.name, capacity, self.settings(firewall), protected=self.protect,
            instances=[f"{self.name}-{number}" for number in range(1, self.readers + 2)],
            after=(place.id, *(door.id for door in doors)),
        )  # fmt: skip
        costs = aurora_prices.card(capacity.least, capacity.most, self.storage, 1 + self.readers, public=self.public)
        instances = [
            aurora_clusters.instance(
                self.name, number, self.engine, sleeps=capacity.least == 0, public=self.public,
                costs=costs if number == 1 else (),
            )
            for number in range(1, self.readers + 2)
        ]  # fmt: skip
        things: list[Action] = [firewall, *doors, place, cluster, *instances]
        if hours := self.hours():
            things += aurora_hours.keep(
                self.name, hours, self.cloud.identity, after=(cluster.id, *(each.id for each in instances)),
                costs=aurora_hours.prices(hours, self.storage, len(instances), counts="least"),
            )  # fmt: skip
        return Plan.of(
            things,
            outputs=handover.outputs(cluster, self.engine, self.database, self.user),
            facts={
                "engine": self.engine,
                "min_capacity": str(capacity.least),
                "max_capacity": str(capacity.most),
                "pause": capacity.pause,
                "storage": self.storage,
                "data_api": self.data_api,
                "monthly": aurora_prices.span(cost for each in things for cost in each.costs),
                "outside": self.access != NOBODY,
            },
            reads=handover.reads(self.cloud.identity, cluster, sql=self.data_api),
            decisions=(aurora_clusters.last_snapshot(self.name),),
        )

    def capacity(self) -> aurora_clusters.Capacity:
        pause = self.auto_pause_minutes * 60 if self.min_capacity == SLEEPS else 0
        return aurora_clusters.Capacity(self.min_capacity, self.max_capacity, pause)

    def hours(self) -> aurora_hours.Hours | None:
        """When it is kept awake; None for never."""
        if self.min_capacity != SLEEPS or self.awake == NEVER:
            return None
        limits = self.capacity()
        awake = aurora_clusters.Capacity(versions.HALF, limits.most)
        return aurora_hours.Hours(answers.days(self), self.from_, self.to, self.time_zone, awake, asleep=limits)

    def sources(self) -> tuple[Any, ...]:
        """Who may connect: networks, or security groups."""
        match self.access:
            case "vpc":
                return self.vpc.networks
            case "servers":
                return self.servers
            case "addresses":
                return self.addresses
            case _:
                return ()

    def settings(self, firewall: Action) -> dict[str, Any]:
        own_key = {"StorageEncrypted": True, "KmsKeyId": self.key} if self.key else {}
        return {
            "Engine": self.engine, "EngineVersion": self.version.number, "DatabaseName": self.database,
            "MasterUsername": self.user, "DBSubnetGroupName": self.name, "VpcSecurityGroupIds": [firewall.resource],
            "StorageType": self.storage, "BackupRetentionPeriod": self.backup_days, "EnableHttpEndpoint": self.data_api,
            **own_key,
        }  # fmt: skip

    def checks(self) -> Iterable[Finding | Caution]:
        yield checks.password(self.user)
        yield from checks.names_free(self.cloud, self.name, self.vpc, self.readers + 1)
        if self.hours():
            yield from aurora_hours.taken(self.cloud, self.name)
        yield from checks.room(self.cloud, self.readers + 1)
        if self.access == ADDRESSES and not self.public:
            yield from checks.outside(self.addresses, self.vpc)
        here = rules.Situation(self.cloud, self.min_capacity, self.key)
        for rule in checks.RULES:
            yield from rule(here)

    @classmethod
    def handover(cls, cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
        return handover.hand_over(cloud, outputs, facts)

    @classmethod
    def diagnose(cls, cloud: Cloud, subject: Mapping[str, str]) -> Iterable[Finding]:
        return diagnosis.diagnose(cloud, subject["cluster"])
