"""Applied and taken back without a disturbance: everything is there, and then nothing is."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path
from typing import Any

import pytest
from practice.office import named
from practice.picture import snapshot
from support.clock import FakeClock
from support.sessions import carried_out, taken_back
from vpn.cases import BGP, FIXED, STAGING, STATIC, VARIANTS, WAREHOUSE, again, session

from flows.engine import Happening, Journal, Problem, Refused, Run
from flows.engine.boto import Aws
from flows.export.cli import script
from flows.export.policy import policies
from flows.practice import PracticeAccount


@pytest.fixture
def ec2(account: PracticeAccount) -> Any:
    return account.session.client("ec2")


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.some("warehouse")
@pytest.mark.quick
def test_undone_is_as_before(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, variant: str
) -> None:
    """Applying changes the account; undo leaves it exactly as it was, and says so."""
    before = snapshot(account.session)
    made = session(cloud, journal, VARIANTS[variant], clock=clock)
    assert snapshot(account.session) == before, "answering and reviewing only read"
    carried_out(made)
    assert snapshot(account.session) != before
    taken_back(made)
    assert snapshot(account.session) == before
    assert made.run is not None
    assert made.run.record.status == "undone"


@pytest.mark.wild
def test_everything_asked_for_is_there(cloud: Aws, journal: Journal, ec2: Any, clock: FakeClock) -> None:
    """The connection, its routes, the propagation and the rules are what the answers say."""
    made = session(cloud, journal, STATIC, clock=clock)
    events = carried_out(made)
    assert made.run is not None
    plan = made.run.plan
    assert plan is not None
    finished = [event.action for event in events if event.kind is Happening.DONE]
    assert sorted(finished) == sorted(action.id for action in plan.actions)
    connection = made.run.record.handover["outputs"]["connection"]
    (found,) = ec2.describe_vpn_connections(VpnConnectionIds=[connection])["VpnConnections"]
    assert found["State"] == "available"
    assert sorted(route["DestinationCidrBlock"] for route in found["Routes"]) == STATIC["networks"]
    for name in STATIC["route_tables"]:
        (table,) = ec2.describe_route_tables(RouteTableIds=[named(ec2, "table", name)])["RouteTables"]
        assert [each["GatewayId"] for each in table["PropagatingVgws"]] == [found["VpnGatewayId"]]
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [named(ec2, "group", "app")]}])[
        "SecurityGroupRules"
    ]
    opened = {(rule["CidrIpv4"], rule["FromPort"]) for rule in rules if made.run.id in rule.get("Description", "")}
    assert opened == {(cidr, port) for cidr in STATIC["networks"] for port in (8, 22)}


@pytest.mark.wild
def test_everything_made_is_tagged(cloud: Aws, journal: Journal, ec2: Any, clock: FakeClock) -> None:
    """Whatever can carry tags says its name, its run and its set-up."""
    made = session(cloud, journal, clock=clock)
    carried_out(made)
    assert made.run is not None
    tagged = ec2.describe_tags(Filters=[{"Name": "key", "Values": ["handrail:run"]}])["Tags"]
    kinds = sorted(tag["ResourceType"] for tag in tagged)
    assert kinds == ["customer-gateway", "vpn-connection", "vpn-gateway"]
    assert {tag["Value"] for tag in tagged} == {made.run.id}


def test_undo_again_does_nothing(account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """A run that was undone can be undone again: nothing is sent and nothing said to be removed twice."""
    made = session(cloud, journal, clock=clock)
    carried_out(made)
    taken_back(made)
    before = snapshot(account.session)
    assert taken_back(made) == []
    assert snapshot(account.session) == before
    assert made.run is not None
    assert made.run.record.status == "undone"


@pytest.mark.wild
def test_what_was_undone_cannot_be_resumed(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """Applying a run that was taken back would make everything again, unasked."""
    made = session(cloud, journal, clock=clock)
    carried_out(made)
    taken_back(made)
    assert made.run is not None
    made.close()
    with pytest.raises(Refused, match=made.run.id):
        list(again(cloud, journal, made.run, clock=clock).apply())


@pytest.mark.wild
def test_a_registered_device_survives(cloud: Aws, journal: Journal, ec2: Any, clock: FakeClock) -> None:
    """A customer gateway that existed is used, and neither made nor deleted."""
    warehouse = named(ec2, "cgw", "warehouse")
    made = session(cloud, journal, WAREHOUSE, clock=clock)
    carried_out(made)
    assert made.run is not None
    assert made.run.record.handover["outputs"]["customer_gateway"] == warehouse
    taken_back(made)
    assert named(ec2, "cgw", "warehouse") == warehouse
    assert any("existed before" in left.why for left in made.receipt().left)


@pytest.mark.wild
def test_a_device_registered_meanwhile_survives(
    account: PracticeAccount, cloud: Aws, journal: Journal, ec2: Any, clock: FakeClock
) -> None:
    """AWS hands out an identical registration that somebody made after the review; it is not ours to delete."""
    made = session(cloud, journal, BGP, clock=clock)
    made.review()
    ec2.create_customer_gateway(Type="ipsec.1", IpAddress=BGP["gateway_ip"], BgpAsn=65010)
    before = snapshot(account.session)
    carried_out(made)
    taken_back(made)
    assert snapshot(account.session) == before
    assert [left.what for left in made.receipt().left if "registration of" in left.what]


@pytest.mark.wild
def test_an_unattached_gateway_survives(
    account: PracticeAccount, cloud: Aws, journal: Journal, ec2: Any, clock: FakeClock
) -> None:
    """A gateway that was there and free is attached, used, detached again, and kept."""
    free = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    before = snapshot(account.session)
    made = session(cloud, journal, {**STATIC, "vpn_gateway": free}, clock=clock)
    carried_out(made)
    (found,) = ec2.describe_vpn_gateways(VpnGatewayIds=[free])["VpnGateways"]
    assert [each["State"] for each in found["VpcAttachments"]] == ["attached"]
    taken_back(made)
    assert snapshot(account.session) == before


def test_rules_routes_and_propagation_that_existed_survive(
    account: PracticeAccount, cloud: Aws, journal: Journal, ec2: Any, clock: FakeClock
) -> None:
    """What the set-up needs and finds is not made again, and undo leaves it."""
    group, table = named(ec2, "group", "app"), named(ec2, "table", "staging-private")
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": STATIC["networks"][0]}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    ec2.enable_vgw_route_propagation(RouteTableId=table, GatewayId=named(ec2, "vgw", "staging-vgw"))
    (vpc_table,) = ec2.describe_route_tables(RouteTableIds=[named(ec2, "table", "shop-public")])["RouteTables"]
    internet = next(r["GatewayId"] for r in vpc_table["Routes"] if r["DestinationCidrBlock"] == "0.0.0.0/0")
    ec2.create_route(
        RouteTableId=named(ec2, "table", "shop-private-a"),
        DestinationCidrBlock=STATIC["networks"][0],
        GatewayId=internet,
    )
    before = snapshot(account.session)
    for answers in (FIXED, VARIANTS["staging"]):
        made = session(cloud, journal, answers, clock=clock)
        carried_out(made)
        taken_back(made)
        assert made.receipt().left
        assert snapshot(account.session) == before


@pytest.mark.wild
def test_a_route_entered_meanwhile_survives(
    account: PracticeAccount, cloud: Aws, journal: Journal, ec2: Any, clock: FakeClock
) -> None:
    """A route that came between review and applying is left as it is, then and at undo."""
    made = session(cloud, journal, FIXED, clock=clock)
    made.review()
    (public,) = ec2.describe_route_tables(RouteTableIds=[named(ec2, "table", "shop-public")])["RouteTables"]
    internet = next(r["GatewayId"] for r in public["Routes"] if r["DestinationCidrBlock"] == "0.0.0.0/0")
    table = named(ec2, "table", "shop-private-a")
    ec2.create_route(RouteTableId=table, DestinationCidrBlock=FIXED["networks"][0], GatewayId=internet)
    before = snapshot(account.session)
    events = carried_out(made)
    assert [event.action for event in events if event.kind is Happening.EXISTED] == [f"route-{table}-192.168.10.0-24"]
    taken_back(made)
    assert snapshot(account.session) == before


@pytest.mark.wild
def test_the_same_route_entered_meanwhile_survives(
    account: PracticeAccount, cloud: Aws, journal: Journal, ec2: Any, clock: FakeClock
) -> None:
    """Even if it leads just where ours would have led: somebody else made it, so undo leaves it."""
    made = session(cloud, journal, {**STAGING, "route_method": "fixed"}, clock=clock)
    made.review()
    ec2.create_route(
        RouteTableId=named(ec2, "table", "staging-private"),
        DestinationCidrBlock=STAGING["networks"][0],
        GatewayId=named(ec2, "vgw", "staging-vgw"),
    )
    before = snapshot(account.session)
    carried_out(made)
    taken_back(made)
    assert snapshot(account.session) == before
    assert [left.why for left in made.receipt().left if "192.168.10.0/24" in left.what] == [
        "It existed before this run."
    ]


@pytest.mark.wild
def test_a_rule_somebody_removed_does_not_keep_the_others(
    account: PracticeAccount, cloud: Aws, journal: Journal, ec2: Any, clock: FakeClock
) -> None:
    """If one of the rules is gone already, undo still takes the rest."""
    before = snapshot(account.session)
    made = session(cloud, journal, clock=clock)
    carried_out(made)
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": STATIC["networks"][1]}]}
    ec2.revoke_security_group_ingress(GroupId=named(ec2, "group", "app"), IpPermissions=[rule])
    taken_back(made)
    assert snapshot(account.session) == before


def test_what_somebody_deleted_by_hand_is_no_obstacle(
    account: PracticeAccount, cloud: Aws, journal: Journal, ec2: Any, clock: FakeClock
) -> None:
    """Undo of things that are gone succeeds."""
    before = snapshot(account.session)
    made = session(cloud, journal, clock=clock)
    carried_out(made)
    assert made.run is not None
    outputs = made.run.record.handover["outputs"]
    ec2.delete_vpn_connection(VpnConnectionId=outputs["connection"])
    ec2.detach_vpn_gateway(VpnGatewayId=outputs["vpn_gateway"], VpcId=named(ec2, "vpc", "shop"))
    ec2.delete_vpn_gateway(VpnGatewayId=outputs["vpn_gateway"])
    ec2.delete_customer_gateway(CustomerGatewayId=outputs["customer_gateway"])
    taken_back(made)
    after = snapshot(account.session)
    for table in after["route_tables"].values():  # AWS forgets the propagation of a gateway that is gone
        table["propagating"] = [id for id in table["propagating"] if id != outputs["vpn_gateway"]]
    assert after == before


# -- secrets and files ---------------------------------------------------------------------------------------------


def test_no_secret_leaves_the_device_files(
    tmp_path: Path, cloud: Aws, journal: Journal, clock: FakeClock, ec2: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """The tunnels' keys stand in the device's files and nowhere else: not in the journal, a log or an export."""
    caplog.set_level(logging.INFO)
    made = session(cloud, journal, clock=clock)
    review = made.review()
    events = carried_out(made)
    assert made.run is not None and made.run.plan is not None
    keys = the_keys(ec2)
    assert len(keys) == 2
    told = [
        repr(events), repr(review), repr(made.run.record), repr(made.run.history()), repr(vars(made.run)), caplog.text,
        script(made.run.plan, flow="vpn", title="", region="eu-central-1"), json.dumps(policies(review.needs)),
    ]  # fmt: skip
    kept = [path.read_bytes() for path in journal.folder.glob("journal.db*")]
    assert len(kept) >= 2, "the write-ahead log is there too"
    for key in keys:
        assert not [text for text in told if key in text]
        assert not [content for content in kept if key.encode() in content]
        assert [path for path in made.run.folder.rglob("*") if path.is_file() and key in path.read_text()]


def test_no_secret_in_what_is_raised(
    cloud: Aws, journal: Journal, clock: FakeClock, ec2: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the hand-over goes wrong, no sentence and no traceback of ours holds a key."""
    made = session(cloud, journal, clock=clock)
    assert not [event.problem for event in made.apply() if event.problem]
    assert made.run is not None
    made.run.folder.parent.mkdir(parents=True)
    made.run.folder.write_text("in the way")
    with pytest.raises(Problem) as raised:
        made.hand_over()
    text = f"{raised.value!r} {raised.value} {raised.value.__cause__!r}"
    assert not [key for key in the_keys(ec2) if key in text]


