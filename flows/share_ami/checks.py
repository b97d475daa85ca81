"""What can stand in the way of an image in the receiver's account, looked at beforehand."""

from __future__ import annotations

from collections.abc import Iterator

from flows.aws import keepers
from flows.engine import Call, Caution, Cloud, CloudError, Finding, Grade

from . import rules
from .rules import Situation

RULES = (rules.in_lists, rules.public, rules.products, rules.key, rules.key_state, rules.key_use)
"""Whether it is available, and shared, is decided by the answers."""


def beforehand(here: Situation) -> Iterator[Finding | Caution]:
    """What holds of the image, or of the machine that it is made of, once it is shared."""
    for rule in RULES:
        yield from rule(here)
    if here.image and not here.copied:
        yield from keepers.beforehand(f"The image {here.image.id}", dict(here.image.tags), "image")


def allowed_there(cloud: Cloud, region: str, profile: str) -> Finding:
    """Whether the receiver's account hides images of this one (EC2 User Guide, "Allowed AMIs", 2026-10)."""
    own = cloud.identity.account
    try:
        answer = cloud.make(Call("ec2.GetAllowedImagesSettings", {}, region, profile))
    except CloudError as problem:
        return Finding(
            "allowed-images", Grade.NOT_CHECKED, "Which images their account allows was not checked.", problem.what
        )
    criteria = answer.get("ImageCriteria") or []
    known = any(own in (each.get("ImageProviders") or [own]) for each in criteria)
    if answer.get("State") != "enabled" or known:
        return Finding("allowed-images", Grade.PREDICTED, "Their account allows images of yours.", "its Allowed AMIs")
    return Finding(
        "allowed-images", Grade.REFUSED, f"Their account allows no images of {own}; it would not see this one.",
        "its Allowed AMIs", f"Let them add {own} to the image providers there, or answer no to starting a machine.",
    )  # fmt: skip
