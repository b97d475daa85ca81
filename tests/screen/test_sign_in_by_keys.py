"""Choosing who to be, and signing in, by keys on the full screen; AWS is a gate that speaks its words."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from person import NARROW, WIDE, Person
from support.gate import CODE, CONFIG, CONSOLE, MFA, Gate, at_home, gate, keep_tokens_in, logged_in

from flows.aws.tags import ours, tagged
from flows.engine import Action, Call, Choice, Flow, Identity, Journal, Option, Place, Plan, Ref, Undo
from flows.engine.usage import Habits
from flows.practice.server import serve
from tui.screen.app import HandrailApp
from tui.screen.workspace import Start, Workspace


def gateway(id: str, after: tuple[str, ...] = ()) -> Action:
    made = Ref(id, "InternetGateway.InternetGatewayId")
    return Action(
        id,
        f"Make {id}",
        Call("ec2.CreateInternetGateway", tagged("internet-gateway", id)),
        find=ours("ec2.DescribeInternetGateways", "InternetGateways", "InternetGateway"),
        undo=(Undo(Call("ec2.DeleteInternetGateway", {"InternetGatewayId": made})),),
        undone=f"The {id}",
        after=after,
    )


class Pair(Flow):
    """A VPC is picked, and two things are made, one after the other."""

    title = "Two gateways"
    vpc = Choice(
        "Which VPC?",
        lambda flow: [
            Option(vpc["VpcId"], vpc["VpcId"], vpc["VpcId"], vpc["CidrBlock"])
            for vpc in flow.cloud.make(Call("ec2.DescribeVpcs"))["Vpcs"]
        ],
        label="VPC",
        why="It is looked up.",
    )

    def plan(self) -> Plan:
        return Plan((gateway("first"), gateway("second", after=("first",))))


PAIR = Start(flow="pair")


@pytest.fixture(scope="module")
def behind() -> Iterator[str]:
    with serve(hurry=True) as served:
        yield served.url


@pytest.fixture
def door(behind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    home = tmp_path / "home"
    home.mkdir()
    keep_tokens_in(home, monkeypatch)
    with gate(behind) as opened:
        for name, value in at_home(home, opened).items():
            monkeypatch.setenv(name, value)
        yield opened


@asynccontextmanager
async def somebody(place: Place, start: Start | None = None, size: tuple[int, int] = NARROW) -> AsyncIterator[Person]:
    """A person at the app as it is started for real: it opens accounts itself."""
    app = HandrailApp(Workspace(place), start)
    app.workspace.flow = lambda _: Pair  # type: ignore[method-assign]
    async with app.run_test(size=size) as pilot:
        yield Person(app, pilot)
    app.workspace.close()


async def keys(person: Person, *keys: str) -> None:
    """Press without waiting for what is under way: it may be waiting for the person."""
    for key in keys:
        await person.pilot.press(key)


# -- single sign-on ----------------------------------------------------------------------------------------------


async def test_a_person_signs_in_on_another_device(door: Gate) -> None:
    async with somebody(Place("acme"), PAIR) as person:
        await person.until("Only say yes to a code that you see here.")
        person.sees("You are not signed in to AWS.", "your telephone will do", CODE)
        assert f"https://device.sso.eu-central-1.amazonaws.com/?user_code={CODE}" in person.screen
        door.said_yes = True
        await person.until("Which VPC?")
        await person.settle()
        assert "7 h left" in person.screen.splitlines()[0]


@pytest.mark.wild
async def test_a_code_that_ran_out_is_asked_for_anew(door: Gate) -> None:
    async with somebody(Place("acme"), PAIR) as person:
        await person.until("Only say yes")
        door.answer = "ExpiredTokenException"
        await person.until("The code has run out.")
        person.sees("n asks for a new code.")
        door.answer, door.said_yes = "", True
        await keys(person, "n")
        await person.until("Which VPC?")


async def test_not_now_leads_to_what_else_can_be_done(door: Gate) -> None:
    async with somebody(Place("acme"), PAIR) as person:
        await person.until("Only say yes")
        await keys(person, "escape")
        await person.until("Something is in the way")
        person.sees("You are not signed in to AWS.", "Another profile", "Practise", "Sign in")
        door.said_yes = True
        await keys(person, "r")
        await person.until("Which VPC?")


async def test_leaving_while_it_waits_ends_at_once(door: Gate) -> None:
    async with somebody(Place("acme"), PAIR) as person:
        await person.until("Only say yes")
        await keys(person, "ctrl+c")
        assert not person.app.is_running


async def test_home_asks_nobody_to_sign_in(door: Gate) -> None:
    async with somebody(Place("acme")) as person:
        await person.until("not signed in")
        assert "POST /device_authorization" not in door.asked


# -- MFA ---------------------------------------------------------------------------------------------------------


@pytest.mark.wild
async def test_a_code_is_asked_for_until_it_is_right(door: Gate) -> None:
    async with somebody(Place("guarded"), PAIR) as person:
        await person.until("Type the 6 digits of arn:aws:iam::123456789012:mfa/kim")
        await keys(person, *"12", "enter")
        await person.until("“12” is not a code: it has 6 digits.")
        await keys(person, "backspace", "backspace", *"000000", "enter")
        await person.until("That code was not accepted.")
        await keys(person, *MFA, "enter")
        await person.until("Which VPC?")
        assert MFA not in person.screen


# -- it ends -----------------------------------------------------------------------------------------------------


async def signed_in(person: Person, door: Gate) -> None:
    door.said_yes = True
    await person.until("Which VPC?")
    await person.until("vpc-")
    await person.settle()


async def test_a_sign_in_that_ends_while_reading_is_renewed_in_place(door: Gate) -> None:
    async with somebody(Place("acme"), PAIR) as person:
        await signed_in(person, door)
        await person.press("down")
        here = next(line for line in person.screen.splitlines() if line.lstrip().startswith(">"))
        door.end_all()
        await keys(person, "ctrl+r")
        await person.until("Only say yes")
        assert person.screen.splitlines()[0].endswith(" · expired")
        door.said_yes = True
        await person.until("Which VPC?")
        await person.settle()
        assert here in person.screen
        person.sees("7 h left")


@pytest.mark.wild
async def test_a_sign_in_that_ends_while_applying_goes_on_with_one_key(door: Gate, journal: Journal) -> None:
    async with somebody(Place("acme"), PAIR) as person:
        await signed_in(person, door)
        await person.press("enter")
        person.sees("What will be done")
        door.ends_after = 1
        await person.press("a")
        person.sees("Your AWS sign-in has expired.", "Sign in and go on", "stopped half-way")
        run = journal.run(journal.records()[0].id)
        assert (run.status("first"), run.status("second")) == ("ready", "refused")
        await keys(person, "enter")
        await person.until("Only say yes")
        door.said_yes = True
        await person.until("Everything is created.")
        assert door.asked.count("CreateInternetGateway") == 3, "one was refused, and none is made twice"
        door.end_all()
        await keys(person, "u", "down", "enter")
        await person.until("Sign in and go on")
        await keys(person, "enter")
        await person.until("Only say yes")
        door.said_yes = True
        await person.until("Everything is as it was before.")


async def test_keys_that_are_made_elsewhere_are_waited_for(door: Gate) -> None:
    door.expired.add("AKIAKEYS000000000001")
    async with somebody(Place("keys", "eu-central-1"), PAIR, size=WIDE) as person:
        await person.until("Renew these credentials where they are made, then press Enter.")
        person.sees("Your AWS sign-in has expired.")
        await keys(person, "enter")
        await person.until("Renew these credentials")
        door.expired.clear()
        await keys(person, "enter")
        await person.until("Which VPC?")
        await person.until("profile keys")


@pytest.mark.wild
async def test_who_uses_aws_login_is_told_the_command_and_looked_after_again(door: Gate, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "config").write_text(CONFIG + CONSOLE)
    async with somebody(Place("console"), PAIR) as person:
        await person.until("then press Enter.")
        person.sees("You are not signed in to AWS.", "aws login --profile console", "aws login --remote")
        await keys(person, "enter")
        await person.until("then press Enter.")
        logged_in(home)
        await keys(person, "enter")
        await person.until("Which VPC?")
        await person.until("vpc-")
        await person.settle()
        door.expired.add("ASIALOGIN")
        await keys(person, "ctrl+r")
        await person.until("Your AWS sign-in has expired.")
        await person.until("aws login --profile console")
        logged_in(home, minutes=-1)
        await keys(person, "enter")
        await person.until("Which VPC?")
        await person.settle()
        assert "POST /v1/token" in door.asked


# -- choosing ----------------------------------------------------------------------------------------------------


async def test_without_credentials_a_profile_is_offered_most_used_first(door: Gate, journal: Journal) -> None:
    Habits(journal).note(Place("old-style"), Identity("123456789012", "arn", "eu-west-1", "acme-old"))
    async with somebody(Place(), PAIR) as person:
        await person.until("No AWS credentials were found.")
        await person.settle()
        person.sees("Which profile?", "single sign-on", "role with MFA", "access keys", "a program")
        rows = [row.split() for row in person.screen.splitlines() if "single sign-on" in row]
        assert rows[0][:2] == [">", "old-style"] and "acme-old" in rows[0]
        await person.press("slash")
        await person.types("guard")
        await keys(person, "enter")
        await person.until("Type the 6 digits")
        await keys(person, *MFA, "enter")
        await person.until("Which VPC?")
        await person.settle()
        assert Habits(journal).of("profile")["guarded"].uses == 1


@pytest.mark.wild
async def test_a_profile_without_a_region_is_asked_for_it(door: Gate) -> None:
    async with somebody(Place("keys"), PAIR) as person:
        await person.until("No region is chosen.")
        await person.settle()
        person.sees("Which region?", "Europe", "Asia Pacific")
        await person.press("slash")
        await person.types("frankfurt")
        await person.press("enter")
        await person.until("Which VPC?")
        await person.until("eu-central-1 · profile keys")


@pytest.mark.wild
async def test_profile_and_region_are_chosen_at_home(door: Gate) -> None:
    async with somebody(Place("keys", "eu-central-1")) as person:
        await person.settle()
        person.sees("p Profile", "r Region", "profile keys")
        await person.press("r")
        person.sees("Which region?", "> eu-central-1")
        await person.press("slash")
        await person.types("ireland")
        await person.press("enter")
        person.sees("What would you like to do?", "eu-west-1 · profile keys")
        await person.press("p")
        person.sees("Which profile?", "> keys")
        await person.press("tab")
        person.sees("Which region?", "> eu-west-1")
        await person.press("escape")
        person.sees("What would you like to do?")


@pytest.mark.wild
async def test_a_draft_moves_along_and_keeps_its_answers(door: Gate, journal: Journal) -> None:
    async with somebody(Place("keys", "eu-central-1"), PAIR, size=WIDE) as person:
        await person.until("vpc-")
        await person.settle()
        await person.press("enter")
        person.sees("What will be done")
        await person.press("escape")
        person.sees("Which VPC?")
        asked = door.asked.count("DescribeVpcs")
        await person.press("ctrl+o")
        person.sees("Which profile?")
        await person.press("slash")
        await person.types("guarded")
        await keys(person, "enter")
        await person.until("Type the 6 digits")
        await keys(person, *MFA, "enter")
        await person.until("profile guarded")
        await person.settle()
        person.sees("What will be done")
        assert door.asked.count("DescribeVpcs") == asked + 1, "the lists are read again there"
        (record,) = journal.records()
        assert record.place.profile == "guarded" and record.answers["vpc"]


@pytest.mark.wild
async def test_a_profile_that_does_not_work_leads_back_to_the_list(door: Gate) -> None:
    async with somebody(Place("keys", "eu-central-1")) as person:
        await person.settle()
        await person.press("p", "slash")
        await person.types("machine")
        await person.press("enter")
        person.sees("The credentials of the profile “machine” cannot be had.", "credential_process", "Another profile")
        await person.press("down", "enter")
        person.sees("Which profile?")
        await person.press("escape", "escape")
        person.sees("What would you like to do?", "profile keys")


@pytest.mark.wild
async def test_a_run_stays_where_it_was_made(door: Gate) -> None:
    async with somebody(Place("keys", "eu-central-1"), PAIR) as person:
        await person.until("vpc-")
        await person.settle()
        await person.press("enter", "a")
        person.sees("Everything is created.")
        await person.press("ctrl+o")
        person.does_not_see("Which profile?")


async def test_the_palette_offers_it(door: Gate) -> None:
    async with somebody(Place("keys", "eu-central-1"), PAIR) as person:
        await person.until("vpc-")
        await person.settle()
        await person.press("ctrl+p")
        person.sees("Ctrl-O · Another profile or region")


def test_how_long_is_told_in_few_words() -> None:
    from datetime import UTC, datetime, timedelta

    from tui.words import left, told_anew

    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    said: list[Any] = []
    at, ends = now, now + timedelta(hours=2, minutes=30)
    while seconds := told_anew(ends, at):
        said.append(left(ends, at))
        at += timedelta(seconds=seconds)
    said.append(left(ends, at))
    hours, minutes = [f"{number} h left" for number in (2, 1)], [f"{number} min left" for number in (45, 30, 15, 5, 1)]
    assert said == [*hours, *minutes, "expired"], "each is told once"
    assert left(None, now) == ""
