"""What Aurora offers as serverless in this region, read live, and what today's serverless is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from flows.engine import Call, Cloud, Option, Refused

POSTGRESQL, MYSQL = "aurora-postgresql", "aurora-mysql"
PORTS = {POSTGRESQL: 5432, MYSQL: 3306}
CLASS = "db.serverless"
SUPPORT = "ServerlessV2FeaturesSupport"
"""How far a version grows and shrinks. An emulator, or an older AWS, may not say so of any."""
WIDEST = {"MinCapacity": 0, "MaxCapacity": 256}
HALF, ONE = Decimal("0.5"), Decimal(1)
V1 = (
    "“Aurora Serverless v1” ended on 31 March 2025 and cannot be created any more; old tutorials call it engine mode "
    "“serverless”. Today's Aurora Serverless (v2) is a setting of an ordinary cluster, and can sleep too."
)
OLD_WORDS = {"serverless", "serverless-v1", "serverless v1", "serverlessv1", "v1", "aurora", "aurora-serverless"}
SHORT = {"postgres": POSTGRESQL, "postgresql": POSTGRESQL, "mysql": MYSQL}

NO_DATA_API = (
    "ap-south-2", "ap-southeast-4", "ap-southeast-6", "ap-east-2", "ca-west-1", "eu-central-2", "il-central-1",
    "mx-central-1", "cn-", "us-gov-",
)  # fmt: skip
"""Regions without the Data API (Aurora User Guide, "Data API regions", 2026-10); with a hyphen at the end, all such."""
DATA_API_SINCE = {11: 99, 13: 11, 14: 8, 15: 3, 16: 1, 17: 4}
"""Aurora PostgreSQL: major version to the first minor with the Data API (Aurora User Guide, 2026-10; not yet 18)."""


@dataclass(frozen=True)
class Version:
    """One version of an engine. `least` and `most` are what capacity it allows, in ACU; `told` is False if the region
    does not say so, and they are AWS's widest."""

    engine: str
    number: str
    major: str
    least: Decimal
    most: Decimal
    deprecated: bool
    told: bool = True

    def __str__(self) -> str:
        return self.number


def engine(text: str, flow: object = None) -> str:
    """The engine's own name for what a person calls it. Raises Refused for the old Serverless."""
    word = text.strip().lower()
    if word in OLD_WORDS:
        raise Refused(f"“{text}”: {V1}", remedy=f"Choose {POSTGRESQL} or {MYSQL}.")
    return SHORT.get(word, word)


def wanted(text: str, flow: object = None) -> str:
    """A version as it was typed. Raises Refused for the ones that only the old Serverless had."""
    if re.match(r"(10|11)\.\d+$|5\.[67]|2\.\d", text.strip()):
        raise Refused(f"“{text}”: {V1}", remedy="Choose one of the versions that are listed.")
    return text.strip()


def versions(cloud: Cloud, of: str) -> Iterator[Option[Version]]:
    """The versions of an engine that can be serverless, newest first."""
    for version in _versions(cloud, of):
        sleeps = "can sleep" if version.least == 0 else f"cannot sleep, at least {version.least} ACU"
        old = ", will no longer be supported" if version.deprecated else ""
        hint = f"{sleeps}, up to {version.most} ACU" if version.told else "how far it grows is not told"
        yield Option(version.number, version, version.number, f"{hint}{old}")


def usual(cloud: Cloud, of: str) -> str | None:
    """The newest minor version of the major version that AWS itself would take."""
    offered = _versions(cloud, of)
    default = cloud.make(Call("rds.DescribeDBEngineVersions", {"Engine": of, "DefaultOnly": True}))["DBEngineVersions"]
    major = _major(default[0]) if default else ""
    best = [version for version in offered if version.major == major and not version.deprecated] or offered
    return best[0].number if best else None


def that_sleep(cloud: Cloud, of: str) -> list[str]:
    """The newest version of each major version that may shrink to nothing, newest first."""
    newest: dict[str, str] = {}
    for version in _versions(cloud, of):
        if version.told and version.least == 0 and not version.deprecated:
            newest.setdefault(version.major, version.number)
    return list(newest.values())


def has_data_api(version: Version, region: str) -> bool:
    """Whether SQL over HTTPS is offered, as far as the documentation says (Aurora User Guide, 2026-10)."""
    if any(region == name or (name.endswith("-") and region.startswith(name)) for name in NO_DATA_API):
        return False
    numbers = _numbers(version.number)
    if version.engine == POSTGRESQL:
        return len(numbers) > 1 and numbers[1] >= DATA_API_SINCE.get(numbers[0], 99)
    return numbers[:2] == (8, 0) and numbers[2:] >= (3, 7)


def capacity(text: str) -> Decimal:
    """An amount of Aurora capacity units, in halves. Raises Refused."""
    try:
        amount = Decimal(text.strip())
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or not 0 <= amount <= 256 or amount % HALF:
        raise Refused(f"“{text}” is no capacity. Give a number from 0 to 256 in steps of 0.5, for example 0.5 or 2.")
    return amount.normalize() + 0


def shown(amount: Decimal) -> str:
    """A capacity as people write it: 0.5, 4, 100."""
    return f"{amount:f}"


def _versions(cloud: Cloud, of: str) -> list[Version]:
    found = [
        each for page in cloud.pages(Call("rds.DescribeDBEngineVersions", {"Engine": of}))
        for each in page["DBEngineVersions"]
    ]  # fmt: skip
    told = any(each.get(SUPPORT) for each in found)
    offered = _offered(cloud, of) if told else set()
    wanted = [
        _version(of, each) for each in found if not told or (each.get(SUPPORT) and each["EngineVersion"] in offered)
    ]
    return sorted(wanted, key=lambda version: _numbers(version.number), reverse=True)


def _offered(cloud: Cloud, of: str) -> set[str]:
    """The versions in which a serverless instance can be ordered here."""
    asked = {"Engine": of, "DBInstanceClass": CLASS}
    return {
        option["EngineVersion"]
        for page in cloud.pages(Call("rds.DescribeOrderableDBInstanceOptions", asked))
        for option in page["OrderableDBInstanceOptions"]
    }


def _version(of: str, found: dict[str, Any]) -> Version:
    support = found.get(SUPPORT) or {}
    least, most = (Decimal(str(support.get(key, usual))) for key, usual in WIDEST.items())
    return Version(
        of, found["EngineVersion"], _major(found), least.normalize() + 0, most.normalize() + 0,
        found.get("Status") == "deprecated", bool(support),
    )  # fmt: skip


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(digits) for digits in re.findall(r"\d+", version))


def _major(version: dict[str, Any]) -> str:
    return str(version.get("MajorEngineVersion") or version["EngineVersion"].partition(".")[0])
