"""Line prompts: a whole set-up as a conversation, on a real terminal and with a scripted reader."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from support.between import between
from support.command import REGION, Account, Command
from support.line_prompts import NOW, PICK, PICKS, STRAIGHT, answer_all, assert_no_controls, assert_reads_well, talk
from support.terminal import Terminal

import flows
from flows.engine import Action, Call, Caution, Flow, Journal, Place, Plan, Session, Text
from flows.engine.boto import Aws
from flows.tasks import TASKS
from tui.lines.conversation import Conversation
from tui.lines.question import ToTheList
from tui.lines.reading import Interrupted, Quit

# -- on a real terminal --------------------------------------------------------------------------------------


@pytest.mark.quick
def test_a_whole_set_up_by_line_prompts(company: Account, handrail: Command, tmp_path: Path) -> None:
    before = company.picture()
    kept = tmp_path / "kept.yaml"
    with talk("run", "vpn", *company.at) as terminal:
        terminal.answer(PICK, "?")
        shown = terminal.answer(PICK, "s")
        assert "A VPC is your private network" in shown
        assert "an id or a unique name" in shown
        shown = terminal.answer(PICK, "sho")
        assert "2 match “s”:" in shown
        assert "172.31.0.0/16" not in shown.partition("2 match")[2]
        terminal.answer("Device address", "10.0.0.1")
        shown = terminal.answer("Device address [10.0.0.1]", "back")
        assert "private address" in shown
        shown = terminal.answer(f"{PICK} [2]", "")
        assert re.search(r"\* +2  shop", shown), "what was chosen is marked, and Enter keeps it"
        terminal.answer("Device address", "203.0.113.10")
        shown = terminal.answer(f"{PICK} [1]", "")
        terminal.answer("Office networks (separate with commas)", "192.168.10.7/24")
        assert "[note] 203.0.113.10 is an example address" in shown
        shown = terminal.answer("[192.168.10.0/24]", "")
        assert "Did you mean 192.168.10.0/24?" in shown
        terminal.answer(f"{PICK} [1]", "refresh")
        assert "read again" in terminal.answer(f"{PICK} [1]", "")
        terminal.answer(PICKS, "2, shop-private-b")
        terminal.answer(PICKS, "app")
        review = terminal.answer(NOW, "commands")
        for part in ("What will be done", "What it costs", "shop-private-a", "shop-private-b"):
            assert part in review
        shown = terminal.answer(NOW, "permissions")
        assert "aws ec2 create-vpn-connection" in shown
        assert "Your answers" not in shown, "the review is told again only when it changed"
        assert "ec2:CreateVpnConnection" in terminal.answer(NOW, "change allow")
        terminal.answer("Let in (separate with commas) [ping]", "ssh")
        assert "use ssh on the servers" in terminal.answer(NOW, "change nothing")
        assert "“nothing”" in terminal.answer(NOW, f"save {kept}")
        terminal.answer(NOW, "back")
        terminal.answer(PICKS, "")
        terminal.answer(NOW, "yes")
        shown = terminal.until("Take it back with: handrail undo ")
        assert terminal.ended() == 0
    assert "waits for your device" in shown
    assert company.picture() != before
    assert yaml.safe_load(kept.read_text())["allow"] == "ssh"
    assert_reads_well(terminal.seen)

    (record,) = handrail("runs", "--output", "json").json
    with talk("undo", record["run"]) as terminal:
        shown = terminal.answer("Type yes to undo", "yes")
        assert "This will be taken back" in shown
        assert terminal.ended() == 0
    assert "Everything is as it was before." in terminal.transcript
    assert company.picture() == before
    assert_reads_well(terminal.seen)


@pytest.mark.wild
def test_quit_keeps_a_draft_and_resume_goes_on(company: Account, handrail: Command) -> None:
    with talk("run", "vpn", *company.at) as terminal:
        answer_all(terminal, STRAIGHT[:4])
        terminal.answer(f"{PICK} [1]", "quit")
        shown = terminal.until("Go on with: handrail resume ")
        assert "Your answers are kept." in shown
        assert terminal.ended() == 0
    (record,) = handrail("runs", "--output", "json").json
    assert record["status"] == "draft"
    with talk("resume", record["run"]) as terminal:
        answer_all(terminal, STRAIGHT[4:])
        review = terminal.answer(NOW, "quit")
        assert "203.0.113.10" in review
        assert terminal.ended() == 0


@pytest.mark.wild
def test_ctrl_c_leaves_with_130_and_keeps_the_answers(company: Account, handrail: Command) -> None:
    with talk("run", "vpn", *company.at) as terminal:
        terminal.answer(PICK, "shop")
        terminal.until("Device address: ")
        terminal.press(b"\x03\r")  # with Enter, should it come between Python's prompt and its reading
        assert terminal.ended() == 130
    assert "Go on with: handrail resume " in terminal.transcript
    assert "Traceback" not in terminal.transcript
    (record,) = handrail("runs", "--output", "json").json
    assert record["status"] == "draft"


@pytest.mark.wild
def test_ctrl_d_leaves_too(company: Account) -> None:
    with talk("run", "vpn", *company.at) as terminal:
        terminal.answer(PICK, "shop")
        terminal.until("Device address: ")
        terminal.press(b"\x04")
        assert terminal.ended() == 0
    assert "Go on with: handrail resume " in terminal.transcript


@pytest.mark.wild
def test_a_failure_offers_again_undo_and_keep(company: Account) -> None:
    before = company.picture()
    with between(company.url, deny="CreateVpnConnection") as address:
        with talk("run", "vpn", "--endpoint-url", address, "--region", REGION) as terminal:
            answer_all(terminal)
            terminal.answer(NOW, "yes")
            shown = terminal.answer("again tries again, undo takes everything back, keep leaves it for later", "what")
            assert "FAILED  Create the VPN connection" in shown
            assert "ec2:CreateVpnConnection" in shown
            assert "“what”" in terminal.answer("keep leaves it for later", "again")
            assert "FAILED  Create the VPN connection" in terminal.answer("keep leaves it for later", "undo")
            terminal.answer("Type yes to undo", "yes")
            terminal.until("Everything is as it was before.")
            assert terminal.ended() == 0
    assert company.picture() == before
    assert_reads_well(terminal.seen)


@pytest.mark.wild
def test_kept_after_a_failure_it_ends_as_a_failure_does(company: Account) -> None:
    with between(company.url, deny="CreateVpnConnection") as address:
        with talk("run", "vpn", "--endpoint-url", address, "--region", REGION) as terminal:
            answer_all(terminal)
            terminal.answer(NOW, "yes")
            terminal.answer("keep leaves it for later", "keep")
            terminal.until("Take it back with: handrail undo ")
            assert terminal.ended() == 1


@pytest.mark.wild
def test_home_lists_the_set_ups_and_what_is_unfinished(company: Account) -> None:
    with talk("run", "vpn", *company.at) as terminal:
        terminal.answer(PICK, "shop")
        terminal.answer("Device address", "quit")
        terminal.ended()
    with talk(*company.at) as terminal:
        shown = terminal.answer("Number, part of a line, profile, region, history, or quit", "99")
        assert "1  Connect an office to a VPC" in shown
        assert "draft" in shown
        terminal.answer("Number, part of a line, profile, region, history, or quit", "?")
        assert "lists every draft and run" in terminal.answer(
            "Number, part of a line, profile, region, history, or quit", "history"
        )
        assert re.search(r"  1  vpn: \S+ +draft", terminal.answer("or back [back]", "back"))
        terminal.answer("Number, part of a line, profile, region, history, or quit", "run")
        before = len(flows.SET_UPS) + 1 + len(flows.CHECKS) + len(TASKS)
        assert " match “run”:" in terminal.answer("history, or quit", str(before + 1))
        terminal.answer("Device address", "quit")
        assert terminal.ended() == 0
    with talk(*company.at) as terminal:
        terminal.answer("Number, part of a line, profile, region, history, or quit", "history")
        terminal.answer("or back [back]", "1")
        terminal.answer("Device address", "quit")
        assert terminal.ended() == 0
    assert_reads_well(terminal.seen)


@pytest.mark.parametrize(
    ("words", "term", "more", "size"),
    [
        (("run", "vpn"), "dumb", {}, (80, 24)),
        (("run", "vpn", "--plain"), "xterm", {}, (80, 24)),
        (("--plain", "run", "vpn"), "xterm", {}, (80, 24)),
        (("run", "vpn"), "xterm", {"HANDRAIL_PLAIN": "1"}, (80, 24)),
        (("run", "vpn"), "xterm", {}, (50, 24)),
        (("run", "vpn"), "xterm", {}, (80, 10)),
    ],
    ids=["dumb", "--plain", "--plain first", "HANDRAIL_PLAIN", "narrow", "low"],
)
@pytest.mark.some("dumb")
def test_line_prompts_where_a_screen_would_not_do(
    museum: Account, words: tuple[str, ...], term: str, more: dict[str, str], size: tuple[int, int]
) -> None:
    env = {**os.environ, "TERM": term, **more}
    columns, lines = size
    with Terminal(*words, *museum.at, env=env, columns=columns, lines=lines) as terminal:
        terminal.until("1 of ")
        terminal.until("Number, name or part of it")
        assert "\x1b[?1049h" not in terminal.transcript, "no alternate screen"
        assert "│" not in terminal.transcript
        if term == "dumb" or more:
            assert_no_controls(terminal.seen)


@pytest.mark.wild
def test_a_conversation_goes_to_a_file_as_well(museum: Account, tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = f"{sys.executable} -m tui run vpn --plain {' '.join(museum.at)} | tee {log}"
    with Terminal(env={**os.environ, "TERM": "xterm"}, program=("sh", "-c", command)) as terminal:
        answer_all(terminal, STRAIGHT[:2])
        terminal.answer(STRAIGHT[2][0], "quit")
        terminal.ended()
    text = log.read_text(encoding="utf-8")
    assert f"\n{PICK}: shop\n\n2 of 8  What is" in text
    assert text.endswith("quit\nYour answers are kept. Go on with: " + text.rpartition("Go on with: ")[2])
    assert_reads_well(log.read_bytes())


# -- with a scripted reader ----------------------------------------------------------------------------------


@pytest.fixture
def session(cloud: Aws, journal: Journal) -> Session:
    return Session(flows.find("vpn"), cloud, journal, place=Place(practice=True))


class Script:
    """A reader that says its lines, and then leaves."""

    def __init__(self, *replies: str) -> None:
        self.left, self.asked = list(replies), list[tuple[str, str]]()

    def __call__(self, prompt: str, start: str) -> str:
        self.asked.append((prompt, start))
        if not self.left:
            raise Quit
        reply = self.left.pop(0)
        if reply == "^C":
            raise Interrupted
        return reply or start


@pytest.mark.wild
def test_long_lists_come_in_pages(cloud: Aws, session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(45):
        cloud._session.client("ec2").create_vpc(
            CidrBlock=f"10.{100 + number}.0.0/16",
            TagSpecifications=[{"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": f"net-{number:02}"}]}],
        )
    script = Script("more", "more", "net-1", "net-17", "quit")
    assert Conversation(session, script).hold() == 0
    shown = capsys.readouterr().out
    assert "28 more: type more, or part of a name" in shown
    assert "8 more: type more" in shown
    assert "10 match “net-1”:" in shown
    assert session.answers()["vpc"].startswith("vpc-")
    (first, *_) = session.trail()
    assert first.shown.startswith("net-17 (")


@pytest.mark.wild
def test_a_run_that_is_done_is_looked_at_and_taken_back(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    Conversation(session, Script(*[reply for _, reply in STRAIGHT], "yes")).hold()
    assert Conversation(session, Script("what", "?", "check", "quit")).look_back() == 0
    shown = capsys.readouterr().out.partition("Take it back with")[2]
    assert "“what” is none of these words." in shown and "takes everything back" in shown
    assert "waits for your device" in shown
    assert Conversation(session, Script("undo", "yes")).look_back() == 0
    assert "Everything is as it was before." in capsys.readouterr().out


def test_a_changed_mind_asks_again_only_what_depended_on_it(
    session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    replies = [reply for _, reply in STRAIGHT]
    script = Script(*replies, "change vpc", "staging", "quit")
    Conversation(session, script).hold()
    shown = capsys.readouterr().out
    assert "needs another look, because you changed VPC" in shown
    assert session.answers()["gateway_ip"] == "203.0.113.10"
    (vpc, *_) = session.trail()
    assert vpc.shown.startswith("staging (")


def test_an_answer_is_changed_by_the_name_that_it_was_asked_by(
    session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    replies = [reply for _, reply in STRAIGHT]
    said = ("change Device address", "203.0.113.11", "change let in", "ssh", "default LET IN", "change Devices", "quit")
    Conversation(session, Script(*replies, *said)).hold()
    shown = capsys.readouterr().out
    assert session.answers()["gateway_ip"] == "203.0.113.11"
    assert "Let in (allow): ping" in shown.partition("Let in (allow): ssh")[2]
    assert "“Devices”" in shown


def known(value: str, flow: Named) -> Iterator[Caution]:
    if value == "risky":
        yield Caution("risky-name", "This name is known to cause trouble.", confirm=True)


class Named(Flow):
    """One question with a caution, and another on the review."""

    title = "Something named"
    name = Text("What should it be called?", str, check=known, label="Name", why="Everything has a name.")

    def plan(self) -> Plan:
        return Plan((Action("make", f"Make {self.name}", Call("ec2.CreateVpc")),))

    def checks(self) -> Iterator[Caution]:
        yield Caution("large", "It is large.", confirm=True)


@pytest.mark.parametrize("yes", ["y", "yes"])
def test_a_letter_says_yes_as_on_the_full_screen(cloud: Aws, capsys: pytest.CaptureFixture[str], yes: str) -> None:
    session = Session(Named, cloud, place=Place(practice=True))
    Conversation(session, Script("risky", yes, "yes", "no", "quit")).hold()
    assert session.answers()["name"] == "risky"
    assert session.accepted == {"risky-name"}
    assert "It is large." in capsys.readouterr().out


@pytest.mark.parametrize("reply", ["^C", "quit"])
def test_leaving_in_the_middle(session: Session, capsys: pytest.CaptureFixture[str], reply: str) -> None:
    assert Conversation(session, Script("shop", reply)).hold() == (130 if reply == "^C" else 0)
    assert session.run is not None
    assert f"handrail resume {session.run.id}" in capsys.readouterr().out


def test_back_at_the_first_question_leads_to_the_list(session: Session) -> None:
    with pytest.raises(ToTheList):
        Conversation(session, Script("shop", "back", "back")).hold()
    assert session.run is not None, "what was answered is kept"


def test_yes_at_a_refused_review_creates_nothing(
    cloud: Aws, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(4):
        cloud._session.client("ec2").create_vpn_gateway(Type="ipsec.1")
    script = Script(*[reply for _, reply in STRAIGHT], "yes", "quit")
    Conversation(session, script).hold()
    assert capsys.readouterr().out.count("It cannot be done like this: [refused] You have 5") == 2
    assert session.run is not None
    assert session.run.record.status == "draft"


def test_read_only_creates_nothing(
    account: object, cloud: Aws, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Place(practice=True, read_only=True)
    session = Session(flows.find("vpn"), cloud, journal, place=place)
    Conversation(session, Script(*[reply for _, reply in STRAIGHT], "yes", "quit")).hold()
    assert "this is read-only" in capsys.readouterr().out
    assert session.run is not None
    assert session.run.record.status == "draft"


def test_production_is_typed_by_name(cloud: Aws, journal: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    session = Session(flows.find("vpn"), cloud, journal, place=Place(profile="acme-prod"))
    script = Script(*[reply for _, reply in STRAIGHT], "yes", "fjord", "yes", "quit")
    Conversation(session, script).hold()
    (asked, *_) = [prompt for prompt, _ in script.asked if "production" in prompt]
    assert asked.startswith("This looks like production. Type ")
    assert "nothing was created" in capsys.readouterr().out
    assert session.run is not None
    assert session.run.record.status == "draft"
