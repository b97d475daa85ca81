"""A schedule's expression, read independently of the rooms that write it, gives the wanted local times all year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim

from flows.aws import weekly_hours
from flows.aws.weekly_hours import WEEK, WEEKDAYS, Weekly, read
from flows.engine import Refused


def fires(expression: str, zone: str, since: datetime, until: datetime) -> Iterator[datetime]:
    """When EventBridge Scheduler would make the call: minute after minute, what the clocks there show is compared with
    the expression's fields; a time that comes twice is taken once (its User Guide, 2026-11)."""
    minute, hour, _, _, days, _ = expression.removeprefix("cron(").removesuffix(")").split()
    on = set(WEEK) if days in ("*", "?") else set(days.replace("MON-FRI", "MON,TUE,WED,THU,FRI").split(","))
    there, at, seen = ZoneInfo(zone), since, set[datetime]()
    while at < until:
        local = at.astimezone(there).replace(tzinfo=None)
        if (local.minute, local.hour) == (int(minute), int(hour)) and f"{local:%a}".upper() in on and local not in seen:
            seen.add(local)
            yield at
        at += timedelta(minutes=1)


def by_a_library(expression: str, zone: str, since: datetime, until: datetime) -> Iterator[datetime]:
    """The same as an implementation of cron of somebody else reads it; it has no year, and no word for any day."""
    minute, hour, _, _, days, _ = expression.removeprefix("cron(").removesuffix(")").split()
    for at in CronSim(f"{minute} {hour} * * {days.replace('?', '*')}", since.astimezone(ZoneInfo(zone))):
        if at >= until:
            return
        yield at.astimezone(UTC)


CHANGES = [
    ("Europe/Berlin", date(2027, 3, 28)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2027, 3, 14)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Africa/Cairo", date(2026, 4, 24)),
    ("UTC", date(2027, 3, 28)),
]


@pytest.mark.parametrize(("zone", "day"), CHANGES, ids=[f"{zone} {day}" for zone, day in CHANGES])
@pytest.mark.some("Europe/Berlin 2027-03-28", "Europe/Berlin 2026-10-25")
def test_over_a_change_of_clocks_it_comes_at_the_same_local_time(zone: str, day: date) -> None:
    since = datetime.combine(day - timedelta(days=4), time(), UTC)
    until = since + timedelta(days=8)
    for days, at in ((WEEKDAYS, time(8)), (WEEK, time(18, 30)), (("SAT", "SUN"), time(23, 59))):
        one = Weekly(days, at, zone)
        came = list(fires(one.expression, zone, since, until))
        there = ZoneInfo(zone)
        local = [each.astimezone(there) for each in came]
        dates = {(since + timedelta(hours=hours)).astimezone(there).date() for hours in range(8 * 24)}
        first, last = since.astimezone(there), until.astimezone(there)
        wanted = [
            each for each in sorted(dates)
            if WEEK[each.weekday()] in days and first <= datetime.combine(each, at, there) < last
        ]  # fmt: skip
        assert [each.date() for each in local] == wanted
        assert {each.time() for each in local} == {at}
        foreseen, moment = [], since - timedelta(minutes=1)
        while (moment := one.after(moment)) < until:
            foreseen.append(moment)
        assert foreseen == came == [*by_a_library(one.expression, zone, since, until)]
        assert [one.before(each + timedelta(hours=1)) for each in came] == came


def test_a_time_that_clocks_skip_is_left_out_and_refused() -> None:
    one = Weekly(WEEK, time(2, 30), "Europe/Berlin")
    since = datetime(2027, 3, 26, tzinfo=UTC)
    came = list(fires(one.expression, one.zone, since, since + timedelta(days=4)))
    assert [each.day for each in came] == [26, 27, 29]
    assert one.after(datetime(2027, 3, 27, 12, tzinfo=UTC)) == came[2]
    with pytest.raises(Refused) as refused:
        weekly_hours.never_skipped(one, date(2026, 11, 30))
    assert refused.value.what == (
        "On Sunday, 2027-03-28 the clocks in Europe/Berlin go from 02:00 to 03:00, so 02:30 does not come that day and "
        "EventBridge Scheduler leaves it out."
    )
    assert refused.value.remedy == "Give 03:00 or later, or a time before 02:00; or leave Sunday out."


@pytest.mark.parametrize(
    ("days", "at", "zone"),
    [
        (WEEKDAYS, time(2, 30), "Europe/Berlin"),
        (WEEK, time(3), "Europe/Berlin"),
        (WEEK, time(1, 59), "Europe/Berlin"),
        (WEEK, time(2, 30), "UTC"),
        (WEEK, time(0, 30), "Asia/Tokyo"),
    ],
)
def test_what_always_comes_is_not_refused(days: tuple[str, ...], at: time, zone: str) -> None:
    weekly_hours.never_skipped(Weekly(days, at, zone), date(2026, 11, 30))


