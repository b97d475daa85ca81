"""How databases of other people stand: what is right in an unusual way, and what is wrong."""

from __future__ import annotations

from aurora.standing import (
    ARN,
    CANCELED,
    EVERY_FOUR,
    IDLE,
    KEY,
    OWN,
    PAUSED,
    SILENT,
    State,
    about_key,
    beside,
    cluster,
    connected,
    denied,
    events,
    instance,
    listed,
    member,
    opened,
    parameters,
    with_reader,
)

STATES: dict[str, State] = {
    "asleep": State((), "works", says="reports is asleep since", name="reports"),
    "awake by choice": State(
        (cluster(ServerlessV2ScalingConfiguration={"MinCapacity": 0.5, "MaxCapacity": 4}),),
        "works", says="Only 0 lets it sleep",
    ),
    "used now and then": State((IDLE,), "works", says="it will sleep in about 5 minutes if nobody connects"),
    "a new one that nobody has used": State((connected(lambda ago: 0, 4),), "works", says="it will sleep in about 6"),
    "of a graph beside it": State((IDLE, beside(DBClusterIdentifier="graph", Engine="neptune")), "works"),
    "a group of its own that switches nothing on": State(
        (IDLE, parameters(rds__logical_replication="0", rds__babelfish_status="off")), "works", says="It may sleep"
    ),
    "MySQL whose log is off": State((IDLE, parameters(engine="aurora-mysql", binlog_format="OFF")), "works"),
    "a pause that was canceled once and came later": State((IDLE, events(PAUSED, CANCELED)), "works", says="may sleep"),
    "another cluster's proxy, world and copies": State(
        (
            IDLE,
            listed("DescribeDBProxies", "DBProxies", {"DBProxyName": "p"}),
            listed("DescribeDBProxyTargets", "Targets", {"TrackedClusterId": "orders"}),
            listed("DescribeGlobalClusters", "GlobalClusters", {"GlobalClusterMembers": [{"DBClusterArn": "x"}]}),
            listed("DescribeIntegrations", "Integrations", {"SourceArn": "x"}),
        ),
        "works", never=("keeps-awake",),
    ),
    "what else may keep it awake is not allowed to be read": State(
        (IDLE, listed("DescribeDBProxies", "DBProxies", {"DBProxyName": "p"}),
         denied("DescribeDBProxyTargets", "DescribeGlobalClusters", "DescribeIntegrations")),
        "works", says="not looked at: proxies, global databases, zero-ETL integrations",
    ),
    "a connection every four minutes": State(
        (EVERY_FOUR, cluster(ServerlessV2ScalingConfiguration={"MinCapacity": 0, "MaxCapacity": 4,
                                                               "SecondsUntilAutoPause": 300})),
        "works_but", "keeps-awake-rhythm", "nobody was connected for 3 minutes at the longest, and it sleeps after 5",
        "A shorter pause does not help", ("sleeps-soon", "can-sleep"),
    ),
    "a connection every nine minutes": State(
        (connected(lambda ago: 1.0 if ago % 9 == 1 else 0.0),), "works_but", "keeps-awake-rhythm",
        "8 minutes at the longest, and it sleeps after 10. The last connection was at", "set its pause to 7 minutes",
        ("sleeps-soon", "can-sleep"),
    ),
    "a connection every five hours, with a pause of six": State(
        (connected(lambda ago: 1.0 if ago % 300 == 10 else 0.0, 720),
         cluster(ServerlessV2ScalingConfiguration={"MinCapacity": 0, "SecondsUntilAutoPause": 21600})),
        "works_but", "keeps-awake-rhythm", "299 minutes at the longest", "Connect less often than every 360 minutes",
    ),
    "no data of connections": State(
        (connected(lambda ago: 0, 0),), "works", says="there are no data of its connections", never=("sleeps-soon",)
    ),
    "too few of them": State(
        (connected(lambda ago: 1.0 if ago == 3 else 0.0, 6),), "works", says="is not known yet",
        never=("sleeps-soon", "keeps-awake-rhythm"),
    ),
    "quiet for long, and awake": State(
        (connected(lambda ago: 0),), "works", says="what keeps it awake cannot be seen", never=("sleeps-soon",)
    ),
    "a pool that never lets go": State((), "works_but", "keeps-awake-connections", "At least 2 connections", "pools"),
    "replication": State(
        (IDLE, parameters(rds__logical_replication="1")), "works_but", "keeps-awake-replication",
        "Replication is switched on in the parameter group mine.", "switch it off in mine, and restart its instances",
    ),
    "MySQL's log": State(
        (IDLE, parameters(engine="aurora-mysql", binlog_format="ROW")), "works_but", "keeps-awake-replication",
        remedy="switch it off in mine",
    ),
    "Babelfish": State(
        (IDLE, parameters(rds__babelfish_status="on")), "works_but", "keeps-awake-babelfish", "T-SQL connections",
        "Close the T-SQL connections",
    ),
    "replication switched off and not restarted": State(
        (IDLE, parameters(restarted=False, rds__logical_replication="0")), "works_but", "keeps-awake-restart",
        "may still be on", "aws rds reboot-db-instance --db-instance-identifier loyalty-1", ("can-sleep",),
    ),
    "back to AWS's own group and not restarted": State(
        (IDLE, member(DBClusterParameterGroupStatus="pending-reboot")), "works_but", "keeps-awake-restart",
        remedy="aws rds reboot-db-instance",
    ),
    "replication switched on and not restarted": State(
        (IDLE, parameters(restarted=False, rds__logical_replication="1")), "works_but", "keeps-awake-replication",
        "may not be in force yet",
    ),
    "a proxy": State(
        (IDLE, listed("DescribeDBProxies", "DBProxies", {"DBProxyName": "pool"}),
         listed("DescribeDBProxyTargets", "Targets", {"TrackedClusterId": "loyalty"})),
        "works_but", "keeps-awake-proxy:pool", remedy="Take the database out of the proxy",
    ),
    "a part of a global database": State(
        (IDLE, listed("DescribeGlobalClusters", "GlobalClusters", {
            "GlobalClusterIdentifier": "world", "GlobalClusterMembers": [{"DBClusterArn": "x", "Readers": [ARN]}]})),
        "works_but", "keeps-awake-global", "the global database world", "aws rds remove-from-global-cluster",
    ),
    "zero-ETL": State(
        (IDLE, listed("DescribeIntegrations", "Integrations", {"SourceArn": ARN, "IntegrationName": "to-redshift"})),
        "works_but", "keeps-awake-zero-etl:to-redshift", remedy="aws rds delete-integration",
    ),
    "a version that cannot": State(
        (IDLE, cluster(EngineVersion="16.2")), "works_but", "keeps-awake-version", "does not support sleeping",
        "Upgrade it to one that can: 18.1, 17.5, 16.9, 15.13.",
    ),
    "backed up just now": State((IDLE, cluster(Status="backing-up")), "works"),
    "kept by a stack": State(
        (IDLE, cluster(TagList=[{"Key": "aws:cloudformation:stack-name", "Value": "shop"}])),
        "works", says="is managed by the CloudFormation stack shop",
    ),
    "switched off": State((cluster(Status="stopped"),), "broken", "state", remedy="aws rds start-db-cluster"),
    "its key is gone": State(
        (cluster(Status="inaccessible-encryption-credentials-recoverable"),), "broken", "state",
        "does not answer", "enable the key within 7 days",
    ),
    "a state that nobody knows": State((cluster(Status="pondering"),), "unknown", "state"),
    "being made": State((cluster(Status="creating"),), "waiting", "state"),
    "no instance": State((cluster(DBClusterMembers=[]),), "broken", "instances", remedy="db.serverless"),
    "its writer failed": State(
        (IDLE, instance("loyalty-1", DBInstanceStatus="failed")), "broken", "instances:loyalty-1", remedy="its events"
    ),
    "a reader is being made": State(
        (IDLE, with_reader("creating")), "works_but", "instances:loyalty-2", "is creating", "Wait until"
    ),
    "a reader in a state that nobody knows": State(
        (IDLE, with_reader("pondering")), "works_but", "instances:loyalty-2"
    ),
    "its writer is being made": State(
        (IDLE, instance("loyalty-1", DBInstanceStatus="creating")), "waiting", "instances:loyalty-1"
    ),
    "an instance of a fixed size": State(
        (IDLE, instance("loyalty-1", DBInstanceClass="db.r6g.large")), "works_but", "keeps-awake-class:loyalty-1",
        remedy="--db-instance-class db.serverless", never=("can-sleep",),
    ),
    "a writer of a fixed size, which tells no capacity": State(
        (IDLE, SILENT, instance("loyalty-1", DBInstanceClass="db.r6g.large")), "works_but",
        "keeps-awake-class:loyalty-1", "loyalty is awake: its writer has a fixed size (db.r6g.large)",
    ),
    "a password that AWS keeps": State((IDLE, cluster(MasterUserSecret={"SecretStatus": "active"})), "works"),
    "a password that is no longer changed": State(
        (IDLE, cluster(MasterUserSecret={"SecretStatus": "impaired", "SecretArn": "arn:aws:secretsmanager:x"})),
        "works_but", "password", "SecretStatus is impaired", "arn:aws:secretsmanager:x",
    ),
    "encrypted with a key of its own": State((IDLE, OWN, about_key()), "works", says="is switched on"),
    "encrypted with Amazon's key": State((IDLE, OWN, about_key(KeyManager="AWS")), "works", never=("key-state",)),
    "a key that is being moved": State((IDLE, OWN, about_key(KeyState="Updating")), "works", says="is switched on"),
    "a key that may not be looked at": State(
        (IDLE, OWN, denied("DescribeKey", "ListAliases")), "unknown", "key-state:" + KEY, "could not be looked at"
    ),
    "a key that is switched off": State(
        (IDLE, OWN, about_key(KeyState="Disabled")), "works_but", "key-state:" + KEY, "It answers still",
        "aws kms enable-key",
    ),
    "open to the world in halves": State(
        (IDLE, opened(IpRanges=[{"CidrIp": "0.0.0.0/1"}, {"CidrIp": "128.0.0.0/1"}])), "works_but",
        "open-to-the-world:sg-b", "lets the whole internet connect", "Remove that rule",
    ),
    "open to the world by IPv6": State(
        (IDLE, opened(Ipv6Ranges=[{"CidrIpv6": "::/0"}])), "works_but", "open-to-the-world:sg-b"
    ),
    "closed to everybody": State(
        (IDLE, opened()), "broken", "closed", "lets anybody use port 5432: connections time out", "Let your servers'",
    ),
    "open by another port alone": State(
        (IDLE, opened(ToPort=22, FromPort=22, IpRanges=[{"CidrIp": "203.0.113.0/24"}])), "broken", "closed"
    ),
    "closed to everybody, and asked by the Data API": State(
        (IDLE, opened(), cluster(HttpEndpointEnabled=True)), "works", says="only the Data API answers"
    ),
    "open to a server's group": State((IDLE, opened(UserIdGroupPairs=[{"GroupId": "sg-web"}])), "works"),
    "open by AWS's own group": State(
        (IDLE, listed("DescribeSecurityGroups", "SecurityGroups", {"GroupId": "sg-0", "GroupName": "default"})), "works"
    ),
    "open to the office": State((IDLE, opened(IpRanges=[{"CidrIp": "203.0.113.0/24"}])), "works"),
    "a version that AWS gives up": State(
        (cluster(EngineVersion="14.9", ServerlessV2ScalingConfiguration={"MinCapacity": 0.5, "MaxCapacity": 4}),),
        "works_but", "version-deprecated", remedy="Upgrade it in time",
    ),
    "a pause that was disturbed": State((IDLE, events(CANCELED)), "works", says="was disturbed by a connection"),
}  # fmt: skip
