"""Service Quotas: how much of something the account may have."""

from __future__ import annotations

from flows.engine import Call, Cloud, CloudError


def limit(cloud: Cloud, service: str, code: str) -> int | None:
    """The account's own value of a quota, such as `L-0263D0A3` of `ec2`; None where it cannot be read."""
    try:
        asked = Call("service-quotas.GetServiceQuota", {"ServiceCode": service, "QuotaCode": code})
        return int(cloud.make(asked)["Quota"]["Value"])
    except (CloudError, KeyError, TypeError, ValueError):
        return None
