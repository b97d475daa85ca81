"""Two runs at one gateway: what one of them has goes with it, and what the other needs stays."""

from __future__ import annotations

from typing import Any

import pytest
from practice.office import named
from practice.picture import snapshot
from support.clock import FakeClock
from support.colleagues import resource
from support.sessions import carried_out, taken_back
from vpn.cases import STAGING, STATIC, session

from flows.engine import Happening, Journal, Session
from flows.engine.boto import Aws
from flows.practice import PracticeAccount
from tui import history, taking_back

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


def test_what_aws_hands_out_twice_is_the_first_runs(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Two equal runs at the same time: AWS makes one connection. The second run's undo takes nothing of it away."""
    first, second = session(cloud, journal, STAGING, clock=clock), session(cloud, journal, STAGING, clock=clock)
    first.review(), second.review()
    carried_out(first)
    applied = snapshot(account.session)
    told = {event.action: event for event in carried_out(second)}
    assert snapshot(account.session) == applied
    assert first.run and second.run
    connection = resource(first, "connection")
    assert resource(second, "connection") == connection
    assert told["connection"].kind is Happening.EXISTED and f"The run {first.run.id} made it" in (
        told["connection"].sentence
    )
    assert [history.entry(each.run).costs for each in (first, second) if each.run] == ["about 36.50 USD a month", ""]
    told_later = "\n".join(history.details(second.run))
    assert f"(made by the run {first.run.id})" in told_later and "USD a month" not in told_later
    taken_back(second)
    assert snapshot(account.session) == applied, "all of it is the first run's"
    left = {each.why for each in second.receipt().left if "route to 192.168.10.0/24" in each.what}
    assert left == {f"The run {first.run.id} made it; it is that run's to take back."}


def test_what_is_handed_out_stays_as_long_as_the_run_that_was_given_it(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Also where that run began before the other had made it; then it is the first run's to take back."""
    first, second = session(cloud, journal, STAGING, clock=clock), session(cloud, journal, STAGING, clock=clock)
    before = snapshot(account.session)
    first.review(), second.review()
    begun = second.apply()
    next(begun)
    carried_out(first)
    assert not [event.problem for event in begun if event.problem]
    second.hand_over()
    maker, other = sorted((first, second), key=lambda each: not each.run.facts("connection")["created"])  # type: ignore[union-attr]
    applied = snapshot(account.session)
    taken_back(maker)
    assert snapshot(account.session)["vpn_connections"] == applied["vpn_connections"]
    for each in (other, maker, other):  # what the connection needs is the other run's, and goes after it
        taken_back(each)
    assert snapshot(account.session) == before
