"""A connection between the two gateways that is there already: how it routes is told as far as AWS says it."""

from __future__ import annotations

from typing import Any

import pytest
from support.clock import FakeClock
from support.sessions import carried_out
from vpn.cases import STATIC, session

from flows.aws import site_to_site_vpn
from flows.engine import Caution, Finding, Grade, Journal, Use
from flows.engine.boto import Aws
from flows.vpn import diagnosis
from flows.vpn.checks import same_routing

USED = Use("connection", "Use it", "AWS::EC2::VPNConnection", "vpn-1")
BY_RUN = [{"Key": "handrail:run", "Value": "vpn-mine"}]


class Told:
    """An account with one connection between the two."""

    def __init__(self, options: dict[str, Any], tags: list[dict[str, str]]) -> None:
        self.found = {"VpnConnectionId": "vpn-1", "State": "available", "Options": options, "Tags": tags}

    def make(self, call: object) -> dict[str, Any]:
        return {"VpnConnections": [self.found]}


@pytest.mark.parametrize(
    ("options", "wanted_static", "grade"),
    [
        ({"StaticRoutesOnly": True}, True, None),
        ({"StaticRoutesOnly": False}, False, None),
        ({"StaticRoutesOnly": False}, True, Grade.REFUSED),
        ({"StaticRoutesOnly": True}, False, Grade.REFUSED),
        ({}, True, Grade.NOT_CHECKED),  # as moto answers
        ({}, False, Grade.NOT_CHECKED),
    ],
)
def test_how_it_routes_is_no_guess(options: dict[str, Any], wanted_static: bool, grade: Grade | None) -> None:
    for tags in ([], BY_RUN):
        (told, *_) = same_routing(Told(options, tags), USED, "b2", static=wanted_static)  # type: ignore[arg-type]
        said = told.sentence if isinstance(told, Finding) else told.message
        assert (told.grade if isinstance(told, Finding) else None) is grade
        assert isinstance(told, Caution) is (grade is None)
        assert ("handrail runs vpn-mine" in said) is bool(tags)
        assert ("BGP" in said) is (grade is Grade.REFUSED and options == {"StaticRoutesOnly": False})


@pytest.mark.parametrize("options", [{}, {"StaticRoutesOnly": True}], ids=["as moto answers", "as AWS answers"])
def test_its_name_is_kept_and_that_is_said(options: dict[str, Any]) -> None:
    def told(*tags: dict[str, str], name: str = "b2") -> str:
        (each, *_) = same_routing(Told(options, list(tags)), USED, name, static=True)  # type: ignore[arg-type]
        return each.sentence if isinstance(each, Finding) else each.message

    berlin = {"Key": "Name", "Value": "berlin"}
    assert "It keeps its name berlin; b2 is only given to what is new." in told(berlin)
    assert "It stays without a name; b2 is only given to what is new." in told()
    assert "name" not in told(berlin, name="berlin")


def test_what_a_run_is_taking_back_is_not_used_without_a_word(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    made = session(cloud, journal, STATIC, clock=clock)
    carried_out(made)
    assert made.run is not None and made.run.plan is not None
    made.close()
    again = session(cloud, journal, {**STATIC, "name": "b2"}, clock=clock)
    assert "being-undone" not in {each.id for each in again.review().cautions}, "it stands, and may be used"
    again.close()
    made.run.set_status("undoing")
    third = session(cloud, journal, {**STATIC, "name": "b3"}, clock=clock)
    told = [each.message for each in third.review().cautions if each.id == "being-undone"]
    assert told and all(each.endswith(f"First go on with: handrail undo {made.run.id}") for each in told)
    assert any(each.startswith("vpn-") for each in told)
    assert "being-undone" not in {each.id for each in session(cloud, None, STATIC).review().cautions}, "of no journal"


def test_the_connection_that_is_used_is_not_another_at_its_own_gateway(
    cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    made = session(cloud, journal, STATIC, clock=clock)
    carried_out(made)
    made.close()

    def sharing(**other: str) -> list[str]:
        review = session(cloud, None, {**STATIC, "name": "b2", **other}).review()
        return [each.message for each in review.cautions if each.id == "shared-gateway"]

    assert sharing() == [], "it is the very same one"
    (told,) = sharing(gateway_ip="198.51.100.99", networks="192.168.99.0/24")
    assert "is also used by another connection" in told


def test_the_check_does_not_claim_it_either() -> None:
    found = diagnosis._routing(site_to_site_vpn.connection(Told({}, []).found))
    assert found.grade is Grade.NOT_CHECKED
