"""All that a person could notice of an account, thing by thing, so that one thing's change is one difference.

A route, a rule, a record, a statement and a tag are things of their own: what somebody put beside ours must be told
apart from ours. What changes by itself (times, versions, states on the way to another) is left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError
from vpn_options.cases import as_meant

from flows.practice import ACCOUNT_ID

Client = Callable[..., Any]
"""The client of a service, and of another region if one is named."""
NOWHERE = "leads nowhere"
Things = dict[str, str]
"""Each thing by its name, as JSON."""
BY_ITSELF = {
    "AssociatedRoles", "AttachTime", "CreateDate", "CreateTime", "CreatedTime", "CreationDate", "DBSnapshotAttributes",
    "EarliestRestorableTime", "LastModified", "LastModifiedTime", "LatestRestorableTime", "LaunchTime", "ETag",
    "RevisionId", "RoleLastUsed", "State", "StateReason", "StateTransitionReason", "Status", "created",
    "creationTime", "lastModified", "lastModifiedDate", "updated", "version", "CreationToken", "AttachmentTime",
    "InUseBy", "ResponseMetadata", "storedBytes", "UsageOperationUpdateTime", "ClusterCreateTime",
    "InstanceCreateTime", "SnapshotCreateTime", "OriginalSnapshotCreateTime", "PercentProgress", "Progress",
    "VgwTelemetry", "RoleId", "InstanceProfileId", "LastTimeStopped", "PublicDnsName", "PublicIpAddress",
    "ExpirationTime",
}  # fmt: skip


def everything(account: Any, parts: Collection[str] = ()) -> Things:
    """The account as it is now, or these parts of it; `account` has a boto3 `session`."""
    things: Things = {}
    for look in LOOKS:
        if parts and look.__name__ not in parts:
            continue
        for name, thing in look(account.session.client):
            assert name not in things, name
            things[name] = json.dumps(_plain(thing), sort_keys=True, default=str)
    return things


def parts_of(services: Collection[str]) -> list[str]:
    """The parts of an account that calls to these services may change."""
    return [look.__name__ for look, of in LOOKS.items() if of.intersection(services)]


def _plain(thing: Any) -> Any:
    match thing:
        case dict():
            return {key: _plain(value) for key, value in thing.items() if key not in BY_ITSELF}
        case list():
            return sorted((_plain(each) for each in thing), key=lambda each: json.dumps(each, default=str))
        case _:
            return thing


Found = Iterator[tuple[str, Any]]


def _networks(client: Client) -> Found:
    ec2 = client("ec2")
    for vpc in ec2.describe_vpcs()["Vpcs"]:
        yield vpc["VpcId"], vpc
    for table in ec2.describe_route_tables()["RouteTables"]:
        id_ = table["RouteTableId"]
        yield id_, [table["VpcId"], table.get("Tags"), table["Associations"]]
        for route in table["Routes"]:
            to = route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock")
            yield f"{id_} route {to}", route
            if route["State"] == "blackhole":
                yield f"{id_} route {to} {NOWHERE}", ""
        for each in table.get("PropagatingVgws", []):
            yield f"{id_} propagation {each['GatewayId']}", each
    for group in ec2.describe_security_groups()["SecurityGroups"]:
        yield group["GroupId"], [group["GroupName"], group.get("Tags")]
    for rule in ec2.describe_security_group_rules()["SecurityGroupRules"]:
        yield rule["SecurityGroupRuleId"], rule
    for each in ec2.describe_customer_gateways()["CustomerGateways"]:
        if each["State"] != "deleted":
            yield each["CustomerGatewayId"], each
    for each in ec2.describe_vpn_gateways()["VpnGateways"]:
        if each["State"] != "deleted":
            yield each["VpnGatewayId"], {**each, "VpcAttachments": 0}
            for one in each["VpcAttachments"]:
                if one["State"] != "detached":
                    yield f"{each['VpnGatewayId']} at {one['VpcId']}", one
    for each in ec2.describe_vpc_peering_connections()["VpcPeeringConnections"]:
        if each["Status"]["Code"] not in ("deleting", "deleted", "failed", "rejected", "expired"):
            yield each["VpcPeeringConnectionId"], each
    for each in ec2.describe_vpn_connections()["VpnConnections"]:
        if each["State"] != "deleted":
            id_ = each["VpnConnectionId"]
            made = any(tag["Key"] == "handrail:run" for tag in each.get("Tags", []))
            options = {key: value for key, value in each["Options"].items() if made or key != "TunnelOptions"}
            yield id_, {**{key: each.get(key) for key in ("CustomerGatewayId", "VpnGatewayId", "Tags")}, **options}
            for tunnel in [] if made else each["Options"].get("TunnelOptions", []):
                for name, value in as_meant(tunnel).items():
                    yield f"{id_} {tunnel['OutsideIpAddress']} {name}", value
            for route in each.get("Routes", []):
                if route["State"] != "deleted":
                    yield f"{id_} route {route['DestinationCidrBlock']}", route


def _machines(client: Client) -> Found:
    ec2 = client("ec2")
    for each in (one for group in ec2.describe_instances()["Reservations"] for one in group["Instances"]):
        if each["State"]["Name"] not in ("terminated", "shutting-down"):
            id_ = each["InstanceId"]
            kept = ("InstanceType", "ImageId", "IamInstanceProfile", "SecurityGroups", "Tags", "MetadataOptions")
            protected = ec2.describe_instance_attribute(InstanceId=id_, Attribute="disableApiTermination")
            shown = {key: each.get(key) for key in kept} | {"runs": each["State"]["Name"]}
            yield id_, {**shown, "protected": protected["DisableApiTermination"]["Value"]}
            for card in each.get("NetworkInterfaces", []):
                yield card["NetworkInterfaceId"], [card.get("Groups"), card.get("SubnetId")]
    for each in client("ssm").describe_parameters()["Parameters"]:
        yield f"parameter {each['Name']}", each["Type"]
    for each in ec2.describe_volumes()["Volumes"]:
        yield each["VolumeId"], each.get("Tags")
    for each in ec2.describe_addresses()["Addresses"]:
        yield each["AllocationId"], each
    for each in ec2.describe_images(Owners=["self"])["Images"]:
        yield each["ImageId"], each
        shared = ec2.describe_image_attribute(ImageId=each["ImageId"], Attribute="launchPermission")
        for one in shared["LaunchPermissions"]:
            yield f"{each['ImageId']} shared {json.dumps(one)}", one
    # moto has AWS's own snapshots too, whatever owner is asked for
    for each in ec2.describe_snapshots(Filters=[{"Name": "owner-id", "Values": [ACCOUNT_ID]}])["Snapshots"]:
        yield each["SnapshotId"], each
        shared = ec2.describe_snapshot_attribute(SnapshotId=each["SnapshotId"], Attribute="createVolumePermission")
        for one in shared["CreateVolumePermissions"]:
            yield f"{each['SnapshotId']} shared {json.dumps(one)}", one


def _load_balancers(client: Client) -> Found:
    elbv2 = client("elbv2")
    for balancer in elbv2.describe_load_balancers()["LoadBalancers"]:
        yield balancer["LoadBalancerArn"], balancer["SecurityGroups"]
        for each in elbv2.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]:
            arn = each["ListenerArn"]
            yield arn, {key: value for key, value in each.items() if key != "DefaultActions"}
            yield f"{arn} by default", each["DefaultActions"]
            for attribute in elbv2.describe_listener_attributes(ListenerArn=arn)["Attributes"]:
                yield f"{arn} {attribute['Key']}", attribute["Value"]
            yield f"{arn} tags", elbv2.describe_tags(ResourceArns=[arn])["TagDescriptions"]
            for rule in elbv2.describe_rules(ListenerArn=arn)["Rules"]:
                if not rule["IsDefault"]:
                    yield rule["RuleArn"], rule
    for arn in (each["TargetGroupArn"] for each in elbv2.describe_target_groups()["TargetGroups"]):
        told = elbv2.describe_target_group_attributes(TargetGroupArn=arn)["Attributes"]
        usual = {"stickiness.app_cookie.duration_seconds": "86400"}  # the second emulator tells only what was set
        found = usual | {each["Key"]: each["Value"] for each in told}
        if found.get("stickiness.type") != "app_cookie":  # a name that is noted, and has no effect
            found.pop("stickiness.app_cookie.cookie_name", None)
        yield f"{arn} keeps", {key: value for key, value in found.items() if key.startswith("stickiness.")}
        yield f"{arn} else", {key: value for key, value in found.items() if not key.startswith("stickiness.")}


def _buckets(client: Client) -> Found:
    s3 = client("s3")
    for name in (each["Name"] for each in s3.list_buckets()["Buckets"]):
        yield f"bucket {name}", ""
        block = _asked(s3.get_public_access_block, "PublicAccessBlockConfiguration", Bucket=name) or {}
        for statement in _statements(_asked(s3.get_bucket_policy, "Policy", Bucket=name)):
            called = f"bucket {name} statement {statement.get('Sid', json.dumps(statement, sort_keys=True))}"
            yield called, statement
            if block.get("RestrictPublicBuckets") and statement["Effect"] == "Allow" and statement["Principal"] == "*":
                yield f"{called} {NOWHERE}", ""
        for setting, key in (
            ("website", ""), ("tagging", "TagSet"), ("lifecycle_configuration", "Rules"), ("versioning", "Status"),
            ("cors", "CORSRules"),
        ):  # fmt: skip
            found = _asked(getattr(s3, f"get_bucket_{setting}"), key, Bucket=name)
            if found and found != "Suspended":  # paused is as near to off as AWS lets it come
                yield f"bucket {name} {setting}", found
        if block:
            yield f"bucket {name} block", block
        heard = s3.get_bucket_notification_configuration(Bucket=name)
        for kind, listed in heard.items():
            for each in listed if isinstance(listed, list) else [listed] if kind == "EventBridgeConfiguration" else []:
                yield f"bucket {name} {kind} {each.get('Id', '')}", each
        versions = s3.list_object_versions(Bucket=name)
        for each in versions.get("Versions", []) + versions.get("DeleteMarkers", []):
            yield f"bucket {name} file {each['Key']} {each['VersionId']}", each["Key"]


def _sites(client: Client) -> Found:
    cloudfront, route53 = client("cloudfront"), client("route53")
    for one in cloudfront.list_distributions()["DistributionList"].get("Items", []):
        yield f"distribution {one['Id']}", cloudfront.get_distribution_config(Id=one["Id"])["DistributionConfig"]
    for one in cloudfront.list_origin_access_controls()["OriginAccessControlList"].get("Items", []):
        yield f"access control {one['Id']}", one
    for zone in route53.list_hosted_zones()["HostedZones"]:
        yield f"zone {zone['Name']}", zone["Id"]
        for record in route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]:
            yield f"record {record['Name']} {record['Type']} {record.get('SetIdentifier', '')}", record
    for region in ("us-east-1", "eu-central-1"):
        for one in client("acm", region_name=region).list_certificates()["CertificateSummaryList"]:
            yield one["CertificateArn"], one["DomainName"]


def _databases(client: Client) -> Found:
    rds, kms = client("rds"), client("kms")
    for each in rds.describe_db_clusters()["DBClusters"]:
        yield f"cluster {each['DBClusterIdentifier']}", {**each, "DBClusterMembers": 0}
    for each in rds.describe_db_instances()["DBInstances"]:
        yield f"instance {each['DBInstanceIdentifier']}", each
    for each in rds.describe_db_subnet_groups()["DBSubnetGroups"]:
        yield f"subnet {each['DBSubnetGroupName']}", each
    for kind, name in (("DBSnapshot", "db_snapshot"), ("DBClusterSnapshot", "db_cluster_snapshot")):
        for each in getattr(rds, f"describe_{name}s")()[f"{kind}s"]:
            id_ = each[f"{kind}Identifier"]
            yield f"snapshot {id_}", each
            asked = {f"{kind}Identifier": id_}
            told = getattr(rds, f"describe_{name}_attributes")(**asked)[f"{kind}AttributesResult"]
            for attribute in told[f"{kind}Attributes"]:
                for value in attribute["AttributeValues"]:
                    yield f"snapshot {id_} {attribute['AttributeName']} {value}", value
    for each in kms.list_keys()["Keys"]:
        about = kms.describe_key(KeyId=each["KeyId"])["KeyMetadata"]
        if about["KeyState"] != "PendingDeletion":
            yield f"key {each['KeyId']}", [about["Description"], about["KeyState"], about["KeyManager"]]
            yield (
                f"key {each['KeyId']} policy",
                _asked(kms.get_key_policy, "Policy", KeyId=each["KeyId"], PolicyName="default"),
            )
            yield (
                f"key {each['KeyId']} rotates",
                _asked(kms.get_key_rotation_status, "KeyRotationEnabled", KeyId=each["KeyId"]),
            )
    for each in kms.list_aliases()["Aliases"]:
        yield each["AliasName"], each


def _identities(client: Client) -> Found:
    iam = client("iam")
    for role in iam.list_roles()["Roles"]:
        name = role["RoleName"]
        yield f"role {name}", [role["AssumeRolePolicyDocument"], iam.list_role_tags(RoleName=name)["Tags"]]
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            yield f"role {name} may {policy}", iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
            yield f"role {name} has {policy['PolicyArn']}", policy
    for each in iam.list_policies(Scope="Local")["Policies"]:
        yield each["Arn"], each["PolicyName"]
    for each in iam.list_instance_profiles()["InstanceProfiles"]:
        yield f"profile {each['InstanceProfileName']}", each.get("Tags")
        for role in each["Roles"]:
            yield f"role-in-profile {each['InstanceProfileName']} {role['RoleName']}", ""


def _deliveries(client: Client) -> Found:
    codepipeline, events, logs = client("codepipeline"), client("events"), client("logs")
    for each in codepipeline.list_pipelines()["pipelines"]:
        pipeline = codepipeline.get_pipeline(name=each["name"])["pipeline"]
        stages = [stage["name"] for stage in pipeline["stages"]]
        yield f"pipeline {each['name']}", {**pipeline, "stages": stages}
        for action in (action for stage in pipeline["stages"] for action in stage["actions"]):
            yield f"pipeline {each['name']} action {action['name']}", action
    projects = client("codebuild").list_projects()["projects"]
    for each in client("codebuild").batch_get_projects(names=projects)["projects"] if projects else []:
        yield f"project {each['name']}", each
    for each in REPOSITORIES:
        if found := _asked(client("codecommit").get_repository, "repositoryMetadata", repositoryName=each):
            yield f"repository {each}", found
    for each in logs.describe_log_groups()["logGroups"]:
        name = each["logGroupName"]
        yield f"log {name}", [each.get("retentionInDays"), each.get("kmsKeyId")]
        for stream in logs.describe_log_streams(logGroupName=name)["logStreams"]:
            yield f"log {name} stream {stream['logStreamName']}", ""
    for rule in events.list_rules()["Rules"]:
        yield f"rule {rule['Name']}", [rule.get("EventPattern"), rule.get("ScheduleExpression"), rule["State"]]
        for target in events.list_targets_by_rule(Rule=rule["Name"])["Targets"]:
            yield f"rule {rule['Name']} target {target['Id']}", target
    trails = client("cloudtrail")
    for each in trails.describe_trails()["trailList"]:
        selectors = trails.get_event_selectors(TrailName=each["Name"])
        status = trails.get_trail_status(Name=each["Name"])["IsLogging"]
        yield f"trail {each['Name']}", [each, selectors, status]


REPOSITORIES = ("shop-front", "shop", "site")
"""moto does not list repositories; these are looked for by name."""


def _functions(client: Client) -> Found:
    functions = client("lambda")
    for each in functions.list_functions()["Functions"]:
        name = each["FunctionName"]
        yield f"function {name}", [each["Role"], each["Handler"]]
        for statement in _statements(_asked(functions.get_policy, "Policy", FunctionName=name)):
            yield f"function {name} lets {statement.get('Sid')}", statement
    for each in client("secretsmanager").list_secrets()["SecretList"]:
        yield f"secret {each['Name']}", each.get("Tags")


def _schedules(client: Client) -> Found:
    scheduler, sqs = client("scheduler"), client("sqs")
    for each in scheduler.list_schedule_groups()["ScheduleGroups"]:
        tags = scheduler.list_tags_for_resource(ResourceArn=each["Arn"])["Tags"]
        yield f"schedulegroup {each['Name']}", [each["Arn"], tags]
    for each in scheduler.list_schedules()["Schedules"]:
        told = scheduler.get_schedule(GroupName=each["GroupName"], Name=each["Name"])
        kept = ("ScheduleExpression", "ScheduleExpressionTimezone", "Target", "Description")
        shown = {key: told.get(key) for key in kept} | {"is": told["State"]}
        yield f"schedule {each['GroupName']}/{each['Name']}", shown
    for at in sqs.list_queues().get("QueueUrls", []):
        told = sqs.get_queue_attributes(QueueUrl=at, AttributeNames=["All"])["Attributes"]
        kept = ("MessageRetentionPeriod", "Policy", "SqsManagedSseEnabled")
        tags = sqs.list_queue_tags(QueueUrl=at).get("Tags")
        yield f"queue {at.rpartition('/')[2]}", [at, {key: told.get(key) for key in kept}, tags]


LOOKS: Mapping[Callable[[Client], Found], frozenset[str]] = {
    _networks: frozenset({"ec2"}),
    _machines: frozenset({"ec2"}),
    _load_balancers: frozenset({"elbv2"}),
    _buckets: frozenset({"s3"}),
    _sites: frozenset({"cloudfront", "route53", "acm"}),
    _databases: frozenset({"rds", "kms"}),
    _identities: frozenset({"iam"}),
    _deliveries: frozenset({"codepipeline", "codebuild", "codecommit", "events", "logs", "cloudtrail"}),
    _functions: frozenset({"lambda"}),
    _schedules: frozenset({"scheduler", "sqs"}),
}
"""Each part of an account, with the services that it is of."""


def _asked(read: Callable[..., Any], key: str, **what: Any) -> Any:
    """A setting, or None where there is none."""
    try:
        answer = read(**what)
    except ClientError:
        return None
    return answer.get(key) if key else {name: each for name, each in answer.items() if name != "ResponseMetadata"}


def _statements(text: str | None) -> list[Any]:
    listed = json.loads(text)["Statement"] if text else []
    return listed if isinstance(listed, list) else [listed]
