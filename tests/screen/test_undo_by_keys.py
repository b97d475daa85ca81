"""While a run is taken back the screen speaks of the way back: what stands, what is being taken back, what is gone."""

from __future__ import annotations

import threading
from typing import Any

from person import Canned, somebody

from flows.engine import Action, Call, Decision, Flow, Journal, Kept, Others, Plan, Text, Undo
from tui import history
from tui.screen.widgets.options import Options
from tui.screen.workspace import Start


class Precious(Flow):
    """One thing with data in it, of which somebody else may have copies."""

    title = "Something precious"
    name = Text("What should it be called?", str, label="Name", why="Everything has a name.")

    def plan(self) -> Plan:
        copies = Kept("What 2222 copied", "It stays theirs.")
        last = Undo(Call("ec2.CreateSnapshot"), when=("last", "yes"))
        gone = Undo(Call("ec2.DeleteVpc", {"VpcId": "vpc-1"}), kept=copies)
        data = Action("data", "Make the data", Call("ec2.CreateVpc"), undo=(last, gone), undone="The data")
        costs = "storage of its disk's snapshot, about 0.05 USD per GB and month (2026-11, not verified)"
        options = {
            "no": "Delete all that is on it for good: the site, its posts and its pictures",
            "yes": f"Keep one; it costs {costs} until you delete it",
        }
        return Plan((data,), decisions=(Decision("last", "Keep a copy?", options, "yes", "no", "The data is gone."),))


async def test_a_question_about_data_shows_both_answers_whole_and_the_last_says_what_is_lost(journal: Journal) -> None:
    async with somebody(Canned(), Start(flow="small"), flow=Precious) as person:
        await person.types("calm")
        await person.press("enter", "a", "u")
        person.sees(
            "keep Keep one; it costs storage of its disk's snapshot, about 0.05 USD per GB and month (2026-11, not "
            "verified) until you delete it delete Delete all that is on it for good: the site, its posts and its "
            "pictures > Keep Delete for good"
        )
        options = person.app.screen.query_one(Options)
        assert [(row.key, row.danger) for row in options._list.rows] == [("decide:yes", False), ("decide:no", True)]
        await person.press("tab", "down", "enter")  # a text that is all in view takes no keys from the list
        person.sees(
            "What cannot be taken back: LOST The data is gone. stays What 2222 copied: It stays theirs. This will be "
            "taken back: - remove The data",
            "> Undo nothing",
            "what is LOST is gone for good",
        )
        await person.press("down", "enter")
        person.sees(
            "Undone, except 1 thing that is left; 1 thing is lost for good.",
            "! LOST The data is gone.",
            "= left What 2222 copied: It stays theirs.",
            "y Copy",
        )
        person.does_not_see("as it was before")


class Pair(Flow):
    """Two things, one after the other."""

    title = "Two things"
    name = Text("What should they be called?", str, label="Name", why="Everything has a name.")

    def plan(self) -> Plan:
        undo = (Undo(Call("ec2.DeleteVpc", {"VpcId": "vpc-1"})),)
        first = Action("first", "Create the network", Call("ec2.CreateVpc"), undo=undo, undone="The network")
        subnet = (Undo(Call("ec2.DeleteSubnet", {"SubnetId": "subnet-1"})),)
        second = Action(
            "second", "Create its subnet", Call("ec2.CreateSubnet", {"VpcId": first["Vpc.VpcId"], "CidrBlock": "x"}),
            undo=subnet, undone="The subnet",
        )  # fmt: skip
        return Plan((first, second))


async def test_undo_speaks_backwards_and_counts_only_what_is_gone(journal: Journal) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def held(call: Call) -> dict[str, Any]:
        reached.set()
        go_on.wait(20)
        return {}

    account = Canned({"ec2.CreateVpc": {"Vpc": {"VpcId": "vpc-1"}}, "ec2.DeleteVpc": held})
    async with somebody(account, Start(flow="small"), flow=Pair) as person:
        await person.types("calm")
        await person.press("enter")
        person.sees("What will be done")
        await person.press("a")
        run = journal.records()[0].id
        assert history.finished(journal.run(run)).endswith("nothing is left to go on with.")
        await person.press("u")
        person.sees("- remove The subnet", "- remove The network")
        await person.pilot.press("down", "enter")
        while not reached.is_set():
            await person.pilot.pause(0.01)
        await person.until("being taken back The network")
        person.sees("gone The subnet", "1 of 2 taken back")
        person.does_not_see("Create")
        go_on.set()
        await person.settle()
        person.sees("Everything is as it was before.", "- removed The network", "- removed The subnet")
    told = history.details(journal.run(run))
    assert {"  gone       The network", "  gone       The subnet"} <= {*told}
    assert not any("Create" in row for row in told)
    assert not history.finished(journal.run(run))


async def test_who_reads_another_page_when_it_ends_comes_to_the_receipt_with_the_key_that_closes_it(
    journal: Journal,
) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def held(call: Call) -> dict[str, Any]:
        reached.set()
        go_on.wait(20)
        return {}

    account = Canned({"ec2.CreateVpc": {"Vpc": {"VpcId": "vpc-1"}}, "ec2.DeleteVpc": held})
    async with somebody(account, Start(flow="small"), flow=Pair) as person:
        await person.types("calm")
        await person.press("enter", "a", "u")
        await person.pilot.press("down", "enter")
        while not reached.is_set():
            await person.pilot.pause(0.01)
        await person.pilot.press("f1")
        await person.until("Esc Back")
        go_on.set()
        await person.until("It is over: Esc shows how it ended")
        await person.press("escape")
        person.sees("Everything is as it was before.", "- removed The network")


