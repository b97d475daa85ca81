"""Whatever is wrong on the way into an account: profiles, credentials, regions, endpoints."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from cli.both_ways import HERE, both
from support.between import answering, between, ec2_error, sts_error
from support.command import Account, Answers, Command


def test_a_profile_that_does_not_exist(
    handrail: Command, answers: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config"
    config.write_text("[profile work]\nregion = eu-central-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    text, said = both(handrail, "plan", "vpn", "--answers", answers(), "--profile", "ghost")
    assert text.code == 4
    assert "There is no AWS profile called “ghost”." in said
    assert "work" in said


def test_a_profile_of_the_environment_that_does_not_exist(
    handrail: Command, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "ghost")
    text, said = both(handrail, "plan", "vpn", "--answers", answers(), *HERE)
    assert text.code == 4
    assert "ghost" in said


def test_a_configuration_that_cannot_be_read(
    handrail: Command, answers: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config"
    config.write_text("[default\nregion")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    text, said = both(handrail, "plan", "vpn", "--answers", answers(), *HERE)
    assert text.code == 4
    assert str(config) in said


def test_no_credentials(handrail: Command, answers: Answers) -> None:
    text, said = both(handrail, "plan", "vpn", "--answers", answers(), *HERE)
    assert text.code == 4
    assert said.startswith("No AWS credentials were found.")
    assert "--practice" in said


def test_expired_credentials(handrail: Command, signed_in: None, answers: Answers) -> None:
    expired = sts_error("ExpiredToken", "The security token included in the request is expired")
    with answering(lambda *_: expired) as address:
        text, said = both(handrail, "plan", "vpn", "--answers", answers(), *HERE, "--endpoint-url", address)
    assert text.code == 4
    assert "has expired" in said
    assert "aws sso login" in said


@pytest.mark.wild
def test_credentials_that_expire_while_answers_are_looked_up(
    handrail: Command, museum: Account, answers: Answers
) -> None:
    expired = ec2_error("RequestExpired", "Request has expired.", 400)
    with between(museum.url, deny="DescribeVpcs", error=expired) as address:
        text, said = both(handrail, "plan", "vpn", "--answers", answers(), *HERE, "--endpoint-url", address)
    assert text.code == 4
    assert "has expired" in said


def test_no_region(handrail: Command, signed_in: None, answers: Answers) -> None:
    text, said = both(handrail, "plan", "vpn", "--answers", answers())
    assert text.code == 4
    assert "No region is chosen." in said
    assert "--region" in said


@pytest.mark.parametrize("region", ["nonsense", "no where", "$(reboot)", "eu-central", "a" * 300])
@pytest.mark.parametrize("practice", [(), ("--practice",)], ids=["real", "practice"])
def test_a_region_that_cannot_be_one(
    handrail: Command, signed_in: None, answers: Answers, region: str, practice: tuple[str, ...]
) -> None:
    text, said = both(handrail, "plan", "vpn", "--answers", answers(), "--region", region, *practice)
    assert text.code == 4
    assert f"“{region}” is not a region." in said
    assert "eu-central-1" in said


@pytest.mark.parametrize("url", ["nonsense", "127.0.0.1:4566", "ftp://127.0.0.1", "http://[", "http://", "http://a b"])
def test_an_endpoint_that_is_no_address(handrail: Command, signed_in: None, answers: Answers, url: str) -> None:
    text, said = both(handrail, "plan", "vpn", "--answers", answers(), *HERE, "--endpoint-url", url)
    assert text.code == 4
    assert f"“{url}” is not an address." in said
    assert "http://127.0.0.1:4566" in said


def test_an_endpoint_where_nobody_listens(handrail: Command, signed_in: None, answers: Answers) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        text, said = both(handrail, "plan", "vpn", "--answers", answers(), *HERE, "--endpoint-url", url)
    assert text.code == 4
    assert "cannot be reached" in said
    assert "--endpoint-url" in said


@pytest.mark.parametrize(
    ("kind", "body"),
    [("text/html", b"<html><body>Welcome to our hotel</body></html>"), ("text/html", b""), ("application/json", b"{}"),
     ("text/plain", bytes(range(256)))],
    ids=["hotel", "nothing", "json", "noise"],
)  # fmt: skip
@pytest.mark.some("noise", "nothing")
def test_an_endpoint_that_is_not_aws(
    handrail: Command, signed_in: None, answers: Answers, kind: str, body: bytes
) -> None:
    with answering(lambda *_: (200, kind, body)) as address:
        text, said = both(handrail, "plan", "vpn", "--answers", answers(), *HERE, "--endpoint-url", address)
    assert text.code == 4
    assert f"What answered at {address} is not AWS." in said
    assert "proxy" in said
