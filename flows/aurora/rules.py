"""What must hold of a serverless database, and of the clients that it lets wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from ipaddress import ip_network
from typing import Any

from flows.aws import keepers, key_switch, kms_keys
from flows.aws.aurora_clusters import every_instance
from flows.aws.aurora_versions import CLASS
from flows.engine import Call, Cloud, CloudError, Finding, Grade, shell

from .handover import PATIENCE
from .sleep import ANSWERS, Database, State

MADE = ("creating", "starting", "preparing-data-migration", "migrating", "restoring")
"""States of what has not answered yet, and will."""
WAY_OUT = {
    "inaccessible-encryption-credentials": "Its key was disabled, deleted or closed to RDS: enable the key, and "
    "restore the database from a backup.",
    "inaccessible-encryption-credentials-recoverable": "Its key was disabled or closed to RDS: enable the key within 7 "
    "days, then start the database.",
    "incompatible-network": "Its subnets have no free addresses, or its VPC no DNS: give it others, then restart it.",
    "incompatible-parameters": "Its parameter group says what it cannot run with: put that back, then restart it.",
    "storage-full": "Give it more room.",
    "deleting": "It is being deleted.",
}
"""The way out of states in which a database does not answer (Aurora User Guide, "Viewing DB cluster status" and
"Viewing DB instance status", 2026-11)."""
HALF_OF_ALL = 1
"""A network that wide, or wider, is the whole internet in so many words."""


@dataclass(frozen=True)
class Situation:
    """A database that is there, or is to be made.

    Args:
        cloud: the account.
        least: its minimum capacity, in ACU.
        key: the key of the account's own with which it is encrypted, by its id, address or alias; empty is Amazon's.
        seen: how it was found; None where it is to be made.
    """

    cloud: Cloud
    least: Decimal
    key: str = ""
    seen: Database | None = None

    @cached_property
    def told(self) -> Mapping[str, Mapping[str, Any]] | CloudError:
        """What AWS says of each instance of the region, by its name, or why that is not known."""
        try:
            return {str(each.get("DBInstanceIdentifier")): each for each in every_instance(self.cloud)}
        except CloudError as problem:
            return problem


Rule = Callable[[Situation], Iterator[Finding]]


def stands(here: Situation) -> Iterator[Finding]:
    """Whether the cluster is in a state in which it answers."""
    if (seen := here.seen) is None:
        return
    status = str(seen.described.get("Status") or "")
    by = f"DescribeDBClusters: {status or 'no status'}"
    if status == "stopped":
        remedy = f"Start it: {shell.aws('rds', 'start-db-cluster', db_cluster_identifier=seen.name)}"
        yield Finding("state", Grade.REFUSED, seen.sentence, by, remedy)
    elif status in MADE:
        yield Finding("state", Grade.WAITING, seen.sentence, by, "Wait until it is available.")
    elif status in ANSWERS:
        if seen.state is State.UNKNOWN and (size := _fixed(here, seen)):
            sentence = f"{seen.name} is awake: its writer has a fixed size ({size}) and never sleeps."
            yield Finding("state", Grade.PROVED, sentence, f"{by}, DescribeDBInstances")
            return
        grade = Grade.NOT_CHECKED if seen.state is State.UNKNOWN else Grade.PROVED
        yield Finding("state", grade, seen.sentence, "CloudWatch and the events of the last day")
    else:
        yield _does_not("state", seen.name, status, by)


def _fixed(here: Situation, seen: Database) -> str:
    """The class of its writer, if that has a fixed size: then it tells no capacity and no events of sleep."""
    told = {} if isinstance(here.told, CloudError) else here.told
    size = str((told.get(seen.writer.id) or {}).get("DBInstanceClass") or "") if seen.writer else ""
    return "" if size == CLASS else size


def instances(here: Situation) -> Iterator[Finding]:
    """Whether every instance answers. One that does not is no more than a caution while the writer does."""
    if (seen := here.seen) is None:
        return
    if not seen.instances:
        yield Finding(
            "instances", Grade.REFUSED, f"{seen.name} has no instance, so nothing answers behind its address.",
            "DescribeDBClusters", "Create an instance of the class db.serverless in it.",
        )  # fmt: skip
        return
    told = here.told
    if isinstance(told, CloudError):
        yield Finding("instances", Grade.NOT_CHECKED, "Its instances could not be looked at.", told.what)
        return
    for each in seen.instances:
        described = told.get(each.id) or {}
        status = str(described.get("DBInstanceStatus") or "")
        id, by = f"instances:{each.id}", f"DescribeDBInstances: {status or 'no status'}"
        if status in ANSWERS:
            continue
        found = _does_not(id, each.id, status, by)
        if status in MADE:
            found = Finding(id, Grade.WAITING, f"{each.id} is {status}.", by, "Wait until it is available.")
        yield found if each.writer else replace(found, grade=Grade.CAUTION)


def _does_not(id: str, name: str, status: str, by: str) -> Finding:
    """What to say of a state in which it does not answer, or one that is not known."""
    if status in WAY_OUT or status.endswith("failed") or status.startswith(("incompatible", "stop", "insufficient")):
        remedy = WAY_OUT.get(status, "Look at its events in the RDS console.")
        return Finding(id, Grade.REFUSED, f"{name} is {status} and does not answer.", by, remedy)
    said = f"{name} is {status}" if status else f"The state of {name} is not told"
    return Finding(id, Grade.NOT_CHECKED, f"{said}; whether it answers then is not known.", by)


def key_state(here: Situation) -> Iterator[Finding]:
    """Whether the key of the account's own is switched on: RDS closes a database whose key is not (Aurora User Guide,
    "Encrypting Amazon Aurora resources", 2026-11)."""
    if not here.key:
        return
    seen = kms_keys.look(here.cloud, here.key, named=False)
    if seen.why and not seen.state:
        sentence = f"Whether its key {seen.short} is switched on could not be looked at."
        yield Finding(f"key-state:{seen.short}", Grade.NOT_CHECKED, sentence, seen.why)
    answers = here.seen is not None and here.seen.described.get("Status") in ANSWERS
    for found in kms_keys.state(seen, here.cloud.identity.region):
        each = key_switch.mended(found, seen)
        if answers and each.grade is Grade.REFUSED:
            sentence = f"{each.sentence} It answers still; RDS closes it as soon as it notices."
            yield replace(each, grade=Grade.CAUTION, sentence=sentence)
        else:
            yield each


def password(here: Situation) -> Iterator[Finding]:
    """Whether AWS can still change the password that it keeps (Aurora User Guide, "Password management with Amazon
    Aurora and AWS Secrets Manager": SecretStatus, 2026-11)."""
    told = (here.seen.described.get("MasterUserSecret") or {}) if here.seen else {}
    if told.get("SecretStatus") == "impaired":
        yield Finding(
            "password", Grade.CAUTION,
            "AWS can no longer change the password of its administrator: the secret still opens the database, but is "
            "not rotated any more.", "DescribeDBClusters: SecretStatus is impaired",
            f"Let RDS reach the secret {told.get('SecretArn') or ''} and its key {told.get('KmsKeyId') or ''} again.",
        )  # fmt: skip


def firewall(here: Situation) -> Iterator[Finding]:
    """Whether any of its security groups lets in the whole internet; in halves too."""
    if (seen := here.seen) is None:
        return
    groups = [str(each.get("VpcSecurityGroupId")) for each in seen.described.get("VpcSecurityGroups") or []]
    if not groups:
        return
    try:
        pages = here.cloud.pages(Call("ec2.DescribeSecurityGroups", {"GroupIds": groups}))
        found = [each for page in pages for each in page.get("SecurityGroups") or []]
    except CloudError as problem:
        what = "Whether its firewall is open to the whole internet could not be looked at."
        yield Finding("open-to-the-world", Grade.NOT_CHECKED, what, problem.what)
        return
    port, open_ones = seen.described.get("Port"), 0
    yield from _closed(seen, found, port)
    for group in found:
        if wide := [each for each in group.get("IpPermissions") or [] if everybody(each, port)]:
            open_ones += 1
            id = str(group.get("GroupId"))
            yield Finding(
                f"open-to-the-world:{id}", Grade.CAUTION,
                f"The security group {id} lets the whole internet connect to {f'port {port}' if port else 'it'}.",
                f"DescribeSecurityGroups: {len(wide)} of its rules",
                "Remove that rule, or narrow it to the addresses that need it.",
            )  # fmt: skip
    if not open_ones:
        yield Finding(
            "open-to-the-world", Grade.PROVED, "Its firewall is not open to the whole internet.",
            "DescribeSecurityGroups",
        )  # fmt: skip


def _closed(seen: Database, groups: Sequence[Mapping[str, Any]], port: int | None) -> Iterator[Finding]:
    """Whether any security group lets anybody connect. AWS's own, the default one, lets in what has it as well."""
    if any(_admits(rule, port) for group in groups for rule in group.get("IpPermissions") or []):
        return
    names = ", ".join(
        " ".join(filter(None, (each.get("GroupName"), f"({each['GroupId']})" if each.get("GroupId") else "")))
        for each in groups
    )
    if not groups or any(each.get("GroupName") == "default" for each in groups):
        return
    where = f"port {port}" if port else "its port"
    if seen.described.get("HttpEndpointEnabled"):
        only = f"No security group of {seen.name} ({names}) opens {where} to anybody; only the Data API answers."
        yield Finding("closed", Grade.PROVED, only, "DescribeSecurityGroups, HttpEndpointEnabled")
        return
    yield Finding(
        "closed", Grade.REFUSED,
        f"No security group of {seen.name} ({names}) lets anybody use {where}: connections time out.",
        "DescribeSecurityGroups", f"Let your servers' security group, or your addresses, use {where} there.",
    )  # fmt: skip


def _admits(rule: Mapping[str, Any], port: int | None) -> bool:
    """Whether a rule of a security group lets anybody at all use a port."""
    low, high = rule.get("FromPort", 0), rule.get("ToPort", 65535)
    fits = rule.get("IpProtocol") in ("tcp", "6") and (port is None or low <= port <= high)
    named = fits or rule.get("IpProtocol") == "-1"
    return named and any(rule.get(kind) for kind in ("IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs"))


def everybody(rule: Mapping[str, Any], port: int | None) -> bool:
    """Whether a rule of a security group opens a port to the whole internet, or to half of it."""
    low, high = rule.get("FromPort", 0), rule.get("ToPort", 65535)
    if rule.get("IpProtocol") not in ("-1", "tcp") or (
        rule.get("IpProtocol") == "tcp" and port is not None and not low <= port <= high
    ):
        return False
    told = [*(rule.get("IpRanges") or []), *(rule.get("Ipv6Ranges") or [])]
    return any(_wide(str(each.get("CidrIp") or each.get("CidrIpv6") or "")) for each in told)


def _wide(source: str) -> bool:
    try:
        return ip_network(source, strict=False).prefixlen <= HALF_OF_ALL
    except ValueError:
        return False


def keeper(here: Situation) -> Iterator[Finding]:
    """Who else keeps it, and would take a change back."""
    if here.seen:
        yield from keepers.told(here.seen.name, here.seen.name, here.seen.described.get("TagList"))


def clients(here: Situation) -> Iterator[Finding]:
    """What nobody can know from here, and what to set."""
    wait = f"Set a connection time-out of at least {PATIENCE} seconds, and about 3 attempts"
    why = "waking takes 15 to 30 seconds" if here.least == 0 else "a failover takes up to a minute"
    yield Finding(
        "clients", Grade.NOT_CHECKED, f"Whether your clients wait long enough was not checked: {why}.",
        "it is set in the application", f"{wait}.", aside=True,
    )  # fmt: skip
