"""What signs somebody in goes to AWS alone: whatever is given as an address, no token and no key arrives there.

Whoever listens on this machine stands for anybody else: it hears everything that is sent to it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from pathlib import Path

import pytest
from support.gate import ACCOUNT, CONFIG, CONSOLE, MFA, Gate, at_home, gate, keep_tokens_in, logged_in

from flows.accounts import sign_in
from flows.engine import Call, NoAccess, Place, SignInNeeded
from flows.engine.boto import Aws

ELSEWHERE = "https://emulator.example"
MORE = f"""
[profile through-acme]
role_arn = arn:aws:iam::{ACCOUNT}:role/Guarded
source_profile = acme
region = eu-central-1
[profile robot]
role_arn = arn:aws:iam::{ACCOUNT}:role/Robot
web_identity_token_file = {{token}}
region = eu-central-1
[profile made]
credential_process = echo '{{{{"Version": 1, "AccessKeyId": "AKIAMADE", "SecretAccessKey": "hush-key"}}}}'
region = eu-central-1
"""
SECRETS = ("hush", "again", "jwt-of-a-robot", "device-1", "kept-token", "aws_sso", "bearer")
SIGNED_IN = ("acme", "old-style", "through-acme", "console", "through-console", "robot")
"""Profiles that AWS gives keys to because somebody signed in."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Somebody's home who is signed in everywhere; what is kept has run out and can be renewed."""
    keep_tokens_in(tmp_path, monkeypatch)
    token = tmp_path / "token"
    token.write_text("jwt-of-a-robot")
    (tmp_path / "config").write_text((CONFIG + CONSOLE + MORE).format(token=token))
    ran_out, later = (f"{datetime.now(UTC) + timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}" for hours in (-1, 99))
    kept = {
        "region": "eu-central-1", "accessToken": "kept-token", "expiresAt": ran_out, "clientId": "us",
        "clientSecret": "hush", "registrationExpiresAt": later, "refreshToken": "again",
    }  # fmt: skip
    cache = tmp_path / ".aws" / "sso" / "cache"
    cache.mkdir(parents=True)
    for name, url, until in (("acme", "acme", ran_out), ("https://old.awsapps.com/start", "old", later)):
        text = json.dumps({**kept, "expiresAt": until, "startUrl": f"https://{url}.awsapps.com/start"})
        (cache / f"{sha1(name.encode()).hexdigest()}.json").write_text(text)
    logged_in(tmp_path, minutes=-1)
    return tmp_path


@pytest.fixture
def stranger(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """Somebody else at this machine, who answers as AWS would and hears everything."""
    with gate() as opened:
        for name, value in at_home(home, opened, (home / "config").read_text()).items():
            if name != "AWS_ENDPOINT_URL":
                monkeypatch.setenv(name, value)
        yield opened


def heard_no_secret(gate: Gate) -> bool:
    heard = "\n".join(gate.heard).lower()
    return not any(secret in heard for secret in SECRETS)


@pytest.mark.parametrize("profile", SIGNED_IN)
@pytest.mark.parametrize("address", ["", ELSEWHERE], ids=["this machine", "elsewhere"])
def test_a_sign_in_is_not_used_at_another_address(stranger: Gate, profile: str, address: str) -> None:
    before = dict(os.environ)
    with pytest.raises(NoAccess) as caught:
        sign_in(Place(profile, endpoint_url=address or stranger.url))
    assert not isinstance(caught.value, SignInNeeded)
    assert caught.value.exit_code == 4 and "is not AWS" in caught.value.what and caught.value.remedy
    assert stranger.heard == [] and dict(os.environ) == before


@pytest.mark.parametrize("profile", SIGNED_IN)
@pytest.mark.parametrize(
    "variable", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL_STS"]
)
def test_nor_where_the_environment_says_so(
    stranger: Gate, monkeypatch: pytest.MonkeyPatch, profile: str, variable: str
) -> None:
    monkeypatch.setenv(variable, ELSEWHERE)
    if variable == "AWS_ENDPOINT_URL_SSO":
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSO_OIDC", ELSEWHERE)
        monkeypatch.setenv("AWS_ENDPOINT_URL_SIGNIN", ELSEWHERE)
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", ELSEWHERE)
    with pytest.raises(NoAccess, match="is not AWS"):
        sign_in(Place(profile))


@pytest.mark.wild
def test_another_profile_in_the_same_process_signs_in_where_it_always_did(
    stranger: Gate, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with gate() as aws:
        for service in ("SSO", "SSO_OIDC", "STS"):
            monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", aws.url)
        before = dict(os.environ)
        emulated = sign_in(Place("keys", "eu-central-1", stranger.url))
        with pytest.raises(SignInNeeded) as caught:
            sign_in(Place("acme"))
        aws.said_yes = True
        assert caught.value.door is not None
        device = caught.value.door.device()
        assert device.done()
        caught.value.door.enter()
        assert sign_in(Place("acme")).identity.account == ACCOUNT
        emulated.make(Call("sts.GetCallerIdentity"))
        assert dict(os.environ) == before
    assert heard_no_secret(stranger)
    assert not heard_no_secret(aws), "what they do say is heard"


@pytest.mark.parametrize("profile", ["keys", "made"])
def test_an_emulator_on_this_machine_takes_any_keys(stranger: Gate, profile: str) -> None:
    assert sign_in(Place(profile, "eu-central-1", stranger.url)).identity.account == ACCOUNT
    assert heard_no_secret(stranger)


def test_a_role_is_taken_at_an_emulator_on_this_machine_and_nowhere_else(stranger: Gate) -> None:
    with pytest.raises(SignInNeeded) as caught:
        sign_in(Place("guarded", endpoint_url=stranger.url))
    assert caught.value.door is not None
    caught.value.door.enter(MFA)
    with pytest.raises(NoAccess, match=r"takes a role, and https://emulator\.example is not AWS"):
        sign_in(Place("guarded", endpoint_url=ELSEWHERE))


@pytest.mark.parametrize("profile", SIGNED_IN)
def test_a_call_in_another_account_keeps_its_sign_in_to_itself_as_well(stranger: Gate, profile: str) -> None:
    cloud = Aws(Place("keys", "eu-central-1", stranger.url))
    cloud.make(Call("sts.GetCallerIdentity"))
    with pytest.raises(NoAccess, match="is not AWS"):
        cloud.make(Call("sts.GetCallerIdentity", profile=profile))
    assert heard_no_secret(stranger)


def test_a_robot_s_token_is_kept_where_only_the_environment_names_it(
    stranger: Gate, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(home / "token"))
    monkeypatch.setenv("AWS_ROLE_ARN", f"arn:aws:iam::{ACCOUNT}:role/Robot")
    with pytest.raises(NoAccess, match="is not AWS"):
        sign_in(Place(region="eu-central-1", endpoint_url=stranger.url))
    assert heard_no_secret(stranger)


def test_keys_of_the_environment_are_used_before_a_profile_that_nobody_asked_for(
    stranger: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"PROFILE": "acme", "ACCESS_KEY_ID": "AKIAENV", "SECRET_ACCESS_KEY": "x"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    assert sign_in(Place(endpoint_url=stranger.url)).identity.account == ACCOUNT
