"""Which standing thing a call changes: its kind, as CloudFormation names it, and its id, from what IAM asks about."""

from __future__ import annotations

import re
from typing import Any

from .authorization import RULES
from .calls import Call
from .expressions import part

KINDS = {
    ("cloudfront", "distribution"): "AWS::CloudFront::Distribution",
    ("codepipeline", ""): "AWS::CodePipeline::Pipeline",
    ("ec2", "image"): "AWS::EC2::Image",
    ("ec2", "network-acl"): "AWS::EC2::NetworkAcl",
    ("ec2", "route-table"): "AWS::EC2::RouteTable",
    ("ec2", "security-group"): "AWS::EC2::SecurityGroup",
    ("ec2", "vpc"): "AWS::EC2::VPC",
    ("ec2", "vpc-peering-connection"): "AWS::EC2::VPCPeeringConnection",
    ("elbv2", "listener"): "AWS::ElasticLoadBalancingV2::Listener",
    ("elbv2", "listener-rule"): "AWS::ElasticLoadBalancingV2::ListenerRule",
    ("elbv2", "targetgroup"): "AWS::ElasticLoadBalancingV2::TargetGroup",
    ("events", "rule"): "AWS::Events::Rule",
    ("kms", "key"): "AWS::KMS::Key",
    ("lambda", "event-source-mapping"): "AWS::Lambda::EventSourceMapping",
    ("lambda", "function"): "AWS::Lambda::Function",
    ("rds", "cluster"): "AWS::RDS::DBCluster",
    ("route53", "hostedzone"): "AWS::Route53::HostedZone",
    ("s3", ""): "AWS::S3::Bucket",
    ("scheduler", "schedule"): "AWS::Scheduler::Schedule",
}
"""By the service and how the ARNs of its things begin (AWS CloudFormation Template Reference, 2026-11)."""
PLACE = re.compile(r"\{(?!partition|region|account)([^}]+)\}")
"""What of an ARN stands in the parameters of a call."""


def things(call: Call) -> list[tuple[str, Any]]:
    """The kind and the id of each thing that a call is about; the kind is empty where none is known, and an id may be a
    reference into the answer of an earlier call."""
    for target in RULES.get(call.operation, ()):
        if places := PLACE.findall(target.arn):
            before = re.split("[/:]", target.arn[: target.arn.index(f"{{{places[0]}}}")])
            kind = before[-2] if len(before) > 1 else ""
            found = part(places[-1].rstrip("?"), call.params)
            ids = found if isinstance(found, list) else [found]
            return [(KINDS.get((call.service, kind), ""), each) for each in ids if each]
    return []
