"""What lets the schedules of a database do their work again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flows.aws import aurora_clusters, keepers, scheduler
from flows.aws.aurora_clusters import Capacity
from flows.aws.aurora_schedules import LIMITS, NAME, Change
from flows.engine import Cloud
from flows.engine.flow import Mend
from flows.engine.repair import Part, redirects

from .rules import Situation

BEYOND = {
    "schedules": "Which hours are meant is asked by the set-up.",
    "state": "Starting it costs money from then on: the command is given.",
    "ended": "Until when it goes on is for whoever made it.",
    "begins": "From when on it is to do its work is for whoever made it.",
    "times": "Which times are meant is for whoever made it.",
    "input": "What else it was to do is for whoever made it.",
    "refused": "Which limits are meant is for whoever made it.",
    "role": "What a role may do is for whoever keeps it.",
    "may-change": "What a role may do is for whoever keeps it.",
    "clocks": "Only you know which other time is meant.",
    "late": "How long a change is tried again is for whoever made the schedule.",
    "queue": "Whoever made the schedule says where its failures go; the set-up makes a queue with its own.",
    "failed": "Only you can read what failed, and delete it then.",
    "twice": "Only you know which of the two is meant.",
}
"""What is left to people, by the rule that finds it. Some of it can be mended in other cases."""


def switch_on(change: Change, name: str) -> Mend:
    """Switch a schedule on."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield scheduler.switch_on(change.told)
        yield redirects(f"It changes {name} again then: {change.times}.")

    return mend


def say_name(change: Change, name: str) -> Mend:
    """Give the cluster's name the key by which the schedule's call knows it."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        given = {key: value for key, value in change.given.items() if key.lower() != NAME.lower()}
        yield scheduler.say_again(
            change.told, {NAME: name, **given}, f"Let the schedule {change.name} name {name} rightly"
        )
        yield redirects(f"It changes {name} then: {change.times}.")

    return mend


def say_limits(change: Change, name: str, limits: Capacity) -> Mend:
    """Let a schedule set other limits."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        params = {**change.given, LIMITS: limits.params()}
        yield scheduler.say_again(change.told, params, f"Let the schedule {change.name} set the limits that {name} has")

    return mend


def set_now(here: Situation, limits: Capacity) -> Mend:
    """Set at once what the last change should have set."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from keepers.agreed(f"The database {here.name}", here.told.get("TagList"))
        what = "Keep it awake" if limits.least > 0 else "Let it sleep"
        yield aurora_clusters.change_limits(here.name, limits, f"{what} now, as its schedule says")

    return mend


def with_most_of(limits: Capacity, now: Capacity) -> Capacity:
    """The limits of a schedule with the maximum, and at a minimum of 0 the pause, that the cluster has now."""
    pause = now.pause if limits.least == 0 and now.least == 0 else limits.pause
    return replace(limits, most=now.most, pause=pause, least=min(limits.least, now.most))
