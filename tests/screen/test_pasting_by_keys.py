"""What is pasted on the full screen goes into the field under the cursor, and nowhere else."""

from __future__ import annotations

import pytest
from person import Canned, Person, somebody
from small import Lists, Small
from textual import events

from flows.engine import Journal
from tui.screen.widgets.options import Options
from tui.screen.workspace import Start


async def paste(person: Person, text: str) -> None:
    """As the terminal's driver would hand it over."""
    person.app.post_message(events.Paste(text))
    await person.settle()


@pytest.mark.parametrize("text", ["calm\nother\n", "\r\n  calm \r\n\r\nother", "calm\rother"])
@pytest.mark.some(2)
async def test_one_line_takes_the_first_and_says_so(text: str) -> None:
    async with somebody(Canned(), Start(flow="small"), flow=Small) as person:
        await paste(person, text)
        person.sees("Question 1 of 1", "Only the first of the pasted lines was taken")
        await person.press("enter")
        person.sees("Make calm")


async def test_one_line_is_taken_as_it_is() -> None:
    async with somebody(Canned(), Start(flow="small"), flow=Small) as person:
        await person.types("so ")
        await paste(person, "very\tcalm\n")
        person.does_not_see("Only the first")
        await person.press("enter")
        person.sees("Make so very calm")


async def test_a_list_filters_by_the_first_line() -> None:
    async with somebody(Canned(), Start(flow="lists"), flow=Lists) as person:
        await paste(person, "thing number 4711\nthing number 4712\n")
        person.sees("1 of 10000", "Question 1 of 4")


async def test_where_several_may_be_picked_all_of_them_are_marked() -> None:
    start = Start(flow="lists", answers={"many": "id-00001", "hostile": "h1"})
    async with somebody(Canned(), start, flow=Lists) as person:
        await person.until("Which of these?")
        await paste(person, "- Third\n- a\n")
        assert person.app.screen.query_one(Options).picked == ["a", "c"]
        await paste(person, "Second\nFourth\n")
        person.sees("Nothing contains “Fourth”")
        assert person.app.screen.query_one(Options).picked == ["a", "b", "c"]


async def test_at_the_review_a_paste_does_nothing(journal: Journal) -> None:
    async with somebody(Canned(), Start(flow="small", answers={"name": "calm"}), flow=Small) as person:
        await person.until("What will be done")
        await paste(person, "a\nyes\n\n")
        person.sees("What will be done", "Nothing was created so far.")
        assert not [record for record in journal.records() if record.status != "draft"]
