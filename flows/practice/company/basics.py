"""What every part of the company is made with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

REGION = "eu-central-1"
NAME, ALIAS = "Fjord Coffee", "fjord-coffee"
FOUNDED = 1772442000.0  # 2 March 2026, 9:00 UTC
ACCOUNT_ID, SECOND_ACCOUNT_ID = "123456789012", "210987654321"
CALLER = f"arn:aws:iam::{ACCOUNT_ID}:user/ada"
"""Who practises."""
PARTNER = "partner"
"""The profile of the second account."""
BLOG = "blog"
"""The machine with the company's WordPress."""

Client = Callable[..., Any]
"""A service's name → a client for it in the company's region, or in the one that is named as well; with `partner` in
the partner's account."""


@dataclass(frozen=True)
class Part:
    """What the company has in one service, and the services whose things it builds on."""

    found: Callable[[Client], None]
    needs: tuple[str, ...] = ()


def named(resource: str, name: str) -> list[Any]:
    return [{"ResourceType": resource, "Tags": [{"Key": "Name", "Value": name}]}]
