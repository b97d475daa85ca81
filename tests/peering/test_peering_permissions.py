"""Each of the two accounts allows its own side and nothing of the other."""

from __future__ import annotations

import json

import pytest
from peering.cases import MINE, PROFILE, ids, session
from support.clock import FakeClock

from flows.engine import Refused
from flows.engine.boto import Aws
from flows.practice import ACCOUNT_ID, SECOND_ACCOUNT_ID, PracticeAccount
from tui import exports


def test_both_sides_apart(account: PracticeAccount, both: Aws, clock: FakeClock) -> None:
    made = session(both, None, PROFILE, clock)
    ours, theirs = exports.policy(made).text, exports.there(made).text
    assert SECOND_ACCOUNT_ID not in ours.replace(f":{SECOND_ACCOUNT_ID}:vpc/", "")
    assert "ec2:CreateVpcPeeringConnection" in ours
    assert "ec2:AcceptVpcPeeringConnection" not in ours
    statements = json.loads(theirs)["Statement"]
    accepts = [each for each in statements if "ec2:AcceptVpcPeeringConnection" in each["Action"]]
    here = f"arn:aws:ec2:eu-central-1:{ACCOUNT_ID}:vpc/{ids(account)['shop']}"
    there = f"arn:aws:ec2:eu-central-1:{SECOND_ACCOUNT_ID}:"
    by = {each["Condition"].get("ArnEquals", {}).get("ec2:RequesterVpc"): each["Resource"] for each in accepts}
    assert by[here] == f"{there}vpc-peering-connection/*"
    assert f"{there}vpc/{ids(account, profile='partner')['warehouse']}" in by[None]
    assert "handrail:run" not in json.dumps([each.get("Condition") for each in accepts]), "it has no tag there yet"
    assert {"ec2:CreateRoute", "ec2:AuthorizeSecurityGroupIngress", "ec2:DescribeRouteTables"} <= {
        action for each in statements for action in each["Action"]
    }
    assert "ec2:CreateVpcPeeringConnection" not in theirs
    assert f"arn:aws:ec2:eu-central-1:{ACCOUNT_ID}:route-table" not in theirs


def test_nothing_there(both: Aws, clock: FakeClock) -> None:
    with pytest.raises(Refused, match="Nothing of this plan is done in another account"):
        exports.there(session(both, None, MINE, clock))
