"""Which standing thing a call changes: its kind, as CloudFormation names it, and its id, from what IAM asks about."""

from __future__ import annotations

import re
from typing import Any

from .authorization import RULES
from .calls import Call
from .expressions import part

KINDS = {
    ("cloudtrail", "trail"): "AWS::CloudTrail::Trail",
    ("cloudfront", "distribution"): "AWS::CloudFront::Distribution",
    ("codepipeline", ""): "AWS::CodePipeline::Pipeline",
    ("ec2", "elastic-ip"): "AWS::EC2::EIP",
    ("ec2", "image"): "AWS::EC2::Image",
    ("ec2", "instance"): "AWS::EC2::Instance",
    ("ec2", "network-acl"): "AWS::EC2::NetworkAcl",
    ("ec2", "route-table"): "AWS::EC2::RouteTable",
    ("ec2", "security-group"): "AWS::EC2::SecurityGroup",
    ("ec2", "snapshot"): "AWS::EC2::Snapshot",
    ("ec2", "transit-gateway-route-table"): "AWS::EC2::TransitGatewayRouteTable",
    ("ec2", "vpc"): "AWS::EC2::VPC",
    ("ec2", "vpc-peering-connection"): "AWS::EC2::VPCPeeringConnection",
    ("ec2", "vpn-connection"): "AWS::EC2::VPNConnection",
    ("elbv2", "listener"): "AWS::ElasticLoadBalancingV2::Listener",
    ("elbv2", "listener-rule"): "AWS::ElasticLoadBalancingV2::ListenerRule",
    ("elbv2", "targetgroup"): "AWS::ElasticLoadBalancingV2::TargetGroup",
    ("events", "rule"): "AWS::Events::Rule",
    ("iam", "instance-profile"): "AWS::IAM::InstanceProfile",
    ("iam", "role"): "AWS::IAM::Role",
    ("kms", "key"): "AWS::KMS::Key",
    ("lambda", "event-source-mapping"): "AWS::Lambda::EventSourceMapping",
    ("lambda", "function"): "AWS::Lambda::Function",
    ("rds", "cluster"): "AWS::RDS::DBCluster",
    ("rds", "cluster-snapshot"): "AWS::RDS::DBClusterSnapshot",
    ("rds", "snapshot"): "AWS::RDS::DBSnapshot",
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
    about = [each for target in RULES.get(call.operation, ()) if (each := _things(target.arn, call))]
    return next((each for each in about if each[0][0]), about[0] if about else [])


def _things(arn: str, call: Call) -> list[tuple[str, Any]]:
    places = PLACE.findall(arn)
    if not places:
        return []
    before = re.split("[/:]", arn[: arn.index(f"{{{places[0]}}}")])
    kind, path = before[-2] if len(before) > 1 else "", places[-1].rstrip("?")
    found = list(call.known[path]) if path in call.known else part(path, call.params)
    ids = found if isinstance(found, list) else [found]
    return [(KINDS.get((call.service, kind), KINDS.get(("ec2", kind), "")), each) for each in ids if each]
