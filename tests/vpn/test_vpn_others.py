"""What others did at a VPN since it was made: theirs stays, what it needs stays, and the receipt says so."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from moto.ec2.models import ec2_backends
from practice.office import named
from practice.picture import snapshot
from support.clock import FakeClock
from support.clouds import Between
from support.colleagues import resource
from support.deeds import NOT_FOUND, Deed, Made, undone_after
from support.sessions import carried_out, problems_of, taken_back
from vpn.cases import STAGING, VARIANTS, again, session
from vpn.cases import STATIC as OFFICE

from flows.engine import Call, CloudError, Journal, Lost, Session
from flows.engine.boto import Aws
from flows.practice import ACCOUNT_ID, PracticeAccount

Client = Callable[..., Any]
THEIRS = "172.20.0.0/16"


def second_connection(client: Client, made: Made, *, network: str = "", static: bool = True) -> None:
    """A second office on the gateway that the run made."""
    ec2 = client("ec2")
    device = ec2.create_customer_gateway(Type="ipsec.1", IpAddress="198.51.100.200", BgpAsn=65020)["CustomerGateway"]
    name = [{"ResourceType": "vpn-connection", "Tags": [{"Key": "Name", "Value": "berlin"}]}]
    connection = ec2.create_vpn_connection(
        Type="ipsec.1", CustomerGatewayId=device["CustomerGatewayId"], VpnGatewayId=made["vpn-gateway"],
        Options={"StaticRoutesOnly": static}, TagSpecifications=name,
    )["VpnConnection"]["VpnConnectionId"]  # fmt: skip
    if network:
        ec2.create_vpn_connection_route(VpnConnectionId=connection, DestinationCidrBlock=network)


def second_way_to_the_office(client: Client, made: Made) -> None:
    second_connection(client, made, network=STAGING["networks"][0])


def second_office_by_bgp(client: Client, made: Made) -> None:
    second_connection(client, made, static=False)


def device_used_elsewhere(client: Client, made: Made) -> None:
    ec2 = client("ec2")
    ec2.create_vpn_connection(
        Type="ipsec.1", CustomerGatewayId=made["customer-gateway"], VpnGatewayId=named(ec2, "vgw", "staging-vgw"),
        Options={"StaticRoutesOnly": True},
    )  # fmt: skip


def propagation_into_another_table(client: Client, made: Made) -> None:
    ec2 = client("ec2")
    ec2.enable_vgw_route_propagation(RouteTableId=named(ec2, "table", "shop-public"), GatewayId=made["vpn-gateway"])


def route_in_another_table(client: Client, made: Made) -> None:
    ec2 = client("ec2")
    ec2.create_route(
        RouteTableId=named(ec2, "table", "shop-public"), DestinationCidrBlock=THEIRS, GatewayId=made["vpn-gateway"]
    )


def route_in_our_table(client: Client, made: Made) -> None:
    ec2 = client("ec2")
    ec2.create_route(
        RouteTableId=named(ec2, "table", "shop-private-a"), DestinationCidrBlock=THEIRS, GatewayId=made["vpn-gateway"]
    )


def static_route_of_theirs(client: Client, made: Made) -> None:
    client("ec2").create_vpn_connection_route(VpnConnectionId=made["connection"], DestinationCidrBlock=THEIRS)


def tunnel_edited(client: Client, made: Made) -> None:
    connection: Any = ec2_backends[ACCOUNT_ID]["eu-central-1"].vpn_connections[made["connection"]]
    connection.asked[1]["StartupAction"] = "add"


def moved_to_another_network(client: Client, made: Made) -> None:
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"]
    ec2.detach_vpn_gateway(VpnGatewayId=made["vpn-gateway"], VpcId=named(ec2, "vpc", "shop"))
    ec2.attach_vpn_gateway(VpnGatewayId=made["vpn-gateway"], VpcId=vpc)


def detached(client: Client, made: Made) -> None:
    ec2 = client("ec2")
    ec2.detach_vpn_gateway(VpnGatewayId=made["vpn-gateway"], VpcId=named(ec2, "vpc", "shop"))


def connection_deleted(client: Client, made: Made) -> None:
    client("ec2").delete_vpn_connection(VpnConnectionId=made["connection"])


def propagation_switched_off(client: Client, made: Made) -> None:
    ec2 = client("ec2")
    ec2.disable_vgw_route_propagation(RouteTableId=named(ec2, "table", "shop-private-a"), GatewayId=made["vpn-gateway"])


def static_route_deleted(client: Client, made: Made) -> None:
    client("ec2").delete_vpn_connection_route(
        VpnConnectionId=made["connection"], DestinationCidrBlock=STAGING["networks"][0]
    )


def route_led_elsewhere(client: Client, made: Made) -> None:
    ec2 = client("ec2")
    machine = ec2.describe_instances()["Reservations"][0]["Instances"][0]
    ec2.replace_route(
        RouteTableId=named(ec2, "table", "shop-private-a"), DestinationCidrBlock=STAGING["networks"][0],
        NetworkInterfaceId=machine["NetworkInterfaces"][0]["NetworkInterfaceId"],
    )  # fmt: skip


def _ssh_rule(ec2: Any) -> Mapping[str, Any]:
    group = {"Name": "group-id", "Values": [named(ec2, "group", "app")]}
    rules = ec2.describe_security_group_rules(Filters=[group])["SecurityGroupRules"]
    found: Mapping[str, Any] = next(
        rule for rule in rules if rule["FromPort"] == 22 and rule.get("CidrIpv4") == STAGING["networks"][0]
    )
    return found


def rule_edited(client: Client, made: Made) -> None:
    ec2 = client("ec2")
    rule = {"IpProtocol": "tcp", "FromPort": 8443, "ToPort": 8443, "CidrIpv4": THEIRS}
    changed = {"SecurityGroupRuleId": _ssh_rule(ec2)["SecurityGroupRuleId"], "SecurityGroupRule": rule}
    ec2.modify_security_group_rules(GroupId=named(ec2, "group", "app"), SecurityGroupRules=[changed])


def rule_revoked(client: Client, made: Made) -> None:
    ec2 = client("ec2")
    ec2.revoke_security_group_ingress(
        GroupId=named(ec2, "group", "app"), SecurityGroupRuleIds=[_ssh_rule(ec2)["SecurityGroupRuleId"]]
    )


def rule_made_anew(client: Client, made: Made) -> None:
    """The same rule once more, as somebody else's."""
    rule_revoked(client, made)
    ec2, source = client("ec2"), [{"CidrIp": STAGING["networks"][0], "Description": "theirs"}]
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": source}
    ec2.authorize_security_group_ingress(GroupId=named(ec2, "group", "app"), IpPermissions=[rule])


