"""The ways into an account, with botocore as it is, at a gate that speaks AWS's words."""

from __future__ import annotations

import hashlib
import json
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.gate import ACCOUNT, CODE, CONFIG, MFA, Gate, at_home, gate, keep_tokens_in

from flows.accounts import sign_in
from flows.engine import Call, Habits, Identity, Journal, NoAccess, NotChosen, Place, SignInNeeded, Unreachable, Way
from flows.engine.boto import Aws
from flows.engine.cache import CachedCloud
from flows.engine.profiles import Kind, profiles, regions


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    keep_tokens_in(home, monkeypatch)
    return home


@pytest.fixture
def door(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    with gate() as opened:
        for name, value in at_home(home, opened).items():
            monkeypatch.setenv(name, value)
        yield opened


def needed(place: Place) -> SignInNeeded:
    with pytest.raises(SignInNeeded) as caught:
        sign_in(place)
    assert caught.value.exit_code == 4
    assert caught.value.door is not None
    return caught.value


def through_the_page(need: SignInNeeded) -> None:
    assert need.way is Way.DEVICE and need.door is not None
    device = need.door.device()
    assert device.done()
    need.door.enter()


def kept(home: Path, name: str) -> Path:
    """Where the AWS CLI keeps a token of that name."""
    return home / ".aws" / "sso" / "cache" / f"{hashlib.sha1(name.encode()).hexdigest()}.json"


# -- single sign-on ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("profile", "name"), [("acme", "acme"), ("old-style", "https://old.awsapps.com/start")])
def test_a_sign_in_is_kept_where_the_cli_keeps_it_and_opens_the_account(
    door: Gate, home: Path, profile: str, name: str
) -> None:
    need = needed(Place(profile))
    assert need.what == "You are not signed in to AWS."
    device = need.door.device()  # type: ignore[union-attr]
    assert device.code == CODE and CODE in device.link
    assert not device.done()
    assert not kept(home, name).exists()
    door.said_yes = True
    assert device.done()
    token = json.loads(kept(home, name).read_text())
    assert {"startUrl", "region", "accessToken", "expiresAt", "clientId", "clientSecret"} < set(token)
    assert stat.S_IMODE(kept(home, name).stat().st_mode) == 0o600
    cloud = sign_in(Place(profile))
    assert cloud.identity.account == ACCOUNT


def test_whoever_is_signed_in_already_is_not_asked(door: Gate) -> None:
    door.said_yes = True
    through_the_page(needed(Place("acme")))
    door.asked.clear()
    sign_in(Place("acme"))
    assert "POST /token" not in door.asked


@pytest.mark.wild
def test_slow_down_is_heeded(door: Gate) -> None:
    device = needed(Place("acme")).door.device()  # type: ignore[union-attr]
    door.answer = "SlowDownException"
    assert not device.done()
    assert not device.done()
    assert device.interval == 10


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("ExpiredTokenException", "The code has run out."),
        ("AccessDeniedException", "The sign-in was refused on the page."),
        ("InvalidGrantException", "refused to begin"),
    ],
)
def test_what_goes_wrong_on_the_page_is_a_sentence(door: Gate, answer: str, said: str) -> None:
    device = needed(Place("acme")).door.device()  # type: ignore[union-attr]
    door.answer = answer
    with pytest.raises(NoAccess) as caught:
        device.done()
    assert said in caught.value.what
    assert caught.value.remedy


MEMBERS = {
    "clientId", "clientSecret", "clientSecretExpiresAt", "deviceCode", "userCode", "verificationUri", "expiresIn",
    "accessToken",
}  # fmt: skip


@pytest.mark.parametrize("member", sorted(MEMBERS))
def test_an_answer_without_a_member_is_a_sentence(door: Gate, home: Path, member: str) -> None:
    need = needed(Place("acme"))
    door.said_yes, door.lacks = True, {member}
    with pytest.raises(Unreachable) as caught:
        through_the_page(need)
    assert f"The answer of single sign-on in eu-central-1 has no {member}." == caught.value.what
    assert caught.value.remedy and not kept(home, "acme").exists()


