"""What the AWS configuration offers: profiles, each of its kind, and the regions there are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from .problems import NoAccess


class Kind(StrEnum):
    """Where a profile's credentials come from."""

    SSO = "single sign-on"
    ROLE = "role"
    KEYS = "access keys"
    PROCESS = "a program"
    WEB = "web identity"
    CONSOLE = "console sign-in"
    SETTINGS = "settings only"


@dataclass(frozen=True)
class Profile:
    """A profile of the AWS configuration. `account` and `region` are empty where it does not say."""

    name: str
    kind: Kind
    account: str = ""
    region: str = ""
    mfa: bool = False


def profiles() -> list[Profile]:
    """Every profile of the AWS configuration, as it stands there now. Raises NoAccess if it cannot be read."""
    import botocore.session
    from botocore.exceptions import BotoCoreError

    try:
        config = botocore.session.Session().full_config.get("profiles", {})
    except BotoCoreError as error:
        raise NoAccess("Your AWS configuration cannot be read.", str(error)) from None
    return [_profile(name, settings) for name, settings in config.items()]


def _profile(name: str, settings: Mapping[str, Any]) -> Profile:
    tells = {
        "web_identity_token_file": Kind.WEB, "role_arn": Kind.ROLE, "sso_account_id": Kind.SSO, "sso_session": Kind.SSO,
        "aws_access_key_id": Kind.KEYS, "login_session": Kind.CONSOLE, "credential_process": Kind.PROCESS,
    }  # fmt: skip
    kind = next((kind for setting, kind in tells.items() if setting in settings), Kind.SETTINGS)
    role = str(settings.get("role_arn", "")).split(":")
    account = role[4] if len(role) > 4 else str(settings.get("sso_account_id", ""))
    return Profile(name, kind, account, str(settings.get("region", "")), "mfa_serial" in settings)


def chain(config: Mapping[str, Any], profile: str) -> dict[str, Mapping[str, Any]]:
    """The settings of a profile, and of those whose credentials it uses, by name."""
    found: dict[str, Mapping[str, Any]] = {}
    name = profile
    while name not in found and (settings := config.get("profiles", {}).get(name)) is not None:
        found[name] = settings
        name = settings.get("source_profile", "")
    return found


def source(config: Mapping[str, Any], profile: str) -> Profile:
    """The profile that the credentials of this one come from in the end."""
    name, settings = [(profile, {}), *chain(config, profile).items()][-1]
    return _profile(name, settings)


def known_profiles() -> str:
    """The names of all profiles in one sentence's part; empty if there are none or they cannot be read."""
    try:
        return ", ".join(profile.name for profile in profiles())
    except NoAccess:
        return ""


@cache
def city(region: str) -> str:
    """Where a region is, as AWS says it: Frankfurt; "" where that is not known."""
    return next(iter(re.findall(r"\((.+)\)", regions(region).get(region, ""))), "")


def regions(like: str = "") -> dict[str, str]:
    """Every region with its long name, in the partition of the region `like`."""
    import botocore.session

    parts = botocore.session.Session().get_data("endpoints")["partitions"]
    own = next((part for part in parts if like in part["regions"]), parts[0])
    return {name: str(about.get("description", "")) for name, about in own["regions"].items()}
