"""What is seen first, and taken along: dangers, sums, the place one is in, and what one came for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

import pytest
from person import Canned, somebody
from small import Small
from textual.geometry import Size

from flows import SET_UPS
from flows.engine import Caution, Cost, Danger, Finding, Handover, Identity, Journal, Place, Plan
from tui import words
from tui.copying import commands, taken
from tui.screen.screens.home_rows import SET_UP, home_rows
from tui.screen.widgets.bar import shorter
from tui.screen.widgets.row import FOUND, too_long
from tui.screen.workspace import Start


class Handy(Small):
    """Something that opens to everybody, costs, and leaves a file and a command."""

    title = "Something handy"
    name, size = Small.name, Small.size
    came_for = ("address",)

    def plan(self) -> Plan:
        first, *rest = super().plan().actions
        price = Cost("The thing", Decimal("0.05"), "2026-11", "nowhere")
        return Plan((replace(first, costs=(price,)), *rest))

    def checks(self) -> Iterable[Finding | Caution]:
        yield Caution("remark", "It is large.")
        yield Caution("open", "Everybody can read it. Close it later.", confirm=True, danger=Danger.OPENS)

    @classmethod
    def handover(cls, cloud, outputs, facts) -> Handover:  # type: ignore[no-untyped-def]
        told = {"made": "thing-1", "address": "https://thing.example/"}
        step = "See it, which takes a while and is told here at such length that it wraps: aws things describe --id 1"
        return Handover(told, files={"notes.txt": "first line\nsecond line\n"}, next_steps=(step,))


async def test_a_review_begins_with_its_dangers_and_they_need_a_yes() -> None:
    async with somebody(Canned(), Start(flow="small"), flow=Handy) as person:
        await person.types("calm")
        await person.press("enter")
        first = person.screen.splitlines()[2]
        assert "opens" in first and "Everybody can read it." in first and "Close it later" not in first
        person.sees("costs About 36.50 USD a month.")
        assert person.words.index("It is large.") > person.words.index("Close it later.")
        await person.press("a")
        person.sees("This needs your yes first: y, or Enter on it, says yes.", "y Yes")
        await person.press("y")
        person.sees("You said yes. Enter takes that back.")
        person.does_not_see("y Yes")
        await person.press("enter", "enter", "a")
        person.sees("Everything is created.")
        lines = person.screen.splitlines()
        assert "https://thing.example/" in lines[4], "what one came for stands right below"
        for keys, copied in (
            (["y"], "https://thing.example/"),
            (["down", "y"], "aws things describe --id 1"),
        ):
            await person.press(*keys)
            assert person.app.clipboard == copied
            person.sees(f"Copied: {copied}")
        await person.press("down", "down", "y")
        folder = person.app.clipboard
        await person.press("down", "y")
        assert person.app.clipboard == f"{folder}/notes.txt"
        await person.press("enter")
        person.sees("first line second line")


async def test_where_nothing_stands_out_an_ending_is_copied_by_the_id_of_its_run(journal: Journal) -> None:
    async with somebody(Canned(), Start(flow="small"), flow=Small) as person:
        await person.types("calm")
        await person.press("enter", "a", "y")
        assert person.app.clipboard == journal.records()[0].id


@pytest.mark.parametrize(
    ("text", "copied"),
    [
        ("Try it: curl -sI 'https://a.example/'", "curl -sI 'https://a.example/'"),
        ("Look with `handrail check vpn`, then go on.", "handrail check vpn"),
        ("Open https://a.example/wp-admin/install.php at once: whoever opens it.", "https://a.example/wp-admin/install.php"),
        ("sg-0123", "sg-0123"),
        ("two\nlines", "two lines"),
        ("It is a git matter.", "It is a git matter."),
        ("ping (default)", "ping (default)"),
    ],
)  # fmt: skip
def test_what_is_copied_is_one_line(text: str, copied: str) -> None:
    assert taken(text) == copied
    assert all(text[slice(*place)] == copied for place in commands(text))


def test_each_kind_of_place_has_its_word() -> None:
    prod = Identity("123456789012", "arn", "eu-central-1", "acme-prod")
    assert words.where(prod, Place()).startswith("PRODUCTION · acme-prod")
    assert words.where(prod, Place(read_only=True)).startswith("READ-ONLY · PRODUCTION · ")
    assert words.where(prod, Place(practice=True)).startswith("PRACTICE · acme-prod")


@pytest.mark.parametrize(
    ("where", "room", "told"),
    [
        ("acme 123456789012 · eu-central-1 · profile acme-admin", 40, "acme 123456789012 · eu-central-1"),
        ("PRACTICE · acme 123456789012 · eu-central-1", 32, "PRACTICE · acme · eu-central-1"),
        ("123456789012 · eu-central-1", 20, "123456789012 · eu-central-1"),
    ],
)
def test_the_number_makes_room_where_the_account_has_a_name(where: str, room: int, told: str) -> None:
    assert shorter(where, room) == told


def test_home_says_in_full_what_each_set_up_does_from_120_columns() -> None:
    size = Size(120, 40)
    listed = (row for row in home_rows([], [SET_UP], *size) if row.only != FOUND)
    rows = [row for row in listed if row.key.startswith("flow:")]
    widest = max(len(title) for title, _ in SET_UPS.values())
    assert {row.hint for row in rows} == {summary for _, summary in SET_UPS.values()}
    assert not [row for row in rows if too_long(row, mark="", width=size.width - 1, widest=widest)]