def test_clocks_that_change_at_midnight_on_a_working_day() -> None:
    with pytest.raises(Refused, match=r"On Friday, 2027-04-30 the clocks in Africa/Cairo go from 00:00 to 01:00"):
        weekly_hours.never_skipped(Weekly(WEEKDAYS, time(0, 30), "Africa/Cairo"), date(2026, 11, 30))


@pytest.mark.parametrize(
    ("expression", "days"),
    [
        ("cron(0 8 ? * MON-FRI *)", WEEKDAYS),
        ("cron(0 8 ? * 2-6 *)", WEEKDAYS),
        ("cron(0 8 ? * mon,2,TUE *)", ("MON", "TUE")),
        ("cron(0 8 ? * SAT-MON *)", ("MON", "SAT", "SUN")),
        ("cron(0  8 * * ? *)", WEEK),
        ("cron(0/5 8 * * ? *)", None),
        ("cron(0 8 ? * MON#2 *)", None),
        ("cron(0 8 1 * ? *)", None),
        ("rate(1 hour)", None),
        ("at(2026-12-01T08:00:00)", None),
    ],
)
def test_expressions_of_others_are_read_or_not_understood(expression: str, days: tuple[str, ...] | None) -> None:
    found = read(expression, "Europe/Berlin")
    assert (found.days if found else None) == days


def test_what_is_written_is_read_again() -> None:
    for days in (WEEK, WEEKDAYS, ("SUN",), ("MON", "WED")):
        one = Weekly(days, time(7, 5), "Asia/Kolkata")
        assert read(one.expression, one.zone) == one


@pytest.mark.parametrize(
    ("text", "zone"),
    [("europe/berlin", "Europe/Berlin"), ("Berlin", "Europe/Berlin"), ("new york", "America/New_York"), ("utc", "UTC")],
)
def test_a_time_zone_as_people_write_it(text: str, zone: str) -> None:
    assert weekly_hours.as_zone(text) == zone


@pytest.mark.parametrize(
    ("text", "near"),
    [("Berln", "Europe/Berlin"), ("europe/berln", "Europe/Berlin"), ("New Yrok", "America/New_York")],
)
def test_one_that_is_not_known_is_refused_with_what_is_written_nearly_so(text: str, near: str) -> None:
    with pytest.raises(Refused, match=f"“{text}” is not among the time zones") as refused:
        weekly_hours.as_zone(text)
    assert f"Nearest to it: {near}" in refused.value.remedy


def test_the_list_begins_with_where_people_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Near the region, then this computer's own; each stands there once. UTC tells nothing of people."""
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    first, second, *rest = weekly_hours.zones("eu-central-1")
    assert [(each.key, each.hint) for each in (first, second)] == [
        ("Europe/Berlin", "near eu-central-1"), ("Asia/Kolkata", "this computer's"),
    ]  # fmt: skip
    assert not {"Europe/Berlin", "Asia/Kolkata"} & {each.key for each in rest}
    monkeypatch.setenv("TZ", "UTC")
    assert [each.key for each in weekly_hours.zones("eu-central-1")][:2] == ["Europe/Berlin", "Africa/Abidjan"]


@pytest.mark.parametrize(
    ("leads", "zone"),
    [
        ("/usr/share/zoneinfo/Asia/Kolkata", "Asia/Kolkata"),
        ("../usr/share/zoneinfo/Asia/Kolkata", "Asia/Kolkata"),
        ("/usr/share/zoneinfo/Etc/UTC", ""),
        ("/nowhere", ""),
    ],
)
def test_this_computers_own_zone_where_no_variable_says_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, leads: str, zone: str
) -> None:
    monkeypatch.delenv("TZ", raising=False)
    (localtime := tmp_path / "localtime").symlink_to(leads)
    assert weekly_hours.own_zone(localtime) == zone
    assert not weekly_hours.own_zone(tmp_path / "none")


@pytest.mark.parametrize("text", ["CEST", "+01:00", "UTC+1", "gmt -5"])
def test_an_offset_is_no_time_zone(text: str) -> None:
    with pytest.raises(Refused, match="does not tell when clocks change"):
        weekly_hours.as_zone(text)


@pytest.mark.parametrize(
    ("text", "at"), [("8", time(8)), ("08:00", time(8)), ("9.30", time(9, 30)), ("0:05", time(0, 5))]
)
def test_a_time_of_day(text: str, at: time) -> None:
    assert weekly_hours.of_day(text) == at


@pytest.mark.parametrize("text", ["", "24:00", "8am", "08:60", "25", "8:5", "eight"])
def test_no_time_of_day(text: str) -> None:
    with pytest.raises(Refused, match="is no time of day"):
        weekly_hours.of_day(text)


def test_the_end_is_later_than_the_start() -> None:
    with pytest.raises(Refused, match="It would end at 06:00 and begin at 22:00: the end must be later"):
        weekly_hours.later(time(22), time(6))
