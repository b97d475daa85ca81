"""Looking after what exists, by lines: the kinds, which one, what was found; everything; small tasks."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from practice.office import named, office
from support.command import Account
from support.line_prompts import PICK, STRAIGHT, assert_reads_well
from support.line_prompts import talk as talk_on_a_terminal

import flows
from flows.engine import Journal, Place, Session
from flows.engine.board import Board
from flows.engine.boto import Aws
from flows.engine.checking import look
from flows.practice import PracticeAccount
from tui import outcome, verdicts
from tui.cli.interactive import or_home
from tui.cli.main import main
from tui.lines import home, looking_after, prompts, sign_in
from tui.lines.conversation import Conversation
from tui.lines.looking_after import EVERYTHING
from tui.lines.reading import Quit

Talk = Callable[..., str]


class Script:
    """A reader that says its lines, and then leaves."""

    def __init__(self, *replies: str) -> None:
        self.left = list(replies)

    def __call__(self, prompt: str, start: str) -> str:
        if not self.left:
            raise Quit
        return self.left.pop(0) or start


@pytest.fixture
def talk(account: PracticeAccount, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Talk:
    """What is said in a conversation in the practice account, its last line the exit code."""
    cloud = Aws(Place(practice=True), account.session)

    def talked(begin: Callable[[Place], int], *replies: str, read_only: bool = False) -> str:
        script = Script(*replies)
        for module in (looking_after, home, prompts):
            monkeypatch.setattr(module, "reader", lambda: script)
        monkeypatch.setattr(sign_in, "sign_in", lambda place, ask=None: cloud)
        code = begin(Place(practice=True, read_only=read_only))
        return f"{capsys.readouterr().out}{code}"

    return talked


@pytest.mark.quick
def test_from_the_trouble_to_the_verdict(talk: Talk, cloud: Aws) -> None:
    """With the findings that batch has for it."""
    shown = talk(looking_after.kinds, "?", "nothing like it", "redirect loop", "office", "what", "?", "quit")
    assert "   1  Everything in this region\n   2  The VPN is down" in shown
    assert "None match “nothing like it”." in shown
    told = look(flows.find("alb"), cloud, {"load_balancer": "office"}, Place(practice=True))
    assert "\n".join(verdicts.checked(flows.find("alb"), told, Place(practice=True))) in shown
    assert "\nIt does not work: Port 443 is closed: visitors see a time-out.\n[refused] Port 443" in shown
    assert "“what” is none of these words." in shown and "begins the set-up that would make it right" in shown
    assert shown.endswith("3"), "the exit code is the check's"


def test_another_one_and_once_more(talk: Talk) -> None:
    shown = talk(looking_after.kinds, "not answer, or sends", "shop", "again", "other", "office", "quit")
    assert shown.count("Looking…") == 3
    assert shown.count("It works: everything on the way was looked at.") == 2
    assert shown.endswith("3")


def test_what_is_asked_when_it_is_not_in_the_list(talk: Talk, tmp_path: Path) -> None:
    event = tmp_path / "event.json"
    event.write_text("{")
    shown = talk(looking_after.kinds, "11", "I have an event", "/nowhere", "back", "deliver-shop", "quit")
    assert "“/nowhere” cannot be read." in shown and "Versioning of fjord-coffee-artifacts is off" in shown
    shown = talk(looking_after.kinds, "11", "I have an event", str(event))
    assert "The event is no JSON" in shown and shown.endswith("5")


def test_back_from_the_first_question_leads_to_where_it_was_chosen(talk: Talk) -> None:
    """Also where there is nothing to choose from, and from a check that was begun by its name."""
    first = "   1  Everything in this region\n"
    shown = talk(looking_after.kinds, "clock change", "back", "pipeline stuck", "quit")
    assert (
        shown.count("No schedule changes a serverless database in this region.") == 1
        and "2 match “pipeline stuck”" in shown
    )
    assert shown.count(first) == 2 and shown.endswith("0")
    shown = talk(looking_after.kinds, "clock change", "orders-1", "quit")
    assert (
        "“orders-1” is not among" in shown
        and shown.count("No schedule changes a serverless database in this region.") == 3
    )
    shown = talk(looking_after.tasks, "buildspec", "back", "quit")
    assert shown.count("Is a CodeBuild buildspec.yml right") == 3
    shown = talk(home.home, "Connect an office", "shop", "back", "back", "history", "1", "back", "back", "quit")
    assert shown.count("   1  Connect an office to a VPC\n") == 2, "what was answered is a draft to go on with"
    assert "Go on with vpn: vpc-" in shown.split("Small tasks")[2]
    ask = partial(looking_after.check, flow="vpn", given={})
    shown = talk(lambda place: or_home(lambda: ask(place), place), "back", "quit")
    assert "Look after: what does not work?" in shown and shown.endswith("0")


def test_what_was_found_is_mended_looked_at_again_and_taken_back(talk: Talk, account: PracticeAccount) -> None:
    ec2 = account.session.client("ec2")
    made = office(ec2)["VpnConnectionId"]
    gateway = {"VpnGatewayId": named(ec2, "vgw", "staging-vgw"), "VpcId": named(ec2, "vpc", "staging")}
    ec2.create_route(
        RouteTableId=named(ec2, "table", "staging-private"), DestinationCidrBlock="192.168.10.0/24",
        GatewayId=gateway["VpnGatewayId"],
    )  # fmt: skip
    ec2.detach_vpn_gateway(**gateway)
    ask = partial(looking_after.check, flow="vpn", given={"connection": made})
    shown = talk(ask, "fix nothing", "undo", "fix attachment", "yes", "yes", "undo", "yes", "quit")
    assert "There is no repair “nothing”." in shown and "Nothing was mended here." in shown
    assert "yes does it; show, export, save make files" in shown, "there is no answer to change"
    assert "Attach it to the VPC staging" in shown and "Take it back with: handrail undo" in shown
    first, then = shown.split("\nBefore: ")[1:]
    apart = "It does not work: The VPN gateway"
    assert first.startswith(apart) and "\nNow: " in first and f"\nNow: {apart}" not in first
    assert not then.startswith(apart) and f"\nNow: {apart}" in then
    assert shown.endswith("3")


def test_the_thing_is_shown_as_aws_describes_it(talk: Talk) -> None:
    ask = partial(looking_after.check, flow="alb", given={"load_balancer": "office"})
    shown = talk(ask, "show 2", "show 99", "show", "quit")
    assert "DescribeLoadBalancers:\n  " in shown and "LoadBalancerName: office" in shown
    assert "there is none with the number 99." in shown
    assert "No single answer of AWS says that." in shown


def test_the_set_up_that_would_make_it_right_is_begun_with_what_is_known(talk: Talk) -> None:
    ask = partial(looking_after.check, flow="alb", given={"load_balancer": "office"})
    shown = talk(ask, "make", "quit")
    assert "Redirect or answer at a load balancer\n" in shown
    asked = shown.partition("Redirect or answer at a load balancer\n")[2]
    assert "Which load balancer?" not in asked and "Answer by itself" in asked, "the next question"


def test_read_only_mends_nothing(talk: Talk) -> None:
    shown = talk(partial(looking_after.check, flow="alb", given={"load_balancer": "office"}), "fix", read_only=True)
    assert "this is read-only" in shown


def test_everything_and_one_of_it(talk: Talk) -> None:
    shown = talk(looking_after.kinds, "1", "no", "1", "99", "?", "quit")
    assert "Everything is read only. May it also send a command" in shown
    assert "9 of 9  [" in shown
    assert "    1  [broken] Load balancer: office – Port 443 is closed" in shown
    assert "[refused] HTTP 80, the default changes the protocol" in shown, "opened by its number"
    assert "“99” is not a number from 1 to 9." in shown and shown.endswith("3")


@pytest.mark.wild
def test_what_a_run_made_is_looked_at(talk: Talk, cloud: Aws, journal: Journal) -> None:
    session = Session(flows.find("vpn"), cloud, journal, place=Place(practice=True))
    Conversation(session, Script(*[reply for _, reply in STRAIGHT], "yes")).hold()
    session.close()
    assert session.run is not None
    shown = talk(partial(prompts.resume, run_id=session.run.id, accept=()), "diagnose", "quit")
    assert "Which VPN connection?" not in shown and "Looking…" in shown and shown.endswith("0")


@pytest.mark.parametrize(("set_up", "reply", "may"), [
    ("wordpress", "", False), ("wordpress", "yes", True), ("website", "", True),
])  # fmt: skip
def test_what_a_check_does_besides_reading_is_agreed_to(cloud: Aws, set_up: str, reply: str, may: bool) -> None:
    script = Script(reply)
    assert Conversation(Session(flows.find(set_up), cloud, None), script)._may_reach() is may
    assert bool(script.left) is (set_up == "website"), "only what does more is asked about"


@pytest.mark.wild
def test_batch_and_lines_find_the_same(
    talk: Talk, cloud: Aws, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of everything that the company has."""
    monkeypatch.setattr("tui.cli.sessions.account", lambda place: cloud)
    seen = Board(flows.every(), cloud, Place(practice=True))
    rows = list(seen.look())
    assert len({row.flow for row in rows}) > 3
    for row in rows:
        told = timeless("\n".join(verdicts.checked(flows.find(row.flow), row.verdict, seen.place)))
        code = str(outcome.of_check(row.verdict.status))
        spoken = talk(partial(looking_after.check, flow=row.flow, given=row.subject), *[""] * 3)
        assert told in timeless(spoken) and spoken.endswith(code)
        settings = [word for key, value in row.subject.items() for word in ("--set", f"{key}={value}")]
        with pytest.raises(SystemExit) as ended:
            main(["check", row.flow, *settings, "--practice"])
        assert (timeless(capsys.readouterr().out.strip()), str(ended.value.code)) == (told, code)


