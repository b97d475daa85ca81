"""The contract of plans and runs: made, read only, failed, told as JSON, and taken back; each with its exit code."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.between import between
from support.command import REGION, Account, Answers, Command

import flows
from flows.engine import Journal, Left, Place
from flows.engine.problems import Denied
from tui import words

RESULT = {
    "run", "flow", "kind", "status", "resources", "outputs", "warnings", "undo", "files", "next_steps", "waiting",
    "version",
}  # fmt: skip
"""The keys of the contract, and the five that came on top."""


def test_a_plan_is_shown_and_nothing_is_created(handrail: Command, museum: Account, answers: Answers) -> None:
    text = handrail("plan", "vpn", "--answers", answers(), *museum.at)
    assert text.code == 0
    for part in ("Your answers", "What will be done", "Checked beforehand", "What it costs", "36.50 USD a month"):
        assert part in text.out
    assert "Let in (allow): ping, ssh" in text.out
    document = handrail("plan", "vpn", "--answers", answers(), "--output", "json", *museum.at).json
    assert set(document) == {
        "flow",
        "answers",
        "actions",
        "uses",
        "checks",
        "warnings",
        "costs",
        "permissions",
        "version",
    }
    assert set(document["actions"][0]) == {"id", "sentence", "operation", "needs"}
    assert set(document["warnings"][0]) == {"id", "key", "message", "confirm"}
    assert handrail("runs", "--output", "json").json == [], "a plan leaves no draft"


def test_read_only_changes_nothing(handrail: Command, museum: Account, answers: Answers) -> None:
    ran = handrail("run", "vpn", "--answers", answers(), "--yes", "--read-only", "--output", "json", *museum.at)
    assert ran.code == 3
    assert ran.error["message"] == "Nothing was changed: this is read-only."
    assert "--read-only" in ran.error["remedy"]


def test_read_only_belongs_to_the_command_that_says_it(handrail: Command, company: Account, answers: Answers) -> None:
    """A draft that was looked at once with --read-only is gone on with, with or without it, as each command says."""
    begun = handrail("run", "vpn", "--answers", answers(), "--yes", "--read-only", "--output", "json", *company.at)
    assert begun.code == 3
    (draft,) = (each["run"] for each in handrail("runs", "--output", "json").json)
    looked = handrail("resume", draft, "--yes", "--read-only", "--output", "json")
    assert (looked.code, looked.error["message"]) == (3, "Nothing was changed: this is read-only.")
    made = handrail("resume", draft, "--yes", "--output", "json")
    assert (made.code, made.json["run"], made.json["status"]) == (0, draft, "waiting")
    kept = handrail("undo", draft, "--yes", "--read-only", "--output", "json")
    assert (kept.code, kept.error["message"]) == (3, "Nothing was changed: this is read-only.")
    assert handrail("undo", draft, "--yes", "--output", "json").json["status"] == "undone"


@pytest.mark.wild
def test_read_only_takes_nothing_back(handrail: Command, company: Account, answers: Answers) -> None:
    made = handrail("run", "vpn", "--answers", answers(), "--yes", "--output", "json", *company.at).json
    standing = company.picture()
    for command in ("undo", "resume"):
        ran = handrail("--read-only", command, made["run"], "--yes", "--output", "json")
        assert (ran.code, ran.error["code"]) == (3, "blocked")
    assert company.picture() == standing
    assert handrail("runs", "--output", "json").json[0]["status"] == "waiting"


def test_the_plan_of_a_refused_set_up_is_exit_3(handrail: Command, company: Account, answers: Answers) -> None:
    for _ in range(4):  # the company has one; five are AWS's limit
        company.ec2.create_vpn_gateway(Type="ipsec.1")
    before = company.picture()
    plan = handrail("plan", "vpn", "--answers", answers(), "--output", "json", *company.at)
    assert plan.code == 3
    refused = [check for check in plan.json["checks"] if check["grade"] == "refused"]
    assert [check["id"] for check in refused] == ["quota-L-7029FAB6"]
    run = handrail("run", "vpn", "--answers", answers(), "--yes", "--output", "json", *company.at)
    assert run.code == 3
    assert run.error["code"] == "blocked"
    assert "limit of 5" in run.error["message"]
    assert "L-7029FAB6" in run.error["remedy"]
    assert company.picture() == before


@pytest.mark.quick
def test_a_run_from_answers_to_undo(handrail: Command, company: Account, answers: Answers) -> None:
    before = company.picture()
    ran = handrail("run", "vpn", "--answers", answers(), "--yes", "--output", "json", *company.at)
    assert ran.code == 0
    document = ran.json
    assert set(document) == RESULT
    assert document["flow"] == "vpn"
    assert document["status"] == "waiting"
    assert document["undo"] == f"handrail undo {document['run']}"
    assert all(set(each) - {"changed"} == {"action", "type", "id", "created"} for each in document["resources"])
    assert all(each["created"] is not each.get("changed", False) for each in document["resources"])
    changed = {each["type"] for each in document["resources"] if not each["created"]}
    assert changed == {"AWS::EC2::VPC", "AWS::EC2::RouteTable"}, "where it is attached, and the ways to it"
    assert all(set(each) == {"id", "key", "message"} for each in document["warnings"])
    made = {each["type"]: each["id"] for each in document["resources"]}
    assert document["outputs"]["connection"] == made["AWS::EC2::VPNConnection"]
    after = company.picture()
    assert after != before
    assert made["AWS::EC2::VPNConnection"] in after["vpn_connections"]
    assert made["AWS::EC2::VPNGateway"] in after["vpn_gateways"]
    assert made["AWS::EC2::CustomerGateway"] in after["customer_gateways"]
    assert "begun" in ran.err

    again = handrail("resume", document["run"], "--yes", "--output", "json", *company.at)
    assert again.code == 0
    assert again.json["resources"] == document["resources"]
    assert company.picture() == after, "nothing is made twice"

    listed = handrail("runs", "--output", "json").json
    assert [(each["run"], each["status"]) for each in listed] == [(document["run"], "waiting")]
    details = handrail("runs", document["run"], "--output", "json").json
    assert {"run", "flow", "status", "answers", "steps", "resources", "outputs", "costs", "undo"} <= set(details)
    assert details["resources"] == document["resources"]
    assert details["outputs"] == document["outputs"]
    shown = handrail("runs", document["run"]).out
    for part in ("Steps", "Resources", "Outputs", "What it cost when it was made", made["AWS::EC2::VPNConnection"]):
        assert part in shown

    previewed = handrail("undo", document["run"], *company.at)
    assert (previewed.code, previewed.out) == (2, "")
    for part in ("This would be taken back:", "- remove", "connection", "To undo without being asked, add --yes."):
        assert part in previewed.err
    would = handrail("undo", document["run"], "--output", "json", *company.at)
    assert (would.code, would.json["error"]["code"]) == (2, "usage")
    assert len(would.json["would_take_back"]) == previewed.err.count("\n  - remove") + previewed.err.count("\n  ~ ")
    assert would.json["others"] == would.json["to_decide"] == []
    assert company.picture() == after, "nothing was taken back"

    undone = handrail("undo", document["run"], "--yes", "--output", "json", *company.at)
    assert undone.code == 0
    assert set(undone.json) == {"run", "status", "removed", "restored", "left", "headline", "version"}
    assert undone.json["headline"] == "Everything is as it was before."
    assert undone.json["status"] == "undone"
    assert undone.json["left"] == []
    assert any(made["AWS::EC2::VPNConnection"] in line for line in undone.json["removed"])
    assert company.picture() == before
    assert not [name for name in document["files"] if Path(name).exists()]

    twice = handrail("undo", document["run"], "--yes", "--output", "json", *company.at)
    assert (twice.code, twice.json["status"]) == (0, "undone")
    told = handrail("undo", document["run"], "--yes", *company.at)
    kept = handrail("runs", document["run"], "--output", "json").json["changed"]
    at = kept[:16].replace("T", " ")
    once = f"{document['run']} was undone on {at} (UTC); nothing is left to take back.\n"
    assert (told.code, told.out, told.err) == (0, once, "")
    gone = handrail("resume", document["run"], "--yes", "--output", "json", *company.at)
    assert gone.code == 2
    assert "undone" in gone.error["message"]


def test_what_was_there_is_used_and_left(handrail: Command, company: Account, answers: Answers) -> None:
    before = company.picture()
    file = answers(vpc="staging", route_tables=["staging-private"], security_groups=[])
    ran = handrail("run", "vpn", "--answers", file, "--yes", "--output", "json", *company.at)
    used = [each for each in ran.json["resources"] if not each["created"] and not each.get("changed")]
    assert [each["type"] for each in used] == ["AWS::EC2::VPNGateway"]
    undone = handrail("undo", ran.json["run"], "--yes", "--output", "json", *company.at).json
    assert [set(rest) for rest in undone["left"]] == [{"what", "why", "costs"}]
    assert "existed before" in undone["left"][0]["why"]
    assert company.picture() == before


@pytest.mark.wild
def test_text_goes_to_the_right_streams(handrail: Command, company: Account, answers: Answers) -> None:
    ran = handrail("run", "vpn", "--answers", answers(), "--yes", *company.at)
    assert ran.code == 0
    outputs = dict(line.split(": ", 1) for line in ran.out.splitlines())
    assert {"connection", "vpn_gateway", "customer_gateway", "files"} <= set(outputs)
    for prose in ("What will be done", "begun", "done", "waits for your device", "handrail undo "):
        assert prose in ran.err
    run = ran.err.rsplit("handrail undo ", 1)[1].strip()
    receipt = handrail("undo", run, "--yes", *company.at)
    assert receipt.code == 0
    assert receipt.out.rstrip().endswith("Everything is as it was before.")
    assert "being taken back" in receipt.err and "gone" in receipt.err


@pytest.mark.wild
def test_ndjson_is_one_document_a_line_and_ends_with_the_result(
    handrail: Command, company: Account, answers: Answers
) -> None:
    ran = handrail("run", "vpn", "--answers", answers(), "--yes", "--output", "ndjson", *company.at)
    assert ran.code == 0
    *events, result = ran.lines
    assert {"started", "done"} <= {event["event"] for event in events}
    assert all({"event", "action", "sentence"} <= set(event) for event in events)
    assert set(result) == RESULT
    *events, receipt = handrail("undo", result["run"], "--yes", "--output", "ndjson", *company.at).lines
    assert "removed" in {event["event"] for event in events}
    assert receipt["status"] == "undone"


@pytest.mark.wild
def test_a_draft_is_kept_listed_gone_on_with_and_not_undone(
    handrail: Command, company: Account, answers: Answers
) -> None:
    before = company.picture()
    ran = handrail("run", "vpn", "--answers", answers(), *company.at)
    assert ran.code == 2
    assert "--yes" in ran.err
    (draft,) = handrail("runs", "--output", "json").json
    assert draft["status"] == "draft"
    assert draft["run"] in ran.err
    assert draft["run"] in handrail("runs").out
    assert "handrail resume" in handrail("runs", draft["run"]).out
    undone = handrail("undo", draft["run"], "--yes", "--output", "json", *company.at)
    assert undone.code == 2
    assert "nothing was created" in undone.error["message"]
    unsure = handrail("resume", draft["run"], *company.at)
    assert unsure.code == 2
    assert "--yes" in unsure.err
    assert company.picture() == before
    resumed = handrail("resume", draft["run"], "--yes", "--output", "json", *company.at)
    assert (resumed.code, resumed.json["run"]) == (0, draft["run"])


def test_a_run_is_found_where_it_was_made(handrail: Command, company: Account, answers: Answers) -> None:
    """Region and endpoint are remembered: whoever undoes need not say them again."""
    ran = handrail("run", "vpn", "--answers", answers(), "--yes", "--output", "json", *company.at)
    assert handrail("undo", ran.json["run"][:7], "--yes", "--output", "json").json["status"] == "undone"


def test_a_failure_after_something_was_created_is_exit_1(handrail: Command, company: Account, answers: Answers) -> None:
    before = company.picture()
    with between(company.url, deny="AuthorizeSecurityGroupIngress") as address:
        at = ("--endpoint-url", address, "--region", REGION)
        ran = handrail("run", "vpn", "--answers", answers(), "--yes", "--output", "json", *at)
        assert ran.code == 1
        document = ran.json
        assert document["status"] == "failed"
        assert document["error"]["action"].startswith("let-in-")
        assert "ec2:AuthorizeSecurityGroupIngress" in document["error"]["remedy"]
        (record,) = handrail("runs", "--output", "json").json
        assert record["status"] == "failed"
        undone = handrail("undo", document["run"], "--yes", "--output", "json")
    assert undone.json["status"] == "undone"
    assert company.picture() == before


def test_refused_before_anything_was_created_is_exit_4(handrail: Command, company: Account, answers: Answers) -> None:
    before = company.picture()
    with between(company.url, deny="*") as address:
        elsewhere = ("--endpoint-url", address, "--region", "eu-central-1")
        ran = handrail("run", "vpn", "--answers", answers(), "--yes", "--output", "json", *elsewhere)
    assert ran.code == 4
    assert company.picture() == before


def test_a_document_says_its_version_and_a_list_has_none(handrail: Command) -> None:
    run = Journal().begin("vpn", Place(region="eu-central-1"))
    assert handrail("runs", run.id, "-o", "json").json["version"] == 1
    assert [type(each) for each in handrail("runs", "-o", "json").json] == [dict]
    assert "version" not in handrail("runs", "-o", "json").json[0]


@pytest.mark.parametrize("form", ["cli", "policy"])
@pytest.mark.some("cli")
def test_an_export_goes_to_stdout_or_a_file(
    handrail: Command, museum: Account, answers: Answers, tmp_path: Path, form: str
) -> None:
    words = ("export", "vpn", "--answers", answers(), "--format", form, *museum.at)
    shown = handrail(*words)
    assert shown.code == 0
    assert shown.err == "" if form == "cli" else "AWS knows no single things for" in shown.err
    file = tmp_path / "out"
    written = handrail(*words, "--out", file)
    assert (written.code, written.out) == (0, "")
    assert str(file) in written.err
    assert file.read_text() == shown.out


def test_what_goes_on_costing_is_one_sentence() -> None:
    def still(costs: str) -> str:
        return words.still(Left("The bucket", "It is used.", costs))

    told = " Still costs money: Old versions are paid like files."
    assert still("Old versions are paid like files.") == still("Old versions are paid like files") == told


@pytest.mark.wild
def test_what_is_created_is_told_so_where_it_cannot_be_looked_at(
    handrail: Command, company: Account, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*asked: object) -> None:
        raise Denied("You are not allowed to ec2:DescribeVpnConnections.", permission="ec2:DescribeVpnConnections")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(flows.find("vpn"), "handover", denied)
        made = handrail("run", "vpn", "--answers", answers(), "--yes", "--output", "json", *company.at)
    assert (made.code, made.json["status"]) == (1, "done")
    assert made.json["error"]["message"].startswith("Everything is created; what it came to could not be looked at.")
    assert made.json["error"]["remedy"].endswith(f"To look again: handrail resume {made.json['run']}")
    again = handrail("resume", made.json["run"], "--yes", "--output", "json", *company.at)
    assert (again.code, again.json["status"]) == (0, "waiting") and again.json["outputs"]
