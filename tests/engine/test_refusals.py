"""AWS's words for "no", as it really writes them."""

from __future__ import annotations

import pytest

from flows.engine import Call
from flows.engine.cloud import explain
from flows.engine.refusals import no_such_thing

GONE = (
    ("ec2.DescribeVpcs", "InvalidVpcID.NotFound"),
    ("ec2.DescribeImages", "InvalidAMIID.NotFound"),
    ("ec2.DescribeSnapshots", "InvalidSnapshot.NotFound"),
    ("ec2.RevokeSecurityGroupIngress", "InvalidPermission.NotFound"),
    ("ec2.RevokeSecurityGroupIngress", "InvalidSecurityGroupRuleId.NotFound"),
    ("ec2.DeleteRoute", "InvalidRoute.NotFound"),
    ("elbv2.DescribeRules", "RuleNotFound"),
    ("elbv2.DescribeListeners", "ListenerNotFound"),
    ("rds.DescribeDBInstances", "DBInstanceNotFound"),
    ("rds.DescribeDBClusters", "DBClusterNotFoundFault"),
    ("rds.DescribeDBSnapshots", "DBSnapshotNotFound"),
    ("rds.DescribeDBSubnetGroups", "DBSubnetGroupNotFoundFault"),
    ("s3.GetBucketPolicy", "NoSuchBucketPolicy"),
    ("s3.GetBucketEncryption", "ServerSideEncryptionConfigurationNotFoundError"),
    ("s3.HeadBucket", "404"),
    ("s3.HeadObject", "404"),
    ("cloudfront.GetDistribution", "NoSuchDistribution"),
    ("route53.GetChange", "NoSuchChange"),
    ("acm.DescribeCertificate", "ResourceNotFoundException"),
    ("iam.GetRole", "NoSuchEntity"),
    ("kms.DescribeKey", "NotFoundException"),
    ("lambda.GetPolicy", "ResourceNotFoundException"),
    ("logs.DeleteLogGroup", "ResourceNotFoundException"),
    ("events.DescribeRule", "ResourceNotFoundException"),
    ("cloudtrail.GetTrail", "TrailNotFoundException"),
    ("codepipeline.GetPipeline", "PipelineNotFoundException"),
    ("codecommit.GetRepository", "RepositoryDoesNotExistException"),
    ("codeconnections.GetConnection", "ResourceNotFoundException"),
    ("ssm.GetCommandInvocation", "InvocationDoesNotExist"),
    ("ssm.GetParameter", "ParameterNotFound"),
    ("sns.GetTopicAttributes", "NotFound"),
    ("sqs.GetQueueAttributes", "AWS.SimpleQueueService.NonExistentQueue"),
    ("sqs.GetQueueAttributes", "QueueDoesNotExist"),
    ("cloudwatch.ListTagsForResource", "ResourceNotFoundException"),
    ("service-quotas.GetServiceQuota", "NoSuchResourceException"),
)


def refused(operation: str, code: str, status: int = 400) -> bool:
    answer = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return no_such_thing(explain(Call(operation), answer))


@pytest.mark.parametrize(("operation", "code"), GONE, ids=lambda value: value)
def test_what_is_not_there_is_known_by_each_services_own_word(operation: str, code: str) -> None:
    assert refused(operation, code, 404 if code == "404" else 400)


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ("s3.GetBucketPolicy", "404"),  # a web server's page: S3 says NoSuchBucketPolicy
        ("ec2.CreateImage", "InvalidAction"),
        ("lambda.GetPolicy", "UnknownOperationException"),
        ("s3.HeadBucket", "403"),
        ("ec2.DescribeVpcs", "UnauthorizedOperation"),
        ("ec2.DeleteVpc", "DependencyViolation"),
        ("rds.DeleteDBCluster", "InvalidDBClusterStateFault"),
        ("ec2.DescribeVpcs", "Unknown"),
        ("ec2.DescribeVpcs", ""),
    ],
)  # fmt: skip
def test_nothing_else_is_taken_for_it(operation: str, code: str) -> None:
    assert not refused(operation, code, 404 if code == "404" else 400)