@pytest.mark.parametrize("value", ["soon", None, 10**30, [], {}])
@pytest.mark.parametrize("member", ["expiresIn", "clientSecretExpiresAt"])
def test_an_answer_with_a_time_that_is_none_is_a_sentence(door: Gate, member: str, value: object) -> None:
    need = needed(Place("acme"))
    door.said_yes, door.otherwise = True, {member: value}
    with pytest.raises(Unreachable, match="single sign-on in eu-central-1"):
        through_the_page(need)


def test_an_interval_is_never_longer_than_the_code_is_good_for(door: Gate) -> None:
    need = needed(Place("acme"))
    for said, waits in ((10**30, 600), (-5, 0)):
        door.otherwise = {"interval": said}
        assert need.door is not None and need.door.device().interval == waits


@pytest.mark.parametrize("member", ["interval", "verificationUriComplete"])
def test_what_an_answer_may_leave_out_is_not_missed(door: Gate, member: str) -> None:
    need = needed(Place("acme"))
    door.said_yes, door.lacks = True, {member}
    through_the_page(need)


@pytest.mark.parametrize("said", [b"<html>Welcome to the guest network", b"\xff\xfe", b"[1]", b"7", b""])
def test_an_answer_that_is_none_is_a_sentence(door: Gate, monkeypatch: pytest.MonkeyPatch, said: bytes) -> None:
    need = needed(Place("acme"))
    door.page = said
    with pytest.raises(Unreachable, match="single sign-on in eu-central-1"):
        through_the_page(need)


def test_a_role_that_is_not_assigned_is_not_a_matter_of_signing_in_again(door: Gate, home: Path) -> None:
    def nobody(path: str, said: object, token: str) -> tuple[int, dict[str, str]]:
        return 403, {"__type": "ForbiddenException", "message": "No access"}

    door.said_yes = True
    through_the_page(needed(Place("acme")))
    door.single_sign_on = nobody  # type: ignore[method-assign,assignment]
    with pytest.raises(NoAccess) as caught:
        sign_in(Place("acme"))
    assert not isinstance(caught.value, SignInNeeded)
    assert "did not let you into this account" in caught.value.what


@pytest.mark.parametrize("refreshable", [False, True])
def test_when_a_sign_in_ends_is_known_unless_it_renews_itself(door: Gate, refreshable: bool) -> None:
    door.said_yes, door.refreshable = True, refreshable
    through_the_page(needed(Place("acme")))
    ends = sign_in(Place("acme")).identity.ends
    if refreshable:
        assert ends is None
    else:
        assert ends is not None
        assert timedelta(hours=7.9) < ends - datetime.now(UTC) < timedelta(hours=8.1)


