"""Databases as other people leave them: what is right in an unusual way, and what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aurora.cases import SLEEPY, session
from support.clouds import Between

import flows
from flows.aurora import checks, diagnosis
from flows.aurora.diagnosis import diagnose
from flows.engine import Call, CloudError, Finding, Place, Refused
from flows.engine.boto import Aws
from flows.engine.cache import CachedCloud
from flows.engine.verdict import Verdict, verdict
from flows.practice import PracticeAccount, open_account
from flows.tasks import find

Answer = dict[str, Any]
Told = Mapping[str, Callable[[Answer, Call], Any]]
DENIED = CloudError("You may not.", "AccessDenied")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeAccount]:
    """One for all of them: nothing here changes anything."""
    with open_account(tmp_path_factory.mktemp("practice"), hurry=True) as account:
        yield account


ELSEWHERE = ("DescribeDBClusterParameters", "DescribeDBProxyTargets", "DescribeKey")
"""What the practice account has nothing of."""


class As(Between):
    """The account, some of whose answers say something else."""

    def __init__(self, cloud: Any, told: Told) -> None:
        super().__init__(cloud)
        self.told = told

    def make(self, call: Call) -> Answer:
        return self._told(call, {} if call.name in ELSEWHERE else super().make(call))

    def pages(self, call: Call) -> Iterator[Answer]:
        for page in [{}] if call.name in ELSEWHERE else super().pages(call):
            yield self._told(call, page)

    def _told(self, call: Call, answer: Answer) -> Answer:
        answer = deepcopy(answer)
        if told := self.told.get(call.name):
            told(answer, call)
        return answer


def cluster(**more: Any) -> Told:
    return {"DescribeDBClusters": lambda answer, _: [each.update(more) for each in answer["DBClusters"]]}


def member(**more: Any) -> Told:
    def tell(answer: Answer, _: Call) -> None:
        for each in answer["DBClusters"]:
            for one in each["DBClusterMembers"]:
                one.update(more)

    return {"DescribeDBClusters": tell}


def beside(**thing: Any) -> Told:
    def tell(answer: Answer, _: Call) -> None:
        answer["DBClusters"].append({**deepcopy(answer["DBClusters"][0]), **thing})

    return {"DescribeDBClusters": tell}


def connected(count: Callable[[int], float], minutes: int = 60) -> Told:
    """How many are connected, by how many minutes ago."""

    def tell(answer: Answer, _: Call) -> None:
        now = datetime.now(UTC).replace(second=0, microsecond=0)
        for each in answer["MetricDataResults"]:
            if each["Id"] == "connections":
                each["Timestamps"] = [now - timedelta(minutes=n) for n in range(minutes)]
                each["Values"] = [count(n) for n in range(minutes)]

    return {"GetMetricData": tell}


def parameters(group: str = "mine", engine: str = "aurora-postgresql", restarted: bool = True, **values: str) -> Told:
    status = "in-sync" if restarted else "pending-reboot"

    def tell(answer: Answer, _: Call) -> None:
        for each in answer["DBClusters"]:
            each |= {"DBClusterParameterGroup": group, "Engine": engine}
            for one in each["DBClusterMembers"]:
                one["DBClusterParameterGroupStatus"] = status

    listed = [{"ParameterName": key.replace("__", "."), "ParameterValue": value} for key, value in values.items()]
    return {
        "DescribeDBClusters": tell,
        "DescribeDBClusterParameters": lambda answer, _: answer.update(Parameters=listed),
    }


def listed(operation: str, key: str, *things: Answer) -> Told:
    return {operation: lambda answer, _: answer.update({key: list(things)})}


def denied(*operations: str) -> Told:
    def deny(answer: Answer, call: Call) -> None:
        raise DENIED

    return dict.fromkeys(operations, deny)


def events(*messages: str) -> Told:
    """What happened, the newest first."""
    now = datetime.now(UTC)
    told = [{"Message": text, "Date": now - timedelta(hours=n + 2)} for n, text in enumerate(messages)]
    return listed("DescribeEvents", "Events", *told)


def instance(id: str, **more: Any) -> Told:
    def tell(answer: Answer, _: Call) -> None:
        for each in answer["DBInstances"]:
            each.update(more if each["DBInstanceIdentifier"] == id else {})

    return {"DescribeDBInstances": tell}


def with_reader(status: str) -> Told:
    """A second instance, which only reads."""
    member = {"DBInstanceIdentifier": "loyalty-2", "IsClusterWriter": False}

    def described(answer: Answer, _: Call) -> None:
        first = next(each for each in answer["DBInstances"] if each["DBInstanceIdentifier"] == "loyalty-1")
        answer["DBInstances"].append({**first, "DBInstanceIdentifier": "loyalty-2", "DBInstanceStatus": status})

    def listed(answer: Answer, _: Call) -> None:
        for each in answer["DBClusters"]:
            each["DBClusterMembers"].append(member)

    return {"DescribeDBClusters": listed, "DescribeDBInstances": described}


def opened(**sources: Any) -> Told:
    """Two security groups, of which the second lets these in."""
    rule = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, **sources}
    groups = ({"GroupId": "sg-a", "IpPermissions": []}, {"GroupId": "sg-b", "IpPermissions": [rule]})
    return listed("DescribeSecurityGroups", "SecurityGroups", *groups)


ARN = "arn:aws:rds:eu-central-1:123456789012:cluster:loyalty"
IDLE = connected(lambda ago: 1.0 if ago in (5, 30) else 0.0)
"""Used twice in an hour: it slept in between."""
EVERY_FOUR = connected(lambda ago: 1.0 if ago % 4 == 2 else 0.0)
PAUSED, CANCELED = "Successfully paused the DB instance.", "Pause was canceled for the DB instance."


def silent(answer: Answer, _: Call) -> None:
    for each in answer["MetricDataResults"]:
        if each["Id"] != "connections":
            each |= {"Timestamps": [], "Values": []}


SILENT: Told = {"GetMetricData": silent, "DescribeEvents": lambda answer, _: answer.update(Events=[])}
KEY = "11112222-3333-4444-5555-666677778888"
KEY_ARN = f"arn:aws:kms:eu-central-1:123456789012:key/{KEY}"
OWN = cluster(StorageEncrypted=True, KmsKeyId=KEY_ARN)


def about_key(**more: Any) -> Told:
    known = {"KeyId": KEY, "Arn": KEY_ARN, "AWSAccountId": "123456789012", "KeyManager": "CUSTOMER"}
    return {"DescribeKey": lambda answer, _: answer.update(KeyMetadata={**known, "KeyState": "Enabled", **more})}


@dataclass(frozen=True)
class State:
    """What AWS tells otherwise, and how it stands then: the status, the rule that it is because of, parts of the
    sentences and of the way out."""

    told: tuple[Told, ...]
    status: str
    cause: str = ""
    says: str = ""
    remedy: str = ""
    never: tuple[str, ...] = field(default=())
    name: str = "loyalty"


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


def looked_at(account: PracticeAccount, name: str, *told: Told) -> Verdict:
    cloud: Any = Aws(Place(practice=True), account.session)
    for each in told:
        cloud = As(cloud, each)
    return verdict(diagnose(cloud, name))


def texts(found: Verdict) -> str:
    return "\n".join(f"{each.id}: {each.sentence} {each.evidence}" for each in found.findings)


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
@pytest.mark.some(every=3)
def test_a_state_has_its_verdict(shared: PracticeAccount, state: State) -> None:
    found = looked_at(shared, state.name, *state.told)
    assert (found.status.value, found.cause) == (state.status, state.cause), texts(found)
    assert state.says in texts(found)
    assert state.remedy in (found.because.remedy if found.because else "")
    assert not [each.id for each in found.findings if each.id.startswith(state.never or ("never",))]
    assert "{" not in texts(found)


OTHER_ENGINES = [
    {"DBClusterIdentifier": "graph", "Engine": "neptune"},
    {"DBClusterIdentifier": "papers", "Engine": "docdb"},
    {"DBClusterIdentifier": "three", "Engine": "postgres"},
]


@pytest.mark.parametrize("other", OTHER_ENGINES, ids=lambda other: other["Engine"])
def test_what_is_not_auroras_is_in_no_list(shared: PracticeAccount, other: dict[str, str]) -> None:
    """RDS lists clusters of other services among its own; each is said to be what it is."""
    from flows.aws import serverless_clusters

    cloud = As(Aws(Place(practice=True), shared.session), beside(**other))
    assert [each["DBClusterIdentifier"] for each in serverless_clusters.serverless(cloud)] == ["reports", "loyalty"]
    with pytest.raises(Refused, match="is no Aurora database"):
        list(diagnose(cloud, other["DBClusterIdentifier"]))
    with pytest.raises(Refused, match="not known in the serverless databases") as refused:
        find("database-awake").meant(cloud, "nope", "look")  # type: ignore[attr-defined]
    assert other["DBClusterIdentifier"] not in str(refused.value)
    with pytest.raises(Refused, match="exists already"):
        session(cloud, None, {**SLEEPY, "name": other["DBClusterIdentifier"]})


def test_limits_that_are_not_those_asked_for_are_told(shared: PracticeAccount) -> None:
    """Both numbers, as people write them; also where AWS tells none."""
    outputs = {"cluster": "loyalty", "secret": "", "arn": ARN, "endpoint": "e", "port": "5432", "database": "d"}
    facts = {"min_capacity": "0", "max_capacity": "8", "storage": "aurora", "data_api": False, "outside": False}
    facts |= {"engine": "aurora-postgresql"}
    nothing = cluster(ServerlessV2ScalingConfiguration=None)
    for told, words in (({}, "MaxCapacity is 4, asked for 8"), (nothing, "MinCapacity is not told, asked for 0")):
        cloud = As(Aws(Place(practice=True), shared.session), told)
        found: Finding = flows.find("aurora").handover(cloud, outputs, facts).findings[0]
        assert words in found.evidence


def test_a_subnet_with_ipv6_alone_is_passed_over(shared: PracticeAccount) -> None:
    def tell(answer: Answer, _: Call) -> None:
        alone = {"SubnetId": "subnet-6", "AvailabilityZone": "eu-central-1a", "CidrBlock": "", "Ipv6Native": True}
        answer["Subnets"] += [alone, {key: value for key, value in alone.items() if key != "CidrBlock"}]

    cloud = As(Aws(Place(practice=True), shared.session), {"DescribeSubnets": tell})
    assert not session(cloud, None).review().refusals


ONLY_BEFOREHAND = {
    "names": "a name is free, or it is the database's own",
    "room": "a quota is asked of what is still to be made",
    "first-visitor-waits": "said of an answer; the check says it of clients",
    "connections-limited": "said of an answer",
    "key-cannot-be-shared": "the key of a cluster cannot be changed later",
    "never-sleeps": "said of an answer; the check says keeps-awake-minimum",
    "version-cannot-sleep": "the check says keeps-awake-version",
    "password-changes": "what AWS does by itself with the password of each one is nothing that could be wrong",
    "permissions": "what may be done is asked of what is still to be done",
}


@pytest.mark.parametrize("change", [{}, {"version": "14.9", "min_capacity": "0.5"}], ids=["new", "old"])
def test_a_check_knows_what_was_known_beforehand(shared: PracticeAccount, change: dict[str, str]) -> None:
    cloud = Aws(Place(practice=True), shared.session)
    answers = {**SLEEPY, **change}
    if change:
        answers.pop("auto_pause_minutes")
    review = session(cloud, None, answers).review()
    known = {each.id.partition(":")[0] for each in (*review.findings, *review.cautions)} - ONLY_BEFOREHAND.keys()
    limits = {"MinCapacity": float(answers["min_capacity"]), "MaxCapacity": 4}
    told = cluster(EngineVersion=answers.get("version", "17.5"), ServerlessV2ScalingConfiguration=limits)
    found = looked_at(shared, "loyalty", told)
    assert known <= {each.id.partition(":")[0] for each in found.findings}


def test_the_rules_of_before_are_those_of_after() -> None:
    assert {*checks.RULES} < {*diagnosis.RULES, *diagnosis.LAST}


def test_the_calls_of_a_check_are_counted(shared: PracticeAccount) -> None:
    """They do not grow with the databases beside it."""
    cloud = Between(Aws(Place(practice=True), shared.session))
    list(diagnose(CachedCloud(cloud), "loyalty"))
    assert len(cloud.calls) == CALLS
    beside_it = Between(As(Aws(Place(practice=True), shared.session), beside(DBClusterIdentifier="more")))
    list(diagnose(CachedCloud(beside_it), "loyalty"))
    assert len(beside_it.calls) == CALLS


CALLS = 11
