"""The command line is a contract: commands, flags, JSON, exit codes, and which stream says what."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.between import between
from support.command import REGION, Account, Answers, Command, Ran
from vpn.cases import BGP, STATIC

import flows
from flows.engine import Finding, Grade, Journal, Left, Place
from flows.engine.problems import Denied
from flows.engine.verdict import verdict
from flows.version import __version__
from tui import words

RESULT = {
    "run", "flow", "kind", "status", "resources", "outputs", "warnings", "undo", "files", "next_steps", "waiting",
    "version",
}  # fmt: skip
"""The keys of the contract, and the five that came on top."""


def settings(answers: dict[str, Any]) -> list[str]:
    """Answers as `--set` flags, lists with commas."""
    flat = {key: ",".join(value) if isinstance(value, list) else value for key, value in answers.items()}
    return [word for key, value in flat.items() for word in ("--set", f"{key}={value}")]


# -- what needs no account -----------------------------------------------------------------------------------


def test_version_and_help(handrail: Command) -> None:
    assert handrail("--version") == Ran(0, f"handrail {__version__}\n", "")
    ran = handrail("--help")
    assert ran.code == 0
    for command in [
        "list",
        "run",
        "plan",
        "questions",
        "export",
        "runs",
        "resume",
        "undo",
        "check",
        "graph",
        "completion",
        "help",
    ]:
        assert f"\n  {command} " in ran.out
        assert handrail(command, "--help").code == 0
    for option in [
        "--profile",
        "--region",
        "--endpoint-url",
        "--practice",
        "--read-only",
        "--no-color",
        "--version",
        "--help",
    ]:
        assert option in ran.out


@pytest.mark.parametrize(
    ("command", "options"),
    {
        "list": "--output",
        "run": "--answers --set --yes --plain --output --accept",
        "plan": "--answers --set --output",
        "questions": "--output",
        "export": "--answers --set --format --out",
        "runs": "--output",
        "resume": "--yes --output --accept",
        "undo": "--yes --set --output",
        "check": "--set --fix --yes --accept --output",
        "graph": "",
        "completion": "",
        "help": "--output",
    }.items(),
)
def test_each_command_takes_its_options_and_the_global_ones(handrail: Command, command: str, options: str) -> None:
    offered = handrail(command, "--help").out
    for option in [
        *options.split(),
        "--profile",
        "--region",
        "--endpoint-url",
        "--practice",
        "--read-only",
        "--no-color",
    ]:
        assert option in offered


def test_list(handrail: Command, process: Command) -> None:
    text = handrail("list")
    assert text.code == 0
    for name, (title, summary) in flows.SET_UPS.items():
        assert name in text.out
        assert title in text.out
        assert summary in text.out
    listed = handrail("list", "--output", "json").json
    assert listed == [{"name": n, "title": t, "summary": s} for n, (t, s) in flows.SET_UPS.items()]
    assert process("list") == Ran(0, text.out, "")


def test_questions_tell_what_an_answers_file_holds(handrail: Command) -> None:
    found = handrail("questions", "vpn", "--output", "json").json
    assert [q["key"] for q in found] == [q.id for q in flows.find("vpn").questions]
    by_key = {q["key"]: q for q in found}
    assert set(by_key["asn"]) == {
        "key", "ask", "kind", "essential", "default", "suggestion", "allowed", "when", "example", "why",
    }  # fmt: skip
    assert (by_key["asn"]["default"], by_key["asn"]["suggestion"]) == ("65000", "")
    assert (by_key["route_tables"]["default"], by_key["route_tables"]["suggestion"]) == (
        "",
        "(depends on earlier answers)",
    )
    assert by_key["asn"]["when"] == "routing = bgp"
    assert by_key["routing"]["allowed"] == "static | bgp"
    assert by_key["routing"]["essential"] is True
    assert by_key["encryption"]["essential"] is False
    assert by_key["encryption"]["default"] == "modern"
    text = handrail("questions", "vpn").out
    assert all(q["key"] in text and q["ask"] in text for q in found)


def test_questions_tell_every_id_that_accept_takes(handrail: Command) -> None:
    listed = handrail("questions", "website", "--output", "json").json
    ids = {q["key"]: [each["id"] for each in q.get("accept", [])] for q in listed}
    assert ids["zone"] == ["zone-twice", "name-taken"]
    assert ids[listed[-1]["key"]] == ["plain-http", "new-ids", "overwrites", "access", "traffic"], (
        "what the review may ask"
    )
    text = handrail("questions", "website").out
    assert all(f"{each['id']}" in text and each["sentence"] in text for q in listed for each in q.get("accept", []))
    repairs = handrail("questions", "website", "--check")
    assert "\ntraffic\n" in repairs.out and "\nmanaged\n" in repairs.out and "zone-twice" not in repairs.out


def test_graph_is_mermaid_with_every_question(handrail: Command) -> None:
    drawn = handrail("graph", "vpn").out
    assert drawn.startswith("stateDiagram-v2\n")
    for state in [q.id for q in flows.find("vpn").questions] + [
        "review",
        "applying",
        "done",
        "failed",
        "undoing",
        "undone",
    ]:
        assert state in drawn


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_is_one_its_shell_understands(handrail: Command, tmp_path: Path, shell: str) -> None:
    ran = handrail("completion", shell)
    assert ran.code == 0
    assert "_HANDRAIL_COMPLETE" in ran.out
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} on this machine to ask")
    script = tmp_path / f"handrail.{shell}"
    script.write_text(ran.out)
    subprocess.run([shell, "-n", str(script)], check=True)


@pytest.mark.parametrize("words", [("run", "vpn", "--yes"), ("plan", "vpn"), ("export", "vpn", "--format", "cli")])
def test_every_missing_key_is_named_without_any_account(handrail: Command, words: tuple[str, ...]) -> None:
    ran = handrail(*words)
    assert ran.code == 2
    assert ran.out == ""
    for question in flows.find("vpn").questions:
        wanted = not question.fine_tuning and not question.when.needs and not question.literal
        assert (f"{question.id}: {question.ask} ({question.allowed()})" in ran.err) is wanted


def test_a_key_that_an_answer_makes_necessary_is_missing_too(handrail: Command) -> None:
    for mode, key in (("new_instance", "subnet"), ("existing_instance", "instance")):
        assert f"1 answer is missing:\n  {key}: " in handrail("run", "wordpress", "--set", f"mode={mode}", "--yes").err


def test_a_default_that_is_written_down_counts(handrail: Command, company: Account, answers: Answers) -> None:
    whole = yaml.safe_load(answers(vpc="staging", route_tables=["staging-private"], security_groups=[]).read_text())
    short = {key: value for key, value in whole.items() if key not in ("routing", "security_groups")}
    plans = [
        handrail("plan", "vpn", *settings(given), "--output", "json", *company.at).json | {"answers": ...}
        for given in (whole, short)
    ]
    assert plans[0] == plans[1]


def test_all_faults_are_told_at_once(handrail: Command) -> None:
    ran = handrail("plan", "vpn", "--set", "adress=1", "--set", "gateway_ip=nonsense", "--set", "networks=300.1.1.1")
    assert ran.code == 2
    assert ran.err.startswith("4 things are wrong with these answers:\n“adress” is not known in the answers of vpn.")
    first, second, *_ = handrail("plan", "s3_lambda", "--set", "prefx=1", "--set", "sufix=2").err.splitlines()[1:]
    assert "“prefx”" in first and "Did you mean “prefix”?" in first, "beside what it is about"
    assert "“sufix”" in second and "Did you mean “suffix”?" in second
    for fault in ("gateway_ip: “nonsense” is not an IPv4 address.", "networks: “300.1.1.1” is not a network."):
        assert fault in ran.err
    assert "2 answers are missing:\n  vpc: " in ran.err


def test_what_only_the_account_tells_is_told_in_the_same_answer(
    handrail: Command, museum: Account, answers: Answers
) -> None:
    """What hangs by a wrong answer cannot be told; all else is, beside what is badly written and what is missing."""
    wrong = {"networks": ["10.0.5.0/24"], "route_tables": ["shop-public", "nope"], "security_groups": ["webb"]}
    faults = ["networks: 10.0.5.0/24", "route_tables: “nope” is not among", "security_groups: “webb” is not among"]
    for badly, first in (({}, []), ({"gateway_ip": "10.0.0.1"}, ["gateway_ip: 10.0.0.1 is a private address"])):
        told = handrail("plan", "vpn", "--answers", answers(**wrong, **badly), *museum.at)
        headline, *rows = told.err.splitlines()
        assert (told.code, headline) == (2, f"{len(rows)} things are wrong with these answers:")
        expected = [*first, *faults]
        assert all(row.startswith(fault) for row, fault in zip(rows, expected, strict=True)), rows
    lacking = handrail("plan", "vpn", "--answers", answers(**wrong, gateway_ip=None), *museum.at)
    assert lacking.err.startswith("4 things are wrong") and all(f"\n{fault}" in lacking.err for fault in faults)
    assert lacking.err.endswith(")\nAdd them to the answers file, or with --set KEY=VALUE.\n"), "what to do comes last"
    hanging = handrail("plan", "vpn", "--answers", answers(**wrong, vpc="shopp"), *museum.at)
    assert hanging.err.startswith("vpc: “shopp” is not among"), "whose tables they are is not known"


def test_a_secret_that_is_missing_is_not_to_be_said_in_the_open(
    handrail: Command, museum: Account, answers: Answers
) -> None:
    """What the remedy says is taken: a secret by reference alone."""
    own = handrail("plan", "vpn", "--answers", answers(keys="own"), *museum.at)
    assert own.err.endswith("\nAdd them with --set psk_1=@FILE --set psk_2=@FILE.\n")
    both = handrail("plan", "vpn", "--answers", answers(keys="own", gateway_ip=None), *museum.at)
    assert both.err.endswith(
        "\nAdd them to the answers file, or with --set KEY=VALUE; and with --set psk_1=@FILE --set psk_2=@FILE.\n"
    )


def test_an_answer_that_is_not_asked_for_is_named_in_the_review(
    handrail: Command, museum: Account, answers: Answers
) -> None:
    told = handrail("plan", "vpn", "--answers", answers(amazon_asn="64600"), *museum.at).out
    assert told.count("  [note] “amazon_asn” is not asked with these answers; it was not used.") == 1


def test_an_answer_that_was_not_used_is_none_of_the_runs(handrail: Command, company: Account, answers: Answers) -> None:
    """A draft keeps it, as it may be asked for yet; what is confirmed has what it was made of."""
    file = answers(amazon_asn="64600")
    handrail("run", "vpn", "--answers", file, *company.at)
    (draft,) = handrail("runs", "--output", "json").json
    assert handrail("runs", draft["run"], "--output", "json").json["answers"]["amazon_asn"] == "64600"
    ran = handrail("run", "vpn", "--answers", file, "--yes", "--output", "json", *company.at)
    assert ran.code == 0, ran.err
    kept = handrail("runs", ran.json["run"], "--output", "json").json["answers"]
    assert "amazon_asn" not in kept and kept["gateway_ip"]


def test_what_there_is_stands_before_the_remedy(handrail: Command, museum: Account) -> None:
    told = handrail("plan", "vpn", "--set", "vpc=shop", "--set", "adress=1", *museum.at).err
    assert told.index("answers are missing") < told.index("There are, for route_tables") < told.index("Add them to")


def test_a_word_that_is_like_none_gets_all_that_are_known(handrail: Command) -> None:
    told = handrail("plan", "alb", "--set", "what=redirect").err
    assert "“what” is not known in the answers of alb. Known are: load_balancer, " in told


def test_an_unknown_key_gets_the_nearest_known_one(handrail: Command) -> None:
    ran = handrail("plan", "vpn", "--set", "gatway_ip=203.0.113.10")
    assert ran.code == 2
    assert "“gatway_ip”" in ran.err
    assert "Did you mean “gateway_ip”?" in ran.err
    ran = handrail("run", "vpm", "--yes", "--output", "json")
    assert ran.code == 2
    assert "vpn" in ran.error["remedy"]


@pytest.mark.parametrize("words", [(), ("run", "vpn"), ("resume", "vpn-x"), ("run", "vpn", "--plain")])
@pytest.mark.some(3)
def test_without_a_terminal_nothing_is_asked(process: Command, words: tuple[str, ...]) -> None:
    """Standard input holds replies to everything; not one of them is read."""
    ran = process(*words, stdin="yes\n" * 100)
    assert ran.code == 2
    assert "? " not in ran.out.replace("Usage: ", "")


@pytest.mark.parametrize(
    "words",
    [
        ("nonsense",),
        ("list", "--nonsense"),
        ("run",),
        ("export", "vpn"),
        ("export", "vpn", "--format", "nonsense"),
        ("plan", "vpn", "--set", "x"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_exit_2_and_prose_on_stderr(handrail: Command, words: tuple[str, ...]) -> None:
    ran = handrail(*words)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.strip()


def test_wrong_usage_in_json_mode_is_a_document(handrail: Command) -> None:
    ran = handrail("run", "vpn", "--output", "json", "--nonsense")
    assert ran.code == 2
    assert "--nonsense" in ran.error["message"]
    assert ran.err == ""


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("run", "vpn", "--output=ndjson"), "refused"),
        (("resume", "vpn-none", "-ondjson"), "refused"),
        (("undo", "--output", "ndjson"), "usage"),
    ],
)
def test_what_is_wrong_is_one_line_among_lines(handrail: Command, words: tuple[str, ...], code: str) -> None:
    (said,) = handrail(*words).lines
    assert said["error"]["code"] == code


def test_a_word_json_elsewhere_does_not_switch_to_json(handrail: Command) -> None:
    ran = handrail("plan", "vpn", "--answers", "json")
    assert ran.code == 2
    assert ran.out == ""


# -- answers -------------------------------------------------------------------------------------------------


def test_a_file_in_yaml_or_json_and_flags_mean_the_same(
    handrail: Command, museum: Account, answers: Answers, tmp_path: Path
) -> None:
    as_json = tmp_path / "answers.json"
    as_json.write_text(json.dumps(dict(STATIC)))
    plans = [
        handrail("plan", "vpn", *how, "--output", "json", *museum.at).json
        for how in (("--answers", answers()), ("--answers", as_json), settings(dict(STATIC)))
    ]
    for plan in plans:
        del plan["answers"]  # the replies as they were given
    assert plans[0] == plans[1] == plans[2]


def test_a_flag_wins_over_the_file(handrail: Command, museum: Account, answers: Answers) -> None:
    ran = handrail("plan", "vpn", "--answers", answers(), "--set", "name=harbour", "--output", "json", *museum.at)
    assert ran.json["answers"]["name"] == "harbour"
    assert "harbour-vgw" in ran.out


def test_a_choice_is_given_by_its_id_or_its_unique_name(handrail: Command, museum: Account, answers: Answers) -> None:
    vpc, table = (
        next(iter(museum.ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["shop"]}])["Vpcs"]))["VpcId"],
        museum.ec2.describe_route_tables(Filters=[{"Name": "tag:Name", "Values": ["shop-private-a"]}])["RouteTables"][
            0
        ]["RouteTableId"],
    )
    by_name = handrail(
        "plan", "vpn", "--answers", answers(route_tables=["shop-private-a"]), "--output", "json", *museum.at
    )
    by_id = handrail("plan", "vpn", "--answers", answers(vpc=vpc, route_tables=[table]), "--output", "json", *museum.at)
    assert by_name.json["actions"] == by_id.json["actions"]


@pytest.mark.wild
def test_an_ambiguous_name_is_refused_with_the_ids(handrail: Command, company: Account, answers: Answers) -> None:
    company.ec2.create_vpc(
        CidrBlock="10.99.0.0/16",
        TagSpecifications=[{"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": "shop"}]}],
    )
    ran = handrail("plan", "vpn", "--answers", answers(), *company.at)
    assert ran.code == 2
    assert "2 are called “shop”" in ran.err
    assert ran.err.count("vpc-") == 2
    assert "id instead" in ran.err


def test_global_options_hold_before_and_after_the_command(handrail: Command, museum: Account, answers: Answers) -> None:
    file = answers()
    before = handrail(*museum.at, "--read-only", "plan", "vpn", "--answers", file)
    after = handrail("plan", "vpn", "--answers", file, *museum.at, "--read-only")
    assert before == after
    assert "READ-ONLY" in before.out


def test_answers_that_are_not_asked_are_a_warning(handrail: Command, museum: Account, answers: Answers) -> None:
    ran = handrail("plan", "vpn", "--answers", answers(asn=65010), "--output", "json", *museum.at)
    assert ran.code == 0
    assert ["unused-asn", "asn"] in [[w["id"], w["key"]] for w in ran.json["warnings"]]


# -- looking -------------------------------------------------------------------------------------------------


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


# -- doing, and taking back ----------------------------------------------------------------------------------


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


def test_an_answers_file_of_a_newer_version_is_told(handrail: Command, tmp_path: Path) -> None:
    for name, text in (
        ("a.yaml", "# Handrail answers, version 2\nvpc: x\n"),
        ("a.json", '{"handrail": 2, "vpc": "x"}'),
    ):
        (tmp_path / name).write_text(text)
        ran = handrail("plan", "vpn", "--answers", tmp_path / name, "-o", "json")
        assert ran.code == 2 and "is of version 2; this Handrail knows version 1." in ran.error["message"]
    (tmp_path / "a.json").write_text('{"handrail": "one"}')
    assert "“one”, which is none" in handrail("plan", "vpn", "--answers", tmp_path / "a.json").err
    (tmp_path / "a.json").write_text('{"handrail": 1, "name": "x"}')
    assert "answers are missing" in handrail("plan", "vpn", "--answers", tmp_path / "a.json").err, "it is no answer"


def test_a_document_says_its_version_and_a_list_has_none(handrail: Command) -> None:
    run = Journal().begin("vpn", Place(region="eu-central-1"))
    assert handrail("runs", run.id, "-o", "json").json["version"] == 1
    assert [type(each) for each in handrail("runs", "-o", "json").json] == [dict]
    assert "version" not in handrail("runs", "-o", "json").json[0]


@pytest.mark.wild
def test_answers_are_saved_on_request(handrail: Command, museum: Account, answers: Answers, tmp_path: Path) -> None:
    kept = tmp_path / "kept.yaml"
    ran = handrail("run", "vpn", "--answers", answers(BGP), "--save-answers", kept, *museum.at)
    assert ran.code == 2
    assert yaml.safe_load(kept.read_text()) == dict(BGP)
    assert kept.read_text().startswith("# Handrail answers, version 1\n")
    assert kept.stat().st_mode & 0o777 == 0o600
    first = handrail("plan", "vpn", "--answers", answers(BGP), "--output", "json", *museum.at)
    assert handrail("plan", "vpn", "--answers", kept, "--output", "json", *museum.at) == first
    (draft,) = handrail("runs", "--output", "json").json
    again = tmp_path / "again.yaml"
    assert handrail("runs", draft["run"], "--save-answers", again).code == 0
    assert yaml.safe_load(again.read_text()) == dict(BGP)


# -- exporting and checking ----------------------------------------------------------------------------------


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


def test_check_tells_by_words_json_and_exit_code(handrail: Command, company: Account, answers: Answers) -> None:
    made = handrail("run", "vpn", "--answers", answers(), "--yes", "--output", "json", *company.at).json
    connection = made["outputs"]["connection"]
    ran = handrail("check", "vpn", "--set", f"connection={connection}", "--output", "json", *company.at)
    assert ran.code == 0
    assert set(ran.json) == {"flow", "subject", "status", "cause", "findings", "run", "version"}
    assert ran.json["status"] == "waiting"
    assert {"id", "grade", "sentence", "evidence", "remedy", "why", "follows", "repair"} == set(ran.json["findings"][0])
    assert ran.json["cause"] in {each["id"] for each in ran.json["findings"] if each["grade"] == "waiting"}
    text = handrail("check", "vpn", "--set", f"connection={connection}", *company.at)
    assert text.out.startswith("It waits: ") and "[waiting] Tunnel 1" in text.out
    for table in company.ec2.describe_route_tables()["RouteTables"]:
        for gateway in table.get("PropagatingVgws", []):
            company.ec2.disable_vgw_route_propagation(
                RouteTableId=table["RouteTableId"], GatewayId=gateway["GatewayId"]
            )
    broken = handrail("check", "vpn", "--set", f"connection={connection}", "--output", "json", *company.at)
    assert broken.code == 3
    assert broken.json["status"] == "broken"


@pytest.mark.parametrize(
    ("grades", "standing"),
    [
        (["proved", "not checked"], "unknown"), (["predicted"], "works"), (["proved", "waiting"], "waiting"),
        (["waiting", "not checked", "proved"], "unknown"), (["waiting", "refused", "not checked"], "broken"),
        (["not checked"], "unknown"), ([], "unknown"), (["caution", "proved"], "works_but"),
        (["waiting", "caution"], "waiting"),
    ],
)  # fmt: skip
def test_a_check_claims_only_what_was_looked_at(grades: list[str], standing: str) -> None:
    found = [Finding("x", Grade(grade), "") for grade in grades]
    assert verdict(found).status == standing
    assert verdict([*found, Finding("clients", Grade.NOT_CHECKED, "", aside=True)]).status == standing


def test_what_could_not_be_looked_at_is_not_said_to_work(
    handrail: Command, company: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    denied = Finding("certificate", Grade.NOT_CHECKED, "A certificate could not be read.", "acm:DescribeCertificate")
    seen = [Finding("doors", Grade.PROVED, "It lets visitors in."), denied]
    monkeypatch.setattr(flows.find("alb"), "diagnose", lambda cloud, subject: seen)
    asked = ("check", "alb", "--set", "load_balancer=shop", *company.at)
    told = handrail(*asked, "--output", "json")
    assert (told.code, told.json["status"]) == (5, "unknown")
    shown = handrail(*asked)
    assert (shown.code, "cannot be told: A certificate could not be read." in shown.out) == (5, True)


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


def test_check_of_nothing_known(handrail: Command, museum: Account) -> None:
    missing = handrail("check", "vpn")
    assert missing.code == 2
    assert "connection" in missing.err
    ran = handrail("check", "vpn", "--set", "connection=vpn-0123456789abcdef0", *museum.at)
    assert ran.code == 2
    assert "“vpn-0123456789abcdef0”" in ran.err
    assert handrail("check", "vpn", "--set", "conection=x").code == 2


# -- as a process --------------------------------------------------------------------------------------------


@pytest.mark.wild
def test_practice_needs_no_account(process: Command, answers: Answers) -> None:
    ran = process("plan", "vpn", "--practice", "--answers", answers(), "--output", "json")
    assert ran.code == 0
    assert ran.json["flow"] == "vpn"
    assert ran.err == ""
    text = process("plan", "vpn", "--practice", "--answers", answers())
    assert "PRACTICE" in text.out


def test_a_reader_that_has_gone_is_no_error(process: Command) -> None:
    shown = subprocess.run(
        "set -o pipefail; python -m tui graph vpn | true", shell=True, executable="/bin/bash", capture_output=True,
        text=True, check=False, env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert shown.stderr == ""
