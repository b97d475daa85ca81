"""What a plan changes that stands already is told by its kind and its id."""

from __future__ import annotations

import pytest
from export.conftest import Known
from support.variants import VARIANTS, by_variant

from flows.engine import Call, Entry, Restore
from flows.engine.changed import things


@by_variant(VARIANTS)
def test_each_setting_is_of_a_thing_that_is_known(known: Known, name: str) -> None:
    for action in known(name).plan.actions:
        if isinstance(action.undo, Restore | Entry):
            told = things(action.call)
            assert told and all(kind and id_ for kind, id_ in told), action.call.operation


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (Call("elbv2.ModifyRule", {"RuleArn": "arn:1"}), [("AWS::ElasticLoadBalancingV2::ListenerRule", "arn:1")]),
        (Call("ec2.ReplaceRoute", {"RouteTableId": "rtb-1", "GatewayId": "vgw"}), [("AWS::EC2::RouteTable", "rtb-1")]),
        (Call("ec2.EnableImage", {"ImageId": "ami-1"}), [("AWS::EC2::Image", "ami-1")]),
        (Call("s3.PutBucketPolicy", {"Bucket": "b"}), [("AWS::S3::Bucket", "b")]),
        (
            Call("elbv2.SetRulePriorities", {"RulePriorities": [{"RuleArn": "a"}, {"RuleArn": "b"}]}),
            [("AWS::ElasticLoadBalancingV2::ListenerRule", each) for each in "ab"],
        ),
        (
            Call("scheduler.UpdateSchedule", {"GroupName": "g", "Name": "n"}),
            [("AWS::Scheduler::Schedule", "n")],
        ),
        (Call("lambda.PutFunctionConcurrency", {"FunctionName": "f"}), [("AWS::Lambda::Function", "f")]),
        (Call("ec2.DescribeVpcs"), []),
    ],
    ids=lambda value: value.operation if isinstance(value, Call) else "",
)
@pytest.mark.some(4)
def test_kinds_and_ids(call: Call, told: list[tuple[str, str]]) -> None:
    assert things(call) == told
