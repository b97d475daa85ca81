"""Names, tags and error messages are written by other people: they are shown, and command nothing.

Two things are hostile at once: text that a terminal or a reader would obey, and text that a shell would.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from support.between import between, ec2_error
from support.command import Account, Answers, Command
from support.false_aws import FalseAws
from support.line_prompts import NOW, PICK, STRAIGHT, answer_all, assert_no_controls
from support.terminal import Terminal

MARKUP = "[red]x[/] [link=http://e]"
TERMINAL = "a\x1b[2J\x1b]0;title\x07b\x9b31m\rc\x08"
BIDI = "ab\u202etxt.exe\u2066\u200b\ufeff"
LINES = "one\ntwo\u2028three\x00four"
SHELL = "$(touch pwned)`touch pwned`'\";touch pwned;\\\n#|&<>"
LONG = "ü" * 10_000
NAMES = {"markup": MARKUP, "terminal": TERMINAL, "bidi": BIDI, "lines": LINES, "shell": SHELL, "long": LONG}
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""Control characters, directions and the invisible; tab and new line are ours."""


def hostile(company: Account, name: str) -> dict[str, str]:
    """The shop, its table and its group, renamed by an attacker. Returns their ids.

    The practice account keeps names as they are; what XML cannot carry, AWS would not let in either.
    """
    name = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", "", name)[:10_000]
    ec2 = company.ec2
    ids = {
        "vpc": ec2.describe_vpcs(Filters=_named("shop"))["Vpcs"][0]["VpcId"],
        "table": ec2.describe_route_tables(Filters=_named("shop-private-a"))["RouteTables"][0]["RouteTableId"],
        "group": ec2.describe_security_groups(Filters=_named("app"))["SecurityGroups"][0]["GroupId"],
    }
    ec2.create_tags(Resources=list(ids.values()), Tags=[{"Key": "Name", "Value": name}])
    return ids


def _named(name: str) -> Any:
    return [{"Name": "tag:Name", "Values": [name]}]


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return NAMES[request.param]