def test_keys_of_the_environment_do_not_end_with_a_profile_s_sign_in(
    door: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    door.said_yes = True
    through_the_page(needed(Place("acme")))
    monkeypatch.setenv("AWS_PROFILE", "acme")
    assert sign_in(Place()).identity.ends is not None
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAENV")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    assert sign_in(Place()).identity.ends is None


# -- MFA ---------------------------------------------------------------------------------------------------------


def test_a_code_is_asked_for_and_a_wrong_one_asked_again(door: Gate) -> None:
    need = needed(Place("guarded"))
    assert need.way is Way.CODE and need.serial == f"arn:aws:iam::{ACCOUNT}:mfa/kim"
    assert "AssumeRole" not in door.asked, "nothing is sent without a code"
    assert need.door is not None
    with pytest.raises(SignInNeeded) as wrong:
        need.door.enter("000000")
    assert wrong.value.what == "That code was not accepted." and wrong.value.way is Way.CODE
    need.door.enter(MFA)
    assert need.door.account.identity.account == ACCOUNT
    assert need.door.ends is not None


def test_an_account_goes_on_after_its_keys_expired(door: Gate) -> None:
    asked: list[SignInNeeded] = []

    def ask(need: SignInNeeded) -> bool:
        asked.append(need)
        need.door.enter(MFA)  # type: ignore[union-attr]
        return True

    cloud = sign_in(Place("guarded"), ask)
    reading = CachedCloud(cloud)
    reading.ask = ask
    door.end_all()
    assert reading.make(Call("sts.GetCallerIdentity"))["Account"] == ACCOUNT
    assert [need.way for need in asked] == [Way.CODE, Way.AGAIN]


def test_somebody_who_will_not_sign_in_is_asked_once(door: Gate) -> None:
    cloud = sign_in(Place("guarded"), lambda need: need.door.enter(MFA) or True)  # type: ignore[union-attr,func-returns-value]
    asked: list[SignInNeeded] = []
    reading = CachedCloud(cloud)
    reading.ask = lambda need: bool(asked.append(need))  # type: ignore[func-returns-value]
    door.end_all()
    for _ in range(2):
        with pytest.raises(SignInNeeded):
            reading.make(Call("sts.GetCallerIdentity"))
    assert len(asked) == 1
    reading.forget()
    with pytest.raises(SignInNeeded):
        reading.make(Call("sts.GetCallerIdentity"))
    assert len(asked) == 2


def test_a_call_in_another_account_asks_for_that_account_s_code(door: Gate) -> None:
    cloud = sign_in(Place("keys", "eu-central-1"))
    there = Call("sts.GetCallerIdentity", profile="guarded")
    with pytest.raises(SignInNeeded) as caught:
        cloud.make(there)
    way_in = caught.value.door
    assert way_in is not None and way_in.other == "guarded"
    way_in.enter(MFA)
    assert cloud.make(there)["Account"] == ACCOUNT
    cloud.make(Call("sts.GetCallerIdentity"))


def test_signing_in_to_another_account_is_refused(door: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = sign_in(Place("keys", "eu-central-1"))
    monkeypatch.setattr("support.gate.ACCOUNT", "444455556666")
    assert isinstance(cloud, Aws)
    with pytest.raises(NoAccess) as caught:
        cloud.renew()
    assert "444455556666" in caught.value.what and ACCOUNT in caught.value.what


# -- choosing ----------------------------------------------------------------------------------------------------


def test_profiles_are_told_apart(door: Gate) -> None:
    found = {profile.name: (profile.kind, profile.account, profile.mfa) for profile in profiles()}
    assert found == {
        "default": (Kind.SETTINGS, "", False),
        "acme": (Kind.SSO, ACCOUNT, False),
        "old-style": (Kind.SSO, ACCOUNT, False),
        "guarded": (Kind.ROLE, ACCOUNT, True),
        "keys": (Kind.KEYS, "", False),
        "machine": (Kind.PROCESS, "", False),
    }


@pytest.mark.parametrize(
    ("place", "lacks"),
    [(Place(), "profile"), (Place("ghost"), "profile"), (Place("keys"), "region")],
    ids=["no credentials", "unknown profile", "no region"],
)
def test_what_is_not_chosen_can_be_chosen(door: Gate, place: Place, lacks: str) -> None:
    with pytest.raises(NotChosen) as caught:
        sign_in(place)
    assert caught.value.lacks == lacks


def test_without_any_profile_there_is_nothing_to_choose(home: Path) -> None:
    with pytest.raises(NoAccess) as caught:
        sign_in(Place(region="eu-central-1"))
    assert not isinstance(caught.value, NotChosen)


def test_regions_have_names_and_stay_in_their_partition() -> None:
    assert regions()["eu-central-1"] == "Europe (Frankfurt)"
    assert set(regions("cn-north-1")) == {"cn-north-1", "cn-northwest-1"}


def test_what_is_used_is_counted_with_its_account(journal: Journal) -> None:
    habits = Habits(journal)
    for _ in range(2):
        habits.note(Place("acme"), Identity(ACCOUNT, "arn", "eu-west-1", "acme-dev"))
    habits.note(Place(practice=True), Identity("1", "arn", "us-east-1"))
    assert {name: (habit.uses, habit.alias) for name, habit in habits.of("profile").items()} == {
        "acme": (2, "acme-dev")
    }
    assert list(habits.of("region")) == ["eu-west-1"]


def test_a_configuration_that_cannot_be_read_is_a_sentence(home: Path, door: Gate) -> None:
    (home / "config").write_text("[profile broken\n" + CONFIG)
    with pytest.raises(NoAccess) as caught:
        profiles()
    assert caught.value.what == "Your AWS configuration cannot be read."
