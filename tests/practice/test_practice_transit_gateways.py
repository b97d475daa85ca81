"""A transit gateway meets a VPN set-up as AWS's would: the answers, the refusals and the waiting."""

from __future__ import annotations

from typing import Any

import pytest
from practice.office import connection, customer_gateway, named, refused

EVERY = [{"Name": "state", "Values": ["active", "blackhole"]}]
OFFICE = "192.168.10.0/24"


def gateway(ec2: Any, name: str) -> dict[str, Any]:
    (found,) = ec2.describe_transit_gateways(Filters=[{"Name": "tag:Name", "Values": [name]}])["TransitGateways"]
    return dict(found)


def only_table(ec2: Any, gateway: str) -> str:
    of = [{"Name": "transit-gateway-id", "Values": [gateway]}]
    (found,) = ec2.describe_transit_gateway_route_tables(Filters=of)["TransitGatewayRouteTables"]
    return str(found["TransitGatewayRouteTableId"])


def subnets(ec2: Any, *names: str) -> list[str]:
    found = ec2.describe_subnets(Filters=[{"Name": "tag:Name", "Values": list(names)}])["Subnets"]
    return [each["SubnetId"] for each in found]


def attach(ec2: Any, gateway: str, vpc: str, *names: str) -> str:
    made = ec2.create_transit_gateway_vpc_attachment(
        TransitGatewayId=gateway, VpcId=named(ec2, "vpc", vpc), SubnetIds=subnets(ec2, *names)
    )
    return str(made["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"])


def ends_at(ec2: Any, gateway: str, *, static: bool = True) -> tuple[str, str]:
    """A connection at a transit gateway, and its attachment."""
    made = ec2.create_vpn_connection(
        Type="ipsec.1", CustomerGatewayId=customer_gateway(ec2)["CustomerGatewayId"], TransitGatewayId=gateway,
        Options={"StaticRoutesOnly": static},
    )["VpnConnection"]  # fmt: skip
    (found,) = ec2.describe_transit_gateway_attachments(
        Filters=[{"Name": "resource-id", "Values": [made["VpnConnectionId"]]}]
    )["TransitGatewayAttachments"]
    return made["VpnConnectionId"], found["TransitGatewayAttachmentId"]


def routes(ec2: Any, table: str) -> dict[str, tuple[str, str]]:
    found = ec2.search_transit_gateway_routes(TransitGatewayRouteTableId=table, Filters=EVERY)["Routes"]
    return {each["DestinationCidrBlock"]: (each["Type"], each["State"]) for each in found}


def test_the_company_has_two(ec2: Any) -> None:
    """One that associates and propagates by itself, and one that does neither."""
    hub, branches = gateway(ec2, "hub"), gateway(ec2, "branches")
    assert hub["Options"]["AssociationDefaultRouteTableId"] == hub["Options"]["PropagationDefaultRouteTableId"]
    assert "AssociationDefaultRouteTableId" not in branches["Options"]
    assert routes(ec2, hub["Options"]["AssociationDefaultRouteTableId"]) == {"10.0.0.0/16": ("propagated", "active")}
    assert routes(ec2, only_table(ec2, branches["TransitGatewayId"])) == {}
    with refused("InvalidTransitGatewayID.NotFound"):
        ec2.describe_transit_gateways(TransitGatewayIds=["tgw-00000000000000000"])


def test_the_region_holds_five(ec2: Any) -> None:
    with refused("InvalidParameterValue"):
        ec2.create_transit_gateway(Options={"AmazonSideAsn": 65535})
    for _ in range(5 - len(ec2.describe_transit_gateways()["TransitGateways"])):
        ec2.create_transit_gateway(Description="another")
    with refused("TransitGatewayLimitExceeded"):
        ec2.create_transit_gateway(Description="one too many")


def test_a_vpc_is_attached_once_and_by_a_subnet_a_zone(ec2: Any) -> None:
    hub, branches = gateway(ec2, "hub")["TransitGatewayId"], gateway(ec2, "branches")["TransitGatewayId"]
    with refused("DuplicateTransitGatewayAttachment"):
        attach(ec2, hub, "shop", "shop-private-a")
    with refused("DuplicateSubnetsInSameZone"):
        attach(ec2, branches, "shop", "shop-private-a", "shop-public-a")
    with refused("InvalidParameterValue"):
        attach(ec2, branches, "shop", "staging-private")
    made = attach(ec2, branches, "shop", "shop-private-a", "shop-private-b")
    (told,) = ec2.describe_transit_gateway_vpc_attachments(TransitGatewayAttachmentIds=[made])[
        "TransitGatewayVpcAttachments"
    ]
    assert (told["State"], len(told["SubnetIds"])) == ("available", 2)
    ec2.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=made)
    with refused("InvalidTransitGatewayAttachmentID.NotFound"):
        ec2.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=made)


def test_an_attachment_goes_by_one_table_and_is_not_moved(ec2: Any) -> None:
    branches = gateway(ec2, "branches")["TransitGatewayId"]
    made, first = attach(ec2, branches, "staging", "staging-private"), only_table(ec2, branches)
    other = ec2.create_transit_gateway_route_table(TransitGatewayId=branches)["TransitGatewayRouteTable"]
    both = {"TransitGatewayAttachmentId": made, "TransitGatewayRouteTableId": first}
    elsewhere = both | {"TransitGatewayRouteTableId": other["TransitGatewayRouteTableId"]}
    ec2.associate_transit_gateway_route_table(**both)
    with refused("Resource.AlreadyAssociated"):
        ec2.associate_transit_gateway_route_table(**elsewhere)
    with refused("InvalidAssociation.NotFound"):
        ec2.disassociate_transit_gateway_route_table(**elsewhere)
    (told,) = ec2.get_transit_gateway_route_table_associations(TransitGatewayRouteTableId=first)["Associations"]
    assert (told["TransitGatewayAttachmentId"], told["State"]) == (made, "associated")
    ec2.disassociate_transit_gateway_route_table(**both)
    assert ec2.get_transit_gateway_route_table_associations(TransitGatewayRouteTableId=first)["Associations"] == []
    hubs = gateway(ec2, "hub")["Options"]["AssociationDefaultRouteTableId"]
    with refused("InvalidParameterValue"):
        ec2.associate_transit_gateway_route_table(**both | {"TransitGatewayRouteTableId": hubs})


