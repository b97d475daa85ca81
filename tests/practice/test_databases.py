"""Aurora in practice: what AWS refuses is refused, deleting takes its course, and what may sleep really sleeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from flows.practice import PracticeAccount

CLUSTER: dict[str, Any] = {
    "DBClusterIdentifier": "db",
    "Engine": "aurora-postgresql",
    "EngineVersion": "17.5",
    "MasterUsername": "shop",
    "ManageMasterUserPassword": True,
    "DBSubnetGroupName": "shop",
    "ServerlessV2ScalingConfiguration": {"MinCapacity": 0, "MaxCapacity": 4},
}
INSTANCE: dict[str, Any] = {
    "DBInstanceIdentifier": "db-1",
    "DBClusterIdentifier": "db",
    "Engine": "aurora-postgresql",
    "DBInstanceClass": "db.serverless",
}


@pytest.fixture
def rds(account: PracticeAccount) -> Any:
    return account.session.client("rds")


def refused(code: str, call: Any, **params: Any) -> None:
    with pytest.raises(ClientError) as error:
        call(**params)
    assert error.value.response["Error"]["Code"] == code


def capacity(least: float, most: float, **more: Any) -> dict[str, Any]:
    return {"ServerlessV2ScalingConfiguration": {"MinCapacity": least, "MaxCapacity": most, **more}}


def test_versions(rds: Any) -> None:
    """One is the usual, some cannot sleep, and each can be had as serverless."""
    versions = rds.describe_db_engine_versions(Engine="aurora-mysql")["DBEngineVersions"]
    offered = rds.describe_orderable_db_instance_options(Engine="aurora-mysql", DBInstanceClass="db.serverless")
    assert {each["EngineVersion"] for each in versions} == {
        each["EngineVersion"] for each in offered["OrderableDBInstanceOptions"]
    }
    assert {each["ServerlessV2FeaturesSupport"]["MinCapacity"] for each in versions} == {0.0, 0.5}
    assert len(rds.describe_db_engine_versions(Engine="aurora-mysql", DefaultOnly=True)["DBEngineVersions"]) == 1


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("DBClusterAlreadyExistsFault", {"DBClusterIdentifier": "Reports"}),
        ("InvalidParameterCombination", {"EngineMode": "serverless"}),
        ("InvalidParameterCombination", {"EngineVersion": "17.99"}),
        ("InvalidParameterCombination", {"MasterUserPassword": "not-a-secret"}),
        ("InvalidParameterValue", {"MasterUsername": "rdsadmin"}),
        ("DBSubnetGroupNotFoundFault", {"DBSubnetGroupName": "none"}),
        ("InvalidParameterValue", {"VpcSecurityGroupIds": ["sg-0123456789abcdef0"]}),
        ("InvalidParameterValue", capacity(0.3, 4)),
        ("InvalidParameterValue", capacity(4, 2)),
        ("InvalidParameterValue", capacity(0.5, 0.5)),
        ("InvalidParameterValue", capacity(0, 512)),
        ("InvalidParameterValue", capacity(0, 4, SecondsUntilAutoPause=60)),
        ("InvalidParameterValue", capacity(0.5, 4, SecondsUntilAutoPause=600)),
    ],
)
@pytest.mark.some(3)
def test_a_cluster_that_aws_refuses(rds: Any, code: str, change: dict[str, Any]) -> None:
    """moto takes all of them, and overwrites the cluster of the same name."""
    before = rds.describe_db_clusters()["DBClusters"]
    refused(code, rds.create_db_cluster, **{**CLUSTER, **change})
    after = rds.describe_db_clusters()["DBClusters"]
    assert [each["DbClusterResourceId"] for each in after] == [each["DbClusterResourceId"] for each in before]


def test_deleting_in_order(rds: Any) -> None:
    """A word on the last snapshot, no instances, no protection; then the subnet group."""
    rds.create_db_cluster(**CLUSTER, DeletionProtection=True)
    rds.create_db_instance(**INSTANCE)
    named, skip = {"DBClusterIdentifier": "db"}, {"SkipFinalSnapshot": True}
    refused("InvalidParameterCombination", rds.delete_db_cluster, **named, **skip)
    rds.modify_db_cluster(**named, DeletionProtection=False)
    refused("InvalidDBClusterStateFault", rds.delete_db_cluster, **named, **skip)
    last = {"FinalDBSnapshotIdentifier": "x"}
    refused("InvalidParameterCombination", rds.delete_db_instance, DBInstanceIdentifier="db-1", **last)
    rds.delete_db_instance(DBInstanceIdentifier="db-1")
    refused("DBInstanceNotFound", rds.describe_db_instances, DBInstanceIdentifier="db-1")
    refused("InvalidParameterCombination", rds.delete_db_cluster, **named)
    rds.delete_db_cluster(**named, FinalDBSnapshotIdentifier="kept")
    refused("DBClusterNotFoundFault", rds.describe_db_clusters, **named)
    assert rds.describe_db_cluster_snapshots()["DBClusterSnapshots"][0]["DBClusterSnapshotIdentifier"] == "kept"


def test_an_instance_needs_limits_on_its_cluster(rds: Any) -> None:
    rds.create_db_cluster(**{key: value for key, value in CLUSTER.items() if "Scaling" not in key})
    refused("InvalidDBClusterStateFault", rds.create_db_instance, **INSTANCE)


def test_subnet_groups(account: PracticeAccount, rds: Any) -> None:
    ec2 = account.session.client("ec2")
    every = {each["SubnetId"]: each for each in ec2.describe_subnets()["Subnets"]}
    one_zone = [id for id, each in every.items() if each["AvailabilityZone"].endswith("a")]
    (shop,) = rds.describe_db_subnet_groups()["DBSubnetGroups"]
    subnets = [each["SubnetIdentifier"] for each in shop["Subnets"]]
    about = {"DBSubnetGroupDescription": "x"}
    create = rds.create_db_subnet_group
    refused("DBSubnetGroupAlreadyExists", create, DBSubnetGroupName="Shop", SubnetIds=subnets, **about)
    refused("DBSubnetGroupDoesNotCoverEnoughAZs", create, DBSubnetGroupName="x", SubnetIds=one_zone, **about)
    refused("InvalidSubnet", create, DBSubnetGroupName="x", SubnetIds=list(every), **about)
    refused("InvalidDBSubnetGroupStateFault", rds.delete_db_subnet_group, DBSubnetGroupName="shop")


def measured(account: PracticeAccount, metric: str, cluster: str) -> list[float]:
    now = datetime.now(UTC)
    stat = {
        "Metric": {
            "Namespace": "AWS/RDS",
            "MetricName": metric,
            "Dimensions": [{"Name": "DBClusterIdentifier", "Value": cluster}],
        },
        "Period": 60,
        "Stat": "Maximum",
    }
    answer = account.session.client("cloudwatch").get_metric_data(
        MetricDataQueries=[{"Id": "m", "MetricStat": stat}], StartTime=now - timedelta(minutes=10), EndTime=now
    )
    values: list[float] = answer["MetricDataResults"][0]["Values"]
    return values


def test_one_sleeps_and_one_is_kept_awake(account: PracticeAccount, rds: Any) -> None:
    """Capacity, connections and events agree; nothing else is in the way."""
    assert set(measured(account, "ServerlessDatabaseCapacity", "reports")) == {0.0}
    assert set(measured(account, "ServerlessDatabaseCapacity", "loyalty")) == {0.5}
    assert set(measured(account, "DatabaseConnections", "loyalty")) == {2.0}
    events = rds.describe_events(SourceType="db-instance", SourceIdentifier="reports-1", Duration=1440)["Events"]
    assert any(event["Message"] == "Successfully paused the DB instance." for event in events)
    assert rds.describe_integrations()["Integrations"] == []


def test_sql_over_https_wakes(account: PracticeAccount, rds: Any) -> None:
    """The first question is told to come again, the next is answered; where it is switched off, neither."""
    data = account.session.client("rds-data")
    found = {each["DBClusterIdentifier"]: each for each in rds.describe_db_clusters()["DBClusters"]}
    asked = {"secretArn": found["reports"]["MasterUserSecret"]["SecretArn"], "sql": "SELECT 1"}
    arns = {name: each["DBClusterArn"] for name, each in found.items()}
    refused("HttpEndpointNotEnabledException", data.execute_statement, resourceArn=arns["loyalty"], **asked)
    refused("BadRequestException", data.execute_statement, resourceArn=f"{arns['reports']}x", **asked)
    refused("DatabaseResumingException", data.execute_statement, resourceArn=arns["reports"], **asked)
    assert data.execute_statement(resourceArn=arns["reports"], **asked)["records"] == [[{"longValue": 1}]]
    events = rds.describe_events(SourceType="db-instance", SourceIdentifier="reports-1", Duration=60)["Events"]
    assert any(event["Message"] == "Successfully resumed the DB instance." for event in events)
