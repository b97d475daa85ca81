"""What AWS may tell otherwise of a database, and how it stands then."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from support.clouds import Between

from flows.aurora.diagnosis import diagnose
from flows.engine import Call, CloudError, Place
from flows.engine.boto import Aws
from flows.engine.verdict import Verdict, verdict
from flows.practice import PracticeAccount

Answer = dict[str, Any]
Told = Mapping[str, Callable[[Answer, Call], Any]]
DENIED = CloudError("You may not.", "AccessDenied")
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


def looked_at(account: PracticeAccount, name: str, *told: Told) -> Verdict:
    cloud: Any = Aws(Place(practice=True), account.session)
    for each in told:
        cloud = As(cloud, each)
    return verdict(diagnose(cloud, name))


def texts(found: Verdict) -> str:
    return "\n".join(f"{each.id}: {each.sentence} {each.evidence}" for each in found.findings)
