"""The contract of checks: told by words, JSON and exit code, and no more claimed than was looked at."""

from __future__ import annotations

import pytest
from support.command import Account, Answers, Command

import flows
from flows.engine import Finding, Grade
from flows.engine.verdict import verdict


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


def test_check_of_nothing_known(handrail: Command, museum: Account) -> None:
    missing = handrail("check", "vpn")
    assert missing.code == 2
    assert "connection" in missing.err
    ran = handrail("check", "vpn", "--set", "connection=vpn-0123456789abcdef0", *museum.at)
    assert ran.code == 2
    assert "“vpn-0123456789abcdef0”" in ran.err
    assert handrail("check", "vpn", "--set", "conection=x").code == 2
