"""`check --fix`: shown first, done after a yes, looked at again, and taken back."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping

import pytest
from practice.office import named, office
from support.command import Account, Command

import flows
from flows.engine import Blocked, Caution, Cloud, Finding, Place, Plan, Review, findings
from flows.engine.problems import NoAccess
from flows.engine.verdict import verdict
from flows.practice.company.network import BRANCH
from tui.cli import repairs
from tui.cli.confirmation import confirmed


@pytest.fixture
def broken(company: Account) -> tuple[str, ...]:
    """The check of a connection whose gateway somebody took out of the VPC; a route there still leads to it."""
    ec2, office_network = company.ec2, "192.168.10.0/24"
    made = office(ec2)["VpnConnectionId"]
    ec2.create_vpn_connection_route(VpnConnectionId=made, DestinationCidrBlock=office_network)
    vpc = named(ec2, "vpc", "staging")
    gateway = {"VpnGatewayId": named(ec2, "vgw", "staging-vgw"), "VpcId": vpc}
    table = named(ec2, "table", "staging-private")
    ec2.create_route(
        RouteTableId=table, DestinationCidrBlock=office_network, GatewayId=gateway["VpnGatewayId"]
    )  # fmt: skip
    (group,) = ec2.describe_security_groups(
        Filters=[{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    )["SecurityGroups"]
    ssh = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": office_network}]}
    ec2.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=[ssh])
    ec2.detach_vpn_gateway(**gateway)
    return ("check", "vpn", "--set", f"connection={made}", *company.at)


def test_on_a_terminal_lines_break_between_words_and_the_way_to_mend_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Elsewhere a line stays a line, and nothing is added."""
    closed = findings.broken(
        "port", "Port 443 of the load balancer is closed to everybody outside.", "seen", "Open it."
    )
    found = verdict([closed.mended_by(lambda cloud: ())])
    flow, subject, place = flows.find("alb"), {"load_balancer": "shop"}, Place(region="eu-west-1")

    def told() -> str:
        repairs.tell(flow, found, place)
        repairs.offer(flow, found, subject, place)
        return "".join(capsys.readouterr())

    assert (
        "Port 443 of the load balancer is closed to everybody outside. Open it.\n" in told() and "To mend" not in told()
    )
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr(repairs, "is_terminal", lambda: True)
    shown = told()
    command = "\nhandrail --region eu-west-1 check alb --fix all --set load_balancer=shop\n"
    assert command in shown, "it is copied as a whole"
    answer = shown.partition("\nTo mend")[0]
    assert max(map(len, answer.splitlines())) <= 40 and "Port 443 of the load balancer" in " ".join(answer.split())


@pytest.mark.quick
def test_shown_done_checked_again_and_taken_back(handrail: Command, company: Account, broken: tuple[str, ...]) -> None:
    before = company.picture()
    told = handrail(*broken, "--output", "json")
    assert (told.code, told.json["cause"], told.json["run"]) == (3, "attachment", "")
    assert {each["id"]: each["repair"] for each in told.json["findings"]}["attachment"] == "attachment"
    shown = handrail(*broken, "--fix", "all")
    assert shown.code == 2 and "+ create  Attach it to the VPC staging" in shown.out
    assert "add --yes --accept traffic" in shown.err and company.picture() == before
    document = handrail(*broken, "--fix", "attachment", "--output", "json").json
    assert [each["operation"] for each in document["plan"]["actions"]] == ["ec2.AttachVpnGateway"]
    assert document["error"]["code"] == "usage" and document["run"] == ""
    unsaid = handrail(*broken, "--fix", "all", "--yes", "--output", "json")
    assert unsaid.code == 3 and "--accept traffic" in unsaid.error["remedy"] and company.picture() == before
    done = handrail(*broken, "--fix", "attachment", "--yes", "--accept", "traffic", "--output", "json")
    assert (done.code, done.json["status"], done.json["before"]["status"]) == (0, "waiting", "broken")
    assert set(done.json) == {
        "flow", "subject", "status", "cause", "findings", "run", "before", "undo", "version",
    }  # fmt: skip
    run = done.json["run"]
    kept = handrail("runs", run, "--output", "json").json
    assert (kept["flow"], kept["kind"], kept["answers"]) == ("vpn", "repair", done.json["subject"])
    assert handrail("resume", run, "--yes", "--output", "json", *company.at).json["kind"] == "repair"
    assert handrail("undo", run, "--yes", *company.at).code == 0
    assert company.picture() == before and handrail(*broken).code == 3


def test_what_cannot_be_mended_says_why(handrail: Command, company: Account, broken: tuple[str, ...]) -> None:
    for network in ("192.168.10.0/24", BRANCH):
        company.ec2.delete_route(
            RouteTableId=named(company.ec2, "table", "staging-private"), DestinationCidrBlock=network
        )
    told = handrail(*broken)
    assert told.code == 3 and "no repair: Only you know which VPC the office is to reach." in told.out
    nothing = handrail(*broken, "--fix", "all", "--yes")
    assert nothing.code == 3 and "nothing that could be mended" in nothing.err
    assert handrail(*broken, "--fix", "attachment", "--yes").code == 2


def test_read_only_offers_none_and_says_why(handrail: Command, company: Account, broken: tuple[str, ...]) -> None:
    told = handrail(*broken, "--read-only", "--output", "json")
    assert (told.code, {each["repair"] for each in told.json["findings"]}) == (3, {""})
    assert "this is read-only" in handrail(*broken, "--read-only").out
    refused = handrail(*broken, "--read-only", "--fix", "all", "--yes", "--output", "json")
    assert refused.code == 3 and "this is read-only" in refused.error["message"]


@pytest.mark.wild
def test_what_was_done_is_told_though_it_cannot_be_looked_at(
    handrail: Command, company: Account, broken: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, diagnose = list[str](), flows.find("vpn").diagnose

    def once(cloud: Cloud, subject: Mapping[str, str]) -> Iterable[Finding]:
        if len(looked) == 2:  # the check, and what its repair reads once more
            raise NoAccess("The session has ended.")
        looked.append("once")
        return diagnose(cloud, subject)

    monkeypatch.setattr(flows.find("vpn"), "diagnose", once)
    done = handrail(*broken, "--fix", "attachment", "--yes", "--accept", "traffic", "--output", "json")
    assert (done.code, done.json["status"], done.json["error"]["message"]) == (5, "unknown", "The session has ended.")
    assert handrail("undo", done.json["run"], "--yes", *company.at).code == 0


def test_what_two_repairs_ask_is_agreed_to_once() -> None:
    both = (Caution("traffic", "One.", confirm=True), Caution("traffic", "Other.", confirm=True))
    with pytest.raises(Blocked) as said:
        confirmed(Review((), Plan(()), (), both, (), ()), (), Place())
    assert said.value.remedy == "If that is what you want, add --accept traffic."