def test_what_propagates_is_a_route_for_as_long(ec2: Any) -> None:
    branches = gateway(ec2, "branches")["TransitGatewayId"]
    both = {
        "TransitGatewayAttachmentId": attach(ec2, branches, "staging", "staging-private"),
        "TransitGatewayRouteTableId": only_table(ec2, branches),
    }
    ec2.enable_transit_gateway_route_table_propagation(**both)
    assert routes(ec2, both["TransitGatewayRouteTableId"]) == {"10.20.0.0/16": ("propagated", "active")}
    with refused("TransitGatewayRouteTablePropagation.Duplicate"):
        ec2.enable_transit_gateway_route_table_propagation(**both)
    ec2.disable_transit_gateway_route_table_propagation(**both)
    assert routes(ec2, both["TransitGatewayRouteTableId"]) == {}
    with refused("TransitGatewayRouteTablePropagation.NotFound"):
        ec2.disable_transit_gateway_route_table_propagation(**both)


def test_a_route_is_entered_once_and_is_dead_without_its_attachment(ec2: Any) -> None:
    hub = gateway(ec2, "hub")
    made, attachment = ends_at(ec2, hub["TransitGatewayId"])
    table = hub["Options"]["AssociationDefaultRouteTableId"]
    route = {"TransitGatewayRouteTableId": table, "DestinationCidrBlock": OFFICE}
    ec2.create_transit_gateway_route(**route, TransitGatewayAttachmentId=attachment)
    with refused("RouteAlreadyExists"):
        ec2.create_transit_gateway_route(**route, Blackhole=True)
    assert routes(ec2, table)[OFFICE] == ("static", "active")
    ec2.delete_vpn_connection(VpnConnectionId=made)
    assert routes(ec2, table)[OFFICE] == ("static", "blackhole")
    ec2.delete_transit_gateway_route(**route)
    with refused("InvalidRoute.NotFound"):
        ec2.delete_transit_gateway_route(**route)
    with refused("InvalidRouteTableID.NotFound"):
        ec2.create_transit_gateway_route(**route | {"TransitGatewayRouteTableId": "tgw-rtb-00000000000000000"})


def test_a_connection_brings_its_attachment_and_takes_it_along(ec2: Any) -> None:
    hub = gateway(ec2, "hub")["TransitGatewayId"]
    made, attachment = ends_at(ec2, hub)
    (told,) = ec2.describe_vpn_connections(VpnConnectionIds=[made])["VpnConnections"]
    assert (told["TransitGatewayId"], told.get("VpnGatewayId")) == (hub, None)
    with refused("InvalidVpnConnection.InvalidType"):
        ec2.create_vpn_connection_route(VpnConnectionId=made, DestinationCidrBlock=OFFICE)
    second = ec2.create_vpn_connection(
        Type="ipsec.1", CustomerGatewayId=told["CustomerGatewayId"], TransitGatewayId=hub,
        Options={"StaticRoutesOnly": True},
    )["VpnConnection"]["VpnConnectionId"]  # fmt: skip
    assert second != made, "a transit gateway takes several between the same two"
    ec2.delete_vpn_connection(VpnConnectionId=made)
    with refused("InvalidTransitGatewayAttachmentID.NotFound"):
        ec2.describe_transit_gateway_attachments(TransitGatewayAttachmentIds=[attachment])


@pytest.mark.parametrize("which", ["both", "neither"])
def test_a_connection_ends_at_one_gateway(ec2: Any, which: str) -> None:
    customer = customer_gateway(ec2)["CustomerGatewayId"]
    if which == "neither":
        with refused("NotPartOfPractice"):
            ec2.create_vpn_connection(Type="ipsec.1", CustomerGatewayId=customer)
        return
    with refused("InvalidParameterCombination"):
        ec2.create_vpn_connection(
            Type="ipsec.1", CustomerGatewayId=customer, VpnGatewayId=named(ec2, "vgw", "staging-vgw"),
            TransitGatewayId=gateway(ec2, "hub")["TransitGatewayId"],
        )  # fmt: skip


def test_a_route_of_a_vpc_needs_its_attachment(ec2: Any) -> None:
    branches = gateway(ec2, "branches")["TransitGatewayId"]
    table = named(ec2, "table", "staging-private")
    route = {"RouteTableId": table, "DestinationCidrBlock": OFFICE}
    with refused("InvalidTransitGatewayID.NotFound"):
        ec2.create_route(**route, TransitGatewayId=branches)
    made = attach(ec2, branches, "staging", "staging-private")
    ec2.create_route(**route, TransitGatewayId=branches)
    ec2.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=made)
    (told,) = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    assert [each["State"] for each in told["Routes"] if each.get("TransitGatewayId") == branches] == ["blackhole"]


def test_a_virtual_private_gateway_is_as_it_was(ec2: Any) -> None:
    made = connection(ec2, customer_gateway(ec2)["CustomerGatewayId"], named(ec2, "vgw", "staging-vgw"))
    assert (made.get("TransitGatewayId"), made["VpnGatewayId"]) == (None, named(ec2, "vgw", "staging-vgw"))
