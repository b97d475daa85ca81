"""One tunnel after the other is changed, with the other one up, and put back in the same careful way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from support.clock import FakeClock
from support.sessions import carried_out, problems_of, there_and_back
from vpn_options.cases import LOGGED, MODERN, ONE, TIMES, VARIANTS, picture, session

from flows.engine import Happening, Journal, Session
from flows.engine.boto import Aws
from flows.engine.undo_plan import Restore
from flows.practice import PracticeAccount

OLD = {"IKEVersions": [{"Value": "ikev1"}]}


def branch(account: PracticeAccount) -> Any:
    (found,) = account.session.client("ec2").describe_vpn_connections()["VpnConnections"]
    return found


def options(account: PracticeAccount, number: int) -> Mapping[str, Any]:
    tunnels = branch(account)["Options"]["TunnelOptions"]
    return tunnels[number - 1]  # type: ignore[no-any-return]


def change(account: PracticeAccount, number: int, **wanted: Any) -> None:
    """What a colleague does to a tunnel."""
    found = branch(account)
    address = found["Options"]["TunnelOptions"][number - 1]["OutsideIpAddress"]
    account.session.client("ec2").modify_vpn_tunnel_options(
        VpnConnectionId=found["VpnConnectionId"], VpnTunnelOutsideIpAddress=address, TunnelOptions=wanted
    )


def speaks(account: PracticeAccount, what: str) -> None:
    """The branch's device speaks only this IKE version; “yes” is all of them."""
    tag = {"Key": "practice:device", "Value": what}
    account.session.client("ec2").create_tags(Resources=[branch(account)["VpnConnectionId"]], Tags=[tag])


def up(account: PracticeAccount) -> list[bool]:
    return [each["Status"] == "UP" for each in branch(account)["VgwTelemetry"]]


def made_of(account: PracticeAccount, made: Session) -> list[tuple[str, Happening]]:
    return [(event.action, event.kind) for event in made.apply() if event.kind in (Happening.DONE, Happening.FAILED)]


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.some("modern", "logged")
@pytest.mark.quick
def test_undone_is_as_before(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, variant: str
) -> None:
    there_and_back(session(cloud, journal, VARIANTS[variant], clock=clock), lambda: picture(account.session))
    assert up(account) == [True, True]


