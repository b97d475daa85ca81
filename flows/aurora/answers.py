"""What an answer about a serverless database must be beyond its form, and what is worth saying about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from decimal import Decimal
from typing import Any, Protocol

from flows.aws import aurora_clusters, aurora_prices, subnets, weekly_hours
from flows.aws import aurora_versions as versions
from flows.aws.vpcs import Vpc
from flows.engine import Caution, Cloud, Danger, Grade, Refused

from . import network_access, rules

DEAR = Decimal(4)
"""ACUs that cost much where they are never let go: some 350 USD a month."""
NOBODY, VPC, SERVERS, ADDRESSES = "nobody", "vpc", "servers", "addresses"
BY_USE, FLAT = "aurora", aurora_prices.FLAT
SLEEPS = Decimal(0)
NEVER, WEEKDAYS, OWN = "never", "weekdays", "own"


class Answers(Protocol):
    """The set-up as the functions here see it: its answers by their keys."""

    cloud: Cloud
    engine: str
    version: versions.Version
    min_capacity: Decimal
    vpc: Vpc
    public: bool
    awake: str
    days: tuple[str, ...]
    time_zone: str
    from_: time


def free(name: str, flow: Answers) -> None:
    if any(each["DBClusterIdentifier"] == name for each in aurora_clusters.clusters(flow.cloud)):
        raise Refused(f"A cluster named {name} exists already in {flow.cloud.identity.region}. Choose another name.")


def able(version: versions.Version, flow: Answers) -> Iterator[Caution]:
    if version.least > 0:
        yield Caution(
            "version-cannot-sleep",
            f"Version {version} cannot fall asleep. It always costs at least {version.least} ACU (about "
            f"{aurora_prices.monthly(version.least)} USD a month).",
        )
    if not version.told:
        yield Caution(
            "serverless-not-told",
            f"{flow.cloud.identity.region} does not say whether version {version} can be serverless, nor how far it "
            "grows. That was not checked; AWS decides when the cluster is made.",
        )
    if version.deprecated:
        yield Caution(
            "version-deprecated",
            f"AWS will stop supporting version {version}. Choose a newer one unless your application needs it.",
        )


def small_enough(least: Decimal, flow: Answers) -> Iterator[Caution]:
    version = flow.version
    if not version.least <= least <= version.most:
        if least < version.least and least == SLEEPS:
            able = versions.that_sleep(flow.cloud, flow.engine)
            raise Refused(
                f"Version {version} cannot fall asleep: its minimum is at least {versions.shown(version.least)}.",
                remedy=f"To let it sleep, take version {' or '.join(able)}, the newest of each major version that can."
                if able
                else f"No version that is offered here can. Give {versions.shown(version.least)}.",
            )
        raise Refused(
            f"{versions.shown(least)} is outside what version {version} allows. Give a number from "
            f"{versions.shown(version.least)} to {versions.shown(version.most)} in steps of 0.5, for example "
            f"{versions.shown(max(version.least, versions.HALF))} or 2."
        )
    if least == 0:
        yield Caution(
            "first-visitor-waits",
            "The first visitor after a quiet time waits about 15 seconds, after a day 30 seconds or more. Your "
            "application must wait that long and try again.",
        )
    else:
        yield Caution(
            "never-sleeps",
            f"It never falls asleep: at least about {aurora_prices.monthly(least)} USD a month.",
            confirm=least >= DEAR,
            danger=Danger.COSTS if least >= DEAR else None,
        )
    if least <= versions.HALF and flow.engine == versions.POSTGRESQL:
        yield Caution("connections-limited", "With a minimum of 0 or 0.5 the number of connections is limited to 2000.")


def large_enough(most: Decimal, flow: Answers) -> Iterator[Caution]:
    version, least = flow.version, flow.min_capacity
    if not max(versions.ONE, least) <= most <= version.most:
        raise Refused(
            f"{versions.shown(most)} cannot be the maximum. The maximum must be at least 1, at least the minimum "
            f"({versions.shown(least)}) and at most {versions.shown(version.most)}, in steps of 0.5."
        )
    if most > 64:
        yield Caution(
            "expensive-at-full-load",
            f"At full load this costs about {aurora_prices.hourly(most)} USD per hour.",
            confirm=True,
            danger=Danger.COSTS,
        )
    if most < 2:
        yield Caution("little-memory", "Imports and index builds are very slow with so little memory.")


def minutes(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 5 <= int(text) <= 1440):
        raise Refused(f"“{text}” will not do. Give 5 to 1440 minutes (24 hours), in whole minutes, for example 10.")
    return int(text)


def not_too_soon(quiet: int, flow: Answers) -> Iterator[Caution]:
    if quiet < 10:
        yield Caution(
            "sleeps-often", "Falling asleep that quickly means waiting often; during a coffee break it is gone."
        )


def two_zones(vpc: Vpc, flow: Answers) -> None:
    network_access.two_zones([option.value for option in subnets.subnets(flow.cloud, vpc)], vpc)


def spread(chosen: tuple[subnets.Subnet, ...], flow: Answers) -> None:
    network_access.two_zones(chosen, flow.vpc)
    if flow.public:
        network_access.reachable_from_outside(chosen)


def somebody(access: str, flow: Answers) -> Iterator[Caution]:
    if access == NOBODY:
        yield Caution(
            "nobody-connects",
            "No client can connect until you allow it in the security group; only SQL over HTTPS (the Data API) works.",
        )


def visible(public: bool, flow: Answers) -> Iterator[Caution]:
    if public:
        network_access.names_resolve(flow.cloud, flow.vpc)
        yield Caution(
            "public-address",
            "The port is visible from the internet; only the security group protects it. A public IPv4 address costs "
            "about 3.65 USD a month.",
            confirm=True,
            switch="no",
            danger=Danger.OPENS,
        )


def count(what: str, least: int, most: int) -> Any:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 4 and least <= int(text) <= most):
            raise Refused(f"“{text}” {what}: give a whole number from {least} to {most}.")
        return int(text)

    return read


def unreserved(name: str, flow: Answers) -> None:
    if name.lower() in aurora_clusters.RESERVED[flow.engine] or name.lower().startswith("pg_"):
        raise Refused(f"{name} is reserved by the database engine. Choose another name, for example dbadmin.")


def offered(wanted: bool, flow: Answers) -> None:
    region = flow.cloud.identity.region
    if wanted and not versions.has_data_api(flow.version, region):
        raise Refused(f"The Data API does not exist for {flow.engine} {flow.version} in {region}. Answer no.")


def usable_key(key: str, flow: Answers) -> Iterator[Caution]:
    if key:
        _refused(rules.Situation(flow.cloud, flow.min_capacity, key))
    else:
        yield Caution(
            "key-cannot-be-shared",
            "If you plan to give snapshots to another AWS account, choose a key of your own now; the key of a cluster "
            "cannot be changed later.",
        )


def _refused(here: rules.Situation) -> None:
    """Refuse a key that is not there or not switched on (KMSKeyNotAccessibleFault). Raises Refused."""
    for found in rules.key_state(here):
        if found.grade in (Grade.REFUSED, Grade.WAITING):
            raise Refused(
                f"The key {here.key} cannot be used. {found.sentence}",
                remedy=f"{found.remedy} Or give a key of this region that can be, or leave this empty for AWS's own.",
            )


def private_ones(flow: Answers) -> list[str]:
    return network_access.usual_subnets(flow.cloud, flow.vpc, public=flow.public)


def costs_for_copies(copies: int, flow: Answers) -> Iterator[Caution]:
    if copies and flow.min_capacity == SLEEPS:
        yield Caution(
            "copies-cost-too",
            "Each copy costs as much as the main instance while it is awake; here each sleeps on its own.",
        )


def days(flow: Answers) -> tuple[str, ...]:
    """The days on which it is kept awake."""
    return flow.days if flow.awake == OWN else weekly_hours.WEEKDAYS


def comes(at: time, flow: Answers) -> None:
    weekly_hours.comes(days(flow), at, flow.time_zone)


def comes_later(at: time, flow: Answers) -> None:
    weekly_hours.comes(days(flow), at, flow.time_zone, after=flow.from_)
