"""Another AWS account: its number, and the profile with which something is done there."""

from __future__ import annotations

import re

from flows.engine import Call, Cloud, Kept, Refused


def number(text: str) -> str:
    """An account's number, dashes and spaces removed. Raises Refused."""
    digits = re.sub(r"[\s-]", "", text)
    if not re.fullmatch(r"[0-9]{12}", digits):
        raise Refused(
            f"“{text}” is not an account number. It has exactly 12 digits. You find it in the AWS console at the top "
            "right."
        )
    return digits


def another(cloud: Cloud, account: str) -> None:
    """Raises Refused for the account that is signed in."""
    if account == cloud.identity.account:
        raise Refused(f"{account} is your own account. Enter the number of the receiver's account.")


def receiver(cloud: Cloud, text: str) -> str:
    """The number of another account. Raises Refused, also for the account that is signed in."""
    account = number(text)
    another(cloud, account)
    return account


def behind(cloud: Cloud, name: str) -> str:
    """The number of the account that a profile leads to. Raises NoAccess when there is no such profile."""
    return str(cloud.make(Call("sts.GetCallerIdentity", profile=name)).get("Account", ""))


def profile_of(cloud: Cloud, name: str, *wanted: str) -> None:
    """Raises Refused when the profile leads to none of the wanted accounts, NoAccess when there is no such profile."""
    there = behind(cloud, name)
    if there not in wanted:
        raise Refused(
            f"The profile “{name}” belongs to the account {there}, not to {' or '.join(wanted)}. Choose another, or do "
            "nothing there from here."
        )


def copied(account: str) -> Kept:
    """What stays although its permission is taken back: what somebody made of an image is their own (Amazon EC2 User
    Guide, "Share an AMI with specific AWS accounts"; Amazon RDS User Guide, "Sharing a DB snapshot"; 2026-11)."""
    return Kept(
        f"What {account} copied of it, or started from it, meanwhile",
        "It stays theirs: taking the permission back stops new copies, not those that they have made.",
        maybe=True,
    )
