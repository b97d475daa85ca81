"""Database snapshots: which there are, and what speaks against sharing one.

Amazon RDS User Guide, "Sharing a DB snapshot" and "Sharing encrypted snapshots"; Aurora User Guide, "Sharing a DB
cluster snapshot", 2026-10. Single databases and Aurora clusters have snapshots of two kinds, with calls and names of
their own that differ in one word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flows.engine import Call, Caution, Cloud, CloudError, Finding, Grade, Option, Refused
from flows.engine.listing import by_filter, listed, seeking

NEW = "new"
INSTANCE, CLUSTER = "DBSnapshot", "DBClusterSnapshot"
"""The word in the names of calls and parameters, by what the snapshot is of."""
OF = {INSTANCE: "DBInstance", CLUSTER: "DBCluster"}
FILTER = {
    INSTANCE: "db-snapshot-id", CLUSTER: "db-cluster-snapshot-id",
    "DBInstance": "db-instance-id", "DBCluster": "db-cluster-id",
}  # fmt: skip
"""AWS's own filter for a name (Amazon RDS API Reference, 2026-10)."""
RESTORE = {
    kind: f"{kind}AttributesResult.{kind}Attributes[?AttributeName=='restore'].AttributeValues[]"
    for kind in (INSTANCE, CLUSTER)
}
"""JMESPath to the accounts that may restore a snapshot."""
ADDRESS = re.compile(r"arn:[^:]+:rds:([^:]+):([0-9]+):([a-z-]+):(.+)")
"""The address of a snapshot or a database."""
MANUAL = "manual"
MOST = 20
"""Accounts that a snapshot can be shared with (Amazon RDS quotas, 2026-10)."""
EVERYBODY = "all"
FORGIVEN = {"Timezone", "OLS"}
"""Permanent options that do not forbid sharing (RDS User Guide, 2026-10)."""


@dataclass(frozen=True)
class Data:
    """A database, or a snapshot of one: what decides how it can be shared.

    `made` is how a snapshot came about; empty for a database.
    """

    kind: str
    name: str
    arn: str
    engine: str
    status: str
    gigabytes: int
    key: str = ""
    amazons: bool = False
    made: str = ""
    option_group: str = ""
    single_zone: bool = False
    tags: tuple[tuple[str, str], ...] = ()

    @property
    def encrypted(self) -> bool:
        return bool(self.key) or self.amazons


# -- what there is ---------------------------------------------------------------------------------------------


def databases(cloud: Cloud) -> Iterator[Option[Data]]:
    """Every database and every cluster in the region; a cluster's own instances have no snapshots."""
    for kind in (INSTANCE, CLUSTER):
        for page in listed(cloud, Call(f"rds.Describe{OF[kind]}s"), by_filter(name=FILTER[OF[kind]])):
            for each in page[f"{OF[kind]}s"]:
                if kind == CLUSTER or not each.get("DBClusterIdentifier"):
                    found = _database(kind, each)
                    yield Option(found.name, found, found.name, f"{found.engine}, {found.status}")


def mine(cloud: Cloud) -> Iterator[Option[Data | str]]:
    """A new snapshot, or one of those there are."""
    yield Option(NEW, NEW, "A new one, made now from a database")
    names = set[str]()
    for kind in (INSTANCE, CLUSTER):
        for each in _snapshots(cloud, kind):
            yield Option(each.arn if each.name in names else each.name, each, each.name, _about(each))
            names.add(each.name)


def by_name(text: str, flow: Any) -> str:
    """The name of a snapshot or a database, as AWS keeps it, also where its address was given; of the two kinds of
    snapshots a cluster's has its address, where both have that name. Raises Refused for one that is elsewhere."""
    if not (address := ADDRESS.fullmatch(text)):
        return text.lower()
    who, (region, account, kind, name) = flow.cloud.identity, address.groups()
    if (region, account) != (who.region, who.account):
        raise Refused(
            f"“{text}” is in {region}, in the account {account}; this is {who.region}, in the account {who.account}. "
            "Give one that is here, or another --region or --profile."
        )
    return text.lower() if kind == "cluster-snapshot" and one(flow.cloud, name, INSTANCE) else name.lower()


