"""What there is to choose from where somebody decides who to be and where: profiles and regions, most used first."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .safe import line

if TYPE_CHECKING:
    from flows.engine import Cloud, Habit, Journal, Place, Profile


@dataclass(frozen=True)
class PlaceOption:
    """One profile or region, as a list shows it."""

    name: str
    about: str


def profiles(journal: Journal) -> list[PlaceOption]:
    """Every profile of the AWS configuration. Raises NoAccess or JournalTrouble."""
    from flows.engine import Habit, Habits
    from flows.engine.profiles import profiles as configured

    used = Habits(journal).of("profile")
    found = sorted(configured(), key=lambda profile: (-used.get(profile.name, Habit()).uses, profile.name))
    return [PlaceOption(line(profile.name), _about(profile, used.get(profile.name, Habit()))) for profile in found]


def _about(profile: Profile, habit: Habit) -> str:
    kind = f"{profile.kind.value} with MFA" if profile.mfa else profile.kind.value
    account = f"{habit.alias} {profile.account or habit.account}".strip()
    return " · ".join(line(part) for part in (kind, account, profile.region) if part)


def regions(journal: Journal, like: str = "", closed: Collection[str] = ()) -> list[PlaceOption]:
    """Every region with its long name; those in `closed` are not switched on in the account. Raises JournalTrouble."""
    from flows.engine import Habit, Habits
    from flows.engine.profiles import regions as known

    used: Mapping[str, Habit] = Habits(journal).of("region")
    names = known(like)
    ordered = sorted(names, key=lambda name: (name in closed, -used.get(name, Habit()).uses, name))
    return [
        PlaceOption(name, f"{names[name]}{', not switched on in this account' if name in closed else ''}")
        for name in ordered
    ]


def closed_regions(cloud: Cloud) -> set[str]:
    """The regions that the account has not switched on; empty where it does not say."""
    from flows.engine import Call, CloudError

    try:
        answer = cloud.make(Call("ec2.DescribeRegions", {"AllRegions": True}))
    except CloudError:
        return set()
    return {each["RegionName"] for each in answer.get("Regions", []) if each.get("OptInStatus") == "not-opted-in"}


def without_region(place: Place, profile: str) -> bool:
    """Whether a region has to be chosen, too, when this profile is."""
    from flows.engine.profiles import profiles as configured

    if place.region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION"):
        return False
    return not any(each.region for each in configured() if each.name == profile)
