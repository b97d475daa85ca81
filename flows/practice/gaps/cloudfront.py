"""Distributions and origin access controls, with the waiting, the versions and the refusals that AWS has.

moto forgets the certificate and the origin access control, never changes an ETag, takes any, and deletes what is
switched on. Here the configuration is kept as it was sent, with AWS's defaults for what was left out.
"""

from __future__ import annotations

from moto.cloudfront.exceptions import (
    CloudFrontException,
    DistributionAlreadyExists,
    DomainNameNotAnS3Bucket,
    InvalidIfMatchVersion,
    NoSuchDistribution,
    OriginDoesNotExist,
)
from moto.cloudfront.models import OriginAccessControl
from moto.cloudfront.responses import CloudFrontResponse
from moto.core.responses import ActionResult, EmptyResult

from flows.practice.gaps.distributions import PracticeDistribution
from flows.practice.gaps.wire import Described, Response, answers


def refuse(code: str, message: str) -> Exception:
    return CloudFrontException(code, message)


def _create(self: Response) -> ActionResult:
    with_tags = self._get_param("DistributionConfigWithTags") or {}
    config = with_tags.get("DistributionConfig") or self._get_param("DistributionConfig") or {}
    tags = (with_tags.get("Tags") or {}).get("Items") or []
    known = self.backend.distributions
    for each in known.values():
        if each.config["CallerReference"] == config["CallerReference"]:
            raise DistributionAlreadyExists(each.id)
    _check(self, config, "")
    made = PracticeDistribution(self.current_account, self.backend.region_name, config)
    known[made.id] = made
    self.backend.tagger.tag_resource(made.arn, tags)
    return ActionResult({"Distribution": made.described(), "ETag": made.etag, "Location": made.location})


def _update(self: Response) -> ActionResult:
    one, config = _current(self), self._get_param("DistributionConfig") or {}
    if config.get("CallerReference") != one.config["CallerReference"]:
        raise refuse("IllegalUpdate", "The update contains modifications that are not allowed.")
    _check(self, config, one.id)
    one.change(config)
    return ActionResult({"Distribution": one.described(), "ETag": one.etag})


def _delete(self: Response) -> EmptyResult:
    one = _current(self)
    if one.config["Enabled"] or not one.deployed:
        message = "The distribution you are trying to delete has not been disabled."
        raise refuse("DistributionNotDisabled", message)
    del self.backend.distributions[one.id]
    return EmptyResult()


def _get(self: Response) -> ActionResult:
    one = _distribution(self)
    return ActionResult({"Distribution": one.described(), "ETag": one.etag})


def _get_config(self: Response) -> ActionResult:
    one = _distribution(self)
    return ActionResult({"DistributionConfig": one.config, "ETag": one.etag})


def _list(self: Response) -> ActionResult:
    found = [one.summary() for one in self.backend.distributions.values()]
    some = {"Items": found} if found else {}
    listed = {"Marker": "", "MaxItems": 100, "IsTruncated": False, "Quantity": len(found), **some}
    return ActionResult({"DistributionList": listed})


def _distribution(self: Response) -> PracticeDistribution:
    one = self.backend.distributions.get(self._get_param("Id"))
    if one is None:
        raise NoSuchDistribution
    assert isinstance(one, PracticeDistribution)
    return one


def _current(self: Response) -> PracticeDistribution:
    """The distribution that is to be changed, if the caller knows its present version."""
    one, version = _distribution(self), self._get_param("IfMatch")
    if not version:
        raise InvalidIfMatchVersion
    if version != one.etag:
        raise refuse("PreconditionFailed", "The request failed because it didn't meet the preconditions.")
    return one


