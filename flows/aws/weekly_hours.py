"""Times of day on days of the week in a time zone: as people say them, as EventBridge Scheduler takes them, and when
they come.

EventBridge Scheduler User Guide, "Schedule types", 2026-11: a cron expression is read in the schedule's time zone; a
time that the clocks skip in spring is left out that day, one that comes twice in autumn is taken once.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from flows.engine import Option, Refused

DAYS = {
    "MON": "Monday", "TUE": "Tuesday", "WED": "Wednesday", "THU": "Thursday", "FRI": "Friday", "SAT": "Saturday",
    "SUN": "Sunday",
}  # fmt: skip
WEEK = tuple(DAYS)
WEEKDAYS = WEEK[:5]
HERE = {
    "us-east": "America/New_York", "us-west": "America/Los_Angeles", "us-gov-east": "America/New_York",
    "us-gov-west": "America/Los_Angeles", "ca-central": "America/Toronto", "ca-west": "America/Edmonton",
    "mx-central": "America/Mexico_City", "sa-east": "America/Sao_Paulo", "eu-central-1": "Europe/Berlin",
    "eu-central-2": "Europe/Zurich", "eu-west-1": "Europe/Dublin", "eu-west-2": "Europe/London",
    "eu-west-3": "Europe/Paris", "eu-north": "Europe/Stockholm", "eu-south-1": "Europe/Rome",
    "eu-south-2": "Europe/Madrid", "af-south": "Africa/Johannesburg", "il-central": "Asia/Jerusalem",
    "me-south": "Asia/Bahrain", "me-central": "Asia/Dubai", "ap-south": "Asia/Kolkata",
    "ap-southeast-1": "Asia/Singapore", "ap-southeast-2": "Australia/Sydney", "ap-southeast-3": "Asia/Jakarta",
    "ap-southeast-4": "Australia/Melbourne", "ap-southeast-5": "Asia/Kuala_Lumpur",
    "ap-southeast-6": "Pacific/Auckland", "ap-southeast-7": "Asia/Bangkok", "ap-northeast-1": "Asia/Tokyo",
    "ap-northeast-2": "Asia/Seoul", "ap-northeast-3": "Asia/Tokyo", "ap-east-1": "Asia/Hong_Kong",
    "ap-east-2": "Asia/Taipei", "cn-": "Asia/Shanghai",
}  # fmt: skip
"""Where people near a region live, by the beginning of its name: a first suggestion."""
A_PLACE = "Give the name of a place, for example Europe/Berlin or America/New_York."
AHEAD = 3 * 366
"""Days that are looked ahead for a change of clocks: its day of the month moves from year to year."""


@dataclass(frozen=True)
class Weekly:
    """One time of day on some days of the week.

    Args:
        days: of "MON" to "SUN", in that order.
        at: the local time, to the minute.
        zone: the name of its time zone, for example "Europe/Berlin".
    """

    days: tuple[str, ...]
    at: time
    zone: str

    @property
    def expression(self) -> str:
        """As EventBridge Scheduler takes it."""
        if len(self.days) == len(WEEK):
            return f"cron({self.at.minute} {self.at.hour} * * ? *)"
        days = "MON-FRI" if self.days == WEEKDAYS else ",".join(self.days)
        return f"cron({self.at.minute} {self.at.hour} ? * {days} *)"

    @property
    def text(self) -> str:
        """As people read it."""
        return f"{shown(self.days)} at {self.at:%H:%M} ({self.zone})"

    def after(self, moment: datetime) -> datetime:
        """When it comes next, later than that moment, in UTC."""
        return next(each for each in self._from(moment - timedelta(days=2)) if each > moment)

    def before(self, moment: datetime) -> datetime:
        """When it came last, at that moment at the latest, in UTC."""
        earlier = [each for each, _ in zip(self._from(moment - timedelta(days=16)), range(20), strict=False)]
        return max(each for each in earlier if each <= moment)

    def skipped(self, today: date) -> date | None:
        """The first day from that one on that has no such time, because the clocks go forward over it."""
        for ahead in range(AHEAD):
            day = today + timedelta(days=ahead)
            if WEEK[day.weekday()] in self.days and not _exists(self._local(day)):
                return day
        return None

    def _from(self, moment: datetime) -> Iterator[datetime]:
        """Every time from the local day of that moment on, in UTC."""
        day = moment.astimezone(ZoneInfo(self.zone)).date()
        while True:
            local = self._local(day)
            if WEEK[day.weekday()] in self.days and _exists(local):
                yield local.astimezone(UTC)
            day += timedelta(days=1)

    def _local(self, day: date) -> datetime:
        return datetime.combine(day, self.at, ZoneInfo(self.zone))


def _exists(local: datetime) -> bool:
    """Whether the clocks show it that day."""
    return local.astimezone(UTC).astimezone(local.tzinfo).replace(tzinfo=None) == local.replace(tzinfo=None)


def read(expression: str, zone: str) -> Weekly | None:
    """What a schedule's expression means; None where it is no one time of day on days of the week, which others may
    well have written. Without a zone it is UTC."""
    fields = re.fullmatch(r"cron\((\d{1,2}) (\d{1,2}) ([*?]) \* (\S+) \*\)", " ".join(expression.split()))
    if not fields or int(fields[1]) > 59 or int(fields[2]) > 23 or not known(zone or "UTC"):
        return None
    days = set[str]()
    for part in fields[4].upper().split(","):
        first, _, last = part.partition("-")
        if part in ("*", "?"):
            days |= set(WEEK)
        elif _day(first) is None or (last and _day(last) is None):
            return None
        else:
            start, end = _day(first) or 0, _day(last or first) or 0
            days |= {WEEK[number % 7] for number in range(start, end + (7 if end < start else 0) + 1)}
    return Weekly(tuple(day for day in WEEK if day in days), time(int(fields[2]), int(fields[1])), zone or "UTC")


def _day(text: str) -> int | None:
    """A day's place in the week; by number, Sunday is 1."""
    if text in WEEK:
        return WEEK.index(text)
    return (int(text) - 2) % 7 if text in tuple("1234567") else None