USE_IT = "^VPN connections of others use it: vpn-[0-9a-f]{17}"
LEAD = r"^Routes of others lead to the office by it: rtb-[0-9a-f]{17} \([0-9./]+\)\.$"
ENTERED = r"^Others let it enter the office's routes into these tables: rtb-[0-9a-f]{17} \(shop-p[a-z-]+\)\.$"
NEEDED = "needs it, and that stays"
GATEWAY, DEVICE, PLUG = "The VPN gateway (vgw-", "The registration of 203.0.113.10 (cgw-", "The attachment to shop"
CONNECTION, CONNECTION_GONE = "The VPN connection (vpn-", "The VPN connection; its AWS addresses and keys are gone"
STATIC, SSH = "The connection's route to 192.168.", "The office's rules in app (sg-"
IN_A, IN_B = "The propagation into shop-private-a", "The propagation into shop-private-b"
LED = {CONNECTION: LEAD, STATIC: LEAD, PLUG: LEAD, GATEWAY: NEEDED, DEVICE: NEEDED}
LET_IN = {**LED, CONNECTION: ENTERED, STATIC: ENTERED, PLUG: ENTERED}

DEEDS: Mapping[str, Deed] = {
    "second office on our gateway": Deed(
        second_connection,
        {GATEWAY: USE_IT + r" \(berlin\)\.$", PLUG: USE_IT, IN_A: USE_IT, IN_B: USE_IT},
    ),
    "second office on our gateway, which may go": Deed(second_connection, decided={"others": "delete"}, theirs=False),
    "second office on our gateway, fixed routes": Deed(
        second_connection, {GATEWAY: USE_IT, PLUG: USE_IT}, answers="fixed"
    ),
    "second way to the office, fixed routes": Deed(
        second_way_to_the_office,
        {GATEWAY: USE_IT, PLUG: USE_IT, "The route to 192.168.10.0/24": USE_IT, SSH: USE_IT},
        answers="fixed",
    ),
    "second office by BGP, fixed routes": Deed(
        second_office_by_bgp,
        {GATEWAY: USE_IT, PLUG: USE_IT, "The route to 192.168.": USE_IT, SSH: USE_IT},
        answers="fixed",
    ),
    "our device at another gateway": Deed(device_used_elsewhere, {DEVICE: USE_IT}),
    "propagation into another table": Deed(propagation_into_another_table, LET_IN),
    "propagation into another table, which may go": Deed(
        propagation_into_another_table, decided={"others": "delete"}, theirs=False
    ),
    "route in another table": Deed(route_in_another_table, LED),
    "route in another table, which may go": Deed(route_in_another_table, decided={"others": "delete"}, theirs=False),
    "route in our table": Deed(route_in_our_table, LED),
    "route in our table, which may go": Deed(route_in_our_table, decided={"others": "delete"}, theirs=False),
    "route in another table, fixed routes": Deed(route_in_another_table, LED, answers="fixed"),
    "static route": Deed(
        static_route_of_theirs,
        {
            CONNECTION: f"^Others reach these networks through it: {THEIRS}",
            PLUG: NEEDED,
            GATEWAY: NEEDED,
            DEVICE: NEEDED,
        },
    ),
    "tunnel edited": Deed(
        tunnel_edited, {CONNECTION: "^Somebody changed it", PLUG: NEEDED, GATEWAY: NEEDED, DEVICE: NEEDED}
    ),
    "gateway moved": Deed(
        moved_to_another_network,
        {GATEWAY: "^Somebody attached it to other networks: vpc-", PLUG: NOT_FOUND},
        answers="fixed",
        theirs=False,  # our routes led nowhere since
    ),
    "gateway detached, fixed routes": Deed(detached, {PLUG: NOT_FOUND}, answers="fixed", theirs=False),
    "connection deleted": Deed(connection_deleted, {CONNECTION_GONE: NOT_FOUND, STATIC: NOT_FOUND}),
    "propagation switched off": Deed(propagation_switched_off, {IN_A: NOT_FOUND}),
    "static route deleted": Deed(static_route_deleted, {"The connection's route to 192.168.10.0/24": NOT_FOUND}),
    "route led elsewhere": Deed(
        route_led_elsewhere,
        {"The route to 192.168.10.0/24 in shop-private-a": "^It leads elsewhere now"},
        answers="fixed",
    ),
    "rule edited": Deed(rule_edited, {SSH: "^Somebody changed this rule since"}),
    "rule revoked": Deed(rule_revoked, {SSH: NOT_FOUND}),
    "rule made anew": Deed(
        rule_made_anew, {SSH: NOT_FOUND, "What somebody put beside it since: sgr-": "^It is not this run's"}
    ),
}