def timeless(text: str) -> str:
    """Without the numbers, of which some say how long ago something was."""
    return re.sub(r"\d+", "0", text)


def test_a_task_asks_what_it_takes(talk: Talk, tmp_path: Path) -> None:
    shown = talk(looking_after.tasks, "asleep", "reports", "look")
    assert "2 of 2 or 3  What shall be done?" in shown and "reports" in shown and shown[-2:] in ("10", "\n0", "11")
    file = tmp_path / "buildspec.yml"
    file.write_text("version: 0.2\nphases:\n  build:\n    comands: [npm ci]\n")
    shown = talk(looking_after.tasks, "2", "/nowhere.yml", str(file), "")
    assert "There is no file /nowhere.yml." in shown and "comands" in shown and shown.endswith("1")


def test_several_are_woken_one_at_a_time(talk: Talk) -> None:
    shown = talk(looking_after.tasks, "1", "", "wake", "back", "quit")
    assert "That is done to one database at a time." in shown


def test_home_has_three_parts_and_finds_by_what_people_look_for(talk: Talk) -> None:
    shown = talk(home.home, "asleep", "ERR_TOO_MANY", "shop", "quit")
    second = len(flows.SET_UPS) + 1
    third = second + 1 + len(flows.CHECKS)
    parts = ["Set up\n   1  Connect", f"what does not work?\n  {second}  Everything", f"Small tasks\n  {third}  Is a"]
    assert [shown.index(each) for each in parts] == sorted(shown.index(each) for each in parts)
    assert f"2 match “asleep”:\n  {second + 4}  A serverless database does not fall asleep" in shown
    assert "A load balancer: whether it answers" in shown and shown.endswith("0")


# -- on a real terminal ------------------------------------------------------------------------------------------


def test_a_check_that_names_nothing_asks_on_a_terminal(museum: Account) -> None:
    with talk_on_a_terminal("check", "alb", *museum.at) as terminal:
        assert "A load balancer does not answer" in terminal.answer(PICK, "shop")
        assert "It works: everything on the way was looked at." in terminal.answer("again, other", "quit")
        assert terminal.ended() == 0
    assert_reads_well(terminal.seen)


@pytest.mark.wild
@pytest.mark.parametrize(("command", "first"), [("check", EVERYTHING), ("task", "Is a serverless database asleep")])
def test_alone_they_open_their_lists(museum: Account, command: str, first: str) -> None:
    with talk_on_a_terminal(command, *museum.at) as terminal:
        assert f" 1  {first}" in terminal.answer("Number, or part of a line, or quit", "quit")
        assert terminal.ended() == 0
