"""Which numbers the entries get that let an office through a network ACL, and when they are taken out again."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Any

import jmespath
import pytest

from flows.aws.ip_permissions import Service
from flows.aws.network_acls import Entry, Passes, enter, opening, passes

SSH = Service("ssh", "tcp", 22, 22)
ALL = {"RuleNumber": 100, "Egress": False, "Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"}
BERLIN, OSLO = IPv4Network("10.1.0.0/16"), IPv4Network("10.2.0.0/16")


def acl(*denied: tuple[int, str]) -> dict[str, Any]:
    entries = [
        {"RuleNumber": number, "Egress": False, "Protocol": "-1", "RuleAction": "deny", "CidrBlock": network}
        for number, network in denied
    ]
    return {"NetworkAclId": "acl-1", "Entries": entries}


def numbers(entries: tuple[Entry, ...]) -> list[int]:
    return [each.number for each in entries]


def test_two_networks_get_two_numbers() -> None:
    closed = acl((100, "10.0.0.0/8"))
    berlin = opening(closed, BERLIN, [SSH], [])
    oslo = opening(closed, OSLO, [SSH], [], berlin)
    assert (numbers(berlin), numbers(oslo)) == ([99], [98])


def test_who_is_kept_away_alone_stays_away() -> None:
    assert numbers(opening(acl((90, "10.1.0.66/32"), (100, "10.0.0.0/8")), BERLIN, [SSH], [])) == [99]


def test_where_only_a_part_is_kept_away_nothing_is_entered() -> None:
    """An entry behind it would change nothing for those, and was meant for them."""
    alone = acl((90, "10.1.0.66/32"))
    assert opening({**alone, "Entries": [*alone["Entries"], ALL]}, BERLIN, [SSH], []) == ()


@pytest.mark.parametrize(
    ("entries", "how"),
    [
        ([], Passes.NOTHING),
        ([ALL], Passes.ALL),
        ([{**ALL, "CidrBlock": "10.1.0.0/17"}, {**ALL, "CidrBlock": "10.1.128.0/17"}], Passes.ALL),
        ([{**ALL, "CidrBlock": "10.1.0.0/17"}], Passes.SOME),
        ([{**ALL, "RuleAction": "deny", "CidrBlock": "10.1.0.66/32"}, ALL], Passes.SOME),
        ([{**ALL, "RuleAction": "deny", "CidrBlock": "10.2.0.0/16"}, ALL], Passes.ALL),
        ([ALL, {**ALL, "RuleAction": "deny"}], Passes.ALL),
        ([{**ALL, "Protocol": "6", "PortRange": {"From": 22, "To": 22}}], Passes.ALL),
        ([{**ALL, "Protocol": "6", "PortRange": {"From": 23, "To": 65535}}], Passes.NOTHING),
        ([{**ALL, "Protocol": "17"}], Passes.NOTHING),
        ([{**ALL, "Egress": True}], Passes.NOTHING),
    ],
)
def test_of_each_address_and_port_the_first_entry_decides(entries: list[dict[str, Any]], how: Passes) -> None:
    numbered = [{**each, "RuleNumber": number} for number, each in enumerate(entries)]
    assert passes({"Entries": [*reversed(numbered)]}, BERLIN, SSH, egress=False) is how


@pytest.mark.parametrize(
    ("standing", "ours"),
    [
        ({}, True),
        ({"PortRange": {"From": 22, "To": 8080}}, False),
        ({"RuleAction": "deny"}, False),
    ],
)
def test_an_entry_that_somebody_changed_is_left(standing: dict[str, Any], ours: bool) -> None:
    action = enter(Entry("acl-1", 99, BERLIN, SSH, egress=False))
    entry = {
        "RuleNumber": 99, "Egress": False, "Protocol": "6", "RuleAction": "allow", "CidrBlock": str(BERLIN),
        "PortRange": {"From": 22, "To": 22},
    }  # fmt: skip
    (undo,) = action.undo  # type: ignore[misc]
    assert undo.still
    seen = jmespath.search(str(undo.still.path), {"NetworkAcls": [{"Entries": [{**entry, **standing}]}]})
    assert (seen == undo.still.equals) is ours
