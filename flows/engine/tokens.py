"""What signs somebody in goes to AWS, and what AWS gives for it goes nowhere else.

An emulator has an address of its own, and any keys do there. But a token of single sign-on, of `aws login` or of a web
identity opens the real account to whoever holds it, and so do the keys that AWS gives for it. So they are not used at
an address that is not AWS's. On this machine itself a whole AWS may be played, sign-in included, where environment or
profile say so; `--endpoint-url` is for the calls alone, as with the AWS CLI.
"""

from __future__ import annotations

import ipaddress
import os
from typing import Any
from urllib.parse import urlsplit

from ..place import Place
from .endpoints import SIGN_IN, address_of
from .problems import NoAccess
from .profiles import Kind, chain, source

SERVICES = {Kind.SSO: ("sso", "sso-oidc"), Kind.CONSOLE: ("signin",)}
"""Who is asked with a token, by where a profile's credentials come from."""
KEYS = "Use a profile with access keys of its own there; an emulator takes any."


def keep(session: Any, place: Place) -> None:
    """See to it that no token of this boto3 session's profile goes to somebody else at a settled place.

    Raises NoAccess: the profile cannot be used there.
    """
    core = session._session
    calls = [place.endpoint_url, *(url for id, url in place.endpoints if id not in SIGN_IN)]
    strange = next((url for url in calls if strangers(core, url)), "")
    if strangers(core, address_of(place, core, "sts")):
        core.register("before-call.sts.AssumeRoleWithWebIdentity", _refuse_web_identity)
    if not place.profile and os.environ.get("AWS_ACCESS_KEY_ID"):  # botocore takes these first
        return
    name = session.profile_name
    start = source(core.full_config, name)
    for service in SERVICES.get(start.kind, ()):
        there = address_of(place, core, service)
        if strangers(core, there) and not loopback(there):
            raise _refused(f"The profile “{name}” signs in with {start.kind.value}, and {there} is not AWS.")
        if strange and not strangers(core, there):
            raise _refused(f"The profile “{name}” signs in with AWS ({start.kind.value}), and {strange} is not AWS.")
    roles = any("role_arn" in each for each in chain(core.full_config, name).values())
    if roles and strange and not loopback(strange):
        raise _refused(f"The profile “{name}” takes a role, and {strange} is not AWS.")


def strangers(core: Any, url: str) -> bool:
    """Whether an address is somebody else's than AWS's. An empty one stands for AWS's own."""
    outputs = [partition["outputs"] for partition in core.get_data("partitions")["partitions"]]
    domains = tuple(f".{each[kind]}" for each in outputs for kind in ("dnsSuffix", "dualStackDnsSuffix"))
    parts = urlsplit(url)
    return bool(url) and not (parts.scheme == "https" and (parts.hostname or "").endswith(domains))


def loopback(url: str) -> bool:
    """Whether an address is on this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _refuse_web_identity(params: Any, **_: Any) -> None:
    raise _refused(f"The web identity's token goes to AWS alone, and {params['url']} is not AWS.")


def _refused(what: str) -> NoAccess:
    return NoAccess(what, "What AWS gives to a person is not sent to anybody else.", KEYS)