@pytest.mark.parametrize("name", DEEDS)
@pytest.mark.some("second office on our gateway, which may go")
def test_what_others_did_stays_theirs(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, name: str
) -> None:
    """Undo ends, harms nothing of theirs, and tells what is left and why."""
    deed = DEEDS[name]
    made = session(cloud, journal, VARIANTS[deed.answers or "static"], clock=clock)
    undone_after(deed, made, account.session.client, lambda: snapshot(account.session))


# -- what is ours -----------------------------------------------------------------------------------------------------


def test_a_propagation_that_came_meanwhile_is_not_ours(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """AWS takes it twice without a word; somebody else's, from between review and applying, survives the undo."""
    made = session(cloud, journal, STAGING, clock=clock)
    made.review()
    ec2 = account.session.client("ec2")
    ec2.enable_vgw_route_propagation(
        RouteTableId=named(ec2, "table", "staging-private"), GatewayId=named(ec2, "vgw", "staging-vgw")
    )
    before = snapshot(account.session)
    carried_out(made)
    taken_back(made)
    assert snapshot(account.session) == before
    assert "It existed before this run." in left(made, "The propagation into staging-private")


@pytest.mark.wild
def test_a_connection_that_came_meanwhile_is_not_ours(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Between two gateways AWS hands out the connection that is there; it stays, with its routes and what it uses."""
    answers = {**STAGING, "gateway_ip": "198.51.100.99", "routing": "static"}
    ec2 = account.session.client("ec2")
    device = ec2.create_customer_gateway(Type="ipsec.1", IpAddress="198.51.100.99", BgpAsn=65000)["CustomerGateway"]
    made = session(cloud, journal, answers, clock=clock)
    made.review()
    second = ec2.create_vpn_connection(
        Type="ipsec.1", CustomerGatewayId=device["CustomerGatewayId"], VpnGatewayId=named(ec2, "vgw", "staging-vgw"),
        Options={"StaticRoutesOnly": True},
    )["VpnConnection"]["VpnConnectionId"]  # fmt: skip
    ec2.create_vpn_connection_route(VpnConnectionId=second, DestinationCidrBlock=STAGING["networks"][0])
    before = snapshot(account.session)
    carried_out(made)
    taken_back(made)
    after = snapshot(account.session)
    assert after["vpn_connections"] == before["vpn_connections"]
    assert left(made, "The VPN connection") == ["It existed before this run."]
    assert left(made, "The connection's route") == ["It existed before this run."]
    assert left(made, "The propagation") == [f"VPN connections of others use it: {second}."]


@pytest.mark.parametrize("theirs", [True, False], ids=["switched on by a colleague", "never arrived"])
@pytest.mark.parametrize("resumed", [True, False], ids=["resumed", "undone at once"])
@pytest.mark.some("undone at once-never arrived")
def test_without_a_proof_it_is_left_to_look_at(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, resumed: bool, theirs: bool
) -> None:
    """The answer got lost, and a propagation tells nothing of who switched it on: then it is not ours."""
    ec2, cut = account.session.client("ec2"), threading.Event()
    both = {"RouteTableId": named(ec2, "table", "staging-private"), "GatewayId": named(ec2, "vgw", "staging-vgw")}

    def the_line_is_cut(number: int, call: Call) -> None:
        if call.name == "EnableVgwRoutePropagation":
            cut.set()
        if cut.is_set():
            raise Lost(f"The answer to {call.operation} got lost.")

    before = snapshot(account.session)
    made = session(Between(cloud, before=the_line_is_cut), journal, STAGING, clock=clock)
    assert problems_of(made) and made.run is not None
    made.close()
    if theirs:
        ec2.enable_vgw_route_propagation(**both)
    then = again(cloud, journal, made.run, clock=clock)
    if resumed:
        carried_out(then)
    taken_back(then)
    after = snapshot(account.session)
    (told,) = left(then, "The propagation into staging-private") or [""]
    table = before["route_tables"][both["RouteTableId"]]
    assert after["route_tables"][both["RouteTableId"]] == {
        **table, "propagating": [both["GatewayId"]] if theirs else []
    }  # fmt: skip
    assert {**after, "route_tables": 0} == {**before, "route_tables": 0}
    assert ("nothing proves that this run made it" in told) is theirs


def left(made: Session, start: str) -> list[str]:
    return [each.why for each in made.receipt().left if each.what.startswith(start)]


@pytest.mark.wild
def test_what_a_connection_needs_that_another_run_put_back_stays(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """It is that run's, though it is marked as the one in whose place it stands: it would cost, and reach nothing."""
    made = session(cloud, journal, OFFICE, clock=clock)
    carried_out(made)
    ec2 = account.session.client("ec2")
    ec2.delete_vpn_connection(VpnConnectionId=resource(made, "connection"))
    back = made.put_back(made.look())
    back.accept("new-ids")
    carried_out(back)
    taken_back(made)
    (gateway,) = ec2.describe_vpn_gateways(VpnGatewayIds=[resource(made, "vpn-gateway")])["VpnGateways"]
    assert [each["State"] for each in gateway["VpcAttachments"]] == ["attached"]
    new = resource(back, "connection")
    for what in ("The attachment", "The propagation"):
        assert all(new in why for why in left(made, what)) and left(made, what)
    taken_back(back)
    taken_back(made)
    assert left(made, "The attachment") == []
    made.close()


def test_a_route_that_aws_does_not_let_go_keeps_no_connection(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """It goes with the connection, for which somebody would go on paying; and is told as taken back by this undo."""
    before = snapshot(account.session)
    made = session(cloud, journal, VARIANTS["static"], clock=clock)
    carried_out(made)
    refused: list[str] = []

    def refuse(_: int, call: Call) -> None:
        if call.operation == "ec2.DeleteVpnConnectionRoute":
            refused.append(call.operation)
            raise CloudError("AWS refused.", "InternalFailure", aws_code="InternalFailure")

    made._account = Between(cloud, before=refuse)
    list(made.undo())
    assert refused
    receipt = made.receipt()
    assert receipt.complete and not [each for each in receipt.left if each.stays]
    assert any("The connection's route to" in each for each in receipt.removed)
    assert made.run and made.run.record.status == "undone"
    assert snapshot(account.session) == before
