"""Drafts and runs on the full screen: what home offers to go on with, and the list of all, where a draft is deleted."""

from __future__ import annotations

from person import Canned, somebody
from support.runs import draft, made

from flows.engine import Journal


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
        person.sees("vpn: munich", "vpn: berlin", "about 36 USD a month", "d Delete draft")
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
