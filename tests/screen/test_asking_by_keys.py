"""A question is answered by who has seen it; what there is to say of the answer is said before it is left, and at once
that it was heard."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from person import Canned, Person, somebody
from small import Lists
from textual.events import Key

from flows.engine import Call, Caution, Choice, Flow, Option, Picks, Place, Plan, Refused, Text
from tui.screen.screens.page import Page
from tui.screen.workspace import Start


def whole(text: str) -> str:
    if not text.isdigit():
        raise Refused(f"“{text}” is no number.", remedy="Enter one.")
    return text


def odd(value: str, flow: Asked) -> Iterator[Caution]:
    if value == "13":
        yield Caution("thirteen", "Some people avoid this one.")
        yield Caution("prime", "It is a prime number.")


def networks(flow: Asked) -> list[Option[str]]:
    found = flow.cloud.make(Call("ec2.DescribeVpcs")).get("Vpcs", [{"VpcId": "vpc-1"}])
    return [Option(v["VpcId"], v["VpcId"], v["VpcId"]) for v in found]


class Asked(Flow):
    """Two questions with something to say about the first."""

    title = "Two questions"
    number = Text("Which number?", whole, check=odd, label="Number", why="There are many.")
    network = Choice("Which network?", networks, label="Network", why="One of them.")
    some = Picks("Which of these?", {"a": "First", "b": "Second"}, label="Some", why="Any.", least=1)

    def plan(self) -> Plan:
        return Plan(())


def asked(account: Canned | None = None) -> Any:
    return somebody(account or Canned(), Start(flow="asked"), flow=Asked, place=Place())


async def answered(person: Person, text: str) -> None:
    await person.types(text)
    await person.press("enter")


async def test_a_key_from_before_a_question_was_seen_does_not_answer_it() -> None:
    async with asked() as person:
        await person.types("7")
        early = Key("enter", "\r")
        await person.press("enter")
        person.sees("Which network?")
        person.app.post_message(early)
        await person.settle()
        person.sees("Which network?")
        await person.press("enter")
        person.sees("Which of these?")


async def test_a_key_for_what_was_just_sent_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads fast, or is a program, may press it before anybody here comes to hear that it was drawn."""
    async with asked() as person:
        page = person.app.screen
        assert isinstance(page, Page)
        before = time.monotonic()
        page.ask_anew()
        sent = time.monotonic()
        monkeypatch.setattr(type(person.app), "sent_at", property(lambda app: sent))
        await person.settle()
        assert page.unseen(before)
        assert not page.unseen(sent)


async def test_remarks_come_before_the_question_is_left() -> None:
    async with asked() as person:
        await answered(person, "13")
        person.sees("Which number?", "Some people avoid this one.", "It is a prime number.", "Enter goes on")
        await person.press("enter")
        person.sees("Which network?")
        person.does_not_see("Some people avoid")


@pytest.mark.parametrize("way", ["another answer", "back"])
async def test_after_the_remarks_the_answer_may_still_be_changed(way: str) -> None:
    async with asked() as person:
        await answered(person, "13")
        if way == "back":
            await person.press("enter", "escape")
            person.sees("Which number?")
        await answered(person, "7")
        person.does_not_see("Some people avoid")
        person.sees("Which network?")
        assert person.app.workspace.asked is not None
        assert person.app.workspace.asked.answers()["number"] == "137"


async def test_an_old_refusal_goes_when_one_types() -> None:
    async with asked() as person:
        await answered(person, "x")
        person.sees("refused", "“x” is no number.")
        await person.types("y")
        person.does_not_see("refused", "is no number")
        await person.press("backspace")
        person.sees("“x” is no number.")


async def test_a_refused_list_is_quiet_again_when_one_marks() -> None:
    async with asked() as person:
        await answered(person, "7")
        await person.press("enter", "enter")
        person.sees("Choose at least one.")
        assert person.words.count("Choose at least one.") == 1
        await person.press("space")
        person.does_not_see("Choose at least one.")


async def test_it_is_said_at_once_that_an_answer_was_taken() -> None:
    go_on = threading.Event()

    def slowly(call: Call) -> dict[str, Any]:
        go_on.wait(20)
        return {"Vpcs": [{"VpcId": "vpc-1"}]}

    async with asked(Canned({"ec2.DescribeVpcs": slowly})) as person:
        await person.types("7")
        await person.pilot.press("enter")
        await person.until("Question 1 of 3 · looking…")
        go_on.set()
        await person.settle()
        person.sees("Which network?", "Question 2 of 3")
        person.does_not_see("looking…")


async def test_letters_that_are_keys_mean_the_same_everywhere() -> None:
    """j and k move in lists and pages, q leaves; in a text field they are letters."""
    async with somebody(Canned(), Start(flow="lists"), flow=Lists) as person:
        await person.press("j", "j", "k")
        assert "> thing number 1 " in person.screen
        await person.press("slash", "j")
        person.sees("Nothing contains “j”")
        await person.press("escape", "f1", "q")
        assert not person.app.is_running
    async with asked() as person:
        await person.types("jkq")
        person.sees("jkq")
        assert person.app.is_running


async def test_where_there_are_no_profiles_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    async with asked() as person:
        monkeypatch.setattr(person.app.workspace, "place_options", lambda kind: [])
        person.app.choose_place("profile")
        await person.settle()
        person.sees("There are no profiles yet.")
        person.does_not_see("Nothing contains")
