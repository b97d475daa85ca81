"""What exists is looked after by keys: found on the first screen, asked, answered, mended and taken back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from person import NARROW, WIDE, Canned, Person, made, somebody
from practice.office import named
from test_pictures import ANSWERED

import flows
from flows.engine import Call, Cloud, NoAccess, Place
from flows.engine.board import Board
from flows.engine.board import Row as Found
from flows.engine.checking import Checking
from flows.engine.findings import proved
from flows.engine.verdict import verdict
from flows.practice import PracticeAccount
from flows.tasks import TASKS
from tui.screen.screens.findings import Findings
from tui.screen.screens.home_rows import home_rows
from tui.screen.widgets.list_state import ListState
from tui.screen.widgets.row import Row
from tui.screen.workspace import Start

OFFICE = "192.168.10.0/24"


async def test_home_shows_its_three_parts_at_once_and_unfolds_them() -> None:
    async with somebody(Canned(), size=NARROW) as person:
        person.sees("Set up", "Look after: why does it not work?", "Everything in this region", "Small tasks")
        person.sees(f"… and {len(flows.SET_UPS) - 3} more", "Is a CodeBuild buildspec.yml right")
        person.goes_without_clipping()
        person.does_not_see("Run WordPress on a machine")
        person.sees("q Quit")
        await person.press("slash")
        person.does_not_see("h History", "q Quit")
        await person.types("connect two")
        person.sees("> Set up: Connect two VPCs")
        await person.press("escape")
        await person.press("down", "down", "down", "enter")
        person.sees("> Create a serverless database", "Start a pipeline when a file lands")
    async with somebody(Canned(), size=WIDE) as person:
        person.does_not_see("more")
        for title, _ in (*flows.SET_UPS.values(), *flows.CHECKS.values()):
            person.sees(title)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("403", "A website shows an error, an old page, or the wrong one"),
        ("redirect loop", "A load balancer does not answer, or sends visitors in a circle"),
        ("not starting", "A pipeline does not start when a file lands"),
        ("asleep", "Is a serverless database asleep, what keeps it awake, and wake it"),
        ("in this region", "Everything in this region"),
        ("react", "Deliver a single-page application"),
        ("cannot connect", "The VPN is down, or the office and the VPC do not reach each other"),
        ("unreachable", "A load balancer does not answer, or sends visitors in a circle"),
        ("pipeline stuck", "A pipeline fails, or does not deliver"),
        ("expensive", "A serverless database does not fall asleep, is slow, or does not answer"),
        ("permission denied", "A website shows an error, an old page, or the wrong one"),
    ],
)
def test_everything_is_found_by_what_people_look_for(said: str, found: str) -> None:
    state = ListState(home_rows([], (), *NARROW), "", None)
    state.look_for(said)
    assert found in [state.rows[at].label.partition(": ")[2] for at in state.shown]
    assert all(state.rows[at].key and not state.rows[at].key.startswith("more:") for at in state.shown)


@pytest.mark.parametrize("said", ["403", "404", "certificate", "down", "permission denied"])
def test_who_types_what_does_not_work_is_led_to_looking_after_it(said: str) -> None:
    """Each entry says its part, and what clears the filter leads back to the same entry."""
    state = ListState(home_rows([], (), *NARROW), "flow:alb", None)
    state.look_for(said)
    assert state.row and state.row.label.startswith("Look after: ") and state.row.key.startswith("check:")
    state.look_for("site-to-site")
    assert state.row and state.row.label == "Set up: Connect an office to a VPC"
    state.look_for("")
    assert state.row and (state.row.key, state.row.label) == ("flow:vpn", "Connect an office to a VPC")


@pytest.mark.parametrize(
    ("said", "name"),
    [("peer", "peering"), ("function", "s3_lambda"), ("load bal", "alb"), ("image", "share_ami"),
     ("lambda", "s3_lambda"), ("snapshot", "share_snapshot"), ("web", "website"),
     ("pipe", "s3_pipeline"), ("two vpc", "peering")],
)  # fmt: skip
def test_a_part_of_its_name_or_title_leads_to_a_set_up_first(said: str, name: str) -> None:
    state = ListState(home_rows([], (), *NARROW), "flow:vpn", None)
    state.look_for(said)
    assert state.row and state.row.key.startswith("flow:")
    assert f"flow:{name}" in [state.rows[at].key for at in state.shown[:2]]


def test_what_is_folded_is_in_no_list_but_is_found() -> None:
    rows = home_rows([Row("run:1", "a run")], (), *NARROW)
    state = ListState(rows, "", None)
    shown = [state.rows[at] for at in state.shown]
    assert len([row for row in shown if row.key]) == state.count == 3 + 1 + 1 + 3 + 1 + len(TASKS) + 1
    state.look_for("e")
    assert state.count == len(flows.SET_UPS) + 1 + len(flows.CHECKS) + len(TASKS) + 1
    state.look_for("")
    assert [state.rows[at] for at in state.shown] == shown
    state.look_for("wordpress")
    wide = state.of(home_rows([Row("run:1", "a run")], (), *WIDE))
    assert wide.row and state.row and (wide.row.key, len(wide.shown)) == (state.row.key, len(state.shown))


async def test_a_check_that_does_more_than_read_says_so_before() -> None:
    sent: list[Call] = []

    class Watched(Canned):
        def make(self, call: Call) -> dict[str, Any]:
            sent.append(call)
            return super().make(call)

    async with somebody(Canned()) as person:
        checking = Checking(flows.find("wordpress"), Watched(), Place())
        checking.suggest({"instance": "i-0123456789abcdef0"})
        person.app.push_screen(Findings(checking, over=True, agreed=False))
        await person.settle()
        person.sees("This check sends a command to each machine, which changes nothing.", "g Go further")
        assert not sent
        await person.press("g")
        assert sent
        person.does_not_see("This check sends a command")
        await person.press("escape")
        person.sees("What would you like to do?")


@pytest.mark.wild  # a load balancer of the company is mended below
async def test_a_vpn_is_checked_mended_and_taken_back(cloud: Cloud, account: PracticeAccount) -> None:
    ec2: Any = account.session.client("ec2")
    async with somebody(cloud, ANSWERED) as person:
        await person.press("a")
        person.sees("Everything is created.")
        table = named(ec2, "table", "shop-private-a")
        gateway = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["PropagatingVgws"][0]["GatewayId"]
        ec2.disable_vgw_route_propagation(RouteTableId=table, GatewayId=gateway)
        await person.press("d")
        person.sees("Check: vpn-", "It does not work", "Because", "f mends it.")
        await person.press("down", "down", "enter")
        person.sees("As AWS describes it")
        person.does_not_see("PreSharedKey: x")
        await person.press("escape", "f")
        person.sees("What shall be mended?")
        await person.press("enter")
        person.sees("What will be done", "Let AWS enter the office's routes into shop-private-a")
        await person.press("escape")
        person.sees("It does not work", "f mends it.")
        await person.press("escape")
        person.sees("Steps", "u Undo", "waiting for you")
        await person.press("d")
        await person.press("f")
        person.sees("[x] shop-private-a", "[ ] shop-public")
        await person.press("enter", "a")
        person.sees("This needs your yes first")
        await person.press("enter", "a")
        person.sees("It waits", "Before and after", "before It does not work", "after It waits")
        await person.press("u", "down", "enter")
        person.sees("Everything is as it was before.", "The propagation into shop-private-a")


async def test_a_task_is_asked_and_answered(cloud: Cloud) -> None:
    async with somebody(cloud) as person:
        await person.press("slash")
        await person.types("asleep wake up")
        await person.press("enter")
        person.sees("Which database?", "All of them")
        await person.press("enter", "enter")
        person.sees("reports is asleep since", "loyalty is awake.", "What to do now")
        await person.press("escape", "escape")
        person.sees("Which database?")


@pytest.mark.wild
async def test_a_buildspec_is_looked_at_without_an_account(tmp_path: Path) -> None:
    def opener(place: Place) -> Cloud:
        raise NoAccess("No AWS credentials were found.")

    file = tmp_path / "buildspec.yml"
    file.write_text("version: 0.2\nphases:\n  build:\n    command: [make]\n")
    async with somebody(opener, Start(task="lint-buildspec"), place=Place()) as person:
        person.sees("Which file?")
        await person.press("ctrl+u")
        await person.types(str(file))
        await person.press("enter", "enter")
        person.sees("1 error", 'Did you mean "commands"?', "needs no account")


@pytest.mark.wild
async def test_the_palette_and_help_know_checks_and_tasks() -> None:
    async with somebody(Canned({"elbv2.DescribeLoadBalancers": {"LoadBalancers": []}})) as person:
        await person.press("f1")
        person.sees("Look after: something exists", "redirect loop")
        await person.press("escape", "h", "ctrl+p")
        person.does_not_see("Look after")
        await person.types("asleep")
        person.sees("Task: Is a serverless database asleep")
        for _ in "asleep":
            await person.press("backspace")
        await person.types("redirect loop")
        person.sees("> Look after: A load balancer does not answer")
        await person.press("enter")
        person.sees("Which load balancer?", "There is no Application Load Balancer in this region.")


@pytest.mark.wild
async def test_everything_in_the_region_worst_first_and_one_of_it_opened(cloud: Cloud) -> None:
    async with somebody(cloud) as person:
        await person.press("down", "down", "down", "down", "enter")
        await person.until("Left out: WordPress")
        lines = person.screen.splitlines()
        broken, works = (
            next(at for at, text in enumerate(lines) if text.strip() == said) for said in ("Does not work", "Works")
        )
        assert broken < works
        person.sees("> Load balancer: office", "Port 443 is closed", "Page delivery: deliver-shop", "y Those, too")
        person.goes_without_clipping()
        await person.press("enter")
        person.sees("Load balancer: office", "It does not work: Port 443 is closed")
        await person.press("c")
        person.sees("It does not work: Port 443 is closed", "As of", "nothing changed.")
        await person.press("escape")
        person.sees("> Load balancer: office", "Left out: WordPress")
        await person.press("c")
        await person.until("nothing changed.")
        await person.press("enter", "f")
        person.sees("[x] Port 443 is closed")
        await person.press("a", "space", "enter")
        person.sees("1 step.")
        await person.press("a", "enter", "a")
        person.sees("before It does not work: Port 443 is closed", "now proved Port 443 is open", "u Undo")
        await person.press("u", "down", "enter")
        person.sees("Everything is as it was before.")


async def test_home_begins_at_what_was_chosen_also_where_that_is_folded() -> None:
    for key, title in (("board:", "Everything in this region"), ("check:s3_pipeline", "A pipeline does not start")):
        app = made(Canned())
        app.chosen = key
        async with app.run_test(size=NARROW) as pilot:
            person = Person(app, pilot)
            await person.settle()
            person.sees(f"> {title}")
        app.workspace.close()


@pytest.mark.wild
async def test_looking_at_everything_is_stopped_and_what_is_known_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """It counts from the first list on, before anything is known."""
    began, go_on, stopped = threading.Event(), threading.Event(), threading.Event()
    monkeypatch.setattr("tui.screen.screens.board.PAUSE", 0.01)

    class Held(Board):
        def look(self) -> Iterator[Found]:
            self.found = 2
            began.wait(60)
            self.unread = 0
            yield self._known(Found("alb", {"load_balancer": "shop"}, "shop", verdict([proved("up", "Up.", "x")])))
            go_on.wait(60)

        def stop(self) -> None:
            stopped.set()
            go_on.set()

    account = Canned()
    async with somebody(account, place=Place(read_only=True)) as person:
        person.app.workspace.board = lambda *, reaching: Held([flows.find("alb")], account)  # type: ignore[method-assign]
        await person.pilot.press("down", "down", "down", "down", "enter")
        await person.until("Looked at 0 of 2 things so far; lists still being read: 1. Esc stops.")
        began.set()
        await person.until("Looked at 1 of 2 things so far. Esc stops.")
        await person.press("escape")
        assert stopped.is_set()
        person.sees("Stopped. Of 1 thing in eu-central-1: 1 working.", "Load balancer: shop", "Check again")
        person.does_not_see("Those, too")
        await person.press("escape")
        person.sees("What would you like to do?", "> Everything in this region")
