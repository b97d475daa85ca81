"""What a listener or a rule of a load balancer does with a request, as AWS takes it, tells it, and takes it back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flows.engine import Kept

from . import edits
from .listener_rules import Redirect


def redirecting(to: Redirect) -> list[dict[str, Any]]:
    """The action of a redirect, always with all six fields: what is left out would stay as in the request."""
    config = {
        "Protocol": to.protocol, "Port": to.port, "Host": to.host, "Path": to.path, "Query": to.query,
        "StatusCode": f"HTTP_{to.status}",
    }  # fmt: skip
    return [{"Type": "redirect", "RedirectConfig": config}]


def answering(status: int, body: str, content_type: str) -> list[dict[str, Any]]:
    """The action of a fixed response."""
    config = {
        "StatusCode": str(status),
        "ContentType": content_type,
        **({"MessageBody": body} if body else {}),
    }
    return [{"Type": "fixed-response", "FixedResponseConfig": config}]


def again(actions: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Actions as AWS told them, in the form in which it takes them."""
    return [{key: value for key, value in action.items() if value is not None} for action in actions]


def same(had: Iterable[Mapping[str, Any]], wanted: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a listener does that already; AWS numbers the actions when it tells them."""
    return [{k: v for k, v in each.items() if k != "Order"} for each in had] == list(wanted)


def done(actions: str) -> Iterator[str]:
    """JMESPath to what is done with a request: the last of the actions at that path says it."""
    last = f"{actions}[-1]"
    yield f"{actions} && length({actions})"
    yield from (f"{last}.{part}" for part in ("Type", "TargetGroupArn", "FixedResponseConfig.StatusCode"))
    yield from (f"{last}.FixedResponseConfig.{part}" for part in ("MessageBody", "ContentType"))
    yield from (f"{last}.RedirectConfig.{part}" for part in ("Protocol", "Port", "Host", "Path", "Query", "StatusCode"))
    yield edits.in_any_order(f"{last}.ForwardConfig.TargetGroups", "TargetGroupArn")


def remembered(actions: Iterable[Mapping[str, Any]]) -> Kept | None:
    """What no undo takes back of a redirect that is said to be for ever, which browsers may keep as long as they like
    (RFC 9110, section 15.4.2, 2026-11)."""
    if not any((each.get("RedirectConfig") or {}).get("StatusCode") == "HTTP_301" for each in actions):
        return None
    return Kept(
        "What browsers remember of the redirect (301)",
        "Whoever came meanwhile may go on asking where it led, also when nobody answers there any more.",
        maybe=True,
    )


def former(actions: Iterable[Mapping[str, Any]], path: str) -> str:
    """JMESPath to actions as AWS takes them back: the client secret of a sign-in is kept, and never told."""
    if any(action["Type"] == "authenticate-oidc" for action in actions):
        keep = 'merge(AuthenticateOidcConfig, `{"UseExistingClientSecret": true}`)'
        return f"map(&(Type=='authenticate-oidc' && merge(@, {{AuthenticateOidcConfig: {keep}}}) || @), {path})"
    return path