def shown(days: Iterable[str]) -> str:
    """Days as people say them."""
    given = tuple(days)
    if given == WEEK:
        return "every day"
    return "Monday to Friday" if given == WEEKDAYS else ", ".join(DAYS[day] for day in given)


def local(moment: datetime, zone: str) -> str:
    """A moment as people there read it."""
    return f"{moment.astimezone(ZoneInfo(zone)):%a %Y-%m-%d %H:%M} ({zone})"


def hours_a_month(days: Iterable[str], start: time, end: time) -> int:
    """Hours between two times on those days, in a month of 730."""
    minutes = (end.hour - start.hour) * 60 + end.minute - start.minute
    return round(minutes / 60 * len(tuple(days)) / 7 * 730 / 24)


# -- what people answer ----------------------------------------------------------------------------------------


def day(text: str, flow: object = None) -> str:
    """A day as its key is written, for “Monday”, “mon” and the like."""
    word = text.strip().upper()
    return next((key for key, name in DAYS.items() if len(word) > 2 and name.upper().startswith(word)), word)


def of_day(text: str) -> time:
    """A time of day. Raises Refused."""
    found = re.fullmatch(r"(\d{1,2})(?:[:.](\d{2}))?", text.strip())
    if not found or int(found[1]) > 23 or int(found[2] or 0) > 59:
        late = " The last minute of a day is 23:59." if text.strip() in ("24", "24:00") else ""
        raise Refused(
            f"“{text}” is no time of day.{late}", remedy="Give hours and minutes, for example 08:00 or 17:30."
        )
    return time(int(found[1]), int(found[2] or 0))


def zones(region: str) -> Iterator[Option[str]]:
    """Every time zone that this computer knows: that of people near the region first, then its own, then the others,
    the usual names before old ones. Raises Refused where it knows none."""
    names = available_timezones()
    if not names:
        raise Refused("This computer knows no time zones.", remedy="Install its package tzdata, and try again.")
    likely = {usual_zone(region): f"near {region}"}
    if (own := own_zone()) in names:
        likely.setdefault(own, "this computer's")
    yield from (Option(name, name, name, hint) for name, hint in likely.items() if name in names)
    for name in sorted(names - likely.keys(), key=lambda each: ("/" not in each, each)):
        if not name.startswith(("Etc/GMT", "SystemV/", "posix", "right", "localtime")):
            yield Option(name, name, name)


