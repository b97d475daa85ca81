"""Ten thousand options in front of a person: the list opens early, goes on arriving, and holds still meanwhile."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from person import NAMES, NARROW, Person, made, somebody
from rich.style import Style
from support.long_lists import MANY, PAGE, OneGroup, SomeGroups, Thousands
from textual.strip import Strip

from flows.engine import CloudError, Place
from tui.screen.screens import long_list
from tui.screen.widgets.options import Options
from tui.screen.widgets.row import Row, painted
from tui.screen.widgets.search import AT_ONCE, PORTION, Search
from tui.screen.workspace import Start

START = Start(flow="one")


@pytest.fixture(autouse=True)
def looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """What arrives is shown at once, so that nothing waits for a clock."""
    monkeypatch.setattr(long_list, "EVERY", 0.02)


@asynccontextmanager
async def early(cloud: Thousands, flow: Any = OneGroup) -> AsyncIterator[Person]:
    """A person who looks while the list is still being read. Nobody practises, so nothing is marked beforehand."""
    app = made(cloud, START, flow=flow, place=Place())
    async with app.run_test(size=NARROW) as pilot:
        person = Person(app, pilot)
        await person.until("group 0")
        while not person.seen:
            await person.pilot.pause(0.01)
        yield person
        cloud.let_go(MANY)
        await person.settle()
    app.workspace.close()


async def press(person: Person, *keys: str) -> None:
    """Keys, without waiting for what is being read."""
    await person.pilot.press(*(NAMES.get(key, key) for key in keys))


def options_of(person: Person) -> Options:
    return person.app.screen.query_one(Options)


def in_view(person: Person) -> list[str]:
    return [text for text in person.screen.split("\n") if "group " in text]


# -- while it arrives ----------------------------------------------------------------------------------------------


async def test_the_list_is_open_while_its_second_page_is_not_there() -> None:
    cloud = Thousands(held=True)
    async with early(cloud) as person:
        person.sees("> group 0", "of 500 so far", "reading on…")
        assert len(cloud.pages_read) == 1


@pytest.mark.wild
async def test_nothing_moves_while_more_arrives() -> None:
    cloud = Thousands(held=True)
    async with early(cloud) as person:
        await press(person, *["down"] * 20)
        before = in_view(person)
        assert any("> group 20" in text for text in before)
        for pages, there in ((1, 2), (5, 7), (10, 17)):
            cloud.let_go(pages)
            await person.until(f"of {there * PAGE} so far")
            assert in_view(person) == before
        cloud.let_go(MANY)
        await person.settle()
        person.sees(f"of {MANY} · read at")
        assert in_view(person) == before
        assert options_of(person).key == "sg-00000014"


@pytest.mark.wild
async def test_what_is_looked_for_appears_when_it_arrives() -> None:
    cloud = Thousands(held=True)
    async with early(cloud) as person:
        await press(person, *"group 700")
        person.sees("Nothing contains “group 700”")
        cloud.let_go()
        await person.until("> group 700")
        await press(person, "backspace", "escape")
        person.sees("group 70", "so far")


async def test_an_answer_does_not_wait_for_the_rest() -> None:
    cloud = Thousands(held=True)
    async with early(cloud) as person:
        await press(person, "down", "enter")
        await person.until("What will be done")
        assert len(cloud.pages_read) == 1


async def test_marks_stay_while_more_arrives() -> None:
    cloud = Thousands(held=True)
    async with early(cloud, SomeGroups) as person:
        await press(person, "space", "down", "down", "space")
        cloud.let_go(3)
        await person.until("of 2000 so far")
        assert options_of(person).picked == ["sg-00000000", "sg-00000002"]


async def test_a_list_that_cannot_be_read_on_says_so_and_keeps_what_is_there() -> None:
    broken = True

    def before(number: int) -> None:
        if broken and number == 2:
            raise CloudError("AWS is tired.")

    cloud = Thousands(before=before)
    async with somebody(cloud, START, flow=OneGroup) as person:
        person.sees("of 1000", "the rest could not be read", "AWS is tired.")
        broken = False
        await person.press("ctrl+r")
        person.sees(f"of {MANY} · read at")


# -- what a key costs ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["down", "pagedown", "end", "up"])
@pytest.mark.some(1)
async def test_moving_paints_no_more_lines_however_many_options_there_are(
    monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    painted_lines: list[int] = []
    render = Options.render_line

    def counting(self: Options, y: int) -> Strip:
        painted_lines.append(y)
        return render(self, y)

    monkeypatch.setattr(Options, "render_line", counting)
    costs = []
    for count in (100, MANY):
        async with somebody(Thousands(count), START, flow=OneGroup) as person:
            painted_lines.clear()
            await person.press(key)
            costs.append(len(painted_lines))
    assert costs[0] == costs[1] <= NARROW[1]


async def test_a_letter_searches_no_more_rows_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    behind: list[Any] = []
    monkeypatch.setattr(Options, "set_timer", lambda self, *what: behind.append(what))
    costs = []
    for count in (PORTION, 20 * PORTION):
        options = Options(Row(f"id-{n}", f"thing number {n}") for n in range(count))
        options.finding = True
        options._look_for("9")
        searched = options._list.search
        assert searched is not None and options.row == Row("id-9", "thing number 9")
        costs.append(searched._searched)
    assert costs == [AT_ONCE, AT_ONCE]


def test_a_further_letter_searches_only_what_the_one_before_it_left() -> None:
    rows, search = [Row(f"id-{n}", f"thing number {n}") for n in range(5 * PORTION)], None
    for text in ("9", "98", "98 7", "98"):
        left = len(search.places) if search and text.startswith(search.text) else len(rows)
        search, portions = Search(rows, text, search), 0
        while not search.whole:
            search.go_on()
            portions += 1
        assert search.places == [n for n in range(len(rows)) if all(word in str(n) for word in text.split())]
        assert portions == -(-left // PORTION), text
    rows.append(Row("id-x", "thing 98"))
    narrower = Search(rows, "98x", search)
    while not narrower.whole:
        narrower.go_on()
    assert narrower.places == []


def test_a_search_finds_every_row_with_every_word_and_what_arrives_meanwhile() -> None:
    rows = [Row(f"id-{n}", f"Thing number {n}") for n in range(MANY)]
    search = Search(rows, "THING 77")
    while not search.whole:
        search.go_on()
    assert search.places == [n for n in range(MANY) if "77" in str(n)]
    before = len(search.places)
    rows += [Row("id-x", "thing 77x"), Row("", "a heading with a thing 77"), Row("id-y", "other 77")]
    assert not search.whole
    search.go_on()
    assert search.whole and search.places[before:] == [MANY]


async def test_the_cursor_stays_on_a_row_far_down_and_the_rest_is_found_behind_it() -> None:
    async with somebody(Thousands(), START, flow=OneGroup) as person:
        await person.press("end")
        await person.types("/9")
        assert options_of(person).key == f"sg-{MANY - 1:08x}"
        found = sum("9" in f"group {n} sg-{n:08x}" for n in range(MANY))
        person.sees(f"{found} of {MANY}")
        await person.press("home")
        person.sees("> group 9 ")


# -- long names ----------------------------------------------------------------------------------------------------


async def test_long_names_stay_on_their_line_and_under_the_cursor_all_of_them_is_seen() -> None:
    cloud = Thousands(40)
    for number, group in enumerate(cloud.groups):
        group["GroupName"] = f"group {number} of the team that owns the shop window"
    async with somebody(cloud, START, flow=OneGroup) as person:
        person.goes_without_clipping()
        _, *others = in_view(person)
        row = options_of(person).row
        assert row is not None
        assert "".join(f"{row.label}{row.hint}".split()) in "".join(person.screen.split())
        assert all("…" in other and "shop window" not in other for other in others if "group " in other[:12])
        assert all(len(text) <= NARROW[0] for text in person.screen.split("\n"))


@pytest.mark.parametrize("label", ["x" * 255, "名" * 120, "short"])
@pytest.mark.parametrize("width", [20, 60, 80, 200])
def test_a_row_never_is_wider_than_its_line(label: str, width: int) -> None:
    for here in (True, False):
        strip = painted(
            Row("k", label, "sg-0123456789abcdef0  a hint"), here=here, mark="", width=width, widest=60,
            base=Style(), look=lambda part: Style(),
        )  # fmt: skip
        assert strip.cell_length == width
