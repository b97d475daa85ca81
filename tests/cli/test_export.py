"""What is exported is the plan: the script leads to the same account, the policy allows just what is called."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from support.between import between
from support.command import REGION, Account, Answers, Command
from vpn.cases import VARIANTS

HERE = ("--region", REGION)


BEHIND = (
    "ec2:DescribeSecurityGroups", "ec2:DescribeNetworkInterfaces", "ec2:DescribeInstances", "ec2:DescribeNetworkAcls",
)  # fmt: skip
DELIVERY = {
    "logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DeleteResourcePolicy", "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
}  # fmt: skip
"""What AWS asks for where a service writes into a log, of no single thing."""


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.some("warehouse")
def test_the_script_is_clean(
    handrail: Command, museum: Account, answers: Answers, tmp_path: Path, variant: str
) -> None:
    script = tmp_path / "script.sh"
    handrail("export", "vpn", "--answers", answers(VARIANTS[variant]), "--format", "cli", "--out", script, *museum.at)
    assert script.stat().st_mode & 0o111
    subprocess.run(["bash", "-n", str(script)], check=True)
    if shutil.which("shellcheck") is None:
        pytest.skip("there is no shellcheck on this machine to ask")
    subprocess.run(["shellcheck", str(script)], check=True)


def test_the_script_carries_the_plan_s_own_sentences(handrail: Command, museum: Account, answers: Answers) -> None:
    file = answers()
    plan = handrail("plan", "vpn", "--answers", file, "--output", "json", *museum.at).json
    script = handrail("export", "vpn", "--answers", file, "--format", "cli", *museum.at).out
    assert [line for line in script.splitlines() if re.match(r"# \d+\. ", line)] == [
        f"# {number}. {action['sentence']}" for number, action in enumerate(plan["actions"], 1)
    ]


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.wild
def test_the_policy_allows_what_is_called_and_nothing_else(
    handrail: Command, company: Account, answers: Answers, variant: str
) -> None:
    """Every operation of planning, applying, checking and taking back is listened to."""
    file = answers(VARIANTS[variant])
    heard: list[str] = []
    with between(company.url, heard=heard) as address:
        at = ("--endpoint-url", address, *HERE)
        policy = handrail("export", "vpn", "--answers", file, "--format", "policy", *at).json
        reads = handrail("export", "vpn", "--answers", file, "--format", "policy", "--reads", *at).json
        planning = len(heard)
        made = handrail("run", "vpn", "--answers", file, "--yes", "--output", "json", *at).json
        applying = len(heard)
        handrail("check", "vpn", "--set", f"connection={made['outputs']['connection']}", *at)
        looking = {_iam(operation) for operation in (*heard[:planning], *heard[applying:])}
        assert handrail("undo", made["run"], "--yes", *at).code == 0
    called = {_iam(operation) for operation in heard} - {"sts:GetCallerIdentity"}
    granted = actions(policy)
    assert called <= granted
    spare = {
        "ec2:CreateTags": "AWS asks for it whenever something is tagged",
        "iam:GetRole": "where a role holds it",
        "ec2:GetManagedPrefixListEntries": "where a route is one to a list of networks",
        "cloudtrail:LookupEvents": "where something is not as the run left it",
        "logs:DescribeLogStreams": "where a tunnel is down and has a log",
        "logs:GetLogEvents": "where a tunnel is down and has a log",
        "sns:GetTopicAttributes": "where an alarm tells a topic",
        **dict.fromkeys(("kms:DescribeKey", "kms:GetKeyPolicy"), "where that is encrypted with a key of one's own"),
        "cloudwatch:TagResource": "AWS asks for it where an alarm is made with tags",
        "logs:TagResource": "AWS asks for it where a log is made with tags",
        "iam:CreateServiceLinkedRole": "AWS asks for it where a service has no role yet",
        **dict.fromkeys(BEHIND, "where the device has announced its networks to a transit gateway"),
        **dict.fromkeys(DELIVERY, "AWS asks for it where a service writes into a log"),
    }
    assert granted - called <= {*spare}, spare
    assert {action for action in actions(reads) if not _reads(action)} == set()
    assert {action for action in looking if _reads(action)} - {"sts:GetCallerIdentity"} <= actions(reads)


@pytest.mark.parametrize("flags", [(), ("--reads",)], ids=["all", "reads"])
@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.some("staging-reads")
def test_the_policy_is_one_that_iam_takes(
    handrail: Command, company: Account, answers: Answers, variant: str, flags: tuple[str, ...]
) -> None:
    text = handrail("export", "vpn", "--answers", answers(VARIANTS[variant]), "--format", "policy", *flags, *company.at)
    iam: Any = company.session.client("iam", endpoint_url=company.url)
    iam.create_policy(PolicyName="handrail", PolicyDocument=text.out)  # it refuses what is no policy
    document = text.json
    assert set(document) == {"Version", "Statement"}
    assert document["Version"] == "2012-10-17"
    for statement in document["Statement"]:
        assert {"Sid", "Effect", "Action", "Resource"} <= set(statement)
        assert re.fullmatch("[A-Za-z0-9]+", statement["Sid"])
        assert statement["Effect"] == "Allow"
        assert statement["Action"]
        assert all(re.fullmatch(r"[a-z0-9-]+:[A-Za-z0-9]+", action) for action in statement["Action"])
        if statement["Action"] == ["iam:CreateServiceLinkedRole"]:
            assert statement["Condition"]["StringEquals"]["iam:AWSServiceName"]
        elif not all(map(_reads, statement["Action"])):
            things = [statement["Resource"]] if isinstance(statement["Resource"], str) else statement["Resource"]
            told = statement.get("Condition", {}).get("StringEquals", {}).get("aws:RequestedRegion")
            # a policy that would be too long leaves to the things what they name themselves
            assert told == REGION or all(thing.split(":")[3:4] == [REGION] for thing in things)
            assert {*statement["Action"]} <= DELIVERY or "*" not in things
    assert ("AWS knows no single things for" in text.err) and ("ec2:DescribeVpcs" in text.err), "and why it is so wide"


@pytest.mark.wild
def test_a_saved_script_is_the_shown_one(handrail: Command, museum: Account, answers: Answers, tmp_path: Path) -> None:
    words = ("export", "vpn", "--answers", answers(), "--format", "cli", *museum.at)
    out = tmp_path / "script.sh"
    handrail(*words, "--out", out)
    assert out.read_text() == handrail(*words).out


def actions(policy: Any) -> set[str]:
    return {action for statement in policy["Statement"] for action in statement["Action"]}


def _reads(action: str) -> bool:
    return action.partition(":")[2].startswith(("Describe", "Get", "List", "Lookup", "Search", "Simulate"))


def _iam(heard: str) -> str:
    service, _, operation = heard.partition(":")
    return f"{'cloudwatch' if service == 'monitoring' else service}:{operation}"  # it is signed for by its old name
