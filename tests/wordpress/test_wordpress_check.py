"""What `check wordpress` says of a machine, healthy and with each thing that can be wrong; it changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from support.clock import FakeClock
from support.clouds import Between
from support.sessions import carried_out, taken_back
from wordpress.cases import EXISTING, machine, on_it, picture, session

import flows
from flows.aws import systems_manager
from flows.engine import Call, Cloud, CloudError, Journal, Place, Refused
from flows.engine.boto import Aws
from flows.practice import PracticeAccount
from flows.wordpress import rules


def found(cloud: Cloud, **subject: str) -> Mapping[str, tuple[str, str]]:
    findings = flows.find("wordpress").diagnose(cloud, subject)
    return {each.id: (each.grade.value, each.sentence) for each in findings}


@pytest.mark.wild
def test_as_it_was_found_each_thing_is_named_and_nothing_is_changed(account: PracticeAccount, cloud: Aws) -> None:
    before = picture(account)
    seen = found(cloud, instance=machine(account))
    assert {name: grade for name, (grade, _) in seen.items()} == {
        "firewall": "proved", "agent": "proved", "files": "refused", "permalinks": "refused", "php": "refused",
        "php-seen": "proved", "site": "proved",
    }  # fmt: skip
    assert seen["php"][1].startswith("PHP takes uploads of 2 MB, forms of 8 MB and 128 MB of memory; wanted are 100 MB")
    assert seen["files"][1] == "PHP (apache) cannot read and change /var/www/html/wp-content.", "what is wrong, alone"
    assert picture(account) == before


@pytest.mark.wild
def test_put_right_it_is_proved_and_more_can_be_asked_for(
    account: PracticeAccount, cloud: Aws, journal: Journal
) -> None:
    made = session(cloud, journal, EXISTING)
    carried_out(made)
    here = machine(account)
    assert {grade for grade, _ in found(cloud, instance=here).values()} == {"proved"}
    assert found(cloud, instance=here, upload_limit_mb="200")["php"][0] == "refused"
    taken_back(made)


def test_a_machine_without_an_agent(account: PracticeAccount, cloud: Aws) -> None:
    names = [{"Name": "tag:Name", "Values": ["shop-1"]}]
    shop = account.session.client("ec2").describe_instances(Filters=names)["Reservations"][0]["Instances"][0]
    seen = found(cloud, instance=shop["InstanceId"])
    assert seen["agent"][0] == "refused" and "files" not in seen
    assert "does not answer Systems Manager. It needs an instance profile" in seen["agent"][1]


@pytest.mark.wild
def test_a_machine_is_known_by_its_name_and_one_that_is_not_there_is_not_called_silent(cloud: Aws) -> None:
    assert found(cloud, instance="blog")["agent"][0] == "proved"
    for missing in ("i-0123456789abcdef0", "no-such"):
        with pytest.raises(Refused, match=f"There is no machine “{missing}” in eu-central-1"):
            found(cloud, instance=missing)


def test_a_folder_without_wordpress(account: PracticeAccount, cloud: Aws) -> None:
    seen = found(cloud, instance=machine(account), folder="/var/www/shop")
    assert seen["folder"] == ("refused", "There is no wp-load.php in /var/www/shop.")


def test_read_only_sends_nothing_and_claims_nothing(account: PracticeAccount) -> None:
    reading = Aws(Place(practice=True, read_only=True), account.session)
    seen = found(reading, instance=machine(account))
    assert seen["machine"][0] == "not checked"
    assert "this is read-only" in seen["machine"][1]
    review = session(reading, None, EXISTING).review()
    assert "not checked" in {finding.grade.value for finding in review.findings if finding.id == "machine"}
    assert account.session.client("ssm").list_commands()["Commands"] == []


@pytest.mark.parametrize("code", ["InvocationDoesNotExist", "AccessDenied"])
@pytest.mark.some("InvocationDoesNotExist")
def test_what_cannot_be_asked_is_not_claimed(
    account: PracticeAccount, cloud: Aws, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That a command is not known in its first seconds is waited for; what is denied is told."""
    monkeypatch.setattr(systems_manager, "RealClock", FakeClock)
    missed: list[Any] = []

    def strike(_: int, call: Call) -> None:
        if call.operation == "ssm.GetCommandInvocation" and not missed:
            missed.append(call)
            raise CloudError("no", aws_code=code)

    seen = found(Between(cloud, before=strike), instance=machine(account))
    assert ("files" in seen) == (code == "InvocationDoesNotExist")
    assert ("machine" in seen) == (code == "AccessDenied")


@pytest.mark.wild
def test_undo_leaves_to_others_what_others_changed_on_the_machine(
    account: PracticeAccount, cloud: Aws, journal: Journal
) -> None:
    """The command that takes it back ends badly then; the receipt has what it said."""
    made = session(cloud, journal, {**EXISTING, "repair": ["php"]})
    carried_out(made)
    from moto.ec2.models import ec2_backends

    vars(ec2_backends["123456789012"]["eu-central-1"].get_instance(machine(account)))["wordpress"]["upload"] = 512
    list(made.undo())
    (left,) = [each for each in made.receipt().left if "What was changed" in each.what]
    assert "Somebody changed it since" in left.why
    assert on_it(account)["upload"] == 512


@pytest.mark.parametrize(
    ("line", "check", "preflight", "remedy"),
    [
        ("ok site http://x/ answers HTTP 200", "proved", "proved", ""),
        ("wrong php PHP takes 2 MB", "refused", "predicted", "handrail run wordpress"),
        ("broken database No connection. -> Start it", "refused", "predicted", "Start it"),
        ("caution memory The kernel ended mariadbd -> A larger machine", "caution", "caution", "A larger machine"),
        ("unknown permalinks No page could be asked for", "not checked", "not checked", ""),
        ("failed folder There is no wp-load.php in /x.", "refused", "refused", "Put this right first"),
    ],
)
def test_each_word_of_the_machine_has_its_grade_and_remedy(
    cloud: Aws, monkeypatch: pytest.MonkeyPatch, line: str, check: str, preflight: str, remedy: str
) -> None:
    monkeypatch.setattr(systems_manager, "ask", lambda *_, **__: f"{line}\ndone 0 changed, 0 to change\n")
    (after,) = rules.examine(cloud, "i-0", {}, before=False)
    (beforehand,) = rules.examine(cloud, "i-0", {}, before=True)
    assert (after.grade.value, beforehand.grade.value) == (check, preflight)
    assert remedy in after.remedy and bool(remedy) == bool(after.remedy)
    assert "->" not in after.sentence and not after.sentence.endswith("..")