def plain(text: str) -> str:
    """A name that may begin another name: those of automatic snapshots start with rds:."""
    return re.sub(r"-{2,}", "-", re.sub(r"[^A-Za-z0-9-]", "-", text.rpartition(":")[2]))[:230].strip("-") or "snapshot"


def one(cloud: Cloud, name: str, *kinds: str) -> Data | None:
    """The snapshot of that name or address; of that name first a database's, then a cluster's, or only of `kinds`."""
    address = ADDRESS.fullmatch(name)
    wanted = (address[4] if address else name).lower()
    found = (each for kind in kinds or (INSTANCE, CLUSTER) for each in _snapshots(cloud, kind))
    with seeking((wanted,)):
        return next((each for each in found if (each.arn == name if address else each.name == wanted)), None)


def shared_with(cloud: Cloud, kind: str, name: str, region: str = "") -> list[str]:
    """The accounts that may use it."""
    look = Call(f"rds.Describe{kind}Attributes", {f"{kind}Identifier": name}, region)
    attributes = (cloud.make(look).get(f"{kind}AttributesResult") or {}).get(f"{kind}Attributes") or []
    return [
        value
        for each in attributes
        if each.get("AttributeName") == "restore"
        for value in each.get("AttributeValues") or []
    ]


# -- what AWS refuses ------------------------------------------------------------------------------------------


def name(text: str) -> str:
    """A snapshot's name, in small letters as AWS keeps it. Raises Refused."""
    if not re.fullmatch(r"(?!.*--)[A-Za-z](?:[A-Za-z0-9-]{0,253}[A-Za-z0-9])?", text):
        raise Refused(
            f"“{text}” cannot be its name. Letters, digits and single hyphens; it starts with a letter, does not end "
            "with a hyphen and has at most 255 characters."
        )
    return text.lower()


def free(cloud: Cloud, kind: str, wanted: str, region: str = "") -> None:
    """Raises Refused if there is a snapshot of that name."""
    with seeking((wanted,)):
        taken = any(each.name == wanted for each in _snapshots(cloud, kind, region))
    if taken:
        there = f" in {region}" if region else ""
        raise Refused(f"There is a snapshot called “{wanted}” already{there}. Choose another name.")


def condition(data: Data) -> Finding:
    """Whether a snapshot can be used as it is (Amazon RDS API Reference, DBSnapshot, 2026-11)."""
    by = f"its description: {data.status}"
    if data.status == "available":
        return Finding("snapshot", Grade.PROVED, f"The snapshot {data.name} is available.", "its description")
    if data.status in ("creating", "copying", "pending"):
        return Finding(
            "snapshot", Grade.WAITING, f"The snapshot {data.name} is {data.status}.", by, "Wait until it is available."
        )
    if data.status in ("failed", "incompatible-restore", "deleting", "deleted"):
        return Finding("snapshot", Grade.REFUSED, f"The snapshot {data.name} is {data.status}.", by, "Make a new one.")
    sentence = f"The snapshot {data.name} is {data.status or 'in a state that was not told'}, which is not known here."
    return Finding("snapshot", Grade.NOT_CHECKED, sentence, by)


def never_shared(data: Data) -> str:
    """Why AWS shares no data of that kind; empty if it does."""
    if data.kind == CLUSTER and data.engine in ("mysql", "postgres"):
        return f"{data.name} is a Multi-AZ DB cluster; its snapshots cannot be shared."
    return ""


def sharable(data: Data) -> Iterator[Caution]:
    """Cautions, or Refused, for a database or a snapshot of it."""
    if reason := never_shared(data):
        raise Refused(f"{reason} Choose another.")
    if data.kind == CLUSTER and not data.engine.startswith("aurora"):
        raise Refused(f"{data.name} is a database of the kind {data.engine}, which is not shared here. Choose another.")
    if data.status != "available":
        what = "snapshot" if data.made else "database"
        raise Refused(f"{data.name} is {data.status}. Wait until the {what} is available, or choose another.")
    if not data.made and data.single_zone:
        yield Caution("stalls", f"{data.name} may stall for some seconds while the snapshot starts.")


