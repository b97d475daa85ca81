"""One's own pre-shared keys, one for each tunnel: asked without being shown, sent to AWS, and kept nowhere here.

Source: EC2 API Reference, "VpnTunnelOptionsSpecification", PreSharedKey (2026-11).
"""

from __future__ import annotations

import re
from typing import Any

from flows.engine import Action, Call, Hidden, Secret, SecretText, secret

from .answers import OWN

TUNNELS = (1, 2)
LEAST, MOST = 8, 64
FOREIGN = re.compile(r"[^A-Za-z0-9._]")
PATTERN = f"[A-Za-z1-9._][A-Za-z0-9._]{{{LEAST - 1},{MOST - 1}}}"
"""What AWS takes, whole."""
FORM = f"{LEAST} to {MOST} letters, digits, “.” and “_”, not beginning with 0"


def fault(key: str) -> str:
    """What is wrong with a key, in a sentence that does not tell it; empty if nothing is."""
    if not LEAST <= len(key) <= MOST:
        return f"It has {len(key)} character{'' if len(key) == 1 else 's'}; AWS takes {LEAST} to {MOST}."
    if found := FOREIGN.search(key):
        return f"Its character {found.start() + 1} is none that AWS takes: letters, digits, “.” and “_” alone."
    if key.startswith("0"):
        return "It begins with 0, which AWS does not take."
    return ""


def asked(number: int, **rest: Any) -> SecretText:
    """The question for the key of a tunnel."""
    return SecretText(
        f"What is your own key for tunnel {number}?",
        fault,
        form=FORM,
        fine_tuning=True,
        label=f"Key of tunnel {number}",
        why="The device in the office needs the same one: whoever has it and your address can pretend to be you. It is "
        "not shown as you enter it, and Handrail writes it down nowhere but in the device's file.",
        **rest,
    )


def secrets(keys: tuple[Hidden, ...], connection: Action) -> tuple[Secret, ...]:
    """The keys, for a plan that makes this connection: known to this process until AWS has them."""
    look = Call("ec2.DescribeVpnConnections", {"VpnConnectionIds": [connection.resource]})
    return tuple(
        Secret(
            _name(number), connection.id, look,
            f"VpnConnections[0].Options.TunnelOptions[{number - 1}].PreSharedKey",
            answer=_name(number), source=key.source, form=FORM, pattern=PATTERN,
        )
        for number, key in zip(TUNNELS, keys, strict=True)
    )  # fmt: skip


def given(options: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The options of both tunnels, with their keys."""
    return [{**each, "PreSharedKey": secret(_name(number))} for number, each in zip(TUNNELS, options, strict=True)]


def kept(connection: str, keys: str) -> str:
    """What becomes of the keys of a connection that exists, where others were asked for, by the answer to `keys`."""
    unused = "yours are not used" if keys == OWN else "they are not moved"
    return f"{connection} exists, and keeps the keys that it has: {unused}."


def _name(number: int) -> str:
    return f"psk_{number}"
