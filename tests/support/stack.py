"""A CloudFormation template read, looked through by cfn-lint, and made into an account, so far as the tests need it.

moto's own CloudFormation answers CREATE_COMPLETE for most of these types and creates nothing. Here each type is made by
calls written for it from AWS's description of its properties, in the last order that the template's references and
DependsOn allow, so that one that is missing shows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import boto3
import yaml

STACK = "the-stack"

Made = tuple[str, Mapping[str, str]]
"""What Ref gives, and the attributes for GetAtt."""


class _Loader(yaml.SafeLoader):
    pass


_Loader.add_constructor("!Ref", lambda loader, node: {"Ref": loader.construct_scalar(node)})
_Loader.add_constructor("!GetAtt", lambda loader, node: {"Fn::GetAtt": loader.construct_scalar(node)})
_Loader.add_constructor("!Sub", lambda loader, node: {"Fn::Sub": loader.construct_scalar(node)})


def read(text: str) -> dict[str, Any]:
    document: dict[str, Any] = yaml.load(text, _Loader)
    return document


def complaints(text: str, region: str) -> list[str]:
    """What cfn-lint says, errors and warnings alike."""
    from cfnlint.api import lint
    from cfnlint.config import ManualArgs

    return [str(match) for match in lint(text, config=ManualArgs(regions=[region]))]


def mentioned(value: Any) -> Iterator[str]:
    """The logical ids that a value refers to."""
    match value:
        case {"Ref": name} | {"Fn::GetAtt": name}:
            yield str(name).partition(".")[0]
        case {"Fn::Sub": text}:
            yield from re.findall(r"\$\{(\w+)", text)
        case Mapping():
            for item in value.values():
                yield from mentioned(item)
        case list():
            for item in value:
                yield from mentioned(item)


def create(text: str, session: boto3.Session) -> None:
    """Make everything that is in a template."""
    document = read(text)
    left: dict[str, Any] = dict(document["Resources"])
    made: dict[str, Made] = given(document)
    while left:
        ready = [id_ for id_, each in left.items() if not _before(each) & left.keys()]
        assert ready, f"these wait for each other: {list(left)}"
        each = left.pop(ready[-1])
        make = TYPES[each["Type"]]
        client = session.client(make.__name__.partition("_")[0])  # type: ignore[call-overload]
        made[ready[-1]] = make(client, filled(each["Properties"], made))


def given(document: Mapping[str, Any]) -> dict[str, Made]:
    """What its parameters are by default, and where the stack is."""
    asked = {id_: (each["Default"], {}) for id_, each in document.get("Parameters", {}).items() if "Default" in each}
    here = {"AWS::Region": "eu-central-1", "AWS::AccountId": "123456789012", "AWS::Partition": "aws"}
    return {**asked, **{id_: (value, {}) for id_, value in here.items()}, "AWS::StackName": (STACK, {})}


def _before(resource: Mapping[str, Any]) -> set[str]:
    return {*resource.get("DependsOn", []), *mentioned(resource["Properties"])}


def filled(value: Any, made: Mapping[str, Made]) -> Any:
    """A value with what its functions give."""

    def one(name: str) -> Any:
        id_, _, attribute = name.partition(".")
        return made[id_][1][attribute] if attribute else made[id_][0]

    match value:
        case {"Ref": name} | {"Fn::GetAtt": name}:
            return one(name)
        case {"Fn::Sub": text}:
            return re.sub(r"\$\{([\w:.]+)\}", lambda found: str(one(found[1])), text)
        case Mapping():
            return {key: filled(item, made) for key, item in value.items()}
        case list():
            return [filled(item, made) for item in value]
        case _:
            return value


# -- one function a type, named after its service --------------------------------------------------------------------


def _ec2(kind: str, properties: dict[str, Any]) -> dict[str, Any]:
    tags = [{"ResourceType": kind, "Tags": properties.pop("Tags")}]
    return {**properties, "TagSpecifications": tags}


def ec2_customer_gateway(ec2: Any, p: dict[str, Any]) -> Made:
    return ec2.create_customer_gateway(**_ec2("customer-gateway", p))["CustomerGateway"]["CustomerGatewayId"], {}


def ec2_vpn_gateway(ec2: Any, p: dict[str, Any]) -> Made:
    return ec2.create_vpn_gateway(**_ec2("vpn-gateway", p))["VpnGateway"]["VpnGatewayId"], {}


def ec2_attachment(ec2: Any, p: dict[str, Any]) -> Made:
    ec2.attach_vpn_gateway(**p)
    return "attached", {}


def ec2_connection(ec2: Any, p: dict[str, Any]) -> Made:
    options = {"StaticRoutesOnly": p.pop("StaticRoutesOnly"), "TunnelOptions": p.pop("VpnTunnelOptionsSpecifications")}
    made = ec2.create_vpn_connection(Options=options, **_ec2("vpn-connection", p))
    return made["VpnConnection"]["VpnConnectionId"], {}


def ec2_connection_route(ec2: Any, p: dict[str, Any]) -> Made:
    ec2.create_vpn_connection_route(**p)
    return "route", {}


def ec2_propagation(ec2: Any, p: dict[str, Any]) -> Made:
    for table in p["RouteTableIds"]:
        ec2.enable_vgw_route_propagation(RouteTableId=table, GatewayId=p["VpnGatewayId"])
    return "propagated", {}


def ec2_route(ec2: Any, p: dict[str, Any]) -> Made:
    ec2.create_route(**p)
    return "route", {}


def ec2_group(ec2: Any, p: dict[str, Any]) -> Made:
    p["Description"] = p.pop("GroupDescription")
    id_ = ec2.create_security_group(**_ec2("security-group", p))["GroupId"]
    return id_, {"GroupId": id_}


def ec2_ingress(ec2: Any, p: dict[str, Any]) -> Made:
    about = {key: p[key] for key in ("IpProtocol", "FromPort", "ToPort") if key in p}
    said = {"Description": p["Description"]}
    if "CidrIp" in p:
        source = {"IpRanges": [{"CidrIp": p["CidrIp"], **said}]}
    else:
        source = {"UserIdGroupPairs": [{"GroupId": p["SourceSecurityGroupId"], **said}]}
    ec2.authorize_security_group_ingress(GroupId=p["GroupId"], IpPermissions=[{**about, **source}])
    return "rule", {}


def rds_subnets(rds: Any, p: dict[str, Any]) -> Made:
    return rds.create_db_subnet_group(**p)["DBSubnetGroup"]["DBSubnetGroupName"], {}


def rds_cluster(rds: Any, p: dict[str, Any]) -> Made:
    return rds.create_db_cluster(**p)["DBCluster"]["DBClusterIdentifier"], {}


def rds_instance(rds: Any, p: dict[str, Any]) -> Made:
    return rds.create_db_instance(**p)["DBInstance"]["DBInstanceIdentifier"], {}


def elbv2_rule(elbv2: Any, p: dict[str, Any]) -> Made:
    return elbv2.create_rule(**p)["Rules"][0]["RuleArn"], {}


def s3_bucket(s3: Any, p: dict[str, Any]) -> Made:
    name = {"Bucket": p["BucketName"]}
    ownership = p["OwnershipControls"]["Rules"][0]["ObjectOwnership"]
    place = {"LocationConstraint": s3.meta.region_name}
    s3.create_bucket(**name, ObjectOwnership=ownership, CreateBucketConfiguration=place)
    s3.put_bucket_tagging(**name, Tagging={"TagSet": p["Tags"]})
    s3.put_public_access_block(**name, PublicAccessBlockConfiguration=p["PublicAccessBlockConfiguration"])
    if site := p.get("WebsiteConfiguration"):
        pages = {"IndexDocument": {"Suffix": site["IndexDocument"]}, "ErrorDocument": {"Key": site["ErrorDocument"]}}
        s3.put_bucket_website(**name, WebsiteConfiguration=pages)
    return p["BucketName"], {}


def s3_policy(s3: Any, p: dict[str, Any]) -> Made:
    s3.put_bucket_policy(Bucket=p["Bucket"], Policy=json.dumps(p["PolicyDocument"]))
    return "policy", {}


def iam_role(iam: Any, p: dict[str, Any]) -> Made:
    policies, trust = p.pop("Policies"), json.dumps(p.pop("AssumeRolePolicyDocument"))
    made = iam.create_role(AssumeRolePolicyDocument=trust, **p)["Role"]
    for each in policies:
        document = json.dumps(each["PolicyDocument"])
        iam.put_role_policy(RoleName=p["RoleName"], PolicyName=each["PolicyName"], PolicyDocument=document)
    return p["RoleName"], {"Arn": made["Arn"]}


def logs_group(logs: Any, p: dict[str, Any]) -> Made:
    tags = {tag["Key"]: tag["Value"] for tag in p["Tags"]}
    logs.create_log_group(logGroupName=p["LogGroupName"], tags=tags)
    logs.put_retention_policy(logGroupName=p["LogGroupName"], retentionInDays=p["RetentionInDays"])
    return p["LogGroupName"], {}


def codecommit_repository(codecommit: Any, p: dict[str, Any]) -> Made:
    tags = {tag["Key"]: tag["Value"] for tag in p["Tags"]}
    codecommit.create_repository(repositoryName=p["RepositoryName"], tags=tags)
    return "an id", {"Name": p["RepositoryName"]}


def codebuild_project(codebuild: Any, p: dict[str, Any]) -> Made:
    made = _small(p)
    made["source"]["buildspec"] = made["source"].pop("buildSpec")
    codebuild.create_project(**made)
    return p["Name"], {}


def codepipeline_pipeline(codepipeline: Any, p: dict[str, Any]) -> Made:
    tags = _small(p.pop("Tags"))
    made = _small(p)
    for stage, given in zip(made["stages"], p["Stages"], strict=True):
        for action, one in zip(stage["actions"], given["Actions"], strict=True):
            action["configuration"] = one["Configuration"]
    codepipeline.create_pipeline(pipeline={**made, "version": 1}, tags=tags)
    return p["Name"], {}


def events_rule(events: Any, p: dict[str, Any]) -> Made:
    targets, pattern = p.pop("Targets"), json.dumps(p.pop("EventPattern"))
    made = events.put_rule(EventPattern=pattern, **p)
    events.put_targets(Rule=p["Name"], Targets=targets)
    return p["Name"], {"Arn": made["RuleArn"]}


def _small(value: Any) -> Any:
    match value:
        case Mapping():
            return {key[:1].lower() + key[1:]: _small(item) for key, item in value.items()}
        case list():
            return [_small(item) for item in value]
        case _:
            return value


TYPES: Mapping[str, Callable[[Any, dict[str, Any]], Made]] = {
    "AWS::CodeBuild::Project": codebuild_project,
    "AWS::CodeCommit::Repository": codecommit_repository,
    "AWS::CodePipeline::Pipeline": codepipeline_pipeline,
    "AWS::EC2::CustomerGateway": ec2_customer_gateway,
    "AWS::EC2::Route": ec2_route,
    "AWS::EC2::SecurityGroup": ec2_group,
    "AWS::EC2::SecurityGroupIngress": ec2_ingress,
    "AWS::EC2::VPCGatewayAttachment": ec2_attachment,
    "AWS::EC2::VPNConnection": ec2_connection,
    "AWS::EC2::VPNConnectionRoute": ec2_connection_route,
    "AWS::EC2::VPNGateway": ec2_vpn_gateway,
    "AWS::EC2::VPNGatewayRoutePropagation": ec2_propagation,
    "AWS::ElasticLoadBalancingV2::ListenerRule": elbv2_rule,
    "AWS::Events::Rule": events_rule,
    "AWS::IAM::Role": iam_role,
    "AWS::Logs::LogGroup": logs_group,
    "AWS::RDS::DBCluster": rds_cluster,
    "AWS::RDS::DBInstance": rds_instance,
    "AWS::RDS::DBSubnetGroup": rds_subnets,
    "AWS::S3::Bucket": s3_bucket,
    "AWS::S3::BucketPolicy": s3_policy,
}
