"""On sixty columns what a key does here stands before what a key does everywhere, and each page has its name."""

from __future__ import annotations

from person import Canned, somebody
from support.runs import draft, made

from flows.engine import Journal
from tui.screen.workspace import Start

SIZE = (60, 20)


def keys(screen: str) -> str:
    return screen.splitlines()[-1]


async def test_at_home_history_profile_and_region_are_named(journal: Journal) -> None:
    async with somebody(Canned(), size=SIZE) as person:
        for word in ("Enter Choose", "h History", "p Profile", "r Region", "q Quit", "F1 Help"):
            assert word in keys(person.screen)
        assert "Leave" not in keys(person.screen), "there is one way out already"


async def test_an_ending_names_what_can_be_done_about_it(journal: Journal) -> None:
    run = made(journal, "waiting", name="berlin")
    async with somebody(Canned(), Start(run=run.id), size=SIZE) as person:
        for word in ("u Undo", "c Check again", "h Home", "q Quit", "F1 Help"):
            assert word in keys(person.screen)
        assert "Tab" not in keys(person.screen)
        await person.press("u")
        assert "Undo" in person.screen.splitlines()[0] and "eu-central-1" in person.screen.splitlines()[0]


async def test_the_history_has_its_name(journal: Journal) -> None:
    made(journal, "waiting", name="berlin")
    draft(journal, name="munich")
    for alias in ("fjord", "fjord-coffee", "fjord-coffee-and-all-its-daughters"):
        async with somebody(Canned(alias=alias), size=SIZE) as person:
            await person.press("h")
            assert "History" in person.screen.splitlines()[0]
            for word in ("Enter Choose", "d Delete draft", "Esc Back", "F1 Help"):
                assert word in keys(person.screen)
            await person.resize(80, 24)
            assert "History" in person.screen.splitlines()[0]
