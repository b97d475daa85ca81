"""One's own pre-shared keys: said without being shown, sent to AWS, and written into the device's file alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from support.clock import FakeClock
from support.clouds import Between
from vpn.cases import STATIC, again, session

from flows.engine import Call, CloudError, Happening, Hidden, Journal, Lost, Refused, Session
from flows.engine.boto import Aws
from flows.export.cli import script
from flows.export.cloudformation import template
from flows.vpn import own_keys

FIRST, SECOND = "First.Key_of.the.office1", "Second.Key_of.the.office2"
TYPED: Mapping[str, Any] = {**STATIC, "keys": "own", "psk_1": Hidden(FIRST), "psk_2": Hidden(SECOND)}


def sent(cloud: Aws) -> list[str]:
    found = cloud.make(Call("ec2.DescribeVpnConnections"))["VpnConnections"][1:]  # the first is the branch's
    return [each["PreSharedKey"] for one in found for each in one["Options"]["TunnelOptions"]]


def written(journal: Journal) -> str:
    """All that is in the folder of the journal, but for what a person gets in hand."""
    folder = Path(journal.path).parent
    return "".join(
        path.read_bytes().decode("latin-1")
        for path in folder.rglob("*")
        if path.is_file() and path.name != "swanctl.conf"
    )


def assert_told_nowhere(*texts: str) -> None:
    assert not [key for key in (FIRST, SECOND) for text in texts if key in text]


def test_they_reach_aws_and_the_devices_file_and_nothing_else_of_ours(
    cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    made = session(cloud, journal, TYPED, clock=clock)
    review = made.review()
    events = list(made.apply())
    assert not [event.problem for event in events if event.problem]
    made.hand_over()
    assert sent(cloud) == [FIRST, SECOND]
    assert made.run is not None
    files = {path.name: path.read_text() for path in made.run.folder.rglob("*") if path.is_file()}
    assert {name for name, text in files.items() if FIRST in text or SECOND in text} == {"swanctl.conf"}
    assert_told_nowhere(written(journal), repr(review), repr(events), repr(made.answers()), repr(made.run.record))
    assert made.answers()["psk_1"] == "(hidden)" == made.run.record.answers["psk_2"]


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("short.7", "It has 7 characters; AWS takes 8 to 64."),
        ("x", "It has 1 character; AWS takes 8 to 64."),
        ("x" * 65, "It has 65 characters; AWS takes 8 to 64."),
        ("good#but.not", "Its character 5 is none that AWS takes: letters, digits, “.” and “_” alone."),
        ("no spaces here", "Its character 3 is none that AWS takes"),
        ("über.lange.keys", "Its character 1 is none that AWS takes"),
        ("0beginning", "It begins with 0, which AWS does not take."),
        ("", "Key of tunnel 1 is needed."),
    ],
)
def test_what_aws_would_refuse_is_refused_at_once_without_being_told(cloud: Aws, key: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        session(cloud, None, {**TYPED, "psk_1": Hidden(key)})
    told = str(refused.value)
    assert f"psk_1: {said}" in told and f"Enter {own_keys.FORM}." in told
    assert len(key) < 2 or key not in told


@given(
    st.text(st.sampled_from("aZ09._ -#ü\n"), max_size=66) | st.text(st.sampled_from("aZ09._"), min_size=7, max_size=65)
)
def test_a_key_is_taken_where_the_pattern_takes_it_and_no_fault_tells_it(key: str) -> None:
    told = own_keys.fault(key)
    assert (told == "") == bool(re.fullmatch(own_keys.PATTERN, key))
    assert len(key) < 8 or key not in told


def test_the_same_key_twice_is_warned_of(cloud: Aws) -> None:
    cautions = session(cloud, None, {**TYPED, "psk_2": Hidden(FIRST)}).review().cautions
    assert "same-keys" in {each.id for each in cautions}
    assert "same-keys" not in {each.id for each in session(cloud, None, TYPED).review().cautions}


def test_one_file_for_both_that_others_can_read_is_warned_of_once(cloud: Aws, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(FIRST)
    (tmp_path / "key").chmod(0o644)
    both = {"psk_1": f"@{tmp_path / 'key'}", "psk_2": f"@{tmp_path / 'key'}"}
    told = [each.id for each in session(cloud, None, {**TYPED, **both}).review().cautions]
    assert (told.count("secret-readable"), told.count("same-keys")) == (1, 1)


def test_one_that_is_given_once_more_is_warned_of_at_the_end(
    cloud: Aws, journal: Journal, clock: FakeClock, tmp_path: Path
) -> None:
    """There is no review any more."""
    made = session(cloud, journal, TYPED, clock=clock)
    for event in made.apply():
        if event.kind is Happening.DONE:
            made.stop()
    made.close()
    assert made.run is not None and made.run.status("connection") == ""
    (tmp_path / "key").write_text(FIRST)
    (tmp_path / "key").chmod(0o644)
    other = again(cloud, journal, made.run, clock=clock)
    other.say_more({"psk_1": f"@{tmp_path / 'key'}", "psk_2": f"@{tmp_path / 'key'}"})
    assert not [event.problem for event in other.apply() if event.problem]
    assert sent(cloud) == [FIRST, FIRST]
    assert other.hand_over().notes[:2] == (
        f"Others on this machine can read {tmp_path / 'key'}, which holds a secret: chmod 600 makes it yours.",
        "psk_1 and psk_2 are the same key. It works; two are safer.",
    )
    assert made.run.record.answers["psk_1"] == made.run.record.answers["psk_2"] == f"@{tmp_path / 'key'}"


# -- going on ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", range(1, 30))
@pytest.mark.some(every=10)
def test_stopped_at_every_call_they_are_asked_again_until_aws_has_them_and_never_after(
    cloud: Aws, journal: Journal, clock: FakeClock, moment: int
) -> None:
    """The process dies before a call, in another one only what was written down is known."""

    class Killed(BaseException):
        pass

    def die(number: int, call: Call) -> None:
        if number == moment:
            raise Killed

    made = session(cloud, journal, TYPED, clock=clock)
    made.review()
    made._account = Between(cloud, before=die)
    with suppress(Killed):
        list(made.apply())
    made.close()
    assert made.run is not None and made.run.plan is not None
    assert_told_nowhere(written(journal))
    other = again(cloud, journal, made.run, clock=clock)
    has = bool(sent(cloud)) and made.run.status("connection") in ("done", "ready")
    assert [each.id for each in other.withheld()] == ([] if has else ["psk_1", "psk_2"])
    if not has:
        with pytest.raises(Refused, match="psk_1: Key of tunnel 1 is still to be sent, and is kept nowhere") as refused:
            list(other.apply())
        assert "--set psk_1=@FILE --set psk_2=@FILE" in str(refused.value) and refused.value.exit_code == 2
        other.give("psk_1", Hidden(FIRST))
        other.give("psk_2", Hidden(SECOND))
    assert not [event.problem for event in other.apply() if event.problem]
    assert sent(cloud) == [FIRST, SECOND]
    assert_told_nowhere(written(journal))


def test_one_that_is_given_when_aws_has_the_connection_already_is_not_used_and_that_is_said(
    cloud: Aws, journal: Journal, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The process dies after AWS made it and before that is written down; the answers tell of what was sent."""

    class Killed(BaseException):
        pass

    def die(_: int, call: Call) -> None:
        if call.operation == "ec2.CreateVpnConnection":
            raise Killed

    monkeypatch.setenv("SECOND_KEY", SECOND)
    made = session(cloud, journal, {**TYPED, "psk_2": "env:SECOND_KEY"}, clock=clock)
    made.review()
    made._account = Between(cloud, after=die)
    with suppress(Killed):
        list(made.apply())
    made.close()
    assert made.run is not None and made.run.status("connection") == "intent"
    monkeypatch.delenv("SECOND_KEY")
    (tmp_path / "k1").write_text("Third.Key_of.the.office3\n")
    other = again(cloud, journal, made.run, clock=clock)
    other.give("psk_1", Hidden(FIRST))
    other.give("psk_2", f"@{tmp_path / 'k1'}")
    assert not [event.problem for event in other.apply() if event.problem]
    told = other.hand_over()
    assert sent(cloud) == [FIRST, SECOND]
    keys = "keeps the keys that it was made with: psk_1 and psk_2, given now, are not used."
    assert [note for note in told.notes if note == f"{told.outputs['connection']} exists already, and {keys}"]
    assert made.run.record.answers["psk_2"] == "env:SECOND_KEY"


