"""Which addresses are asked: AWS's own, or those that a flag, the environment or a profile names instead.

botocore looks for them in the same places and in the same order (AWS SDKs and Tools Reference Guide, "Service-specific
endpoints", 2026-10). Here that is done once, when an account is opened, so that it can be shown, is written down with a
run, and holds wherever that run is gone on with.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from ..place import Place

VARIABLE = "AWS_ENDPOINT_URL"
OWN = "AWS's own addresses"
SIGN_IN = ("signin", "sso", "sso_oidc")
"""The ids of the services that sign somebody in: `aws login`, and single sign-on with its tokens."""


def settled(place: Place, session: Any) -> Place:
    """`place` with all that a boto3 session found out about it: region, partition, addresses. Settled, it stays so.

    Raises BotoCoreError if the profile takes its addresses from where there are none.
    """
    if place.partition:
        return place
    core = session._session
    everywhere, each = ("", ()) if place.practice else configured(core)
    if place.endpoint_url and place.endpoint_url != everywhere:
        # as with the AWS CLI, the flag is for the calls: who signs somebody in is asked where it always was
        each = tuple((id, dict(each).get(id, everywhere)) for id in SIGN_IN)
        everywhere = place.endpoint_url
    region = session.region_name
    return replace(place, region=region, partition=_partition(core, region), endpoint_url=everywhere, endpoints=each)


def configured(core: Any) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The address for all services, and those for single ones by their ids, as environment and profile have them.

    Args:
        core: a botocore session.

    Raises BotoCoreError as `settled` does.
    """
    if core.get_config_variable("ignore_configured_endpoint_urls"):
        return "", ()
    profile = core.get_scoped_config()
    everywhere = os.environ.get(VARIABLE, "")
    single = {} if everywhere else _of_services(core, profile.get("services", ""))
    single |= {
        name.removeprefix(f"{VARIABLE}_").lower(): url
        for name, url in os.environ.items()
        if name.startswith(f"{VARIABLE}_") and url
    }
    return everywhere or str(profile.get("endpoint_url", "")), tuple(sorted(single.items()))


def _of_services(core: Any, section: str) -> dict[str, str]:
    from botocore.exceptions import InvalidConfigError

    if not section:
        return {}
    services = core.full_config.get("services", {}).get(section)
    if services is None:
        what = f"The profile is configured to use the services section “{section}”, which does not exist."
        raise InvalidConfigError(error_msg=what)
    return {
        name: str(about["endpoint_url"])
        for name, about in services.items()
        if isinstance(about, Mapping) and about.get("endpoint_url")
    }


def _partition(core: Any, region: str) -> str:
    from botocore.exceptions import BotoCoreError

    try:
        return str(core.get_partition_for_region(region))
    except BotoCoreError:  # a region of an emulator
        return "aws"


def pin(session: Any, place: Place) -> None:
    """Have all clients of a boto3 session ask at this place only, with those that botocore makes to get credentials."""
    from botocore.config import Config

    core = session._session
    make = partial(type(core).create_client, core)
    settings: Any = Config  # the stubs lag behind: they do not know this setting
    ignoring = settings(ignore_configured_endpoint_urls=True)

    def create_client(
        service_name: str, *given: Any, endpoint_url: str | None = None, config: Any = None, **named: Any
    ) -> Any:
        address = endpoint_url or address_of(place, core, service_name) or None
        config = config.merge(ignoring) if config else ignoring
        return make(service_name, *given, endpoint_url=address, config=config, **named)

    core.create_client = create_client


def address_of(place: Place, core: Any, service: str) -> str:
    """Where a service is asked at a settled place; empty for AWS's own address."""
    if not place.endpoints:
        return place.endpoint_url
    id = core.get_service_model(service).service_id.hyphenize().replace("-", "_")
    return dict(place.endpoints).get(id, place.endpoint_url)


def otherwise(place: Place, said: Place | None = None) -> list[str]:
    """What environment and profile say otherwise than a settled place, a sentence each; it is not heeded.

    Where the command line `said` the very same region or address, nothing is otherwise: they do not count there.
    """
    import botocore.session
    from botocore.exceptions import BotoCoreError

    if place.practice or not place.partition:
        return []
    flags = said or Place()
    chosen = any(os.environ.get(each) for each in ("AWS_DEFAULT_PROFILE", "AWS_PROFILE"))
    core = botocore.session.Session(profile=flags.profile or ("" if chosen else place.profile) or None)
    try:
        theirs = os.environ.get("AWS_REGION") or core.get_config_variable("region") or ""
        everywhere, each = configured(core)
    except BotoCoreError:  # told where it matters; the place is known
        return []
    told = list[str]()
    if place.profile and not flags.profile and core.profile != place.profile:
        told.append(
            f"Your surroundings say the profile {core.profile}; this was begun with {place.profile}, and is gone on "
            "with by that one."
        )
    if theirs and theirs != place.region != flags.region:
        told.append(f"Your surroundings say {theirs}; this was begun in {place.region}, and is gone on with there.")
    same = flags.endpoint_url and flags.endpoint_url.rstrip("/") == place.endpoint_url.rstrip("/")
    if (everywhere, each) != (place.endpoint_url, place.endpoints) and not same:
        here, there = (
            " and ".join(addresses(*pair)) for pair in ((everywhere, each), (place.endpoint_url, place.endpoints))
        )
        told.append(
            f"Your surroundings say {here or OWN}; this was begun at {there or OWN}, and is gone on with there."
        )
    return told


def unprotected(place: Place) -> list[str]:
    """The addresses that are asked over plain HTTP and are not on this machine."""
    every = (place.endpoint_url, *(url for _, url in place.endpoints))
    return sorted({url for url in every if urlsplit(url).scheme == "http" and not _here(urlsplit(url).hostname or "")})


def _here(host: str) -> bool:
    """Whether a host is this machine by its name alone (RFC 6761, section 6.3) or its address."""
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost" or host.endswith(".localhost")


def addresses(endpoint_url: str, endpoints: tuple[tuple[str, str], ...]) -> list[str]:
    """Addresses as they are shown; nothing for AWS's own."""
    each = [f"{url} for {name}" for name, url in endpoints if url and url != endpoint_url]
    return [endpoint_url, *each] if endpoint_url else each
