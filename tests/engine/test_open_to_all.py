"""What is left and lets everybody in is told so, by whichever door."""

from __future__ import annotations

from typing import Any

import pytest

from flows.engine import Action, Call, Entry
from flows.engine.open_to_all import OPEN, lets_everybody_in, why_left

READ = Call("s3.GetBucketPolicy", {"Bucket": "pages"})
INGRESS, ACL = "ec2.AuthorizeSecurityGroupIngress", "ec2.CreateNetworkAclEntry"


def rule(**source: list[dict[str, str]]) -> dict[str, Any]:
    return {"GroupId": "sg-1", "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, **source}]}


def statement(effect: str, principal: object) -> Action:
    entry = {"Sid": "ours", "Effect": effect, "Principal": principal, "Action": "s3:GetObject"}
    return Action("policy", "Allow it", Call("s3.PutBucketPolicy"), undo=Entry(READ, "Policy", entry))


@pytest.mark.parametrize(
    ("action", "is_open"),
    [
        (Action("a", "Open", Call(INGRESS, rule(IpRanges=[{"CidrIp": "0.0.0.0/0"}]))), True),
        (Action("a", "Open", Call(INGRESS, rule(Ipv6Ranges=[{"CidrIpv6": "::/0"}]))), True),
        (Action("a", "Open", Call(INGRESS, rule(IpRanges=[{"CidrIp": "192.0.2.0/24"}]))), False),
        (Action("a", "Open", Call(ACL, {"RuleAction": "allow", "CidrBlock": "0.0.0.0/0"})), True),
        (Action("a", "Close", Call(ACL, {"RuleAction": "deny", "CidrBlock": "0.0.0.0/0"})), False),
        (Action("a", "Lead", Call("ec2.CreateRoute", {"DestinationCidrBlock": "0.0.0.0/0"})), False),
        (statement("Allow", "*"), True),
        (statement("Allow", {"AWS": "*"}), True),
        (statement("Deny", "*"), False),
        (statement("Allow", {"Service": "cloudfront.amazonaws.com"}), False),
    ],
)
def test_it_is_said_of_what_lets_everybody_in_and_of_nothing_else(action: Action, is_open: bool) -> None:
    assert lets_everybody_in(action) is is_open
    told = why_left(action, "Others use it.")
    assert told == (f"Others use it. {OPEN}" if is_open else "Others use it.")
    assert why_left(action, told) == told, "once"
