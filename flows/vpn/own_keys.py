"""One's own pre-shared keys: in a file of the person's, one for each tunnel, read when they are sent and kept nowhere.

Source: EC2 API Reference, "VpnTunnelOptionsSpecification", PreSharedKey (2026-11).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flows.engine import Action, Call, Caution, Finding, Grade, Secret, files, secret

TUNNELS = (1, 2)
LEAST, MOST = 8, 64
FOREIGN = re.compile(r"[^A-Za-z0-9._]")
FORM = "It holds two lines and nothing else: the key of tunnel 1, and below it that of tunnel 2."


def path(text: str) -> Path:
    """A file's name; one without a folder is in the current one."""
    return Path(text).expanduser().absolute()


def fault(number: int, key: str) -> str:
    """What is wrong with the key of a tunnel, in a sentence that does not tell it; empty if nothing is."""
    if not LEAST <= len(key) <= MOST:
        return f"The key of tunnel {number} has {len(key)} characters; AWS takes {LEAST} to {MOST}."
    if found := FOREIGN.search(key):
        return f"The key of tunnel {number} has {found[0]!a} in it; AWS takes letters, digits, “.” and “_” alone."
    if key.startswith("0"):
        return f"The key of tunnel {number} begins with 0, which AWS does not take."
    return ""


def looked_at(file: Path) -> Iterator[Finding | Caution]:
    """Whether a file holds what AWS takes as the keys of both tunnels."""
    try:
        keys = [line.rstrip() for line in file.read_text(encoding="utf-8").splitlines()]
        others = file.stat().st_mode & 0o077
    except (OSError, UnicodeDecodeError) as problem:
        why = files.reason(problem) if isinstance(problem, OSError) else "it is no text in UTF-8"
        yield _refused(f"{file} cannot be read: {why}.", FORM)
        return
    if len(keys) != len(TUNNELS):
        yield _refused(f"{file} has {len(keys)} line{'' if len(keys) == 1 else 's'}.", FORM)
        return
    faults = [told for number, key in zip(TUNNELS, keys, strict=True) if (told := fault(number, key))]
    if faults:
        yield _refused(" ".join(faults), f"Change it in {file}.")
        return
    yield Finding("own-keys", Grade.PROVED, f"{file} holds a key for each tunnel that AWS takes.", "read here")
    if keys[0] == keys[1]:
        yield Caution("same-keys", "Both tunnels have the same key. It works; two keys are safer.", key="key_file")
    if others:
        yield Caution(
            "keys-readable", f"Others on this machine can read {file}: chmod 600 makes it yours alone.", key="key_file"
        )


def secrets(file: Path, connection: Action) -> tuple[Secret, ...]:
    """The keys, for a plan that makes this connection: read from the file until AWS has them."""
    look = Call("ec2.DescribeVpnConnections", {"VpnConnectionIds": [connection.resource]})
    return tuple(
        Secret(
            _name(number), connection.id, look,
            f"VpnConnections[0].Options.TunnelOptions[{number - 1}].PreSharedKey",
            file=str(file), line=number,
        )
        for number in TUNNELS
    )  # fmt: skip


def given(options: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The options of both tunnels, with their keys."""
    return [{**each, "PreSharedKey": secret(_name(number))} for number, each in zip(TUNNELS, options, strict=True)]


def _name(number: int) -> str:
    return f"tunnel-{number}"


def _refused(sentence: str, remedy: str) -> Finding:
    return Finding("own-keys", Grade.REFUSED, sentence, "read here", remedy)
