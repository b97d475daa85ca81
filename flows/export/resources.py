"""What each operation is in CloudFormation: the one table behind the template.

Resource types, properties and attributes are those of the CloudFormation registry's schemas as cfn-lint 1.58.0
(2026-11) ships them. An operation that a plan makes and that is not in the table is a gap that a test names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from . import properties as as_
from .properties import Params, Properties

ONE_TUNNEL = (
    "CloudFormation and Terraform change no connection that is not theirs, and of their own both tunnels without a "
    "look at one in between."
)
FOREIGN = "It changes something that the stack does not create; CloudFormation would take it over whole, or not at all."


@dataclass(frozen=True)
class Makes:
    """The operation makes resources.

    Args:
        type: their type.
        properties: from the call's parameters to the properties of each. Raises Beyond.
        told: JMESPath into the operation's answer to the attribute that holds the same; empty is the id itself (Ref).
        named: the parameter by which later calls name it.
        part_of: the operation that must have made, in the same plan, what `named` names: else it is somebody else's.
        name: the property that holds the name which it has whatever its id is.
        called: the properties of others in which that name stands.
        arn: what is before that name in its ARN: the service, a colon, and the rest.
        itself: the attribute that is that name; empty if Ref is.
        keeps: the DeletionPolicy of what holds data.
    """

    type: str
    properties: Callable[[Params], Iterable[Properties]]
    told: Mapping[str, str] = field(default_factory=dict)
    named: str = ""
    part_of: str = ""
    name: str = ""
    called: tuple[str, ...] = ()
    arn: str = ""
    itself: str = ""
    keeps: str = ""


@dataclass(frozen=True)
class Sets:
    """The operation sets a part of what another one in the plan made; otherwise it is not for CloudFormation.

    Args:
        made_by: that other operation.
        which: the part of this call's parameters that says of which.
        into: puts the part into that resource's properties.
    """

    made_by: str
    which: Callable[[Params], Any]
    into: Callable[[Properties, Params], None]


@dataclass(frozen=True)
class Never:
    """CloudFormation has nothing for it, and why."""

    why: str


@dataclass(frozen=True)
class Itself:
    """A mere wait: CloudFormation waits by itself."""


Row = Makes | Sets | Never | Itself


def of(key: str) -> Callable[[Params], Any]:
    return lambda params: params.get(key)


def on_bucket(into: Callable[[Properties, Params], None]) -> Sets:
    return Sets("s3.CreateBucket", of("Bucket"), into)


# -- the table -----------------------------------------------------------------------------------------------------

CLUSTER = "DBClusters[0]"
IMAGE = "CloudFormation makes no machine images."
ZONE = "CloudFormation associates VPCs with a private hosted zone only where it makes the zone."
SNAPSHOT = "CloudFormation neither makes nor copies nor shares snapshots."
KEY = "The key is for a snapshot, which CloudFormation does not make."

TABLE: Mapping[str, tuple[Row, ...]] = {
    "acm.DescribeCertificate": (Itself(),),
    "acm.RequestCertificate": (
        Makes("AWS::CertificateManager::Certificate", as_.same("IdempotencyToken"), {"CertificateArn": ""}),
    ),
    "cloudfront.CreateDistributionWithTags": (
        Makes(
            "AWS::CloudFront::Distribution",
            as_.distribution,
            {"Distribution.Id": "", "Distribution.DomainName": "DomainName"},
        ),
    ),
    "cloudfront.CreateOriginAccessControl": (
        Makes("AWS::CloudFront::OriginAccessControl", as_.same(), {"OriginAccessControl.Id": "Id"}),
    ),
    "cloudtrail.CreateTrail": (
        Makes(
            "AWS::CloudTrail::Trail",
            as_.trail,
            {"TrailARN": "Arn"},
            named="Name",
            name="TrailName",
            arn="cloudtrail:trail/",
        ),
    ),
    "cloudtrail.PutEventSelectors": (
        Sets("cloudtrail.CreateTrail", of("TrailName"), as_.put("AdvancedEventSelectors")),
    ),
    "cloudtrail.StartLogging": (Sets("cloudtrail.CreateTrail", of("Name"), as_.logging),),
    "cloudwatch.PutMetricAlarm": (
        Makes("AWS::CloudWatch::Alarm", as_.same(), named="AlarmName", name="AlarmName", arn="cloudwatch:alarm:"),
    ),
    "codebuild.CreateProject": (
        Makes("AWS::CodeBuild::Project", as_.project, name="Name", called=("ProjectName",), arn="codebuild:project/"),
    ),
    "codecommit.CreateRepository": (
        Makes(
            "AWS::CodeCommit::Repository",
            as_.repository,
            {"repositoryMetadata.Arn": "Arn", "repositoryMetadata.cloneUrlHttp": "CloneUrlHttp"},
            named="repositoryName",
            name="RepositoryName",
            called=("RepositoryName",),
            arn="codecommit:",
            itself="Name",
            keeps="Retain",
        ),
    ),
    "codeconnections.CreateConnection": (Makes("AWS::CodeConnections::Connection", as_.same(), {"ConnectionArn": ""}),),
    "codepipeline.CreatePipeline": (
        Makes("AWS::CodePipeline::Pipeline", as_.pipeline, name="Name", arn="codepipeline:"),
    ),
    "codepipeline.ListPipelineExecutions": (Itself(),),
    "codepipeline.StartPipelineExecution": (Itself(),),
    "ec2.AcceptVpcPeeringConnection": (Itself(),),
    "ec2.AllocateAddress": (
        Makes("AWS::EC2::EIP", as_.same(), {"AllocationId": "AllocationId", "PublicIp": ""}, keeps="Retain"),
    ),
    "ec2.AssociateAddress": (Makes("AWS::EC2::EIPAssociation", as_.same(), keeps="Retain"),),
    "ec2.AssociateTransitGatewayRouteTable": (Makes("AWS::EC2::TransitGatewayRouteTableAssociation", as_.same()),),
    "ec2.AttachVpnGateway": (Makes("AWS::EC2::VPCGatewayAttachment", as_.same()),),
    "ec2.AuthorizeSecurityGroupIngress": (Makes("AWS::EC2::SecurityGroupIngress", as_.rules_in),),
    "ec2.CopyImage": (Never(IMAGE),),
    "ec2.CreateCustomerGateway": (
        Makes("AWS::EC2::CustomerGateway", as_.same(), {"CustomerGateway.CustomerGatewayId": ""}),
    ),
    "ec2.CreateImage": (Never(IMAGE),),
    "ec2.CreateRoute": (Makes("AWS::EC2::Route", as_.same()),),
    "ec2.CreateSecurityGroup": (
        Makes(
            "AWS::EC2::SecurityGroup",
            as_.same(Description="GroupDescription"),
            {"GroupId": "GroupId"},
            name="GroupName",
        ),
    ),
    "ec2.CreateTags": (Never("CloudFormation tags only what it makes."),),
    "ec2.CreateTransitGatewayRoute": (Makes("AWS::EC2::TransitGatewayRoute", as_.same()),),
    "ec2.CreateTransitGatewayVpcAttachment": (
        Makes(
            "AWS::EC2::TransitGatewayVpcAttachment",
            as_.same(),
            {"TransitGatewayVpcAttachment.TransitGatewayAttachmentId": ""},
        ),
    ),
    "ec2.CreateVpcPeeringConnection": (
        Makes("AWS::EC2::VPCPeeringConnection", as_.same(), {"VpcPeeringConnection.VpcPeeringConnectionId": ""}),
    ),
    "ec2.CreateVpnConnection": (
        Makes("AWS::EC2::VPNConnection", as_.vpn_connection, {"VpnConnection.VpnConnectionId": ""}),
    ),
    "ec2.CreateVpnConnectionRoute": (Makes("AWS::EC2::VPNConnectionRoute", as_.same()),),
    "ec2.CreateVpnGateway": (Makes("AWS::EC2::VPNGateway", as_.same(), {"VpnGateway.VpnGatewayId": ""}),),
    "ec2.DeregisterImage": (Never(IMAGE),),
    "ec2.DescribeImages": (Itself(),),
    "ec2.DescribeSnapshots": (Itself(),),
    "ec2.DescribeTransitGatewayAttachments": (Itself(),),
    "ec2.DescribeVpnConnections": (Itself(),),
    "ec2.EnableTransitGatewayRouteTablePropagation": (
        Makes("AWS::EC2::TransitGatewayRouteTablePropagation", as_.same()),
    ),
    "ec2.EnableVgwRoutePropagation": (Makes("AWS::EC2::VPNGatewayRoutePropagation", as_.propagation),),
    "ec2.EnableImage": (Never(IMAGE),),
    "ec2.ModifyImageAttribute": (Never("CloudFormation shares no machine images."),),
    "ec2.ModifySnapshotAttribute": (Never("CloudFormation shares no snapshots."),),
    "ec2.ModifyVpcAttribute": (Never(FOREIGN),),
    "ec2.ModifyVpcPeeringConnectionOptions": (Never("CloudFormation sets no options of a peering connection."),),
    "ec2.ModifyVpnTunnelOptions": (Never(ONE_TUNNEL),),
    "ec2.ReplaceRoute": (Never(FOREIGN),),
    "ec2.RunInstances": (Makes("AWS::EC2::Instance", as_.machine, {"Instances[0].InstanceId": ""}, keeps="Retain"),),
    "ec2.StartInstances": (Never("CloudFormation does not start machines that exist."),),
    "ec2.StopInstances": (Never("CloudFormation does not stop machines that exist."),),
    "elbv2.CreateListener": (
        Makes("AWS::ElasticLoadBalancingV2::Listener", as_.same(), {"Listeners[0].ListenerArn": ""}),
    ),
    "elbv2.CreateRule": (Makes("AWS::ElasticLoadBalancingV2::ListenerRule", as_.same(), {"Rules[0].RuleArn": ""}),),
    "elbv2.ModifyListener": (Never(FOREIGN),),
    "elbv2.ModifyListenerAttributes": (Sets("elbv2.CreateListener", of("ListenerArn"), as_.listener_attributes),),
    "elbv2.ModifyRule": (Never(FOREIGN),),
    "elbv2.ModifyTargetGroupAttributes": (Never(FOREIGN),),
    "events.PutRule": (
        Makes("AWS::Events::Rule", as_.rule, {"RuleArn": "Arn"}, named="Name", name="Name", arn="events:rule/"),
    ),
    "events.PutTargets": (Sets("events.PutRule", of("Rule"), as_.targets),),
    "iam.AddRoleToInstanceProfile": (Sets("iam.CreateInstanceProfile", of("InstanceProfileName"), as_.role_in),),
    "iam.CreateInstanceProfile": (
        Makes(
            "AWS::IAM::InstanceProfile",
            as_.same("Tags"),
            {"InstanceProfile.Arn": "Arn"},
            named="InstanceProfileName",
            name="InstanceProfileName",
            called=("IamInstanceProfile",),
            arn="iam:instance-profile/",
        ),
    ),
    "iam.CreateRole": (
        Makes(
            "AWS::IAM::Role",
            as_.role,
            {"Role.Arn": "Arn"},
            named="RoleName",
            name="RoleName",
            called=("Roles",),
            arn="iam:role/",
        ),
    ),
    "iam.PutRolePolicy": (Sets("iam.CreateRole", of("RoleName"), as_.role_policy),),
    "kms.CreateAlias": (Never(KEY),),
    "kms.CreateKey": (Never(KEY),),
    "kms.EnableKey": (Never("CloudFormation does not switch on keys that exist."),),
    "kms.EnableKeyRotation": (Never(KEY),),
    "kms.PutKeyPolicy": (Never(KEY),),
    "lambda.AddPermission": (Makes("AWS::Lambda::Permission", as_.permission),),
    "logs.CreateLogGroup": (
        Makes(
            "AWS::Logs::LogGroup",
            as_.log_group,
            named="logGroupName",
            name="LogGroupName",
            called=("GroupName",),
            arn="logs:log-group:",
        ),
    ),
    "logs.PutResourcePolicy": (
        Makes("AWS::Logs::ResourcePolicy", as_.same(policyName="PolicyName", policyDocument="PolicyDocument")),
    ),
    "logs.PutRetentionPolicy": (
        Sets("logs.CreateLogGroup", of("logGroupName"), as_.put("retentionInDays", "RetentionInDays")),
    ),
    "rds.CopyDBClusterSnapshot": (Never(SNAPSHOT),),
    "rds.CopyDBSnapshot": (Never(SNAPSHOT),),
    "rds.CreateDBCluster": (
        Makes(
            "AWS::RDS::DBCluster",
            as_.same(),
            {
                f"@seen:{CLUSTER}.Endpoint": "Endpoint.Address",
                f"@seen:{CLUSTER}.ReaderEndpoint": "ReadEndpoint.Address",
                f"@seen:{CLUSTER}.MasterUserSecret.SecretArn": "MasterUserSecret.SecretArn",
                f"@seen:{CLUSTER}.DBClusterArn": "DBClusterArn",
            },
            named="DBClusterIdentifier",
            name="DBClusterIdentifier",
            called=("DBClusterIdentifier",),
            arn="rds:cluster:",
            keeps="Snapshot",
        ),
    ),
    "rds.CreateDBClusterSnapshot": (Never(SNAPSHOT),),
    "rds.CreateDBInstance": (Makes("AWS::RDS::DBInstance", as_.same(), name="DBInstanceIdentifier", arn="rds:db:"),),
    "rds.CreateDBSnapshot": (Never(SNAPSHOT),),
    "rds.CreateDBSubnetGroup": (
        Makes(
            "AWS::RDS::DBSubnetGroup",
            as_.same(),
            named="DBSubnetGroupName",
            name="DBSubnetGroupName",
            called=("DBSubnetGroupName",),
            arn="rds:subgrp:",
        ),
    ),
    "rds.DeleteDBClusterSnapshot": (Never(SNAPSHOT),),
    "rds.DeleteDBSnapshot": (Never(SNAPSHOT),),
    "rds.ModifyDBClusterSnapshotAttribute": (Never(SNAPSHOT),),
    "rds.ModifyDBSnapshotAttribute": (Never(SNAPSHOT),),
    "route53.AssociateVPCWithHostedZone": (Never(ZONE),),
    "route53.CreateVPCAssociationAuthorization": (Never(ZONE),),
    "route53.DeleteVPCAssociationAuthorization": (Never(ZONE),),
    "route53.ChangeResourceRecordSets": (
        Sets("acm.RequestCertificate", as_.proof_of, as_.proved_in),
        Makes("AWS::Route53::RecordSet", as_.records),
    ),
    "s3.CreateBucket": (
        Makes(
            "AWS::S3::Bucket",
            as_.bucket,
            named="Bucket",
            name="BucketName",
            called=("Bucket", "BucketName", "Location", "S3Bucket", "S3BucketName", "Value", "bucketName", "name"),
            arn="s3:",
            keeps="Retain",
        ),
    ),
    "s3.PutBucketLifecycleConfiguration": (on_bucket(as_.lifecycle),),
    "s3.PutBucketNotificationConfiguration": (on_bucket(as_.notifications),),
    "s3.PutBucketPolicy": (
        Sets("s3.PutBucketPolicy", of("Bucket"), as_.more_statements),
        Makes("AWS::S3::BucketPolicy", as_.bucket_policy, named="Bucket", part_of="s3.CreateBucket", keeps="Retain"),
    ),
    "s3.PutBucketTagging": (on_bucket(as_.tagging),),
    "s3.PutBucketVersioning": (on_bucket(as_.put("VersioningConfiguration")),),
    "s3.PutBucketWebsite": (on_bucket(as_.hosting),),
    "s3.PutPublicAccessBlock": (on_bucket(as_.put("PublicAccessBlockConfiguration")),),
    "scheduler.CreateSchedule": (Makes("AWS::Scheduler::Schedule", as_.same("ClientToken"), {"ScheduleArn": "Arn"}),),
    "scheduler.CreateScheduleGroup": (
        Makes(
            "AWS::Scheduler::ScheduleGroup",
            as_.same("ClientToken"),
            {"ScheduleGroupArn": "Arn"},
            named="Name",
            name="Name",
            called=("GroupName",),
            arn="scheduler:schedule-group/",
        ),
    ),
    "sqs.CreateQueue": (
        Makes("AWS::SQS::Queue", as_.queue, {"QueueUrl": "QueueUrl"}, named="QueueName", name="QueueName", arn="sqs:"),
    ),
    "ssm.SendCommand": (Never("CloudFormation runs no commands on machines."),),
}
"""Operation to what it is; of several rows the first that fits. In the order of the alphabet."""
