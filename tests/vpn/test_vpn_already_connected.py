"""A connection between the two gateways that is there already: how it routes is told as far as AWS says it."""

from __future__ import annotations

from typing import Any

import pytest

from flows.aws import site_to_site_vpn
from flows.engine import Caution, Finding, Grade, Use
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
        (told, *_) = same_routing(Told(options, tags), USED, static=wanted_static)  # type: ignore[arg-type]
        said = told.sentence if isinstance(told, Finding) else told.message
        assert (told.grade if isinstance(told, Finding) else None) is grade
        assert isinstance(told, Caution) is (grade is None)
        assert ("handrail runs vpn-mine" in said) is bool(tags)
        assert ("BGP" in said) is (grade is Grade.REFUSED and options == {"StaticRoutesOnly": False})


def test_the_check_does_not_claim_it_either() -> None:
    found = diagnosis._routing(site_to_site_vpn.connection(Told({}, []).found))
    assert found.grade is Grade.NOT_CHECKED