def own_zone(localtime: Path = Path("/etc/localtime")) -> str:
    """The name of this computer's time zone, by TZ or by what `localtime` is a link to (tzset(3), localtime(5)); empty
    where that tells none, and where it is UTC, as of most servers, which says nothing of where people are."""
    named = os.environ.get("TZ", "").removeprefix(":")
    if not named and localtime.is_symlink():
        named = str(localtime.readlink()).partition("zoneinfo/")[2]
    return "" if named.rpartition("/")[2] in ("UTC", "UCT", "Zulu", "Universal") else named


def as_zone(text: str) -> str:
    """What people write for a time zone, as its name is written: “europe/berlin”, “Berlin”. Raises Refused, with those
    that are written nearly so."""
    wanted = text.strip().replace(" ", "_").lower()
    if found := sorted(each for each in available_timezones() if each.lower() == wanted):
        return found[0]
    cities = sorted(each for each in available_timezones() if each.lower().rpartition("/")[2] == wanted)
    usual = [each for each in cities if each.count("/") == 1]
    if len(usual) == 1:
        return usual[0]
    if re.fullmatch(r"(?i)[a-z]{3,4}|(utc|gmt)? ?[+-]\d{1,2}(:?\d\d)?", text.strip()):
        raise Refused(
            f"“{text}” is not among the time zones: an abbreviation or an offset does not tell when clocks change.",
            remedy=A_PLACE,
        )
    if not (near := _written_nearly(wanted)):
        return text
    raise Refused(f"“{text}” is not among the time zones.", remedy=f"Nearest to it: {', '.join(near)}. {A_PLACE}")


def _written_nearly(wanted: str) -> list[str]:
    """The time zones whose name, or whose place, is written nearly as that, the nearest first."""
    names = sorted(available_timezones(), key=lambda each: (each.count("/") != 1, each))
    by_name = {**{each.lower().rpartition("/")[2]: each for each in reversed(names)}, **{n.lower(): n for n in names}}
    return list(dict.fromkeys(by_name[each] for each in get_close_matches(wanted, by_name, 3, 0.75)))


def usual_zone(region: str) -> str:
    """A first suggestion for the people who use a region."""
    return next((zone for prefix, zone in HERE.items() if region.startswith(prefix)), "UTC")


def later(start: time, end: time) -> None:
    """Raises Refused where the end is not later than the start."""
    if end <= start:
        raise Refused(
            f"It would end at {end:%H:%M} and begin at {start:%H:%M}: the end must be later than the start.",
            remedy="Give times of one day, for example 08:00 and 18:00; at midnight it is 23:59 at the latest.",
        )


def comes(days: tuple[str, ...], at: time, zone: str, after: time | None = None) -> None:
    """Whether a time comes on each of those days, and is later than another. Raises Refused."""
    if after is not None:
        later(after, at)
    never_skipped(Weekly(days, at, zone), datetime.now(UTC).date())


def never_skipped(one: Weekly, today: date) -> None:
    """Raises Refused where the clocks skip that time on one of its days: the schedule would leave it out."""
    if day := one.skipped(today):
        before, after = _around(one, day)
        earlier = f", or a time before {before:%H:%M}" if before.date() == day and before.time() > time() else ""
        raise Refused(
            f"On {day:%A, %Y-%m-%d} the clocks in {one.zone} go from {before:%H:%M} to {after:%H:%M}, so "
            f"{one.at:%H:%M} does not come that day and EventBridge Scheduler leaves it out.",
            remedy=f"Give {after:%H:%M} or later{earlier}; or leave {DAYS[WEEK[day.weekday()]]} out.",
        )


def _around(one: Weekly, day: date) -> tuple[datetime, datetime]:
    """What the clocks show when they are put forward over a time: before and after."""
    zone, step = ZoneInfo(one.zone), timedelta(minutes=1)
    moment = datetime.combine(day, one.at, zone).replace(fold=1).astimezone(UTC)  # before the clocks change
    offset = moment.astimezone(zone).utcoffset() or timedelta()
    while moment.astimezone(zone).utcoffset() == offset:
        moment += step
    return (moment + offset).replace(tzinfo=None), moment.astimezone(zone).replace(tzinfo=None)


@cache
def known(zone: str) -> bool:
    """Whether this computer knows a time zone of that name."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