@pytest.mark.wild
def test_files_are_only_the_owners(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """Files are 0600 and their folders 0700, whatever this user's umask; so is the journal."""
    made = session(cloud, journal, clock=clock)
    carried_out(made)
    assert made.run is not None
    found = list(made.run.folder.rglob("*"))
    assert {path.stat().st_mode & 0o777 for path in found if path.is_file()} == {0o600}
    folders = [journal.folder, made.run.folder.parent, made.run.folder, *(p for p in found if p.is_dir())]
    assert {path.stat().st_mode & 0o777 for path in folders} == {0o700}
    assert {path.stat().st_mode & 0o777 for path in journal.folder.glob("journal.db*")} == {0o600}


def test_files_go_with_the_undo(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """Nothing of them is left, folders included, and the receipt names them."""
    made = session(cloud, journal, clock=clock)
    carried_out(made)
    files = files_of(made.run)
    taken_back(made)
    assert made.run is not None
    assert files and not made.run.folder.exists()


@pytest.mark.parametrize("change", [b"# mine\n", b"\xff\x00 not text"])
@pytest.mark.some(1)
def test_a_changed_file_is_left(cloud: Aws, journal: Journal, clock: FakeClock, change: bytes) -> None:
    """A file that somebody changed is theirs: it stays, and the receipt names it."""
    made = session(cloud, journal, clock=clock)
    carried_out(made)
    changed, *others = files_of(made.run)
    changed.write_bytes(change)
    list(made.undo())
    receipt = made.receipt()
    assert receipt.complete
    assert changed.read_bytes() == change
    assert [left.why for left in receipt.left if str(changed) in left.what]
    assert not [path for path in others if path.exists()]


@pytest.mark.wild
def test_what_somebody_wrote_into_a_file_outlives_another_look(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """Looking again whether the device has called writes the files anew, but not those that were changed."""
    made = session(cloud, journal, clock=clock)
    carried_out(made)
    edited, lost, *_ = files_of(made.run)
    before = lost.read_text()
    edited.write_text("left = %any\n")
    lost.unlink()
    for _ in range(2):
        handover = made.hand_over()
        assert (edited.read_text(), lost.read_text()) == ("left = %any\n", before)
        assert f"You changed {edited.name}" in handover.next_steps[-1]


def files_of(run: Run | None) -> list[Path]:
    assert run is not None
    return sorted(path for path in run.folder.rglob("*") if path.is_file())


def the_keys(ec2: Any) -> list[str]:
    *_, found = ec2.describe_vpn_connections()["VpnConnections"]
    keys = re.findall(r"<pre_shared_key>([^<]{8,})</pre_shared_key>", found["CustomerGatewayConfiguration"])
    return sorted(set(keys))
