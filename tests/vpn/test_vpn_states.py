"""VPN connections as other people leave them: what is right in an unusual way, and what is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from practice.office import named
from vpn.at_a_hub import ROUTES, at_a_transit_gateway, attachment, leading
from vpn.cases import BGP, STATIC, session
from vpn.standing import DOWN, Answer, Edited, State, World, both, check, connected, denied, nobody, starting, tunnels
from vpn.states import STATES, SWALLOWED

from flows.engine import Cloud, Refused
from flows.vpn import checks, diagnosis


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
@pytest.mark.some(every=3)
def test_how_it_stands(world: World, state: State) -> None:
    found = check(Edited(world.cloud, state.edits), world.bgp if state.bgp else world.static)
    shown = [(each.id, each.grade.value, each.sentence) for each in found.findings]
    assert (found.status.value, found.cause.partition(":")[0]) == (state.status, state.cause), shown
    assert state.remedy in (found.because.remedy if found.because else "")
    assert len({each.id for each in found.findings}) == len(found.findings)
    assert not any(each.evidence.startswith(",") for each in found.findings)


def test_the_consequence_stands_under_its_cause(world: World) -> None:
    """A network that is local anyway is not waited for in the route tables as well."""
    found = check(Edited(world.cloud, SWALLOWED), world.static)
    assert not [each for each in found.findings if "has not come" in each.sentence or "none has come" in each.sentence]


def test_both_numbers_and_the_inside_addresses_are_named(world: World) -> None:
    found = check(Edited(world.cloud, STATES["the numbers do not agree"].edits), world.bgp)
    assert found.because and all(
        word in found.because.remedy for word in ("65010", "64512", "169.254.", "100 networks")
    )


@pytest.mark.parametrize(
    ("versions", "said"),
    [
        (("ikev2",), []),
        (("ikev1", "ikev2"), ["AWS starts tunnel 1 only with IKEv2", "AWS starts tunnel 2 only with IKEv2"]),
        ((), ["AWS starts tunnel 1 only with IKEv2", "AWS starts tunnel 2 only with IKEv2"]),
        (("ikev1",), ["AWS is to start tunnel 1 and cannot", "AWS is to start tunnel 2 and cannot"]),
    ],
)
def test_who_can_start_a_tunnel_that_is_down_is_said(world: World, versions: tuple[str, ...], said: list[str]) -> None:
    down = {"DescribeVpnConnections": both(starting(*versions), tunnels("DOWN", "DOWN", message="IPSEC IS DOWN"))}
    found = check(Edited(world.cloud, down), world.static)
    sentences = [each.sentence for each in found.findings if each.id.startswith("startup:")]
    assert len(sentences) == len(said)
    assert all(sentence.startswith(begins) for sentence, begins in zip(sentences, said, strict=True))


def test_a_name_may_begin_like_an_id(world: World) -> None:
    world.account.session.client("ec2").create_tags(Resources=[world.bgp], Tags=[{"Key": "Name", "Value": "vpn-oslo"}])
    assert check(world.cloud, "vpn-oslo") == check(world.cloud, world.bgp)
    world.account.session.client("ec2").create_tags(Resources=[world.bgp], Tags=[{"Key": "Name", "Value": "branch"}])


def test_what_it_calls(world: World) -> None:
    """However many route tables, groups and servers there are; a tunnel that is up has no past to be looked at."""
    account = Edited(world.cloud, connected())
    check(account, world.static)
    assert sorted(call.name for call in account.calls) == [
        "DescribeAlarms", "DescribeInstances",
        "DescribeNetworkAcls", "DescribeNetworkInterfaces", "DescribeRouteTables", "DescribeSecurityGroups",
        "DescribeSubnets", "DescribeVpcs", "DescribeVpnConnections", "DescribeVpnGateways",
        "GetActiveVpnTunnelStatus", "GetActiveVpnTunnelStatus",
    ]  # fmt: skip
    account = Edited(world.cloud, DOWN)
    check(account, world.static)
    assert [call.name for call in account.calls].count("GetMetricData") == 1 and len(account.calls) == 13


def test_a_name_is_taken_and_names_stand_beside_ids(world: World) -> None:
    assert check(Edited(world.cloud, connected()), "office").status.value == "works"
    with pytest.raises(Refused) as problem:
        check(world.cloud, "nowhere")
    assert f"{world.static} (office)" in problem.value.remedy


def test_who_keeps_it_is_said(world: World) -> None:
    found = check(Edited(world.cloud, STATES["of a stack"].edits), world.static)
    assert [each.sentence for each in found.findings if each.id.startswith("managed:")] == [
        f"The VPN connection {world.static} is managed by the CloudFormation stack office: change it there."
    ]


ONLY_BEFORE = {
    "routes": "what a plan leaves as it is; afterwards `ways_back` follows the same routes",
}
ONLY_AFTER = {"ways_in", "ways_back", "doors"}
"""What a plan makes itself, the ways and the doors; and what the gateway that there is does by a table of its own."""


def test_a_check_knows_what_is_known_beforehand() -> None:
    before, after = ({rule.__name__ for rule in room.RULES} for room in (checks, diagnosis))
    assert before - after == set(ONLY_BEFORE) and after - before == ONLY_AFTER


# -- beforehand --------------------------------------------------------------------------------------------------


def cautions(cloud: Cloud, answers: Mapping[str, Any]) -> dict[str, str]:
    return {each.id: each.message for each in session(cloud, None, answers).review().cautions}


def test_a_network_that_contains_the_vpc_is_taken_with_a_word(world: World) -> None:
    made = session(world.cloud, None, {**STATIC, "networks": ["10.0.0.0/8"], "vpc": "staging",
                                       "route_tables": ["staging-private"], "security_groups": []})  # fmt: skip
    assert "contains-vpc" in {each.id for each in made.review().cautions}


def test_the_same_device_under_another_number_is_said(world: World) -> None:
    registered = {"gateway_ip": "198.51.100.99"}
    assert "DuplicateIpAddress" in cautions(world.cloud, {**STATIC, **registered})["same-address"]
    assert "same-address" not in cautions(world.cloud, {**BGP, **registered})


def test_who_keeps_what_is_changed_is_said(world: World) -> None:
    stack = [{"Key": "aws:cloudformation:stack-name", "Value": "shop"}]

    def of_a_stack(answer: Answer) -> None:
        for each in answer.get("RouteTables") or answer["SecurityGroups"]:
            each["Tags"] = [*(each.get("Tags") or []), *stack]

    kept = Edited(world.cloud, {"DescribeRouteTables": of_a_stack, "DescribeSecurityGroups": of_a_stack})
    found = [each.message for each in session(kept, None).review().cautions if each.id == "managed"]
    assert any("route table" in each for each in found) and any("security group" in each for each in found)


def test_a_group_that_nothing_is_in_is_said_beforehand(world: World) -> None:
    """As the check would say afterwards; by one call, whatever was chosen, and by none where nothing was."""
    empty = Edited(world.cloud, {"DescribeNetworkInterfaces": nobody})
    assert "app" in cautions(empty, STATIC)["nothing-in-group"]
    assert [call.name for call in empty.calls].count("DescribeNetworkInterfaces") == 1
    assert "nothing-in-group" not in cautions(world.cloud, STATIC)
    denying = Edited(world.cloud, {"DescribeNetworkInterfaces": denied})
    assert "nothing-in-group" not in cautions(denying, STATIC)
    assert "nothing-in-group" not in cautions(empty, {**STATIC, "security_groups": []})


def test_a_policy_based_device_is_warned_of_several_pairs(world: World) -> None:
    one = {"networks": ["192.168.10.0/24"]}
    assert (
        "4 pairs"
        in cautions(world.cloud, {**STATIC, "networks": [f"192.168.{n}.0/24" for n in range(10, 14)]})["policy-based"]
    )
    assert "policy-based" not in cautions(world.cloud, {**STATIC, **one})
    assert "policy-based" not in cautions(world.cloud, BGP)


def test_of_several_networks_behind_a_transit_gateway_one_may_be_closed(world: World) -> None:
    """The office need not be let in to all of them; a network of another account is not looked at."""
    staging = named(world.account.session.client("ec2"), "vpc", "staging")
    second, third = attachment("tgw-attach-2", staging, "vpc"), attachment("tgw-attach-3", "vpc-theirs", "vpc")
    third["ResourceOwnerId"] = "210987654321"
    routes = (*ROUTES, leading("10.1.0.0/16", "tgw-attach-2"))

    found = check(Edited(world.cloud, at_a_transit_gateway(*routes, more=[second])), world.static)
    assert found.status.value == "works_but" and staging in found.cause
    assert len({each.id for each in found.findings}) == len(found.findings)

    also = (*routes, leading("10.2.0.0/16", "tgw-attach-3"))
    found = check(Edited(world.cloud, at_a_transit_gateway(*also, more=[second, third])), world.static)
    assert found.status.value == "unknown" and "210987654321" in found.because.evidence if found.because else False


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("DescribeTransitGatewayAttachments", "TransitGatewayAttachments"),
        ("SearchTransitGatewayRoutes", "Routes"),
        ("DescribeTransitGatewayVpcAttachments", "TransitGatewayVpcAttachments"),
    ],
)
def test_what_aws_leaves_out_of_a_transit_gateway_is_no_error(world: World, operation: str, members: str) -> None:
    """Each member is left out, emptied, and called by a word of next year; a check always comes to an end."""
    edits = at_a_transit_gateway()
    whole: Answer = {}
    edits[operation](whole)
    for name in sorted({name for each in whole[members] for name in each}):
        for otherwise in (None, "", "something-new"):

            def changed(answer: Answer, name: str = name, otherwise: str | None = otherwise) -> None:
                edits[operation](answer)
                for each in answer[members]:
                    if otherwise is None or not isinstance(each.get(name), str):
                        each.pop(name, None)
                    else:
                        each[name] = otherwise

            if name != "DestinationCidrBlock" or otherwise is None:
                assert check(Edited(world.cloud, {**edits, operation: changed}), world.static).findings


def test_denied_acls_are_not_said_to_be_open(world: World) -> None:
    closed = Edited(world.cloud, {"DescribeNetworkAcls": denied})
    found = {each.id: each.grade.value for each in session(closed, None).review().findings}
    assert found["network-acls"] == "not checked"


def test_a_machine_is_told_by_its_name_and_where_that_may_not_be_read_by_its_id(world: World) -> None:
    shut = STATES["the servers' group is closed"].edits
    for edits, told in (
        (shut, r"shop-1 \(i-\w+\) is closed to it"),
        ({**shut, "DescribeInstances": denied}, r"\. i-\w+ is"),
    ):
        (found,) = (
            each for each in check(Edited(world.cloud, edits), world.static).findings if each.id == "security-groups"
        )
        assert re.search(told, found.sentence), found.sentence
