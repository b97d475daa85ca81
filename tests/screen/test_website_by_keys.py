"""The origin that was probably not meant, on the full screen: the warning, and the key that switches."""

from __future__ import annotations

import pytest
from person import NARROW, WIDE, somebody
from website.cases import WEBSITE, WEBSITE_OF_SITE, session

from flows.engine import Cloud, Journal
from tui.screen.workspace import Start

WARNING = "has website hosting turned on"


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "120x40"])
@pytest.mark.wild
async def test_one_key_switches_to_the_website(cloud: Cloud, journal: Journal, size: tuple[int, int]) -> None:
    """Chosen the bucket, warned, switched: the next question follows, and the website is the answer."""
    async with somebody(cloud, Start(flow="website"), size=size) as person:
        await person.press("enter")
        person.sees("Where should CloudFront fetch the pages", "the website", "the bucket itself")
        await person.press("down", "enter")
        person.sees(WARNING)
        assert f"takes{WEBSITE_OF_SITE}" in "".join(person.words.split()), "where a line ends inside a long name, too"
        person.goes_without_clipping()
        await person.press("s")
        person.does_not_see(WARNING)
        person.sees("Under which names")
    (record,) = journal.records()
    assert record.answers["origin"] == WEBSITE_OF_SITE


async def test_from_the_first_question_to_taken_back(cloud: Cloud, journal: Journal) -> None:
    """With the website and CloudFront's own name: the plan of the answers file, applied, and as it was before."""
    async with somebody(cloud, Start(flow="website")) as person:
        await person.press("enter", "enter")
        person.sees("Under which names")
        await person.press("ctrl+u", "enter")
        person.sees("single-page")
        await person.press("n")
        await person.press("enter", "enter")
        person.sees("What will be done")
        person.goes_without_clipping()
        assert person.app.workspace.session is not None
        assert person.app.workspace.session.review().plan == session(cloud, None, WEBSITE).review().plan
        await person.press("a")
        await person.until("Everything is created.")
        person.goes_without_clipping()
        await person.press("u")
        person.sees("This will be taken back", "Undo nothing")
        await person.press("down", "enter")
        await person.until("Everything is as it was before.")
    assert [record.status for record in journal.records()] == ["undone"]
