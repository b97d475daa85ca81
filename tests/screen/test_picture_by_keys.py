"""The picture of what will be there, beside the page where there is room, and under a key everywhere."""

from __future__ import annotations

import pytest
from person import Canned, somebody
from small import HOSTILE, Small

import flows
from flows.engine import Action, Call, Choice, Cloud, Flow, Journal, Link, Picture, Plan, Thing
from flows.engine.boto import Aws
from flows.engine.drawing import Answered, draw
from tui import characters
from tui.characters import fitting
from tui.screen.screens.pictured import picture_rows
from tui.screen.widgets.boxes import boxes
from tui.screen.workspace import Start

PICTURE = Picture.of(
    Thing("maker", "Maker", "you"),
    Thing("thing", "Thing", "to be made", of="name", made="make"),
    Thing("rest", "Rest", "comes then", made="then", beside=True),
    Link("maker", "thing rest", "You make it."),
)


class Drawn(Small):
    """One question, and a picture."""

    picture = PICTURE
    name, size = Small.name, Small.size


def test_boxes_and_lines() -> None:
    drawing = draw(PICTURE, {"name": Answered("calm", "calm")})
    assert ["".join(text for text, _ in pieces) for pieces in boxes(drawing, 40)] == [
        "┌ Maker ───────────────────────────────┐",
        "│ you                                  │",
        "└ exists ──────────────────────────────┘",
        "         ┌╌╌╌╌╌╌╌╌╌╌┴╌╌╌╌╌╌╌╌╌┐         ",
        "┌ Thing ╌╌╌╌╌╌╌╌╌╌┐  ┌ Rest ╌╌╌╌╌╌╌╌╌╌╌┐",
        "╎ calm            ╎  ╎ comes then      ╎",
        "└ will be ╌╌╌╌╌╌╌╌┘  └ will be ╌╌╌╌╌╌╌╌┘",
    ]


@pytest.mark.parametrize("name", [HOSTILE, "数据库" * 20, "x" * 100])
def test_every_line_is_as_wide_as_it_may_be_whatever_names_say(name: str) -> None:
    from rich.cells import cell_len

    drawing = draw(PICTURE, {"name": Answered(name, name)})
    lines = ["".join(text for text, _ in pieces) for pieces in boxes(drawing, 40)]
    assert {cell_len(each) for each in lines} == {40}
    assert "\x1b" not in "".join(lines)


def test_a_terminal_of_few_characters_gets_boxes_of_those_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(characters.Terminal, "knows", "ascii")
    drawn = ["".join(fitting(text) for text, _ in pieces) for pieces in boxes(draw(PICTURE, {}), 30)]
    assert drawn[0] == "+ Maker ---------------------+"
    assert all(each.isascii() and len(each) == 30 for each in drawn)


def test_the_page_of_it_says_it_in_sentences_too() -> None:
    rows = picture_rows(draw(PICTURE, {"name": Answered("calm", "calm")}), 60)
    assert [row.text for row in rows[-4:]] == [
        "Thing (will be): calm", "Rest (will be): comes then",
        "Maker and Thing (will be): You make it.", "Maker and Rest (will be): You make it.",
    ]  # fmt: skip
    assert not any(row.text.startswith(" ") for row in rows), "a blank at the beginning would be moved"


class Long(Flow):
    """Options of several lengths, one list after the other, and a picture."""

    title = "Long options"
    picture = Picture.of(Thing("thing", "Thing", "to be made", of="first", made="make"))
    first = Choice("Short ones?", {"a": "brief", "b": "short"}, why="They fit.")
    second = Choice("Longer ones?", {"a": "a" * 60, "b": "b" * 61}, why="They fit where no rail stands.")
    third = Choice("Long ones?", {"a": "c" * 75, "b": "d" * 76}, why="They fit where no picture stands.")
    fourth = Choice("Endless ones?", {"a": "e" * 175, "b": "f" * 176}, why="They fit nowhere.")

    def plan(self) -> Plan:
        return Plan((Action("make", "Make it", Call("ec2.CreateVpc")),))