@pytest.mark.some("markup")
def test_names_from_the_account_are_shown_and_never_obeyed(
    handrail: Command, company: Account, answers: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    ids = hostile(company, name)
    before = company.picture()
    file = answers(vpc=ids["vpc"], route_tables=[ids["table"]], security_groups=[ids["group"]])

    text = handrail("plan", "vpn", "--answers", file, *company.at)
    assert text.code == 0
    assert not OBEYED.search(text.out + text.err)
    visible = "[red]x[/]" if name == MARKUP else "$(touch pwned)" if name == SHELL else ids["vpc"]
    assert visible in text.out
    document = handrail("plan", "vpn", "--answers", file, "--output", "json", *company.at)
    assert ids["vpc"] in document.out or document.json["flow"] == "vpn"
    assert not OBEYED.search(document.out)

    script = tmp_path / "script.sh"
    assert handrail("export", "vpn", "--answers", file, "--format", "cli", "--out", script, *company.at).code == 0
    assert not OBEYED.search(script.read_text())
    subprocess.run(["bash", "-n", str(script)], check=True)
    if shutil.which("shellcheck"):
        subprocess.run(["shellcheck", "--severity=warning", str(script)], check=True)
    _run_with_a_false_aws(script, tmp_path)

    unknown = handrail("plan", "vpn", "--answers", answers(vpc="nowhere"), *company.at)
    assert unknown.code == 2
    assert not OBEYED.search(unknown.err)
    assert not list(tmp_path.glob("**/pwned*"))
    assert company.picture() == before


@pytest.mark.parametrize("env", [{"TERM": "dumb"}, {"TERM": "xterm", "HANDRAIL_PLAIN": "1"}], ids=["dumb", "plain"])
@pytest.mark.wild
def test_a_conversation_shows_them_and_never_obeys(company: Account, name: str, env: dict[str, str]) -> None:
    """In a list, a filter, a refusal, the review and what it writes."""
    ids = hostile(company, name)
    told = {**os.environ, **env}
    with Terminal("run", "vpn", *company.at, env=told, columns=200) as terminal:
        terminal.answer(PICK, "1")
        terminal.answer("Device address", "\x1b[2J\x07")
        assert "\\x1b[2J\\x07" in terminal.answer("Device address [\\x1b[2J\\x07]", "back")
        terminal.answer(PICK, ids["vpc"])
        answer_all(terminal, STRAIGHT[1:5])
        terminal.answer("or none", ids["table"])
        terminal.answer("or none", ids["group"])
        terminal.answer(NOW, "commands")
        terminal.answer(NOW, "\x1b]0;gone\x07")
        terminal.answer(NOW, "quit")
        assert terminal.ended() == 0
    typed = terminal.seen.replace(b"^[", b"").replace(b"^G", b"")  # the terminal's own echo
    assert_no_controls(typed)
    assert not OBEYED.search(typed.decode().replace("\r\n", "\n"))


@pytest.mark.wild
def test_a_hostile_name_survives_a_whole_run(
    handrail: Command, company: Account, answers: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ids = hostile(company, SHELL + MARKUP + BIDI)
    before = company.picture()
    file = answers(vpc=ids["vpc"], route_tables=[ids["table"]], security_groups=[ids["group"]])
    ran = handrail("run", "vpn", "--answers", file, "--yes", *company.at)
    assert ran.code == 0
    assert not OBEYED.search(ran.out + ran.err)
    (record,) = handrail("runs", "--output", "json").json
    listed = handrail("runs", record["run"])
    assert not OBEYED.search(listed.out)
    for path in (Path(name) for name in handrail("runs", record["run"], "--output", "json").json["files"]):
        assert "pwned" not in path.read_text()
    undone = handrail("undo", record["run"], "--yes", *company.at)
    assert undone.code == 0
    assert not OBEYED.search(undone.out + undone.err)
    assert company.picture() == before
    assert not list(tmp_path.glob("**/pwned*"))


@pytest.mark.parametrize(
    "message", [MARKUP, TERMINAL, BIDI, SHELL, LONG], ids=["markup", "terminal", "bidi", "shell", "long"]
)
@pytest.mark.some("markup")
def test_error_messages_of_aws_are_shown_and_never_obeyed(
    handrail: Command, museum: Account, answers: Answers, message: str
) -> None:
    """JSON carries what XML could not: an escape sequence comes as the character itself."""
    carried = escape(re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", lambda found: f"&#{ord(found[0])};", message))
    carried = carried.replace("&amp;#", "&#").replace("&#27;", "\x9b").replace("&#7;", "").replace("&#8;", "")
    refusal = ec2_error("InvalidParameterValue", carried, 400)
    with between(museum.url, deny="DescribeVpcs", error=refusal) as address:
        words = ("plan", "vpn", "--answers", answers(), "--endpoint-url", address, "--region", "eu-central-1")
        text, document = handrail(*words), handrail(*words, "--output", "json")
    assert text.code == document.code == 3
    assert not OBEYED.search(text.err + document.out)
    assert "InvalidParameterValue" in text.err
    assert document.error["code"] == "aws"


@pytest.mark.parametrize("value", list(NAMES.values()), ids=NAMES)
@pytest.mark.some("lines")
def test_answers_are_data_too(handrail: Command, museum: Account, answers: Answers, value: str) -> None:
    for key in ("vpc", "gateway_ip", "networks", "name", "interface", "device_name", "allow"):
        ran = handrail("plan", "vpn", "--set", f"{key}={value}", "--answers", answers(), *museum.at)
        assert ran.code == 2
        assert not OBEYED.search(ran.out + ran.err)
        assert "Handrail itself" not in ran.err


@pytest.mark.wild
def test_the_account_s_own_name_is_data(handrail: Command, museum: Account, answers: Answers) -> None:
    alias = (
        '<ListAccountAliasesResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ListAccountAliasesResult>'
        f"<IsTruncated>false</IsTruncated><AccountAliases><member>{BIDI}{MARKUP}</member></AccountAliases>"
        "</ListAccountAliasesResult></ListAccountAliasesResponse>"
    )
    with between(museum.url, deny="ListAccountAliases", error=(200, "text/xml", alias.encode())) as address:
        ran = handrail("plan", "vpn", "--answers", answers(), "--endpoint-url", address, "--region", "eu-central-1")
    assert "[red]x[/]" in ran.out
    assert not OBEYED.search(ran.out)


def _run_with_a_false_aws(script: Path, folder: Path) -> None:
    """Run the script for its words alone: this `aws` answers everything, and touches nothing."""
    ran = FalseAws(folder).run(script.read_text())
    assert ran.code == 0, ran.err
    assert not OBEYED.search(ran.out + ran.err)
