"""Drafts and runs on the full screen: what home offers to go on with, and the list of all, where a draft is deleted."""

from __future__ import annotations

from dataclasses import replace

from person import Canned, somebody
from support.runs import GATEWAY, draft, made

from flows.engine import Cloud, Flow, Journal, Place, Text
from tui import history
from tui.screen.screens.history import all_of
from tui.screen.workspace import Start


class Small(Flow):
    """One question, which needs nothing of the account."""

    title = "Something small"
    called = Text("What should it be called?", str, label="Name", why="Everything has a name.")


async def test_home_offers_what_can_be_gone_on_with_and_finds_it(journal: Journal) -> None:
    made(journal, "done", name="finished")
    made(journal, "undone", name="over")
    made(journal, "waiting", name="berlin")
    draft(journal, vpc="vpc-0abc", gateway_ip="198.51.100.7")
    async with somebody(Canned()) as person:
        await person.press("end")
        person.sees("vpn: berlin", "waiting for you", "vpn: vpc-0abc · 198.51.100.7")
        person.does_not_see("finished", "vpn: over")
        await person.types("/198.51")
        person.sees("vpn: vpc-0abc · 198.51.100.7")
        person.does_not_see("vpn: berlin")


async def test_a_draft_is_deleted_by_the_same_key_twice(journal: Journal) -> None:
    run, gone = made(journal, "done", name="berlin"), draft(journal, name="munich")
    async with somebody(Canned()) as person:
        await person.press("h")
        person.sees("vpn: munich", "vpn: berlin", "about 36.50 USD a month", "d Delete draft")
        await person.press("d")
        person.sees("d once more deletes this draft", "vpn: munich")
        await person.press("down")
        person.does_not_see("d Delete draft", "d once more")
        await person.press("d", "up", "d")
        assert {each.id for each in journal.records()} == {run.id, gone.id}, "each time it is asked first"
        await person.press("d")
        person.does_not_see("vpn: munich")
        person.goes_without_clipping()
    assert [each.id for each in journal.records()] == [run.id]


async def test_whoever_opened_what_is_in_practice_stays_there(journal: Journal) -> None:
    """At home and for what is begun from there: nobody is in the real account unasked, and the way there is told."""
    run = draft(journal, place=Place(practice=True))
    opened: list[Place] = []

    def opener(place: Place) -> Cloud:
        opened.append(place)
        return Canned()

    async with somebody(opener, Start(run=run.id), place=Place(), flow=Small) as person:
        person.sees("PRACTICE")
        await person.press("escape")
        person.sees("What would you like to do?", "PRACTICE", "This is practice, as is what you had open. p chooses")
        await person.press("enter")
        person.sees("PRACTICE", "Question 1")
    assert opened and all(place.practice for place in opened)


async def test_at_home_a_note_hides_nothing_of_what_was_begun_and_stands_until_the_cursor_moves(
    journal: Journal,
) -> None:
    first = draft(journal, place=Place(practice=True), name="munich")
    draft(journal, place=Place(practice=True), name="berlin")
    async with somebody(Canned(), Start(run=first.id), place=Place(), flow=Small) as person:
        await person.until("Question 1")
        await person.press("escape")
        person.sees("This is practice, as is what you had open. p chooses", "Go on with", "vpn: berlin", "vpn: munich")
        person.goes_without_clipping()
        await person.press("down")
        await person.until("CloudFront before")
        person.does_not_see("as is what you had open")


async def test_home_in_the_real_account_says_when_it_has_become_practice(journal: Journal) -> None:
    draft(journal, place=Place(practice=True))
    async with somebody(Canned(), place=Place(region="eu-central-1"), flow=Small) as person:
        assert "PRACTICE" not in person.screen.splitlines()[0]
        await person.press("h", "enter")
        person.sees("PRACTICE")
        await person.press("escape")
        person.sees("What would you like to do?", "PRACTICE", "This is practice")
        await person.press("h", "escape")
        assert "PRACTICE" in person.screen.splitlines()[0]


def test_what_a_run_waits_for_is_told_wherever_it_is_looked_at(journal: Journal) -> None:
    """As it was told when it was made, whatever the set-up: by `runs`, and by lines where it is gone on with."""
    run = made(journal, "waiting", "website")
    run.save_handover({"now": ["Enter it at your provider."], "waiting": "Waiting for a person."})
    told = history.details(run)
    assert (
        told.index("Waiting: Waiting for a person.") < told.index("  Enter it at your provider.") < told.index("Steps")
    )
    assert history.finished(run).endswith("all of it was carried out. Waiting for a person.")
    run.set_status("done")
    run.save_handover({"now": [], "waiting": ""})
    assert "What to do now" not in history.details(run) and "Waiting" not in "".join(history.details(run))
    assert history.finished(run).endswith("nothing is left to go on with.")


def test_what_is_copied_of_a_resource_is_its_id(journal: Journal) -> None:
    """Not its kind with it: it goes into a command or a search."""
    run = made(journal, "done", action=replace(GATEWAY, type="AWS::EC2::VPNGateway", resource="vgw-1"))
    (row,) = (each for each in all_of(run) if "AWS::EC2::VPNGateway" in each.text)
    assert row.text.startswith(f"{row.copied} ") and " " not in row.copied


async def test_what_another_window_has_open_is_shown_to_be_read(journal: Journal) -> None:
    run = made(journal, "done", name="berlin")
    async with somebody(Canned(), size=(60, 20)) as person:
        with run.held():
            await person.press("h", "enter")
            person.sees("is being driven by another", "Here it can only be read.", f"{run.id}: done", "r Try again")
            person.does_not_see("Something is in the way", "u Undo", "end that process")
            person.goes_without_clipping()
        await person.press("r")
        person.sees(f"{run.id}: done", "u Undo")
        person.does_not_see("only be read")


async def test_what_another_window_is_undoing_is_not_called_interrupted(journal: Journal) -> None:
    run = made(journal, "undoing", name="berlin")
    with run.held():
        assert history.entry(run).state == "being undone"
        assert (
            history.details(run)[-1] == f"It is being undone in another window. How it goes on: handrail runs {run.id}"
        )
        async with somebody(Canned()) as person:
            person.sees("berlin", "being undone")
    assert history.entry(run).state == "undo interrupted"
    assert f"Go on with: handrail undo {run.id}" in history.details(run)
    run.set_status("applying")
    with run.held():
        assert history.entry(run).state == "being carried out"


async def test_a_draft_that_another_window_has_open_is_in_the_way(journal: Journal) -> None:
    kept = draft(journal, name="munich")
    with kept.held():
        async with somebody(Canned(), Start(run=kept.id)) as person:
            person.sees("Something is in the way", "is being driven by another Handrail", "Try again")
