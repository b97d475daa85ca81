"""What IAM asks about for each API call: which actions, on which things, and what it can be told of them.

From the Service Authorization Reference (2026-11), as far as set-ups use it; the tests compare it with a copy of that
reference. An operation that is not in `RULES` is one for which AWS knows no single things.
"""

from __future__ import annotations

from collections.abc import Mapping

from .ec2_authorization import EC2
from .resource_types import OUT_OF, Rule, Target, also, encrypts, given, linked, makes, on, passes

IN_RDS = encrypts("rds", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey")
PROFILE, ROLE = "instance-profile/{InstanceProfileName}", "role/{RoleName}"
SOME_ROLE = on(ROLE, "role/*/{RoleName}")  # a name is unique, and does not tell the path before it
BALANCER = "arn:{partition}:elasticloadbalancing:{region}:{account}:loadbalancer/{ResourceArn}"
WEB_ACL = "*/webacl/*"  # of a region or of CloudFront; which one, only the answer tells
LISTENER, RULE = "listener/{ListenerArn}", "listener-rule/{RuleArn}"
CLUSTER, INSTANCE, SUBNETS = "cluster:{DBClusterIdentifier}", "db:{DBInstanceIdentifier}", "subgrp:{DBSubnetGroupName}"
GLOBAL_CLUSTER = "arn:{partition}:rds::{account}:global-cluster:{}"
OF_CLUSTER, OF_INSTANCE = "cluster-snapshot:{DBClusterSnapshotIdentifier}", "snapshot:{DBSnapshotIdentifier}"
SECRET = "secret:rds!cluster-*"  # noqa: S105 - how RDS begins the names of secrets that it manages
LOG = ("log-group:{logGroupName}", "log-group:{logGroupName}:*")  # CloudWatch Logs knows both, by the action
FUNCTION = ("function:{FunctionName}", "function:{FunctionName}:*")
SCHEDULE, SCHEDULES = "schedule/{GroupName}/{Name}", "schedule-group/{Name}"
PIPELINE, EVENT_RULE = "{name}", "rule/{Name}"
BUCKET, FILES = on("{Bucket}"), "{Bucket}/*"
LISTED = also("s3:ListBucket", "{Bucket}")  # without it a file that is not there is told as forbidden
RECORDS = {
    "ForAllValues:StringLike": {
        "route53:ChangeResourceRecordSetsNormalizedRecordNames": "{ChangeBatch.Changes[].ResourceRecordSet.Name}",
    },
    "ForAllValues:StringEquals": {
        "route53:ChangeResourceRecordSetsRecordTypes": "{ChangeBatch.Changes[].ResourceRecordSet.Type}",
    },
}
RULES: Mapping[str, Rule] = {
    **EC2,
    # -- load balancers
    "elbv2.CreateListener": makes("listener/{LoadBalancerArn}/*", asked="loadbalancer/{LoadBalancerArn}"),
    "elbv2.CreateRule": makes("listener-rule/{ListenerArn}/*", asked=LISTENER),
    "elbv2.DeleteListener": on(LISTENER),
    "elbv2.DeleteRule": on(RULE),
    "elbv2.ModifyListener": on(LISTENER),
    "elbv2.ModifyListenerAttributes": on(LISTENER),
    "elbv2.ModifyRule": on(RULE),
    "elbv2.ModifyTargetGroupAttributes": on("targetgroup/{TargetGroupArn}"),
    "elbv2.SetRulePriorities": on("listener-rule/{RulePriorities[].RuleArn}"),
    "wafv2.GetWebACLForResource": (
        *on(WEB_ACL, BALANCER), *also("wafv2:GetWebACL", WEB_ACL),
        *also("elasticloadbalancing:GetLoadBalancerWebACL", BALANCER),
    ),
    # -- certificates, CloudFront, names
    "acm.DeleteCertificate": on("certificate/{CertificateArn}"),
    "acm.DescribeCertificate": on("certificate/{CertificateArn}"),
    "acm.RequestCertificate": makes(
        "certificate/*", asked="*", only={
            "StringEquals": {"acm:ValidationMethod": "{ValidationMethod}"},
            "ForAllValues:StringEquals": {"acm:DomainNames": "{[DomainName, SubjectAlternativeNames][]}"},
        },
    ),
    "cloudfront.CreateDistribution": makes("distribution/*", asked="*"),
    "cloudfront.CreateDistributionWithTags": makes("distribution/*", asked="*"),
    "cloudfront.CreateOriginAccessControl": makes("origin-access-control/*", tags=False, asked="*"),
    "cloudfront.DeleteDistribution": on("distribution/{Id}"),
    "cloudfront.DeleteOriginAccessControl": on("origin-access-control/{Id}"),
    "cloudfront.GetCachePolicy": on("cache-policy/{Id}"),
    "cloudfront.GetDistribution": on("distribution/{Id}"),
    "cloudfront.GetDistributionConfig": on("distribution/{Id}"),
    "cloudfront.GetOriginAccessControl": on("origin-access-control/{Id}"),
    "cloudfront.GetOriginRequestPolicy": on("origin-request-policy/{Id}"),
    "cloudfront.ListTagsForResource": on("{Resource}"),
    "cloudfront.UpdateDistribution": on("distribution/{Id}"),
    **{
        f"route53.{operation}": on("hostedzone/{HostedZoneId}")
        for operation in (
            "AssociateVPCWithHostedZone", "DisassociateVPCFromHostedZone", "CreateVPCAssociationAuthorization",
            "DeleteVPCAssociationAuthorization", "ListVPCAssociationAuthorizations",
        )
    },
    "route53.ChangeResourceRecordSets": on("hostedzone/{HostedZoneId}", **RECORDS),
    "route53.GetHostedZone": on("hostedzone/{Id}"),
    "route53.ListResourceRecordSets": on("hostedzone/{HostedZoneId}"),
    "route53.ListTagsForResource": on("{ResourceType}/{ResourceId}"),
    # -- databases
    "rds.CopyDBClusterSnapshot": (
        *on("cluster-snapshot:{SourceDBClusterSnapshotIdentifier}"),
        *makes("cluster-snapshot:{TargetDBClusterSnapshotIdentifier}"), *IN_RDS, *OUT_OF,
    ),
    "rds.CopyDBSnapshot": (
        *on("snapshot:{SourceDBSnapshotIdentifier}"), *makes("snapshot:{TargetDBSnapshotIdentifier}"), *IN_RDS,
        *OUT_OF,
    ),
    "rds.CreateDBCluster": (
        *makes(CLUSTER), *on(SUBNETS, "cluster-pg:default.*", "og:default:*"), *IN_RDS,
        *given("db:*", "DBClusterInstanceClass"), *given(GLOBAL_CLUSTER, "GlobalClusterIdentifier"),
        *linked("rds", "AWSServiceRoleForRDS"),
        *also("secretsmanager:CreateSecret", SECRET, when="ManageMasterUserPassword"),
        *also("secretsmanager:TagResource", SECRET, when="ManageMasterUserPassword"),
        *also("kms:DescribeKey", "key/*", when="ManageMasterUserPassword"),
    ),
    "rds.CreateDBClusterSnapshot": (*on(CLUSTER), *makes(OF_CLUSTER)),
    "rds.CreateDBInstance": (
        *makes(INSTANCE), *on(CLUSTER, "pg:default.*", "og:default:*"), *given("subgrp:{}", "DBSubnetGroupName"),
    ),
    "rds.CreateDBSnapshot": (*on(INSTANCE), *makes(OF_INSTANCE)),
    "rds.CreateDBSubnetGroup": makes(SUBNETS),
    "rds.DeleteDBCluster": (
        *on(CLUSTER), Target("cluster-snapshot:{FinalDBSnapshotIdentifier}", when="FinalDBSnapshotIdentifier"),
        *also("rds:CreateDBClusterSnapshot", CLUSTER, when="FinalDBSnapshotIdentifier"),
        *also(
            "rds:CreateDBClusterSnapshot", "cluster-snapshot:{FinalDBSnapshotIdentifier}",
            when="FinalDBSnapshotIdentifier",
        ),
        *also(
            "rds:AddTagsToResource", "cluster-snapshot:{FinalDBSnapshotIdentifier}", when="FinalDBSnapshotIdentifier"
        ),
    ),
    "rds.DeleteDBClusterSnapshot": on(OF_CLUSTER),
    "rds.DeleteDBInstance": on(INSTANCE),
    "rds.DeleteDBSnapshot": on(OF_INSTANCE),
    "rds.DeleteDBSubnetGroup": on(SUBNETS),
    "rds.DescribeDBClusterParameters": on("cluster-pg:{DBClusterParameterGroupName}"),
    "rds.DescribeDBClusterSnapshotAttributes": on(OF_CLUSTER),
    "rds.DescribeDBClusterSnapshots": on(
        "cluster:{DBClusterIdentifier?}", "cluster-snapshot:{DBClusterSnapshotIdentifier?}"
    ),
    "rds.DescribeDBClusters": on("cluster:{DBClusterIdentifier?}"),
    "rds.DescribeDBInstances": on("db:{DBInstanceIdentifier?}"),
    "rds.DescribeDBProxies": on("db-proxy:*"),
    "rds.DescribeDBProxyTargets": on("db-proxy:*", "target-group:*"),
    "rds.DescribeDBSnapshotAttributes": on(OF_INSTANCE),
    "rds.DescribeDBSnapshots": on("db:{DBInstanceIdentifier?}", "snapshot:{DBSnapshotIdentifier?}"),
    "rds.DescribeDBSubnetGroups": on("subgrp:{DBSubnetGroupName?}"),
    "rds.DescribeGlobalClusters": on(GLOBAL_CLUSTER.replace("{}", "*")),
    "rds.DescribeIntegrations": on("integration:*"),
    "rds.DescribeOptionGroups": on("og:*"),
    "rds.ListTagsForResource": on("{ResourceName}"),
    "rds.ModifyDBCluster": (
        *on(CLUSTER), *given("cluster-pg:{}", "DBClusterParameterGroupName"), *given("og:{}", "OptionGroupName"),
        *given("pg:{}", "DBInstanceParameterGroupName"),
    ),
    "rds.ModifyDBClusterSnapshotAttribute": on(OF_CLUSTER),
    "rds.ModifyDBSnapshotAttribute": on(OF_INSTANCE),
    "rds-data.ExecuteStatement": (
        *on("arn:{partition}:rds:{region}:{account}:cluster:{resourceArn}"),
        *also(
            "secretsmanager:GetSecretValue", SECRET,
            StringEquals={"secretsmanager:ResourceTag/aws:rds:primaryDBClusterArn": "{resourceArn}"},
        ),
    ),
    # -- keys
    "kms.CreateAlias": on("{AliasName}", "key/{TargetKeyId}"),
    "kms.CreateKey": makes("key/*", asked="*"),
    "kms.DeleteAlias": on("{AliasName}", "key/{TargetKeyId}"),
    "kms.DescribeKey": on("key/{KeyId}"),
    "kms.DisableKey": on("key/{KeyId}"),
    "kms.EnableKey": on("key/{KeyId}"),
    "kms.EnableKeyRotation": on("key/{KeyId}"),
    "kms.GetKeyPolicy": on("key/{KeyId}"),
    "kms.GetKeyRotationStatus": on("key/{KeyId}"),
    "kms.ListGrants": on("key/{KeyId}"),
    "kms.ListResourceTags": on("key/{KeyId}"),
    "kms.PutKeyPolicy": on("key/{KeyId}"),
    "kms.ScheduleKeyDeletion": on(
        "key/{KeyId}",
        NumericEquals={"kms:ScheduleKeyDeletionPendingWindowInDays": "{PendingWindowInDays}"},
    ),
    # -- roles
    "iam.AddRoleToInstanceProfile": (*on(PROFILE), *passes(ROLE, "ec2")),
    "iam.CreateInstanceProfile": (
        *makes(PROFILE), Target(PROFILE, "iam:TagInstanceProfile", made=True),
    ),
    "iam.CreateRole": (*makes(ROLE), Target(ROLE, "iam:TagRole", made=True)),
    "iam.DeleteInstanceProfile": on(PROFILE),
    "iam.DeleteRole": on(ROLE),
    "iam.DeleteRolePolicy": on(ROLE),
    "iam.GetInstanceProfile": on(PROFILE),
    "iam.GetPolicy": on("policy/{PolicyArn}"),
    "iam.GetPolicyVersion": on("policy/{PolicyArn}"),
    "iam.GetRole": SOME_ROLE,
    "iam.GetRolePolicy": SOME_ROLE,
    "iam.ListAttachedRolePolicies": SOME_ROLE,
    "iam.ListInstanceProfilesForRole": SOME_ROLE,
    "iam.ListRolePolicies": SOME_ROLE,
    "iam.ListRoleTags": SOME_ROLE,
    "iam.PutRolePolicy": on(ROLE),
    "iam.RemoveRoleFromInstanceProfile": on(PROFILE),
    "iam.SimulatePrincipalPolicy": on("role/*", "user/*"),  # of whoever holds the policy, which is not known here
    # -- S3
    "s3.CreateBucket": (
        *BUCKET, *also("s3:PutBucketOwnershipControls", "{Bucket}", when="ObjectOwnership"),
        *also("s3:TagResource", "{Bucket}", when="CreateBucketConfiguration.Tags"),
    ),
    **dict.fromkeys(
        (
            f"s3.{name}"
            for name in (
                "DeleteBucket", "DeleteBucketPolicy", "DeleteBucketWebsite", "DeletePublicAccessBlock",
                "GetBucketAcl", "GetBucketEncryption", "GetBucketLifecycleConfiguration",
                "GetBucketNotificationConfiguration", "GetBucketOwnershipControls",
                "GetBucketPolicy", "GetBucketPolicyStatus", "GetBucketRequestPayment", "GetBucketTagging",
                "GetBucketVersioning",
                "GetBucketWebsite", "GetPublicAccessBlock", "HeadBucket", "ListObjectVersions", "ListObjectsV2",
                "PutBucketLifecycleConfiguration", "PutBucketNotificationConfiguration", "PutBucketPolicy",
                "PutBucketTagging", "PutBucketVersioning", "PutBucketWebsite", "PutPublicAccessBlock",
            )
        ),
        BUCKET,
    ),
    "s3.DeleteObjects": (*on(FILES), *also("s3:DeleteObjectVersion", FILES)),
    "s3.HeadObject": (*on("{Bucket}/{Key}"), *LISTED),
    # -- pipelines
    "codebuild.BatchGetBuilds": on("project/{ids}"),
    "codebuild.BatchGetProjects": on("project/{names}"),
    "codebuild.CreateProject": (*makes("project/{name}"), *passes("role/{serviceRole}", "codebuild")),
    "codebuild.DeleteProject": on("project/{name}"),
    "codecommit.CreateRepository": makes("{repositoryName}"),
    "codecommit.DeleteRepository": on("{repositoryName}"),
    "codecommit.GetRepository": on("{repositoryName}"),
    "codecommit.ListBranches": on("{repositoryName}"),
    "codecommit.ListTagsForResource": on("{resourceArn}"),
    "codeconnections.CreateConnection": makes("connection/*", asked="*"),
    "codeconnections.DeleteConnection": on("connection/{ConnectionArn}"),
    "codeconnections.GetConnection": on("connection/{ConnectionArn}"),
    "codeconnections.ListConnections": on("connection/*"),
    "codeconnections.ListTagsForResource": on("connection/{ResourceArn}"),
    "codepipeline.CreatePipeline": (
        *makes("{pipeline.name}"), *passes("role/{pipeline.roleArn}", "codepipeline"),
        *also(
            "codeconnections:PassConnection",
            "connection/{pipeline.stages[].actions[].configuration.ConnectionArn}",
            when="pipeline.stages[].actions[].configuration.ConnectionArn",
            StringEquals={"codeconnections:PassedToService": "codepipeline.amazonaws.com"},
        ),
    ),
    "codepipeline.DeletePipeline": on(PIPELINE),
    "codepipeline.GetPipeline": on(PIPELINE),
    "codepipeline.GetPipelineState": on(PIPELINE),
    "codepipeline.ListPipelineExecutions": on("{pipelineName}"),
    "codepipeline.ListTagsForResource": on("{resourceArn}"),
    "codepipeline.StartPipelineExecution": on(PIPELINE),
    "codepipeline.UpdatePipeline": (*on("{pipeline.name}"), *passes("role/{pipeline.roleArn}", "codepipeline")),
    "logs.CreateLogGroup": (*makes(LOG[0]), *on(LOG[1])),
    "logs.DeleteLogGroup": on(*LOG),
    "logs.DescribeLogStreams": on(*LOG),
    "logs.GetLogEvents": on(*LOG),
    "logs.ListTagsForResource": on("log-group:{resourceArn}"),
    "logs.PutRetentionPolicy": on(*LOG),
    "cloudwatch.DeleteAlarms": on("alarm:{AlarmNames}"),
    "cloudwatch.DescribeAlarms": on("alarm:{AlarmNames?}"),
    "cloudwatch.ListTagsForResource": on("alarm:{ResourceARN}"),
    "cloudwatch.PutMetricAlarm": makes("alarm:{AlarmName}"),
    # -- events, trails, functions, queues, machines
    "events.DeleteRule": on(EVENT_RULE),
    "events.DescribeRule": on(EVENT_RULE),
    "events.DisableRule": on(EVENT_RULE),
    "events.EnableRule": on(EVENT_RULE),
    "events.ListTagsForResource": on("rule/{ResourceARN}"),
    "events.ListTargetsByRule": on("rule/{Rule}"),
    "events.PutRule": makes(EVENT_RULE),
    "events.PutTargets": (
        *on("rule/{Rule}", ArnEquals={"events:TargetArn": "{Targets[].Arn}"}),
        *passes("role/{Targets[].RoleArn}", "events", when="Targets[].RoleArn"),
    ),
    "events.RemoveTargets": on("rule/{Rule}"),
    "cloudtrail.CreateTrail": makes("trail/{Name}"),
    "cloudtrail.DeleteTrail": on("trail/{Name}"),
    "cloudtrail.GetEventSelectors": on("trail/{TrailName}"),
    "cloudtrail.GetTrailStatus": on("trail/{Name}"),
    "cloudtrail.ListTags": on("trail/{ResourceIdList}"),
    "cloudtrail.PutEventSelectors": on("trail/{TrailName}"),
    "cloudtrail.StartLogging": on("trail/{Name}"),
    "lambda.AddPermission": on(*FUNCTION, StringEquals={"lambda:Principal": "{Principal}"}),
    "lambda.DeleteFunctionConcurrency": on(*FUNCTION),
    "lambda.GetEventSourceMapping": on("event-source-mapping:{UUID}"),
    "lambda.GetFunctionConcurrency": on(*FUNCTION),
    "lambda.GetFunctionConfiguration": on(*FUNCTION),
    "lambda.GetPolicy": on(*FUNCTION),
    "lambda.ListAliases": on(*FUNCTION),
    "lambda.ListTags": on("{Resource}"),
    "lambda.PutFunctionConcurrency": on(*FUNCTION),
    "lambda.RemovePermission": on(*FUNCTION),
    "lambda.UpdateEventSourceMapping": on("event-source-mapping:{UUID}"),
    "scheduler.CreateSchedule": (*on(SCHEDULE), *passes("role/{Target.RoleArn}", "scheduler")),
    "scheduler.CreateScheduleGroup": makes(SCHEDULES),
    "scheduler.DeleteSchedule": on(SCHEDULE),
    "scheduler.DeleteScheduleGroup": on(SCHEDULES),
    "scheduler.GetSchedule": on(SCHEDULE),
    "scheduler.GetScheduleGroup": on(SCHEDULES),
    "scheduler.ListTagsForResource": on("schedule-group/{ResourceArn}"),
    "scheduler.UpdateSchedule": (*on(SCHEDULE), *passes("role/{Target.RoleArn}", "scheduler")),
    "sns.GetTopicAttributes": on("{TopicArn}"),
    "sqs.CreateQueue": makes("{QueueName}"),
    "sqs.DeleteQueue": on("{QueueUrl}"),
    "sqs.GetQueueAttributes": on("{QueueUrl}"),
    "sqs.GetQueueUrl": on("{QueueName}"),
    "sqs.ListQueueTags": on("{QueueUrl}"),
    "ssm.GetParameter": on("arn:{partition}:ssm:{region}:*:parameter{Name}"),  # AWS's own have no account
    "ssm.SendCommand": (
        *on(
            "arn:{partition}:ssm:{region}:*:document/{DocumentName}",
            "arn:{partition}:ec2:{region}:{account}:instance/{InstanceIds}",
        ),
        *given("arn:{partition}:s3:::{}", "OutputS3BucketName"),
    ),
    "service-quotas.GetServiceQuota": on("{ServiceCode}/{QuotaCode}"),
}  # fmt: skip
"""Operation → what IAM asks about."""