def test_the_second_is_touched_once_the_first_is_up(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    made = session(cloud, journal, clock=clock)
    assert [action.id for action in made.review().plan.actions] == ["see-2", "tunnel-1", "tunnel-2"]
    assert made_of(account, made) == [(id, Happening.DONE) for id in ("see-2", "tunnel-1", "tunnel-2")]
    told = made.hand_over()
    assert [finding.grade.value for finding in told.findings] == ["proved", "proved"]
    assert options(account, 1)["IkeVersions"] == options(account, 2)["IkeVersions"] == [{"Value": "ikev2"}]


def test_a_connection_that_is_gone_by_the_hand_over_is_said_to_be(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    made = session(cloud, journal, clock=clock)
    carried_out(made)
    gone = branch(account)["VpnConnectionId"]
    account.session.client("ec2").delete_vpn_connection(VpnConnectionId=gone)
    (told,) = made.hand_over().findings
    assert told.sentence == f"The VPN connection {gone} is not there any more."


def test_one_that_does_not_come_back_stops_the_run_before_the_other(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """The device speaks what is not allowed any more: the other tunnel still carries, and undo brings it back."""
    speaks(account, "ikev1")
    before = picture(account.session)
    made = session(cloud, journal, clock=clock)
    (problem,) = problems_of(made)
    assert problem.what == "Waiting until tunnel 1 is up again: not ready after 30 minutes (available, DOWN)."
    assert up(account) == [False, True]
    assert "IkeVersions" not in options(account, 2)
    list(made.undo({}))
    assert made.receipt().complete and made.receipt().restored == ("How tunnel 1 of branch is: methods of encryption",)
    assert picture(account.session) == before and up(account) == [True, True]


def test_the_other_one_is_looked_at_right_before(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """It went down between the review and the yes."""
    speaks(account, "ikev2")
    made = session(cloud, journal, clock=clock)
    made.review()
    change(account, 2, **OLD)
    (problem,) = problems_of(made)
    assert problem.what.startswith("Waiting for tunnel 2: tunnel 1 is not touched while it is down: not ready after")
    assert "IkeVersions" not in options(account, 1)


def test_what_a_colleague_set_since_is_left_and_all_else_put_back(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    made = session(cloud, journal, TIMES, clock=clock)
    carried_out(made)
    change(account, 1, Phase1LifetimeSeconds=20000, DPDTimeoutSeconds=60, Phase2DHGroupNumbers=[{"Value": 20}])
    list(made.undo({}))
    receipt = made.receipt()
    assert {left.what.rpartition(": ")[2] for left in receipt.left if "changed it since" in left.why} == {
        "Phase1LifetimeSeconds", "DPDTimeoutSeconds",
    }  # fmt: skip
    one = options(account, 1)
    assert (one["Phase1LifetimeSeconds"], one["DpdTimeoutSeconds"]) == (20000, 60)
    assert (one["Phase2LifetimeSeconds"], one["ReplayWindowSize"]) == (3600, 1024)
    assert one["Phase2DHGroupNumbers"] == [{"Value": 20}], "nobody asked for that one"
    assert options(account, 2)["Phase1LifetimeSeconds"] == 28800


def test_a_tunnel_that_carries_alone_is_not_put_back(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Tunnel 1 is down when it comes to the undo: it comes first then, and another undo takes tunnel 2."""
    made = session(cloud, journal, clock=clock)
    carried_out(made)
    before_that = options(account, 2)
    speaks(account, "ikev1")
    change(account, 2, **OLD)
    change(account, 1, ReplayWindowSize=512)
    assert up(account) == [False, True]
    list(made.undo({}))
    told = {left.what: left.why for left in made.receipt().left}
    assert any("tunnel 2 is not touched while it carries alone" in why for why in told.values())
    assert before_that["Phase1DHGroupNumbers"] == options(account, 2)["Phase1DHGroupNumbers"]
    assert up(account) == [True, True], "tunnel 1 has its former methods"
    list(made.undo({}))
    assert made.receipt().complete
    assert len(options(account, 2)["Phase1DHGroupNumbers"]) == 13


def test_changed_between_review_and_yes_it_is_left(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    made = session(cloud, journal, clock=clock)
    made.review()
    change(account, 1, IKEVersions=[{"Value": "ikev2"}])
    (problem,) = problems_of(made)
    assert "somebody changed it since the check" in problem.what
    assert "Phase1EncryptionAlgorithms" not in options(account, 1)


@pytest.mark.parametrize(
    ("changed", "written"),
    [({"logs": "write"}, False), ({"replay_window": "512"}, False), ({"phase_2_lifetime": "1800"}, True)],
)
def test_the_device_is_only_spoken_of_where_it_has_the_same_setting(
    cloud: Aws, journal: Journal, clock: FakeClock, changed: Mapping[str, str], written: bool
) -> None:
    made = session(cloud, journal, {**MODERN, "encryption": "as-it-is", **changed}, clock=clock)
    carried_out(made)
    assert any("device's configuration" in step for step in made.hand_over().next_steps) is written


def test_a_second_run_finds_nothing_to_do(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    carried_out(session(cloud, journal, LOGGED, clock=clock))
    again = session(cloud, journal, LOGGED, clock=clock).review()
    assert again.plan.actions == ()
    assert [each.id for each in again.findings if each.grade.value == "refused"] == ["nothing"]


def test_one_tunnel_alone(account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    carried_out(session(cloud, journal, ONE, clock=clock))
    assert options(account, 2)["StartupAction"] == "start"
    assert options(account, 2)["Phase1DHGroupNumbers"] == [{"Value": 19}, {"Value": 20}]
    assert options(account, 1)["StartupAction"] == "add"


def test_no_key_is_in_the_journal(account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    made = session(cloud, journal, MODERN, clock=clock)
    carried_out(made)
    keys = [each["PreSharedKey"] for each in branch(account)["Options"]["TunnelOptions"]]
    assert made.run is not None
    told = repr([made.run.facts(action.id) for action in made.review().plan.actions]) + repr(made.run.plan)
    assert not any(key in told for key in keys)


def test_the_undo_says_when_a_setting_may_be_put_back(cloud: Aws) -> None:
    one, two = (each.undo for each in session(cloud, None).review().plan.actions[1:])
    assert isinstance(one, Restore) and isinstance(two, Restore)
    assert one.first and two.first and one.first != two.first
