"""Two runs at one gateway: what one of them has goes with it, and what the other needs stays."""

from __future__ import annotations

from typing import Any

import pytest
from practice.office import named
from support.clock import FakeClock
from support.colleagues import resource
from support.sessions import carried_out, taken_back
from vpn.cases import STATIC, session

from flows.engine import Journal, Session
from flows.engine.boto import Aws
from flows.practice import PracticeAccount
from tui import taking_back

BERLIN = {
    **STATIC, "gateway_ip": "203.0.113.99", "networks": ["172.20.0.0/16"], "route_tables": ["shop-public"],
    "security_groups": [], "name": "berlin",
}  # fmt: skip
"""A second office, whose networks another route table leads to."""


@pytest.mark.quick
def test_a_connection_goes_where_only_its_gateway_is_used_by_another_run(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """A table of that run speaks of the gateway: it reaches the other office, by the connection that the run made."""
    first, second = session(cloud, journal, STATIC, clock=clock), session(cloud, journal, BERLIN, clock=clock)
    carried_out(first)
    second.refresh()
    carried_out(second)
    ec2, gateway = account.session.client("ec2"), resource(first, "vpn-gateway")
    assert resource(first, "connection") != resource(second, "connection")
    taken_back(first)
    assert alive(ec2) == {resource(second, "connection"), *before(ec2, first, second)}
    told = taking_back.receipt(first.receipt())
    assert "cost" not in told[0] and not any(resource(first, "connection") in row for row in told if "= left" in row)
    assert any(gateway in row and f"The run {second.run and second.run.id} uses it" in row for row in told)
    public = named(ec2, "table", "shop-public")
    (table,) = ec2.describe_route_tables(RouteTableIds=[public])["RouteTables"]
    assert table["PropagatingVgws"] == [{"GatewayId": gateway}]
    taken_back(second)
    taken_back(first)
    assert not first.receipt().staying


def alive(ec2: Any) -> set[str]:
    found = ec2.describe_vpn_connections()["VpnConnections"]
    return {each["VpnConnectionId"] for each in found if each["State"] not in ("deleted", "deleting")}


def before(ec2: Any, *runs: Session) -> set[str]:
    """The connections of the demo company."""
    return alive(ec2) - {resource(each, "connection") for each in runs}
