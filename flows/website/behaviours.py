"""Which behaviour of a distribution takes a request, where it has it fetched, and what it hands on to S3 with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from flows.engine import Call, Cloud, CloudError, Finding
from flows.engine.findings import broken, caution, unknown

from .situation import Origin

EVERYTHING = ("*", "/*")
"""Patterns that every address fits: no behaviour after one of them is used, and the default one neither."""
WITH_HOST = (
    "216adef6-5c7f-47e4-b989-5492eafa07d3", "33f36d7e-f396-46d9-90e0-52428a34d9dc",
    "bf0718e1-ba1e-49d1-88b1-f726733018ae", "2e54312d-136d-493c-8eb9-b001f22f67d2",
    "83da9c7e-98b4-4e11-a168-04f0df8e2c65", "4cc15a8a-d715-48a4-82b8-cc0b614638fe",
)  # fmt: skip
"""AWS's own policies that hand the visitor's Host on: AllViewer, AllViewerAndCloudFrontHeaders-2022-06 and
HostHeaderOnly of origin requests; Amplify and the two UseOriginCacheControlHeaders of caching (CloudFront Developer
Guide, "Use managed origin request policies" and "Use managed cache policies", 2026-11)."""
WITHOUT_HOST = (
    "b689b0a8-53d0-40ab-baf2-68738e2966ac", "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf",
    "59781a5b-3903-41f3-afcb-af62929ccde1", "acba4595-bd28-49b8-b9fe-13317c0390fa",
    "775133bc-15f2-49f9-abea-afb2e0bf67d2", "658327ea-f89d-4fab-a63d-7e88639e58f6",
    "b2884449-e4de-46a7-ac36-70bc7f1ddd6d", "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
    "08627262-05a9-4f76-9ded-b50ca2e3a84f",
)  # fmt: skip
"""The others of AWS's own (the same pages)."""


@dataclass
class Used:
    """An origin that some behaviours use: which paths, and whether it is where visitors' pages come from."""

    source: Mapping[str, Any]
    paths: list[str] = field(default_factory=list)
    main: bool = False
    group: str = ""
    by: list[Mapping[str, Any]] = field(default_factory=list)
    """The behaviours, in the order of `paths`."""