def test_a_draft_asks_for_them_again_and_says_why(cloud: Aws, journal: Journal) -> None:
    made = session(cloud, journal, TYPED)
    made.close()
    assert made.run is not None
    other = again(cloud, journal, made.run)
    state: Any = other.state()
    assert state.question.id == "psk_1" and state.said is None
    assert "was given before, and is kept nowhere" in str(state.problem)
    with pytest.raises(Refused, match=r"psk_1: Key of tunnel 1 was given before.*--set psk_1=@FILE, or psk_1=env:NAME"):
        other.fill(made.run.record.answers)


def test_what_is_withheld_is_looked_at_as_the_first_time_and_nothing_else_can_be_said(
    cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    made = session(cloud, journal, TYPED, clock=clock)
    for event in made.apply():
        if event.kind is Happening.STARTED:
            made.stop()
    made.close()
    assert made.run is not None
    other = again(cloud, journal, made.run, clock=clock)
    with pytest.raises(Refused, match="psk_1: It has 5 characters"):
        other.give("psk_1", Hidden("short"))
    with pytest.raises(Refused, match="“name” cannot be said any more"):
        other.say_more({"name": "harbour"})
    assert_told_nowhere(repr(other._said))


# -- what others say -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [CloudError, Lost])
def test_words_of_aws_that_repeat_a_key_are_not_passed_on(
    cloud: Aws, journal: Journal, clock: FakeClock, kind: type[CloudError]
) -> None:
    def refuse(number: int, call: Call) -> None:
        if call.operation == "ec2.CreateVpnConnection":
            raise kind(f"Value ({FIRST}) is invalid.", f"{SECOND} too.", f"Not {FIRST}.", aws_message=f"Value {FIRST}")

    made = session(cloud, journal, TYPED, clock=clock)
    made.review()
    made._account = Between(cloud, before=refuse)
    problems = [event.problem for event in made.apply() if event.problem]
    assert problems and "Value ((hidden)) is invalid." in str(problems[0])
    assert_told_nowhere(*(f"{each} {each!r} {vars(each)}" for each in problems), written(journal))


# -- exported ------------------------------------------------------------------------------------------------------


def exported(made: Session) -> str:
    return script(made.review().plan, flow="vpn", title="x", region="eu-central-1")


def test_a_script_takes_them_from_where_they_came(cloud: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "my key.txt"
    file.write_text(f"{FIRST}\n")
    file.chmod(0o600)
    monkeypatch.setenv("OFFICE_KEY", SECOND)
    text = exported(session(cloud, None, {**TYPED, "psk_1": f"@{file}", "psk_2": "env:OFFICE_KEY"}))
    assert f"SECRET_PSK_1=$(sed 's/[[:space:]]*$//' '{file}')\n" in text
    assert "SECRET_PSK_2=${OFFICE_KEY:?psk_2 is wanted in the environment}\n" in text
    assert_told_nowhere(text)
    typed = exported(session(cloud, None, TYPED))
    assert "IFS= read -rs SECRET_PSK_1" in typed and "openssl" not in typed
    assert_told_nowhere(typed)


def test_a_template_takes_them_as_parameters_that_are_not_shown(cloud: Aws) -> None:
    made = session(cloud, None, TYPED)
    text = template(made.review().plan, flow="vpn", title="x", region="eu-central-1", account="123456789012").text
    yaml.SafeLoader.add_multi_constructor("!", lambda loader, tag, node: f"{tag} {node.value}")
    found = yaml.safe_load(text)["Parameters"]["SecretPsk1"]
    assert found["NoEcho"] is True and re.fullmatch(found["AllowedPattern"], FIRST)
    assert not re.fullmatch(found["AllowedPattern"], f"0{FIRST}") and "Default" not in found
    assert_told_nowhere(text)


def test_a_connection_that_exists_keeps_its_keys(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    list(session(cloud, journal, STATIC, clock=clock).apply())
    before = sent(cloud)
    made = session(cloud, journal, {**TYPED, "psk_2": Hidden(FIRST)}, clock=clock)
    review, why = made.review(), "exists, and keeps the keys that it has: yours are not used."
    assert not review.plan.secrets and "same-keys" not in {each.id for each in review.cautions}
    assert [each.message.partition(" ")[2] for each in review.cautions if each.id == "keys-as-they-are"] == [why]
    list(made.apply())
    assert [each for each in made.hand_over().notes if each.endswith(why)], "where there is nothing to do, too"
    assert sent(cloud) == before and FIRST not in before


def test_keys_that_are_with_a_connection_do_not_move_and_that_is_said(
    cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    list(session(cloud, journal, STATIC, clock=clock).apply())

    def told(keys: str) -> list[str]:
        cautions = session(cloud, None, {**STATIC, "keys": keys}).review().cautions
        return [each.message for each in cautions if each.id == "keys-as-they-are"]

    (said,) = told("secrets_manager")
    assert said.endswith("exists, and keeps the keys that it has: they are not moved.")
    assert told("connection") == []
