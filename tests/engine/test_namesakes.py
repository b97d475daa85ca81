"""Somebody took away what a run made and made their own under its name: that is not the run's to take back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from kills.scenes import CASES
from support.clock import FakeClock
from support.colleagues import resource
from support.sessions import answered

from flows.engine import Journal, Place
from flows.engine.boto import Aws
from flows.practice import PracticeAccount

Clients = Callable[[str], Any]
MINE = {"owner": "theirs"}
UPPER, LOWER = [{"Key": "owner", "Value": "theirs"}], [{"key": "owner", "value": "theirs"}]


def cluster(client: Clients, name: str) -> Any:
    rds = client("rds")
    (was,) = rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"]
    for each in was["DBClusterMembers"]:
        rds.delete_db_instance(DBInstanceIdentifier=each["DBInstanceIdentifier"], SkipFinalSnapshot=True)
    rds.delete_db_cluster(DBClusterIdentifier=name, SkipFinalSnapshot=True)
    rds.create_db_cluster(
        DBClusterIdentifier=name, Engine=was["Engine"], EngineVersion=was["EngineVersion"], MasterUsername="theirs",
        ManageMasterUserPassword=True, DBSubnetGroupName=was["DBSubnetGroup"], Tags=was["TagList"],
        ServerlessV2ScalingConfiguration=dict(was["ServerlessV2ScalingConfiguration"]),
    )  # fmt: skip
    return lambda: rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]["DbClusterResourceId"]


def instance(client: Clients, name: str) -> Any:
    rds = client("rds")
    (was,) = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
    rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
    rds.create_db_instance(
        DBInstanceIdentifier=name, DBInstanceClass=was["DBInstanceClass"], Engine=was["Engine"],
        DBClusterIdentifier=was["DBClusterIdentifier"], PromotionTier=was["PromotionTier"], Tags=UPPER,
    )  # fmt: skip
    return lambda: rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]["DbiResourceId"]


def subnet_group(client: Clients, name: str) -> Any:
    rds = client("rds")
    (was,) = rds.describe_db_subnet_groups(DBSubnetGroupName=name)["DBSubnetGroups"]
    rds.delete_db_instance(DBInstanceIdentifier=f"{name}-1", SkipFinalSnapshot=True)
    rds.delete_db_cluster(DBClusterIdentifier=name, SkipFinalSnapshot=True)
    rds.delete_db_subnet_group(DBSubnetGroupName=name)
    subnets = [each["SubnetIdentifier"] for each in was["Subnets"]]
    rds.create_db_subnet_group(DBSubnetGroupName=name, DBSubnetGroupDescription="theirs", SubnetIds=subnets)
    return lambda: rds.describe_db_subnet_groups(DBSubnetGroupName=name)["DBSubnetGroups"]


def snapshot(client: Clients, name: str) -> Any:
    rds = client("rds")
    (was,) = rds.describe_db_snapshots(DBSnapshotIdentifier=name)["DBSnapshots"]
    rds.delete_db_snapshot(DBSnapshotIdentifier=name)
    rds.create_db_snapshot(DBSnapshotIdentifier=name, DBInstanceIdentifier=was["DBInstanceIdentifier"], Tags=UPPER)
    return lambda: rds.describe_db_snapshots(DBSnapshotIdentifier=name)["DBSnapshots"]


def log(client: Clients, name: str) -> Any:
    logs = client("logs")
    logs.delete_log_group(logGroupName=name)
    logs.create_log_group(logGroupName=name)
    (made,) = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    kept = list(logs.list_tags_for_resource(resourceArn=made["logGroupArn"])["tags"])
    logs.untag_resource(
        resourceArn=made["logGroupArn"], tagKeys=kept or ["none"]
    )  # moto keeps those of one that is gone
    logs.put_retention_policy(logGroupName=name, retentionInDays=30)
    return lambda: logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]


def repository(client: Clients, name: str) -> Any:
    codecommit = client("codecommit")
    codecommit.delete_repository(repositoryName=name)
    codecommit.create_repository(repositoryName=name, tags=MINE)
    return lambda: codecommit.get_repository(repositoryName=name)["repositoryMetadata"]


def pipeline(client: Clients, name: str) -> Any:
    codepipeline = client("codepipeline")
    was = codepipeline.get_pipeline(name=name)["pipeline"]
    codepipeline.delete_pipeline(name=name)
    codepipeline.create_pipeline(pipeline=was, tags=LOWER)
    return lambda: codepipeline.get_pipeline(name=name)["pipeline"]


def project(client: Clients, name: str) -> Any:
    codebuild = client("codebuild")
    (was,) = codebuild.batch_get_projects(names=[name])["projects"]
    codebuild.delete_project(name=name)
    kept = ("name", "source", "artifacts", "environment", "serviceRole")
    codebuild.create_project(**{key: was[key] for key in kept}, tags=LOWER)
    return lambda: codebuild.batch_get_projects(names=[name])["projects"]


def trail(client: Clients, name: str) -> Any:
    cloudtrail = client("cloudtrail")
    (was,) = cloudtrail.describe_trails(trailNameList=[name])["trailList"]
    tagged = cloudtrail.list_tags(ResourceIdList=[was["TrailARN"]])["ResourceTagList"][0]["TagsList"]
    cloudtrail.delete_trail(Name=name)
    cloudtrail.remove_tags(ResourceId=was["TrailARN"], TagsList=tagged)  # moto keeps those of a trail that is gone
    cloudtrail.create_trail(Name=name, S3BucketName=was["S3BucketName"], TagsList=UPPER)
    return lambda: cloudtrail.describe_trails(trailNameList=[name])["trailList"]


def role(client: Clients, name: str) -> Any:
    iam = client("iam")
    was = iam.get_role(RoleName=name)["Role"]
    policy = iam.get_role_policy(RoleName=name, PolicyName="handrail")["PolicyDocument"]
    profiles = iam.list_instance_profiles_for_role(RoleName=name)["InstanceProfiles"]
    for each in profiles:
        iam.remove_role_from_instance_profile(RoleName=name, InstanceProfileName=each["InstanceProfileName"])
    iam.delete_role_policy(RoleName=name, PolicyName="handrail")
    iam.delete_role(RoleName=name)
    trust = flat(was["AssumeRolePolicyDocument"])
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, Tags=was["Tags"])
    iam.put_role_policy(RoleName=name, PolicyName="handrail", PolicyDocument=flat(policy))
    for each in profiles:
        iam.add_role_to_instance_profile(RoleName=name, InstanceProfileName=each["InstanceProfileName"])
    return lambda: (iam.get_role(RoleName=name)["Role"]["RoleId"], iam.list_role_policies(RoleName=name)["PolicyNames"])


def flat(policy: Any) -> str:
    return policy if isinstance(policy, str) else json.dumps(policy)


def profile(client: Clients, name: str) -> Any:
    iam = client("iam")
    (role,) = iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Roles"]
    iam.remove_role_from_instance_profile(RoleName=role["RoleName"], InstanceProfileName=name)
    iam.delete_instance_profile(InstanceProfileName=name)
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(RoleName=role["RoleName"], InstanceProfileName=name)

    def told() -> Any:
        there = iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]
        return there["InstanceProfileId"], [each["RoleName"] for each in there["Roles"]]

    return told


NAMESAKES: Mapping[str, tuple[str, str, Callable[[Clients, str], Any]]] = {
    "cluster": ("aurora", "cluster", cluster),
    "instance": ("aurora", "instance-1", instance),
    "subnet group": ("aurora", "subnets", subnet_group),
    "snapshot": ("share_snapshot, with a key", "copy", snapshot),
    "log": ("spa_pipeline", "log", log),
    "repository": ("spa_pipeline", "repository", repository),
    "pipeline": ("spa_pipeline", "pipeline", pipeline),
    "build project": ("spa_pipeline", "project", project),
    "role": ("spa_pipeline", "pipeline-role", role),
    "role of a rule": ("s3_pipeline", "start-role", role),
    "trail": ("s3_pipeline, a new trail", "trail", trail),
    "role of a machine": ("wordpress, a new machine", "role", role),
    "instance profile": ("wordpress, a new machine", "profile", profile),
}


@pytest.mark.parametrize("what", NAMESAKES)
@pytest.mark.some(1)
def test_what_has_its_name_by_now_is_left(
    account: PracticeAccount, journal: Journal, clock: FakeClock, what: str
) -> None:
    case, action, act = NAMESAKES[what]
    cloud = Aws(Place(practice=True), account.session, account.session_of)
    made = answered(CASES[case], cloud, journal, clock)
    made.review()
    assert not [event.problem for event in made.apply() if event.problem]
    theirs = act(lambda service: account.session.client(service), resource(made, action))
    before = theirs()
    claimed = [claim for claim in made.claims() if claim.action == action]
    assert made.run is not None and made.run.plan is not None
    asked = {each.key: "no" for each in made.run.plan.decisions}
    list(made.undo({**asked, "others": "delete", "files": "delete"}))
    assert theirs() == before
    assert made.run.status(action) == "left"
    assert made.run.facts(action)["why"].startswith(f"Another {what.partition(' of ')[0]} has its name")
    assert claimed
    assert made.receipt().complete
