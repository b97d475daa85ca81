"""Certificates that are issued once their validation record is in the zone, and not before.

moto issues after a minute, whatever stands in DNS. A name whose zone the account does not have is validated after a
while, as if somebody had entered the record at another provider.
"""

from __future__ import annotations

import re
from typing import Any

from moto.acm.models import AWSCertificateManagerBackend, CertBundle, acm_backends
from moto.core.exceptions import JsonRESTError

from flows.practice.clock import CLOCK

SEEN_IN, ELSEWHERE_IN = 4, 15
"""Seconds until ACM has seen a record in the account's own zone, and in somebody else's."""
NAME = re.compile(r"(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}", re.IGNORECASE)

_request: Any = AWSCertificateManagerBackend.request_certificate
_delete: Any = AWSCertificateManagerBackend.delete_certificate
_describe: Any = CertBundle.describe


def issued(account: str, region: str, arn: str) -> CertBundle | None:
    """A certificate that may be used; None if there is no such one."""
    found = acm_backends[account][region]._certificates.get(arn)
    if found is None:
        return None
    found.check()
    return found if found.status == "ISSUED" else None


def covered(name: str, certified: list[str]) -> bool:
    """Whether a certificate for `certified` is good for `name`: a wildcard stands for exactly one label."""
    return name in certified or f"*.{name.partition('.')[2]}" in certified


def _requested(self: AWSCertificateManagerBackend, domain_name: str, *rest: Any, **given: Any) -> Any:
    sans = given.get("subject_alt_names") or []
    for name in [domain_name, *sans]:
        if not NAME.fullmatch(name):
            message = f"1 validation error detected: Value '{name}' failed to satisfy constraint: not a domain name"
            raise JsonRESTError("ValidationException", message)
    arn = _request(self, domain_name, *rest, **given)
    vars(self._certificates[arn]).update(practice_account=self.account_id, practice_began=CLOCK.now())
    return arn


def _check(self: CertBundle) -> None:
    if self.status != "PENDING_VALIDATION":
        return
    account, began = vars(self)["practice_account"], vars(self)["practice_began"]
    records, zones = _records(account), _zones(account)
    for option in _describe(self)["Certificate"]["DomainValidationOptions"]:
        record, name = option["ResourceRecord"], option["DomainName"]
        here = any(f".{name}".endswith(f".{zone}") for zone in zones)
        if here and (record["Name"], record["Value"]) not in records:
            return
        if not CLOCK.passed(began, SEEN_IN if here else ELSEWHERE_IN):
            return
    self.status = "ISSUED"


def _described(self: CertBundle) -> dict[str, Any]:
    shown: dict[str, Any] = _describe(self)
    account = self.arn.split(":")[4]
    shown["Certificate"]["InUseBy"] = [*self.in_use_by, *_users(account, self.arn)]
    return shown


def _deleted(self: AWSCertificateManagerBackend, arn: str) -> None:
    if _users(self.account_id, arn):
        raise JsonRESTError("ResourceInUseException", f"Certificate {arn} is in use.")
    _delete(self, arn)


def _users(account: str, arn: str) -> list[str]:
    from flows.practice.gaps.distributions import distributions

    return [one.arn for one in distributions(account) if one.certificate == arn]


def _zones(account: str) -> list[str]:
    from moto.route53.models import route53_backends

    zones = route53_backends[account]["aws"].zones.values()
    return [zone.name.strip(".") for zone in zones if not zone.private_zone]


def _records(account: str) -> set[tuple[str, str]]:
    from moto.route53.models import route53_backends

    zones = route53_backends[account]["aws"].zones.values()
    return {
        (f"{record.name.strip('.')}.", value)
        for zone in zones
        for record in zone.rrsets
        if record.type == "CNAME"
        for value in record.records
    }


def install() -> None:
    AWSCertificateManagerBackend.request_certificate = _requested  # type: ignore[method-assign]
    AWSCertificateManagerBackend.delete_certificate = _deleted  # type: ignore[method-assign]
    CertBundle.check = _check  # type: ignore[method-assign]
    CertBundle.describe = _described  # type: ignore[method-assign]
