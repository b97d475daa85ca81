"""The company's serverless databases: one for reports, asleep most of the day, and one that is kept awake."""

from __future__ import annotations

from flows.practice.company.basics import Client


def serverless(client: Client) -> None:
    ec2, rds = client("ec2"), client("rds")
    groups = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["database"]}])
    for name in ("reports", "loyalty"):
        rds.create_db_cluster(
            DBClusterIdentifier=name,
            Engine="aurora-postgresql",
            EngineVersion="16.9",
            DatabaseName=name,
            MasterUsername="shop",
            ManageMasterUserPassword=True,
            DBSubnetGroupName="shop",
            VpcSecurityGroupIds=[group["GroupId"] for group in groups["SecurityGroups"]],
            EnableHttpEndpoint=name == "reports",
            ServerlessV2ScalingConfiguration={"MinCapacity": 0, "MaxCapacity": 4, "SecondsUntilAutoPause": 600},
        )
        rds.create_db_instance(
            DBInstanceIdentifier=f"{name}-1",
            DBClusterIdentifier=name,
            Engine="aurora-postgresql",
            DBInstanceClass="db.serverless",
        )
