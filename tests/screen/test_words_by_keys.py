"""Help explains the technical words that stand on the screen under it."""

from __future__ import annotations

from person import Canned, somebody
from small import Small
from support.runs import draft
from vpn.cases import session

from flows import glossary
from flows.engine import Cloud, Handover, Journal, Place, Receipt, Text
from flows.engine.checking import Checking
from flows.engine.verdict import verdict
from tui.screen.screens.confirm import UndoPage
from tui.screen.screens.done import Done, ReceiptPage
from tui.screen.screens.export import Exports
from tui.screen.screens.findings import Findings
from tui.screen.screens.help import words_of
from tui.screen.screens.history import RunPage
from tui.screen.screens.looked import LookedPage
from tui.screen.screens.progress import Progress
from tui.screen.screens.repairs import Repairs
from tui.screen.screens.review import ReviewPage
from tui.screen.workspace import Start


class Wordy(Small):
    """A question that nobody understands."""

    network = Text("Which CIDR block?", str, why="Routes in the route table lead there.", example="10.0.0.0/8")


async def test_help_explains_the_words_of_a_question() -> None:
    async with somebody(Canned(), Start(flow="small"), flow=Wordy) as person:
        await person.press("f1")
        person.sees("Words CIDR The way to write a range", "route table The signposts of a subnet")
        person.does_not_see("listener")


async def test_a_question_mark_is_help_but_in_a_field_where_it_is_typed(journal: Journal) -> None:
    draft(journal, name="munich")
    async with somebody(Canned(), Start(flow="small"), flow=Wordy) as person:
        await person.press("question_mark")
        person.sees("Which CIDR block?", "?")
        person.does_not_see("The way to write a range")
    async with somebody(Canned()) as person:
        await person.press("h", "question_mark")
        person.sees("A draft has answers and created nothing")
        await person.press("question_mark", "escape")
        person.sees("vpn: munich")


async def test_help_explains_the_words_of_a_list() -> None:
    async with somebody(Canned(), size=(120, 40)) as person:
        await person.press("f1")
        await person.reads_on_to("CloudFront AWS's network of servers")


def test_each_word_stands_once_with_what_it_means() -> None:
    rows = words_of(["Which VPCs?", "The VPC of the listener"])
    assert [(row.lead, row.text) for row in rows[2:]] == [
        (word.name, word.meaning) for word in glossary.words() if word.name in ("listener", "VPC")
    ]
    assert words_of(["nothing"]) == []
    assert [row.lead for row in words_of(["A connection"], "vpn")[2:]] == ["VPN connection"]


async def test_help_knows_of_which_set_up_a_page_is(cloud: Cloud, journal: Journal) -> None:
    made = session(cloud, journal)
    seen = verdict(())
    checking = Checking(made.flow, cloud, Place(practice=True))
    pages = [
        ReviewPage(made, made.review()), Done(made, Handover()), ReceiptPage(made, Receipt()),
        RunPage(made), UndoPage(made), Progress(made), LookedPage(made, []), Exports(made),
        Findings(checking, seen), Repairs(checking, seen),
    ]  # fmt: skip
    assert {type(page).__name__ for page in pages if page.set_up != "vpn"} == set()
