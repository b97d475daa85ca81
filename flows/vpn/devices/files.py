"""All files for a device of another maker, by the names under which the README speaks of them."""

import re
from dataclasses import dataclass
from typing import Any

from flows.aws.vpn_devices import VpnDevice
from flows.engine import Cloud
from flows.vpn.device.configuration import Configuration
from flows.vpn.device.files import without_keys
from flows.vpn.device.site import Site

from . import readme, samples
from .allowed import allowed

KEYS = "keys.txt"
"""Where the keys are if AWS's sample does not hold them."""


@dataclass(frozen=True)
class Files:
    """What a person gets for the device.

    Args:
        texts: by relative file name.
        keys: the one of them that holds the keys; empty where AWS keeps those elsewhere.
        told: what AWS gave, in a sentence.
    """

    texts: dict[str, str]
    keys: str
    told: str


def files(cloud: Cloud, found: dict[str, Any], configuration: Configuration, site: Site, device: VpnDevice) -> Files:
    """AWS's sample for a device, and a README of ours.

    Args:
        cloud: the account, which is asked for the sample.
        found: the connection as AWS tells it.
        configuration: both tunnels, with their keys.
        site: what is known of the office.
        device: the kind of device in the office.
    """
    may = allowed(found)
    sample = samples.best(cloud, configuration.connection_id, device, may)
    named = f"{_slug(sample.device)}.txt" if sample.text else ""
    keys = [tunnel.psk for tunnel in configuration.tunnels if tunnel.psk]
    holder = "" if not keys else named if all(key in sample.text for key in keys) else KEYS
    texts = {"README.txt": readme.readme(configuration, site, device, may, sample, holder, named)}
    if named:
        texts[named] = sample.text if holder == named else without_keys(sample.text, configuration)
    if holder == KEYS:
        texts[KEYS] = "".join(
            f"Tunnel {each.number}, {each.aws_outside}: {each.psk}\n" for each in configuration.tunnels
        )
    return Files(texts, holder, readme.sentence(device, sample, may))


def _slug(device: VpnDevice) -> str:
    return re.sub(
        r"[^a-z0-9]+", "-", "generic" if device.generic else f"{device.maker} {device.platform}".lower()
    ).strip("-")
