"""`runs RUN --look`: what a run made, looked at again; put back, or taken as it is."""

from __future__ import annotations

import pytest
from support.clock import FakeClock
from support.command import Account, Command
from vpn.cases import STAGING


@pytest.fixture
def run(handrail: Command, company: Account, monkeypatch: pytest.MonkeyPatch) -> str:
    """A VPN; whoever looks within a minute waits for nothing."""
    monkeypatch.setattr("flows.engine.look.RealClock", FakeClock)
    told = handrail("run", "vpn", *company.at, *sets(), "--yes", "--output", "json")
    assert told.code == 0
    return str(told.json["run"])


def sets() -> list[str]:
    given = {key: ",".join(each) if isinstance(each, list | tuple) else each for key, each in STAGING.items()}
    return [word for key, value in given.items() for word in ("--set", f"{key}={value}")]


@pytest.mark.quick
@pytest.mark.wild
def test_what_was_deleted_is_told_and_put_back(handrail: Command, company: Account, run: str) -> None:
    whole = handrail("runs", run, "--look", "--output", "json", *company.at).json
    assert {each["state"] for each in whole["looked"]} == {"as_left"}
    assert {key for each in whole["looked"] for key in each} == {"action", "state", "was", "is", "by", "costs"}
    assert "looked" not in handrail("runs", run, "--output", "json").json
    said = handrail("runs", run).out
    assert "What it cost when it was made" in said and "It costs" not in said
    connection = whole["outputs"]["connection"]
    company.ec2.delete_vpn_connection(VpnConnectionId=connection)

    told = handrail("runs", run, "--look", *company.at)
    assert told.code == 0 and "It is not as this run left it: of 5 steps 3 are gone." in told.out
    assert "It costs now\n  Nothing by itself." in told.out and "36.50" not in told.out
    (gone,) = (
        each
        for each in handrail("runs", run, "--look", "--output", "json", *company.at).json["looked"]
        if each["action"] == "connection"
    )
    assert (gone["state"], gone["was"], gone["is"], gone["costs"]) == ("gone", connection, "not there", "")
    assert "DeleteVpnConnection" in gone["by"]

    shown = handrail("runs", run, "--look", "--put-back", *company.at)
    assert shown.code == 2 and "+ create  Again: create the VPN connection" in shown.out
    assert "--yes --accept new-ids" in shown.err
    done = handrail(
        "runs", run, "--look", "--put-back", "--yes", "--accept", "new-ids", "--output", "json", *company.at
    )
    assert (done.code, done.json["flow"]) == (0, "vpn") and done.json["run"] != run
    again = handrail("runs", done.json["run"], "--look", "--output", "json", *company.at).json
    assert [each["state"] for each in again["looked"]] == ["as_left"] * 3

    kept = handrail("runs", run, "--look", "--as-it-is", "--output", "json", *company.at)
    assert {each["state"] for each in kept.json["looked"]} == {"as_left"} and "Accepted: 3 of 3." in kept.err


@pytest.mark.wild
@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--look",), 2, "--look wants the run"),
        (("RUN", "--put-back"), 2, "go with --look"),
        (("RUN", "--look", "--put-back", "--read-only"), 3, "read-only"),
        (("RUN", "--look", "--as-it-is", "--read-only"), 3, "read-only"),
    ],
)
def test_what_makes_no_sense_is_refused(
    handrail: Command, company: Account, run: str, words: tuple[str, ...], code: int, said: str
) -> None:
    told = handrail("runs", *(run if word == "RUN" else word for word in words), *company.at)
    assert told.code == code and said in told.err
