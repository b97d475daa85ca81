"""A distribution as it stands: its configuration as it was sent, with AWS's defaults for what was left out."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from moto.cloudfront.models import Distribution, random_id

from flows.practice.clock import resource
from flows.practice.gaps.wire import Described

DEFAULTS: Mapping[str, Any] = {
    "DefaultRootObject": "",
    "Aliases": {"Quantity": 0},
    "OriginGroups": {"Quantity": 0},
    "CacheBehaviors": {"Quantity": 0},
    "CustomErrorResponses": {"Quantity": 0},
    "Logging": {"Enabled": False, "IncludeCookies": False, "Bucket": "", "Prefix": ""},
    "PriceClass": "PriceClass_All",
    "ViewerCertificate": {"CloudFrontDefaultCertificate": True, "MinimumProtocolVersion": "TLSv1"},
    "Restrictions": {"GeoRestriction": {"RestrictionType": "none", "Quantity": 0}},
    "WebACLId": "",
    "HttpVersion": "http2",
    "IsIPV6Enabled": True,
}
SUMMARISED = (
    "Aliases", "Origins", "OriginGroups", "DefaultCacheBehavior", "CacheBehaviors", "CustomErrorResponses", "Comment",
    "PriceClass", "Enabled", "ViewerCertificate", "Restrictions", "WebACLId", "HttpVersion", "IsIPV6Enabled",
)  # fmt: skip
SPREADS_IN = 5
"""Seconds until a change is everywhere; on AWS it is minutes."""


class PracticeDistribution(Distribution):
    def __init__(self, account: str, region: str, config: Described) -> None:
        super().__init__(account, region, copy.deepcopy(config))
        self.change(config)

    def change(self, config: Described) -> None:
        self.config = {**copy.deepcopy(dict(DEFAULTS)), **config}
        for origin in self.config["Origins"]["Items"]:
            origin.setdefault("OriginPath", "")
            origin.setdefault("CustomHeaders", {"Quantity": 0})
            origin.setdefault("OriginAccessControlId", "")
        self.etag, self.spread = random_id(), resource(SPREADS_IN, 0)

    @property
    def names(self) -> list[str]:
        return list(self.config["Aliases"].get("Items") or [])

    @property
    def certificate(self) -> str:
        return str(self.config["ViewerCertificate"].get("ACMCertificateArn") or "")

    @property
    def deployed(self) -> bool:
        return self.spread.ready

    def described(self) -> Described:
        return {**self._head(), "InProgressInvalidationBatches": 0, "DistributionConfig": self.config}

    def summary(self) -> Described:
        shown = {name: self.config[name] for name in SUMMARISED}
        return {**self._head(), "Staging": False, **shown}

    def _head(self) -> Described:
        return {
            "Id": self.id,
            "ARN": self.arn,
            "Status": "Deployed" if self.deployed else "InProgress",
            "LastModifiedTime": self.spread.began,
            "DomainName": self.domain_name,
        }


def distributions(account: str) -> Iterator[PracticeDistribution]:
    """All of an account; what was made while moto was on its own is not among them."""
    from moto.cloudfront.models import cloudfront_backends

    for each in cloudfront_backends[account]["aws"].distributions.values():
        assert isinstance(each, PracticeDistribution)
        yield each
