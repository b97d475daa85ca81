"""A VPN set-up meets what it would meet on AWS: the answers, the refusals and the waiting."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
from practice.office import (
    connection,
    customer_gateway,
    named,
    office,
    refused,
    tags,
    the_connection,
    vpn_gateway,
)


def test_a_customer_gateway_gets_the_default_number(ec2: Any) -> None:
    gateway = customer_gateway(ec2, TagSpecifications=tags("customer-gateway", "office"))
    assert gateway["BgpAsn"] == "65000"
    assert gateway["Tags"] == [{"Key": "Name", "Value": "office"}]


def test_a_large_number_is_shown_as_an_extended_one(ec2: Any) -> None:
    gateway = customer_gateway(ec2, BgpAsnExtended=4200000001)
    assert gateway["BgpAsnExtended"] == "4200000001"
    assert "BgpAsn" not in gateway


def test_the_same_request_returns_the_same_gateway_and_a_device_name_makes_another(ec2: Any) -> None:
    first = customer_gateway(ec2, BgpAsn=65001)
    again = customer_gateway(ec2, BgpAsn=65001)
    other = customer_gateway(ec2, BgpAsn=65001, DeviceName="second")
    assert first["CustomerGatewayId"] == again["CustomerGatewayId"] != other["CustomerGatewayId"]
    assert other["DeviceName"] == "second"


@pytest.mark.parametrize(
    "wrong",
    [
        {"BgpAsn": 0},
        {"BgpAsn": 7224},
        {"BgpAsnExtended": 65000},
        {"BgpAsnExtended": 99999999999},
        {"address": "not-an-ip"},
        {"address": "198.51.100.0/24"},
        {"address": "127.0.0.1"},
    ],
)
@pytest.mark.some(3)
def test_a_wrong_number_or_address_is_refused(ec2: Any, wrong: Any) -> None:
    with refused("InvalidParameterValue"):
        customer_gateway(ec2, **wrong)


def test_a_number_is_given_in_one_way_only(ec2: Any) -> None:
    with refused("InvalidParameterCombination"):
        customer_gateway(ec2, BgpAsn=65000, BgpAsnExtended=4200000001)


def test_a_vpn_gateway_gets_the_default_number_and_refuses_a_wrong_one(ec2: Any) -> None:
    gateway = vpn_gateway(ec2)
    (found,) = ec2.describe_vpn_gateways(VpnGatewayIds=[gateway])["VpnGateways"]
    assert (found["AmazonSideAsn"], found["State"]) == (64512, "available")
    with refused("InvalidParameterValue"):
        vpn_gateway(ec2, AmazonSideAsn=65535)


def test_the_region_holds_five_vpn_gateways(ec2: Any) -> None:
    for _ in range(4):
        vpn_gateway(ec2)
    with refused("VpnGatewayLimitExceeded"):
        vpn_gateway(ec2)


def test_a_vpc_has_one_gateway_and_a_gateway_one_vpc(ec2: Any) -> None:
    shop, staging = named(ec2, "vpc", "shop"), named(ec2, "vpc", "staging")
    gateway = vpn_gateway(ec2, shop)
    with refused("VpnGatewayAttachmentLimitExceeded"):
        ec2.attach_vpn_gateway(VpnGatewayId=gateway, VpcId=staging)
    with refused("InvalidVpcState"):
        ec2.attach_vpn_gateway(VpnGatewayId=vpn_gateway(ec2), VpcId=shop)


def test_an_attached_gateway_is_found_by_its_vpc(ec2: Any) -> None:
    staging = named(ec2, "vpc", "staging")
    filters = [
        {"Name": "attachment.vpc-id", "Values": [staging]},
        {"Name": "attachment.state", "Values": ["attached"]},
    ]
    (found,) = ec2.describe_vpn_gateways(Filters=filters)["VpnGateways"]
    assert found["VpcAttachments"] == [{"VpcId": staging, "State": "attached"}]


def test_gateways_in_use_are_not_deleted(ec2: Any) -> None:
    made = office(ec2)
    with refused("IncorrectState"):
        ec2.delete_customer_gateway(CustomerGatewayId=made["CustomerGatewayId"])
    with refused("IncorrectState"):
        ec2.delete_vpn_gateway(VpnGatewayId=made["VpnGatewayId"])


def test_everything_can_be_taken_back_in_order(ec2: Any) -> None:
    shop = named(ec2, "vpc", "shop")
    gateway, customer = vpn_gateway(ec2, shop), customer_gateway(ec2)["CustomerGatewayId"]
    made = connection(ec2, customer, gateway)["VpnConnectionId"]
    ec2.delete_vpn_connection(VpnConnectionId=made)
    ec2.detach_vpn_gateway(VpnGatewayId=gateway, VpcId=shop)
    ec2.delete_vpn_gateway(VpnGatewayId=gateway)
    ec2.delete_customer_gateway(CustomerGatewayId=customer)
    assert the_connection(ec2, made)["State"] == "deleted"
    with refused("InvalidVpnConnectionID.NotFound"):
        ec2.delete_vpn_connection(VpnConnectionId=made)
    with refused("InvalidVpnGatewayAttachment.NotFound|InvalidVpnGatewayID.NotFound"):
        ec2.detach_vpn_gateway(VpnGatewayId=gateway, VpcId=shop)


def test_a_connection_is_described_with_what_was_asked(ec2: Any) -> None:
    asked = {
        "TunnelInsideCidr": "169.254.44.244/30",
        "PreSharedKey": "a.key_for_practice",
        "IKEVersions": [{"Value": "ikev2"}],
        "Phase1DHGroupNumbers": [{"Value": 14}, {"Value": 20}],
        "StartupAction": "start",
        "DPDTimeoutAction": "restart",
    }
    made = the_connection(ec2, office(ec2, tunnels=[asked, {}])["VpnConnectionId"])
    first, second = made["Options"]["TunnelOptions"]
    assert made["Options"]["StaticRoutesOnly"] is True
    assert (made["Category"], made["State"]) == ("VPN", "available")
    assert first["TunnelInsideCidr"] == "169.254.44.244/30"
    assert first["IkeVersions"] == [{"Value": "ikev2"}]
    assert first["Phase1DHGroupNumbers"] == [{"Value": 14}, {"Value": 20}]
    assert (first["StartupAction"], second["StartupAction"]) == ("start", "add")
    assert first["DpdTimeoutAction"] == "restart"
    assert [each["Status"] for each in made["VgwTelemetry"]] == ["DOWN", "DOWN"]
    assert {each["StatusMessage"] for each in made["VgwTelemetry"]} == {"IPSEC IS DOWN"}
    outside = [each["OutsideIpAddress"] for each in made["VgwTelemetry"]]
    assert outside == [first["OutsideIpAddress"], second["OutsideIpAddress"]]


@pytest.mark.parametrize("static", [True, False])
def test_the_document_is_built_from_the_request(ec2: Any, static: bool) -> None:
    key = "a.key_for_practice"
    made = office(ec2, static=static, tunnels=[{"TunnelInsideCidr": "169.254.44.244/30", "PreSharedKey": key}])
    text = the_connection(ec2, made["VpnConnectionId"])["CustomerGatewayConfiguration"]
    assert text == made["CustomerGatewayConfiguration"]
    root = ElementTree.fromstring(text.encode())
    first, second = root.findall("ipsec_tunnel")
    assert root.get("id") == made["VpnConnectionId"]
    assert root.findtext("customer_gateway_id") == made["CustomerGatewayId"]
    assert first.findtext("customer_gateway/tunnel_outside_address/ip_address") == "198.51.100.7"
    assert first.findtext("vpn_gateway/tunnel_inside_address/ip_address") == "169.254.44.245"
    assert first.findtext("customer_gateway/tunnel_inside_address/ip_address") == "169.254.44.246"
    assert first.findtext("ike/pre_shared_key") == key
    assert len(str(second.findtext("ike/pre_shared_key"))) == 32
    attribute = root.findtext("vpn_connection_attributes")
    numbers = first.findtext("customer_gateway/bgp/asn"), first.findtext("vpn_gateway/bgp/asn")
    if static:
        assert (attribute, numbers) == ("NoBGPVPNConnection", (None, None))
    else:
        assert (attribute, numbers) == (None, ("65000", "64512"))


def test_two_connections_share_no_key_and_no_address(ec2: Any) -> None:
    gateway = named(ec2, "vgw", "staging-vgw")
    both = [
        connection(ec2, customer_gateway(ec2, address)["CustomerGatewayId"], gateway)
        for address in ("198.51.100.7", "198.51.100.8")
    ]
    tunnels = [tunnel for made in both for tunnel in made["Options"]["TunnelOptions"]]
    for what in ("PreSharedKey", "OutsideIpAddress", "TunnelInsideCidr"):
        assert len({tunnel[what] for tunnel in tunnels}) == 4


def test_a_connection_needs_gateways_that_exist(ec2: Any) -> None:
    customer, gateway = customer_gateway(ec2)["CustomerGatewayId"], named(ec2, "vgw", "staging-vgw")
    with refused("InvalidVpnGatewayID.NotFound"):
        connection(ec2, customer, "vgw-00000000000000000")
    with refused("InvalidCustomerGatewayID.NotFound"):
        connection(ec2, "cgw-00000000000000000", gateway)


def test_the_same_pair_gets_the_same_connection_unless_the_routing_differs(ec2: Any) -> None:
    first = office(ec2)
    assert office(ec2)["VpnConnectionId"] == first["VpnConnectionId"]
    with refused("InvalidOption.Conflict"):
        office(ec2, static=False)


@pytest.mark.parametrize(
    "wrong",
    [
        {"TunnelInsideCidr": "10.0.0.0/30"},
        {"TunnelInsideCidr": "169.254.0.0/30"},
        {"TunnelInsideCidr": "169.254.44.0/29"},
        {"PreSharedKey": "0starts.with.nought"},
        {"PreSharedKey": "short"},
        {"PreSharedKey": "a-hyphen-is-wrong"},
        {"Phase1LifetimeSeconds": 1},
        {"Phase1DHGroupNumbers": [{"Value": 5}]},
        {"IKEVersions": [{"Value": "ikev3"}]},
        {"StartupAction": "start"},
        {"Phase2LifetimeSeconds": 900, "RekeyMarginTimeSeconds": 451},
    ],
)
def test_wrong_tunnel_options_are_refused_and_the_key_is_not_repeated(ec2: Any, wrong: Any) -> None:
    with refused("InvalidParameterValue") as refusal:
        office(ec2, tunnels=[wrong])
    assert wrong.get("PreSharedKey", "\0") not in str(refusal.value)


def test_acceleration_needs_a_transit_gateway(ec2: Any) -> None:
    customer = customer_gateway(ec2)["CustomerGatewayId"]
    with refused("InvalidParameterCombination"):
        ec2.create_vpn_connection(
            Type="ipsec.1",
            CustomerGatewayId=customer,
            VpnGatewayId=named(ec2, "vgw", "staging-vgw"),
            Options={"EnableAcceleration": True},
        )


def test_static_routes_come_and_go(ec2: Any) -> None:
    made = office(ec2)["VpnConnectionId"]
    route = {"VpnConnectionId": made, "DestinationCidrBlock": "192.168.10.0/24"}
    ec2.create_vpn_connection_route(**route)
    ec2.create_vpn_connection_route(**route)
    assert the_connection(ec2, made)["Routes"] == [
        {"DestinationCidrBlock": "192.168.10.0/24", "Source": "Static", "State": "available"}
    ]
    ec2.delete_vpn_connection_route(**route)
    assert the_connection(ec2, made)["Routes"] == []
    with refused("InvalidRoute.NotFound"):
        ec2.delete_vpn_connection_route(**route)


def test_a_bgp_connection_takes_no_routes(ec2: Any) -> None:
    made = office(ec2, static=False)["VpnConnectionId"]
    with refused("InvalidVpnConnection.InvalidType"):
        ec2.create_vpn_connection_route(VpnConnectionId=made, DestinationCidrBlock="192.168.10.0/24")


def test_connections_are_found_by_filters(ec2: Any) -> None:
    made = office(ec2)
    for name, value in {
        "customer-gateway-id": made["CustomerGatewayId"],
        "vpn-gateway-id": made["VpnGatewayId"],
        "option.static-routes-only": "true",
        "state": "available",
        "tag:Name": "off*",
        "tag-key": "Name",
    }.items():
        *_, found = ec2.describe_vpn_connections(Filters=[{"Name": name, "Values": [value]}])["VpnConnections"]
        assert found["VpnConnectionId"] == made["VpnConnectionId"]
    with refused("InvalidParameterValue"):
        ec2.describe_vpn_connections(Filters=[{"Name": "colour", "Values": ["red"]}])


def test_unknown_ids_are_refused(ec2: Any) -> None:
    with refused("InvalidVpnConnectionID.NotFound"):
        ec2.describe_vpn_connections(VpnConnectionIds=["vpn-00000000000000000"])
    with refused("InvalidCustomerGatewayID.NotFound"):
        ec2.describe_customer_gateways(CustomerGatewayIds=["cgw-00000000000000000"])
    with refused("InvalidVpnGatewayID.NotFound"):
        ec2.describe_vpn_gateways(VpnGatewayIds=["vgw-00000000000000000"])


def test_tags_can_be_put_on_and_taken_off(ec2: Any) -> None:
    made = office(ec2)
    for resource in (made["VpnConnectionId"], made["CustomerGatewayId"], made["VpnGatewayId"]):
        ec2.create_tags(Resources=[resource], Tags=[{"Key": "note", "Value": "ours"}])
    assert {"Key": "note", "Value": "ours"} in the_connection(ec2, made["VpnConnectionId"])["Tags"]
    ec2.delete_tags(Resources=[made["VpnConnectionId"]], Tags=[{"Key": "note"}])
    assert the_connection(ec2, made["VpnConnectionId"])["Tags"] == [{"Key": "Name", "Value": "office"}]


def sample(ec2: Any, connection: str, device: str, **more: str) -> str:
    return str(
        ec2.get_vpn_connection_device_sample_configuration(
            VpnConnectionId=connection, VpnConnectionDeviceTypeId=device, **more
        )["VpnConnectionDeviceSampleConfiguration"]
    )


def test_there_are_sample_files_for_devices(ec2: Any) -> None:
    """As on AWS: for some devices none with IKEv2, and none that is recommended with IKEv1."""
    made = office(ec2)
    id = made["VpnConnectionId"]
    devices = ec2.get_vpn_connection_device_types()["VpnConnectionDeviceTypes"]
    ids = {each["VpnConnectionDeviceTypeId"]: (each["Vendor"], each["Software"]) for each in devices}
    assert len(ids) == len(devices) > 50
    fortigate, watchguard = "7125681a", "a0745ade"
    assert ids[fortigate] == ("Fortinet", "FortiOS 6.4.4+ (GUI)") and ids[watchguard][0] == "WatchGuard, Inc."
    newer = sample(ec2, id, fortigate, InternetKeyExchangeVersion="ikev2", SampleType="recommended")
    assert "ikev2" in newer and "AES-256" in newer and "SHA-1" not in newer
    older = sample(ec2, id, watchguard)
    assert "ikev1" in older and "AES-128, SHA-1, group 2" in older
    for tunnel in made["Options"]["TunnelOptions"]:
        for text in (newer, older):
            assert tunnel["OutsideIpAddress"] in text and tunnel["PreSharedKey"] in text
    with refused("UnsupportedOperation"):
        sample(ec2, id, fortigate, InternetKeyExchangeVersion="ikev1", SampleType="recommended")
    with refused("UnsupportedOperation"):
        sample(ec2, id, watchguard, InternetKeyExchangeVersion="ikev2")
    with refused("InvalidParameterValue"):
        sample(ec2, id, fortigate, SampleType="best")
    with refused("InvalidVpnDeviceTypeID.NotFound"):
        sample(ec2, id, "00000000")


def test_a_tunnel_has_a_status(ec2: Any) -> None:
    made = office(ec2)
    outside = made["VgwTelemetry"][0]["OutsideIpAddress"]
    status = ec2.get_active_vpn_tunnel_status(
        VpnConnectionId=made["VpnConnectionId"], VpnTunnelOutsideIpAddress=outside
    )
    assert status["ActiveVpnTunnelStatus"] == {"ProvisioningStatus": "available"}
    with refused("InvalidParameterValue"):
        ec2.get_active_vpn_tunnel_status(VpnConnectionId=made["VpnConnectionId"], VpnTunnelOutsideIpAddress="192.0.2.1")
