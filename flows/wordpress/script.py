"""The provisioning script with its parameters filled in: the same file for user data, Run Command and reading."""

from __future__ import annotations

import base64
import gzip
import re
import shlex
from collections.abc import Mapping
from importlib.resources import files

from flows.engine import RUN, FlowMistake, Late, Refused, join

LIMIT = 16384
"""Bytes that user data may have before it is encoded (Amazon EC2 User Guide, 2026-10)."""
LOG, STATUS = "/var/log/handrail-wordpress.log", "/var/lib/handrail/wordpress.status"
PROVISION = "/var/lib/handrail/provision.sh"
_LOGGED = f"""\
set -eo pipefail
mkdir -p /var/lib/handrail
exec > >(tee -a {LOG}) 2>&1
trap 'if [[ $? == 0 ]]; then echo well; else echo badly; fi >{STATUS}' EXIT
"""
WATCH = f"""\
for try in $(seq 180); do test -s {STATUS} && break; sleep 5; done
tail -n 40 {LOG}
test "$(cat {STATUS})" = well
"""
"""Waits on the new machine until the script is through, tells what it said, and fails as it failed."""


def script() -> str:
    """The script as it stands in the package."""
    return files(__package__).joinpath("provision.sh").read_text(encoding="utf-8")


def filled(values: Mapping[str, str]) -> str:
    """The script with these values as the defaults of its parameters; what is set where it runs still goes first.

    Raises Refused for a value that would be more than text there.
    """
    text = script()
    for name, value in values.items():
        line = re.compile(rf'^({name}="\$\{{{name}:-).*?(\}}")', re.MULTILINE)
        if not line.search(text):
            raise FlowMistake(f"The script has no parameter {name}.")
        if not re.fullmatch(r"[\w ./:-]*", value):
            remedy = "Use letters, digits, blanks and . / : - _ only."
            raise Refused(f"“{value}” cannot stand in the script as {name}.", remedy=remedy)
        text = line.sub(rf"\g<1>{value}\g<2>", text)
    return text


def command(values: Mapping[str, str]) -> str:
    """The script as Run Command takes it: the values in front, and bash, whatever shell the agent has."""
    return f"{_exported(values)}bash <<'HANDRAIL_WORDPRESS'\n{script()}HANDRAIL_WORDPRESS\n"


def for_run(values: Mapping[str, str]) -> Late:
    """The same, with its copies of what it changes kept under the name of the run."""
    return join("export KEY=", RUN, "\n", command(values))


def user_data(values: Mapping[str, str]) -> str:
    """What a new machine runs once at its first start, with its log and its end where `WATCH` looks.

    The script is packed, to stay below `LIMIT`; on the machine it stands readable in `PROVISION`.
    """
    packed = base64.b64encode(gzip.compress(script().encode(), mtime=0)).decode()
    return (
        f"#!/usr/bin/env bash\n{_LOGGED}{_exported(values)}"
        f"base64 -d <<'PACKED' | gunzip >{PROVISION}\n{packed}\nPACKED\nbash {PROVISION}\n"
    )


def _exported(values: Mapping[str, str]) -> str:
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in values.items())
