"""Signed in as `aws login` does it: its kept sign-in is used and renewed by botocore, and asked for where it ended."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import botocore.credentials
import pytest
from support.gate import ACCOUNT, CONSOLE, Gate, at_home, gate, logged_in

from flows.accounts import sign_in
from flows.engine import Call, Denied, NoAccess, Place, SignInNeeded, Unreachable, Way
from flows.engine.profiles import Kind, profiles


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def door(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    with gate() as opened:
        for name, value in at_home(home, opened, CONSOLE).items():
            monkeypatch.setenv(name, value)
        yield opened


def needed(profile: str = "console") -> SignInNeeded:
    with pytest.raises(SignInNeeded) as caught:
        sign_in(Place(profile))
    assert (caught.value.exit_code, caught.value.way) == (4, Way.AGAIN)
    assert "aws login --profile console" in caught.value.remedy
    assert "aws login --remote --profile console" in caught.value.remedy
    return caught.value


def test_who_is_signed_in_is_let_in(door: Gate, home: Path) -> None:
    logged_in(home)
    assert sign_in(Place("console")).identity.account == ACCOUNT
    assert "POST /v1/token" not in door.asked
    assert next((each.name, each.kind) for each in profiles()) == ("console", Kind.CONSOLE)


@pytest.mark.parametrize("profile", ["console", "through-console"])
def test_what_has_run_out_is_renewed_and_kept(door: Gate, home: Path, profile: str) -> None:
    file = logged_in(home, minutes=-1)
    cloud = sign_in(Place(profile))
    assert cloud.identity.account == ACCOUNT
    assert door.asked.count("POST /v1/token") == 1
    kept = json.loads(file.read_text())
    assert kept["accessToken"]["accessKeyId"] in door.issued, "the AWS CLI goes on with it"


@pytest.mark.parametrize("profile", ["console", "through-console"])
@pytest.mark.parametrize("answer", ["TOKEN_EXPIRED", "USER_CREDENTIALS_CHANGED"])
def test_who_was_signed_in_too_long_ago_is_told_the_command_and_let_in_after_it(
    door: Gate, home: Path, profile: str, answer: str
) -> None:
    logged_in(home, minutes=-1)
    door.answer = answer
    need = needed(profile)
    assert need.what == "Your AWS sign-in has expired."
    assert need.door is not None
    with pytest.raises(SignInNeeded):
        need.door.enter()
    logged_in(home)
    need.door.enter()
    assert need.door.account.identity.account == ACCOUNT


@pytest.mark.parametrize("profile", ["console", "through-console"])
def test_who_is_signed_out_is_told_the_command_and_let_in_after_it(door: Gate, home: Path, profile: str) -> None:
    need = needed(profile)
    assert need.what == "You are not signed in to AWS."
    assert door.asked == [], "nothing is asked of anybody without a sign-in"
    logged_in(home)
    assert need.door is not None
    need.door.enter()
    assert need.door.account.identity.account == ACCOUNT


@pytest.mark.parametrize(
    "kept",
    ["", "{", "[]", "{}", '{"accessToken": {}, "refreshToken": "r", "clientId": "c", "dpopKey": "k"}',
     '{"accessToken": {"accessKeyId": "k", "secretAccessKey": "s", "sessionToken": "t", "accountId": "1", "expiresAt": '
     '"soon"}, "refreshToken": "r", "clientId": "c", "dpopKey": "k"}'],
)  # fmt: skip
def test_a_kept_sign_in_that_is_damaged_is_as_none(door: Gate, home: Path, kept: str) -> None:
    logged_in(home).write_text(kept)
    assert needed().what == "You are not signed in to AWS."


def test_a_key_that_cannot_be_read_is_as_none(door: Gate, home: Path) -> None:
    file = logged_in(home, minutes=-1)
    file.write_text(json.dumps({**json.loads(file.read_text()), "dpopKey": "bm90IGEga2V5"}))
    assert needed().what == "You are not signed in to AWS."


def test_keys_that_end_while_working_are_renewed_or_asked_for(door: Gate, home: Path) -> None:
    logged_in(home, minutes=30)
    cloud = sign_in(Place("console"))
    door.expired.add("ASIALOGIN")
    with pytest.raises(SignInNeeded) as caught:
        cloud.make(Call("sts.GetCallerIdentity"))
    assert "aws login --profile console" in caught.value.remedy
    logged_in(home, minutes=-1)
    assert caught.value.door is not None
    caught.value.door.enter()
    assert cloud.make(Call("sts.GetCallerIdentity"))["Account"] == ACCOUNT


def test_somebody_who_may_not_renew_it_is_told_which_permission_lacks(door: Gate, home: Path) -> None:
    logged_in(home, minutes=-1)
    door.answer = "INSUFFICIENT_PERMISSIONS"
    with pytest.raises(Denied) as caught:
        sign_in(Place("console"))
    assert caught.value.permission == "signin:CreateOAuth2Token" and caught.value.exit_code == 4


def test_without_the_library_for_it_another_way_is_told(
    door: Gate, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(botocore.credentials, "EC", None)
    logged_in(home)
    with pytest.raises(NoAccess) as caught:
        sign_in(Place("console"))
    assert caught.value.exit_code == 4 and not isinstance(caught.value, Unreachable)
    assert "awscrt" in caught.value.what
    assert "aws configure export-credentials --profile console --format env" in caught.value.remedy


def test_the_library_for_it_is_installed_with_handrail() -> None:
    from importlib.metadata import requires

    assert any(each.startswith("boto3[crt]") for each in requires("handrail") or ())
    assert botocore.credentials.EC is not None and "awscrt" in sys.modules


def test_the_usual_profile_is_signed_in_to_without_naming_it(
    door: Gate, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "config").write_text(CONSOLE.replace("[profile console]", "[default]").replace("= console", "= default"))
    with pytest.raises(SignInNeeded) as caught:
        sign_in(Place())
    assert "Run `aws login` (over SSH: `aws login --remote`)" in caught.value.remedy
