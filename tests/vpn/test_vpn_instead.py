"""Somebody who names a VPC where an office is asked for is offered the set-up that connects two, by its name."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Any

import pytest
from vpn.cases import STATIC, session

from flows.engine import Call, Cloud, Refused
from flows.engine.cloud import Offline
from flows.vpn.answers import elastic_ip
from tui import words
from tui.cli import json_output


@pytest.mark.parametrize(
    ("key", "reply"),
    [
        ("gateway_ip", "vpc-0123456789abcdef0"),
        ("gateway_ip", "ec2-52-0-0-9.eu-central-1.compute.amazonaws.com"),
        ("networks", ["vpc-0123456789abcdef0"]),
    ],
)
def test_what_is_in_a_vpc_is_no_office(cloud: Cloud, key: str, reply: Any) -> None:
    with pytest.raises(Refused, match="is in a VPC") as refused:
        session(cloud, None, {**STATIC, key: reply})
    assert refused.value.instead == "peering"
    assert "“Connect two VPCs” fits better: handrail run peering" in words.problem(refused.value)


def test_the_range_of_a_vpc_and_an_address_of_ones_own(cloud: Cloud) -> None:
    """They may be meant, so they are remarks; each says what fits better."""
    told = {each.id: each for each in session(cloud, None, {**STATIC, "networks": ["10.20.0.0/16"]}).review().cautions}
    assert {id for id, each in told.items() if each.instead == "peering"} == {"another-vpc"}
    assert "staging" in told["another-vpc"].message
    assert words.caution(told["another-vpc"]).endswith("“Connect two VPCs” fits better: handrail run peering")

    class Own(Offline):
        def make(self, call: Call) -> dict[str, Any]:
            return {"Addresses": [{"PublicIp": "52.0.0.9"}]}

    (own,) = elastic_ip(Own(), IPv4Address("52.0.0.9"))
    assert own.instead == "peering"


def test_in_a_document_it_is_a_member_of_its_own(cloud: Cloud) -> None:
    made = session(cloud, None, {**STATIC, "networks": ["10.20.0.0/16"]})
    told = json_output.reviewed(made, made.review(), [])
    assert {each["id"]: each.get("instead") for each in told["warnings"]}["another-vpc"] == "peering"
    assert json_output.as_error(Refused("no", instead="peering"))["instead"] == "peering"
    assert "instead" not in json_output.as_error(Refused("no"))
