"""Why another account can or cannot launch an image, whoever shared it."""

from __future__ import annotations

from collections.abc import Iterator

from flows.aws import amis, kms_keys
from flows.engine import Cloud, CloudError, Finding, Grade

from . import repairs, rules
from .rules import Situation

RULES = (
    rules.available, rules.launch, rules.in_lists, rules.public, rules.copies, rules.products, rules.key,
    rules.key_state, rules.key_use, rules.kept_by,
)  # fmt: skip


def diagnose(cloud: Cloud, image: str, account: str) -> Iterator[Finding]:
    """Can that account launch and copy the image, given by its id or its name?"""
    found = amis.one(cloud, image)
    if found is None:
        yield Finding(
            "image", Grade.REFUSED, f"The image {image} is not in {cloud.identity.region}.", "DescribeImages",
            "Give another --region, or make a new one.",
        )  # fmt: skip
        return
    if found.state != "available":
        condition = amis.condition(found, cloud.identity.region)
        yield condition.mended_by(repairs.enable(found)) if found.state == amis.DISABLED else condition
        return
    unseen, encrypted = "", list[str]()
    try:
        encrypted = amis.keys_of(cloud, snapshots=found.snapshots)
    except CloudError as problem:
        unseen = problem.what
    keys = tuple(kms_keys.look(cloud, each) for each in dict.fromkeys(encrypted))
    here = Situation(cloud, account, found, found.products, keys, unseen)
    for rule in RULES:
        yield from rule(here)