def behaviours(config: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The behaviours to which requests come, that for what no other takes first."""
    listed = [each for each, before in _listed(config) if before is None]
    everything = [each for each in listed if each.get("PathPattern") in EVERYTHING]
    return [*everything, *(each for each in listed if each not in everything)] if everything else [
        config.get("DefaultCacheBehavior") or {}, *listed
    ]  # fmt: skip


def _listed(config: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], Mapping[str, Any] | None]]:
    """The behaviours for certain paths, each with the one before it that takes all of its requests, if one does."""
    listed: list[Mapping[str, Any]] = (config.get("CacheBehaviors") or {}).get("Items") or []
    patterns = [str(each.get("PathPattern") or "") for each in listed]
    return [
        (each, next((one for one, early in zip(listed[:number], patterns, strict=False) if _takes(early, late)), None))
        for number, (each, late) in enumerate(zip(listed, patterns, strict=True))
    ]


def main(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """The behaviour for what no other takes: the default one, unless one before it takes everything."""
    return behaviours(config)[0]


def used(config: Mapping[str, Any]) -> tuple[list[Used], list[str]]:
    """The origins that behaviours lead to, by themselves or by a group, and the targets that are not there."""
    sources = {each.get("Id", ""): each for each in (config.get("Origins") or {}).get("Items") or []}
    groups = {
        each.get("Id", ""): [member.get("OriginId", "") for member in (each.get("Members") or {}).get("Items") or []]
        for each in (config.get("OriginGroups") or {}).get("Items") or []
    }
    found: dict[str, Used] = {}
    missing: list[str] = []
    for number, behaviour in enumerate(behaviours(config)):
        target = behaviour.get("TargetOriginId", "")
        for id in groups.get(target, [target]):
            if id not in sources:
                missing.append(id)
                continue
            one = found.setdefault(id, Used(sources[id]))
            one.main = one.main or number == 0
            one.group = target if target in groups else one.group
            one.paths.append(behaviour.get("PathPattern", "") if number else "")
            one.by.append(behaviour)
    return list(found.values()), list(dict.fromkeys(missing))


def rewritten(behaviour: Mapping[str, Any]) -> bool:
    """Whether a function sees requests before they are fetched, which may ask for another file."""
    return any(
        each.get("EventType") in ("viewer-request", "origin-request")
        for kind in ("FunctionAssociations", "LambdaFunctionAssociations")
        for each in (behaviour.get(kind) or {}).get("Items") or []
    )


def never_used(config: Mapping[str, Any]) -> Iterator[Finding]:
    """Behaviours to which no request comes: they are tried in their order, and the first that fits takes it
    (CloudFront Developer Guide, "Cache behavior settings", 2026-11)."""
    for each, before in _listed(config):
        if before is None:
            continue
        pattern = str(each.get("PathPattern") or "")
        same = before.get("TargetOriginId") == each.get("TargetOriginId")
        yield (caution if same else broken)(
            f"behaviour:{pattern}", f"The behaviour for {pattern} is never used: that for {before.get('PathPattern')} "
            "before it takes all of its requests.", "CacheBehaviors, in their order", "Move it before that one.",
        )  # fmt: skip


def _takes(early: str, late: str) -> bool:
    """Whether every address that fits the later pattern fits the earlier one."""
    early, late = early.lstrip("/"), late.lstrip("/")
    shortest, longer = late.replace("*", "").replace("?", "\0"), late.replace("*", "\0\0/\0").replace("?", "\0")
    return fnmatchcase(shortest, early) and fnmatchcase(longer, early)


def hands_host_on(cloud: Cloud, one: Used, here: Origin, names: list[str]) -> Iterator[Finding]:
    """Whether S3 gets the visitor's Host, by which it knows buckets and which is part of what CloudFront signs. Only a
    website, or a public bucket, that is called like the name is found by it."""
    id, name = f"host:{here.id}", here.bucket.name
    if not here.signs and name in names:
        return
    for behaviour in one.by:
        try:
            if not _with_host(cloud, behaviour):
                continue
        except CloudError as problem:
            yield unknown(id, f"Which headers CloudFront hands on to {name} could not be read.", str(problem))
            return
        where = behaviour.get("PathPattern") or "the default behaviour"
        if rewritten(behaviour):
            yield unknown(
                id, f"CloudFront hands the visitor's Host on to {name}, by which S3 does not find the bucket; whether "
                "the function that sees requests first puts it right was not looked at.", f"the policies of {where}",
            )  # fmt: skip
            return
        what = "and so refuses what is signed for another: visitors get 403" if here.signs else "visitors get an error"
        yield broken(
            id, f"CloudFront hands the visitor's Host on to {name}. S3 knows buckets by it, {what}.",
            f"the origin request policy and the cache policy of {where}",
            "Use the origin request policy AllViewerExceptHostHeader or CORS-S3Origin there, or none, and a cache "
            "policy without Host.",
        )  # fmt: skip
        return


def _with_host(cloud: Cloud, behaviour: Mapping[str, Any]) -> bool:
    """Whether a behaviour hands the visitor's Host on. Raises CloudError."""
    old = ((behaviour.get("ForwardedValues") or {}).get("Headers") or {}).get("Items") or []
    if any(str(each).lower() in ("*", "host") for each in old):
        return True
    for kind in ("OriginRequestPolicy", "CachePolicy"):
        id = str(behaviour.get(f"{kind}Id") or "")
        if id in WITH_HOST:
            return True
        if not id or id in WITHOUT_HOST:
            continue
        told = cloud.make(Call(f"cloudfront.Get{kind}", {"Id": id})).get(kind) or {}
        config = told.get(f"{kind}Config") or {}
        headers = config.get("HeadersConfig") or (config.get("ParametersInCacheKeyAndForwardedToOrigin") or {}).get(
            "HeadersConfig"
        )
        if _host_among(headers or {}):
            return True
    return False


def _host_among(headers: Mapping[str, Any]) -> bool:
    named = "host" in [str(each).lower() for each in (headers.get("Headers") or {}).get("Items") or []]
    how = headers.get("HeaderBehavior", "none")
    return how in ("allViewer", "allViewerAndWhitelistCloudFront") or (named is (how == "whitelist") and how != "none")


def folders_there(one: Used, here: Origin, keys: Callable[[str], list[str] | None]) -> Iterator[Finding]:
    """Whether the bucket has files for the paths that lead to it: CloudFront asks for the whole address, the path with
    it (CloudFront Developer Guide, "Path pattern", 2026-11); `keys` are those that begin so, None is unknown."""
    for pattern, behaviour in zip(one.paths, one.by, strict=True):
        begun = pattern.lstrip("/").partition("*")[0].partition("?")[0]
        if not begun or rewritten(behaviour) or keys(f"{here.prefix}{begun}") != []:
            continue
        yield (broken if not one.main and keys(here.prefix) else caution)(
            f"files:{here.id}:{pattern}", f"No file in {here.bucket.name} begins with {here.prefix}{begun}, which "
            f"CloudFront asks for: visitors of {pattern} get an error.", "ListObjectsV2",
            f"Put the files into {here.prefix}{begun}, or add a CloudFront Function that takes {begun} off the "
            "address.",
        )  # fmt: skip