def _check(self: Response, config: Described, own: str) -> None:
    """Everything that AWS refuses (CloudFront API Reference, CreateDistribution, 2026-10) and moto takes."""
    origins = {origin["Id"]: origin for origin in config["Origins"]["Items"]}
    groups = {group["Id"]: group for group in (config.get("OriginGroups") or {}).get("Items") or []}
    if config["DefaultCacheBehavior"]["TargetOriginId"] not in {*origins, *groups}:
        raise OriginDoesNotExist
    for origin in origins.values():
        _check_origin(self, origin)
    if str(config.get("DefaultRootObject") or "").startswith("/"):
        message = "The parameter DefaultRootObject is invalid: it must not begin with a slash."
        raise refuse("InvalidDefaultRootObject", message)
    names = list((config.get("Aliases") or {}).get("Items") or [])
    certificate = str((config.get("ViewerCertificate") or {}).get("ACMCertificateArn") or "")
    for other in self.backend.distributions.values():
        if other.id != own and set(names) & set(other.names):
            message = "One or more of the CNAMEs you provided are already associated with a different resource."
            raise refuse("CNAMEAlreadyExists", message)
    if (names or certificate) and not _good_certificate(self.current_account, certificate, names):
        raise refuse(
            "InvalidViewerCertificate",
            "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a "
            "valid certificate chain.",
        )


def _check_origin(self: Response, origin: Described) -> None:
    host, control = str(origin["DomainName"]), str(origin.get("OriginAccessControlId") or "")
    if ":" in host:
        raise refuse("InvalidArgument", "The parameter origin name cannot contain a colon.")
    if "S3OriginConfig" in origin and (".s3-website" in host or ".s3." not in host):
        raise DomainNameNotAnS3Bucket
    if not control:
        return
    if "S3OriginConfig" not in origin:
        message = "An origin access control needs an S3 bucket as its origin."
        raise refuse("InvalidDomainNameForOriginAccessControl", message)
    if control not in self.backend.origin_access_controls:
        raise refuse("InvalidOriginAccessControl", "The origin access control is not valid.")


def _good_certificate(account: str, arn: str, names: list[str]) -> bool:
    from flows.practice.gaps.certificates import covered, issued

    found = issued(account, "us-east-1", arn) if arn.startswith("arn:aws:acm:us-east-1:") else None
    return found is not None and all(covered(name, found.sans) for name in names)


# -- origin access controls --------------------------------------------------------------------------------------


def _create_control(self: Response) -> ActionResult:
    config, known = self._get_param("OriginAccessControlConfig") or {}, self.backend.origin_access_controls
    if any(other.name == config["Name"] for other in known.values()):
        message = "An origin access control with this name already exists."
        raise refuse("OriginAccessControlAlreadyExists", message)
    control = OriginAccessControl(config)
    known[control.id] = control
    return ActionResult({"OriginAccessControl": _control(control), "ETag": control.etag})


def _list_controls(self: Response) -> ActionResult:
    found = [
        {"Id": control.id, **_control(control)["OriginAccessControlConfig"]}
        for control in self.backend.origin_access_controls.values()
    ]
    some = {"Items": found} if found else {}
    listed = {"Marker": "", "MaxItems": 100, "IsTruncated": False, "Quantity": len(found), **some}
    return ActionResult({"OriginAccessControlList": listed})


def _delete_control(self: Response) -> EmptyResult:
    control = self.backend.get_origin_access_control(self._get_param("Id"))
    if self._get_param("IfMatch") != control.etag:
        raise InvalidIfMatchVersion
    for one in self.backend.distributions.values():
        if any(origin["OriginAccessControlId"] == control.id for origin in one.config["Origins"]["Items"]):
            message = "Cannot delete the origin access control because it's in use by one or more distributions."
            raise refuse("OriginAccessControlInUse", message)
    del self.backend.origin_access_controls[control.id]
    return EmptyResult()


def _control(control: OriginAccessControl) -> Described:
    config = {
        "Name": control.name,
        "Description": control.description or "",
        "SigningProtocol": control.signing_protocol,
        "SigningBehavior": control.signing_behavior,
        "OriginAccessControlOriginType": control.origin_type,
    }
    return {"Id": control.id, "OriginAccessControlConfig": config}


def install() -> None:
    answers(
        CloudFrontResponse,
        {
            "create_distribution": _create,
            "create_distribution_with_tags": _create,
            "update_distribution": _update,
            "delete_distribution": _delete,
            "get_distribution": _get,
            "get_distribution_config": _get_config,
            "list_distributions": _list,
            "create_origin_access_control": _create_control,
            "list_origin_access_controls": _list_controls,
            "delete_origin_access_control": _delete_control,
        },
    )
