"""Things take the few seconds that let people see what waiting looks like; nobody waits for them here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from practice.office import connection, customer_gateway, named, refused, the_connection, vpn_gateway

from flows.practice import clock, open_account


class Time:
    def __init__(self) -> None:
        self.at = 1_800_000_000.0

    def time(self) -> float:
        return self.at

    def pass_by(self, seconds: float) -> None:
        self.at += seconds


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    fake = Time()
    monkeypatch.setattr(clock, "time", fake)
    return fake


@pytest.fixture
def slow(folder: Path, time: Time) -> Iterator[Any]:
    with open_account(folder) as account:
        yield account.session.client("ec2")


def test_a_connection_passes_through_its_states(slow: Any, time: Time) -> None:
    customer = customer_gateway(slow)
    assert customer["State"] == "pending"
    gateway = named(slow, "vgw", "staging-vgw")
    with refused("InvalidCustomerGatewayState"):
        connection(slow, customer["CustomerGatewayId"], gateway)
    time.pass_by(1)
    made = connection(slow, customer["CustomerGatewayId"], gateway)["VpnConnectionId"]
    route = {"VpnConnectionId": made, "DestinationCidrBlock": "192.168.10.0/24"}
    time.pass_by(3.9)
    assert the_connection(slow, made)["State"] == "pending"
    with refused("InvalidVpnConnection.InvalidState"):
        slow.create_vpn_connection_route(**route)
    time.pass_by(0.1)
    assert the_connection(slow, made)["State"] == "available"
    slow.create_vpn_connection_route(**route)
    assert the_connection(slow, made)["Routes"][0]["State"] == "pending"
    time.pass_by(1)
    assert the_connection(slow, made)["Routes"][0]["State"] == "available"
    slow.delete_vpn_connection(VpnConnectionId=made)
    deleting = the_connection(slow, made)
    assert deleting["State"] == "deleting"
    assert "CustomerGatewayConfiguration" not in deleting
    with refused("IncorrectState"):
        slow.delete_customer_gateway(CustomerGatewayId=customer["CustomerGatewayId"])
    time.pass_by(2)
    assert the_connection(slow, made)["State"] == "deleted"
    slow.delete_customer_gateway(CustomerGatewayId=customer["CustomerGatewayId"])
    time.pass_by(3602)
    assert made not in [each["VpnConnectionId"] for each in slow.describe_vpn_connections()["VpnConnections"]]


def test_attaching_and_detaching_take_a_moment(slow: Any, time: Time) -> None:
    shop = named(slow, "vpc", "shop")
    gateway = vpn_gateway(slow, shop)

    def state() -> str:
        (found,) = slow.describe_vpn_gateways(VpnGatewayIds=[gateway])["VpnGateways"]
        return str(found["VpcAttachments"][0]["State"])

    assert state() == "attaching"
    with refused("Gateway.NotAttached"):
        slow.enable_vgw_route_propagation(RouteTableId=named(slow, "table", "shop-private-a"), GatewayId=gateway)
    time.pass_by(1)
    assert state() == "attached"
    slow.detach_vpn_gateway(VpnGatewayId=gateway, VpcId=shop)
    assert state() == "detaching"
    with refused("IncorrectState"):
        slow.delete_vpn_gateway(VpnGatewayId=gateway)
    time.pass_by(1)
    assert state() == "detached"
    slow.delete_vpn_gateway(VpnGatewayId=gateway)


@pytest.mark.wild
def test_time_passes_between_processes(folder: Path, time: Time) -> None:
    with open_account(folder) as account:
        made = customer_gateway(account.session.client("ec2"))["CustomerGatewayId"]
    with open_account(folder) as account:
        ec2: Any = account.session.client("ec2")
        assert ec2.describe_customer_gateways(CustomerGatewayIds=[made])["CustomerGateways"][0]["State"] == "pending"
    time.pass_by(1)
    with open_account(folder) as account:
        ec2 = account.session.client("ec2")
        assert ec2.describe_customer_gateways(CustomerGatewayIds=[made])["CustomerGateways"][0]["State"] == "available"


def test_one_after_the_other_and_the_device_comes_back_by_itself(slow: Any, time: Time) -> None:
    (made,) = slow.describe_vpn_connections()["VpnConnections"]

    def states() -> tuple[str, list[str]]:
        found = the_connection(slow, made["VpnConnectionId"])
        return found["State"], [each["Status"] for each in found["VgwTelemetry"]]

    def change(number: int) -> None:
        address = made["Options"]["TunnelOptions"][number]["OutsideIpAddress"]
        which = {"VpnConnectionId": made["VpnConnectionId"], "VpnTunnelOutsideIpAddress": address}
        slow.modify_vpn_tunnel_options(**which, TunnelOptions={"ReplayWindowSize": 512})

    assert states() == ("available", ["UP", "UP"])
    change(0)
    assert states() == ("modifying", ["DOWN", "UP"])
    with refused("InvalidVpnConnection.InvalidState"):
        change(1)
    time.pass_by(5)
    assert states() == ("available", ["DOWN", "UP"])
    time.pass_by(2)
    assert states() == ("available", ["UP", "UP"])
