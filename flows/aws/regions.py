"""The regions that are switched on in an account, each with its city."""

from __future__ import annotations

from flows.engine import Call, Cloud, Option
from flows.engine.profiles import city


def switched_on(cloud: Cloud, here: str, elsewhere: str = "") -> list[Option[str]]:
    """Every region that is switched on, the account's own first.

    Args:
        cloud: the account.
        here: what is said beside that one.
        elsewhere: what is said beside the others.
    """
    own = cloud.identity.region
    listed = cloud.make(Call("ec2.DescribeRegions"))["Regions"]
    names = sorted({each["RegionName"] for each in listed}, key=lambda region: (region != own, region))
    said = {name: here if name == own else elsewhere for name in names}
    return [Option(name, name, name, " · ".join(filter(None, (city(name), said[name])))) for name in names]
