"""Another AWS account: its number, and the profile with which something is done there."""

from __future__ import annotations

import re

from flows.engine import Call, Cloud, Refused


def number(text: str) -> str:
    """An account's number, dashes and spaces removed. Raises Refused."""
    digits = re.sub(r"[\s-]", "", text)
    if not re.fullmatch(r"[0-9]{12}", digits):
        said = f"“{text}” is not an account number." if text else "No account number was given."
        raise Refused(f"{said} It has exactly 12 digits. You find it in the AWS console at the top right.")
    return digits


def another(cloud: Cloud, account: str) -> None:
    """Raises Refused for the account that is signed in."""
    if account == cloud.identity.account:
        raise Refused(f"{account} is your own account. Enter the number of the receiver's account.")


def profile_of(cloud: Cloud, profile: str, account: str) -> None:
    """Raises Refused when the profile leads to another account than that, NoAccess when there is no such profile."""
    there = of_profile(cloud, profile)
    if there != account:
        raise Refused(
            f"The profile “{profile}” belongs to the account {there}, not to {account}. Choose a profile of {account}, "
            "or do not launch from here."
        )


def of_profile(cloud: Cloud, profile: str) -> str:
    """The account that a profile leads to. Raises NoAccess when there is no such profile."""
    return str(cloud.make(Call("sts.GetCallerIdentity", profile=profile)).get("Account", ""))