def room_for(there: Sequence[str], accounts: Sequence[str]) -> None:
    """Raises Refused where a snapshot would be shared with more accounts than AWS allows."""
    total = len({*there, *accounts} - {EVERYBODY})
    if total > MOST:
        before = f"{len(there)} may use it already, with these it would be {total}" if there else f"these are {total}"
        raise Refused(f"A snapshot can be shared with at most {MOST} accounts; {before}. Name fewer.")


def options(cloud: Cloud, data: Data) -> Finding:
    """Whether an option that cannot be taken off, such as encryption by the engine itself, forbids sharing."""
    group = data.option_group
    if data.kind == CLUSTER or not group or group.startswith("default:"):
        return Finding("options", Grade.PROVED, "No option of the database forbids sharing.", "its option group")
    try:
        look = Call("rds.DescribeOptionGroups", {"OptionGroupName": group})
        listed = cloud.make(look)["OptionGroupsList"][0].get("Options") or []
    except (CloudError, LookupError) as problem:
        why = problem.what if isinstance(problem, CloudError) else "AWS does not list it"
        return Finding("options", Grade.NOT_CHECKED, f"The option group {group} was not looked at.", why)
    stuck = [
        each["OptionName"]
        for each in listed
        if (each.get("Permanent") or each.get("Persistent")) and each["OptionName"] not in FORGIVEN
    ]
    if stuck:
        return Finding(
            "options", Grade.REFUSED,
            f"The option {', '.join(stuck)} cannot be taken off a snapshot; such a snapshot cannot be shared.",
            f"the option group {group}", "Restore it here, move it to an option group without that, and share that.",
        )  # fmt: skip
    return Finding("options", Grade.PROVED, "No option of the database forbids sharing.", f"the option group {group}")


def _snapshots(cloud: Cloud, kind: str, region: str = "") -> Iterator[Data]:
    seen: set[str] = set()
    for look in ({}, {"SnapshotType": "awsbackup"}):  # those are only listed when they are asked for
        for page in listed(cloud, Call(f"rds.Describe{kind}s", look, region), by_filter(name=FILTER[kind])):
            for each in (_snapshot(kind, each) for each in page[f"{kind}s"]):
                if each.name not in seen:
                    seen.add(each.name)
                    yield each


def _snapshot(kind: str, each: Mapping[str, Any]) -> Data:
    return Data(
        kind,
        each[f"{kind}Identifier"],
        each[f"{kind}Arn"],
        each["Engine"],
        each["Status"],
        int(each.get("AllocatedStorage") or 0),
        _key(each, "Encrypted" if kind == INSTANCE else "StorageEncrypted"),
        each.get("StorageEncryptionType") == "sse-rds",
        each.get("SnapshotType") or MANUAL,
        each.get("OptionGroupName") or "",
        tags=tuple((str(tag.get("Key") or ""), str(tag.get("Value") or "")) for tag in each.get("TagList") or []),
    )


def _database(kind: str, each: Mapping[str, Any]) -> Data:
    groups: Iterable[Mapping[str, Any]] = each.get("OptionGroupMemberships") or ()
    return Data(
        kind,
        each[f"{OF[kind]}Identifier"],
        each[f"{OF[kind]}Arn"],
        each["Engine"],
        each["DBInstanceStatus" if kind == INSTANCE else "Status"],
        int(each.get("AllocatedStorage") or 0),
        _key(each, "StorageEncrypted"),
        each.get("StorageEncryptionType") == "sse-rds",
        option_group=next((group["OptionGroupName"] for group in groups), ""),
        single_zone=kind == INSTANCE and not each.get("MultiAZ"),
    )


def _key(each: Mapping[str, Any], encrypted: str) -> str:
    return str(each.get("KmsKeyId") or "alias/aws/rds") if each.get(encrypted) else ""


def _about(each: Data) -> str:
    copied = "" if each.made == MANUAL else ", will be copied"
    return f"{each.engine}, {each.made}{copied}"