class Shared(Flow):
    """A network in which somebody else has something."""

    title = "Something shared"
    name = Text("What should it be called?", str, label="Name", why="Everything has a name.")

    def plan(self) -> Plan:
        theirs = Others(Call("ec2.DescribeSubnets"), "Subnets[].SubnetId", "Others have subnets in it")
        network = Action(
            "network", "Make the network", Call("ec2.CreateVpc"), undo=(Undo(Call("ec2.DeleteVpc")),), others=(theirs,),
            undone="The network; all that was in it is gone", left="The network", yours="Take it off your device.",
        )  # fmt: skip
        return Plan((network,))


async def test_what_stayed_for_others_is_taken_back_from_the_page_of_its_run(journal: Journal) -> None:
    subnets = [{"SubnetId": "subnet-9"}]
    account = Canned({"ec2.DescribeSubnets": lambda _: {"Subnets": [*subnets]}})
    async with somebody(account, Start(flow="small"), flow=Shared) as person:
        await person.types("calm")
        await person.press("enter", "a", "u")
        person.sees("others The network: Others have subnets in it: subnet-9.", "This can be taken back:")
        person.does_not_see("gone The network")
        await person.press("enter")
        person.sees("So nothing will be taken back. What stays: stays The network: Others have subnets in it")
        person.does_not_see("Take it off your device.")
        await person.press("down", "enter")
        person.sees("= left The network: Others have subnets in it: subnet-9.")
        person.does_not_see("is gone")
        run = journal.records()[0].id
        assert history.details(journal.run(run))[-1] == f"{history.THE_REST}: handrail undo {run}"
        await person.press("h", "h", "enter")
        person.sees("nothing was taken back: there is 1 thing that is left", "u Undo")
        person.does_not_see("is gone")
        subnets.clear()
        await person.press("u", "down", "enter")
        person.sees("Everything is as it was before.", "- removed The network; all that was in it is gone")
        await person.press("h", "h", "enter")
        person.does_not_see("u Undo")
    assert not any("handrail undo" in row for row in history.details(journal.run(run)))


class Many(Flow):
    """More than a screen holds, of which one thing has data."""

    title = "Many things"
    name = Text("What should they be called?", str, label="Name", why="Everything has a name.")

    def plan(self) -> Plan:
        precious = Precious.plan(self)  # type: ignore[arg-type] - which asks the same
        (data,), decisions = precious.actions, precious.decisions
        more = (
            Action(
                f"net{n}", "Make it", Call("ec2.CreateVpc"), undo=(Undo(Call("ec2.DeleteVpc")),), undone=f"Network {n}"
            )
            for n in range(40)
        )
        return Plan((data, *more), decisions=decisions)


async def test_a_list_that_is_longer_than_the_screen_is_read_on_beside_its_question(journal: Journal) -> None:
    """The answers keep the keys: PgDn reads on, no key leads into the list, and Enter answers all the while."""
    async with somebody(Canned(), Start(flow="small"), flow=Many) as person:
        await person.types("calm")
        await person.press("enter", "a", "u")
        person.sees("remove Network 39", "Keep a copy?", "more lines below (PgDn)", "> Keep")
        person.does_not_see("remove Network 0")
        await person.press("tab", "tab", "shift+tab", "pagedown", "pagedown", "pagedown", "pagedown", "pagedown")
        person.sees("remove Network 0", "> Keep")
        await person.press("pageup", "pageup", "pageup", "pageup", "pageup", "pageup")
        person.sees("remove Network 39", "> Keep")
        await person.press("tab", "enter")
        person.sees("What cannot be taken back:", "> Undo nothing", "more lines below (PgDn)")
        await person.press("pagedown", "pagedown", "pagedown", "pagedown", "pagedown", "pagedown")
        person.sees("remove Network 0")
        await person.press("down", "enter")
        person.sees("Undone, except")


class Crowded(Flow):
    """More than a screen holds, and somebody else has something in the first of it."""

    title = "Something crowded"
    name = Text("What should it be called?", str, label="Name", why="Everything has a name.")

    def plan(self) -> Plan:
        shared, precious = Shared.plan(self), Precious.plan(self)  # type: ignore[arg-type] - which ask the same
        more = Many.plan(self).actions[1:]  # type: ignore[arg-type]
        return Plan((*shared.actions, *precious.actions, *more), decisions=precious.decisions)


async def test_where_others_have_something_one_list_says_once_what_goes_and_is_read_page_by_page(
    journal: Journal,
) -> None:
    subnets = {"Subnets": [{"SubnetId": f"subnet-{n}"} for n in range(9)]}
    account = Canned({"ec2.DescribeSubnets": subnets})
    async with somebody(account, Start(flow="small"), flow=Crowded) as person:
        await person.types("calm")
        await person.press("enter", "a", "u")
        person.sees("Keep a copy?", "Others have something there:", "subnet-8")
        await person.press("down", "enter", "enter")  # the data goes, what others have stays
        person.sees("Undo nothing", "LOST The data is gone. stays What 2222 copied: It stays theirs. What stays: stays")
        read = list[str]()
        while True:
            assert person.screen.count("(PgDn)") + person.screen.count("End (PgUp") == 1
            read.append(person.screen)
            if "End (PgUp" in person.screen:
                break
            await person.press("pagedown")
        assert len(read) <= 5, "a page at a time"
        told = "".join(read)
        assert told.count("LOST  The data") + told.count("subnet-8") == 2
        for number in range(40):
            assert f"Network {number}" in told
        person.sees("> Undo nothing", "remove Network 0")