async def test_what_stands_beside_a_list_takes_no_word_from_it_that_a_small_screen_shows() -> None:
    """The rail gives way first, then the picture; it stands again beside what has room."""
    async with somebody(Canned(), Start("small"), size=(120, 40), flow=Long) as person:
        for whole, rail, picture in (("short", True, True), ("b" * 61, False, True), ("d" * 76, True, False)):
            lines, shown = person.screen.splitlines(), person.app.screen
            assert any(whole in each for each in lines), person.screen
            assert (shown.query_one("#rail").size.width > 0, shown.query_one("#picture").size.width > 0) == (
                rail,
                picture,
            )
            person.goes_without_clipping()
            await person.press("enter")
        person.sees("Endless ones?", "┌ Thing")
        await person.press("escape", "escape")
        person.sees("Longer ones?", "┌ Thing")
        await person.resize(80, 24)
        person.sees("b" * 61)
        await person.resize(200, 60)
        assert person.app.screen.query_one("#rail").size.width and person.app.screen.query_one("#picture").size.width


async def test_it_stands_beside_the_page_where_there_is_room() -> None:
    async with somebody(Canned(), Start("small"), size=(120, 30), flow=Drawn) as person:
        person.sees("┌ Maker ─", "asked now", "What should it be called?")
        person.goes_without_clipping()
        await person.types("mine")
        await person.press("enter")
        person.sees("What will be done", "mine", "└ will be ╌")
        assert not person.app.screen.query_one("#rail").display, "the review says every answer itself"
        person.goes_without_clipping()
        await person.resize(80, 24)
        person.does_not_see("┌ Maker")
        await person.press("f3")
        person.sees("┌ Maker ─", "└ will be ╌", "In sentences", "Maker and Thing (will be): You make it.")
        await person.press("escape")
        person.sees("What will be done")
        await person.resize(120, 29)
        person.does_not_see("┌ Maker")
        await person.resize(120, 30)
        person.sees("┌ Maker")


async def test_without_a_picture_there_is_no_key_for_it() -> None:
    async with somebody(Canned(), Start("small"), size=(120, 40), flow=Small) as person:
        person.does_not_see("F3 Picture", "┌")
        await person.press("f3")
        person.sees("What should it be called?")


@pytest.mark.wild
async def test_it_follows_a_vpn_from_the_first_question_to_its_undo(cloud: Cloud, journal: Journal) -> None:
    async with somebody(cloud, Start("vpn"), size=(120, 40)) as person:
        person.sees("┌ VPC ╌", "asked now", "┌ VPN gateway ┄", "not said yet")
        await person.press("down", "enter")
        await person.types("9.9.9.9")
        await person.press("enter")
        await person.press("enter")
        person.sees("9.9.9.9", "┌ Office ╌")
        await person.types("192.168.10.0/24")
        await person.press("enter", "enter", "enter", "enter", "enter")
        person.sees("What will be done", "┌ Tunnel 1 ╌", "┌ Route tables ─")
        await person.press("a")
        person.sees("Everything is created.")
        await person.press("d")
        person.sees("┌ Tunnel 1 ╌", "waiting")


async def test_a_picture_asks_nothing(cloud: Aws) -> None:
    """A question of a set-up reads the same with its picture as without."""
    vpn = flows.find("vpn")
    plain = type("Plain", (vpn,), {**{q.id: q for q in vpn.questions}, "__module__": vpn.__module__, "picture": None})
    read = []
    for flow in (plain, vpn):
        async with somebody(cloud, Start("vpn"), size=(120, 30), flow=flow) as person:
            await person.press("down", "enter")
            person.sees("Question 2 of 8")
            assert person.app.workspace.session is not None
            read.append(set(person.app.workspace.session.cloud.reads))
    assert read[0] == read[1] and read[0]
