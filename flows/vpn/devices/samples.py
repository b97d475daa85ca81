"""AWS's sample for a device, as the connection really is; where AWS has none, its words for any device."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from flows.aws import vpn_devices
from flows.aws.vpn_devices import VpnDevice
from flows.engine import Cloud, CloudError, Denied

from .allowed import Allowed


@dataclass(frozen=True)
class Sample:
    """What AWS gave, and what it gave instead of.

    Args:
        text: AWS's own, with the keys; empty if it gave none.
        device: the device that it is for: the one in the office, or the generic one.
        ike: the IKE version that was asked for.
        kind: the kind that was asked for.
        refused: what AWS said to the first that was asked for; empty if it gave that.
    """

    text: str = field(repr=False)
    device: VpnDevice
    ike: str = ""
    kind: str = ""
    refused: str = ""


def best(cloud: Cloud, connection: str, device: VpnDevice, allowed: Allowed) -> Sample:
    """The best that AWS has for a device at a connection with this id. Never raises: without one, it says why."""
    refused = ""
    for each in _asked(cloud, device):
        for ike, kind in allowed.samples:
            try:
                text = vpn_devices.sample(cloud, connection, each.id, ike, kind)
            except Denied as problem:
                return Sample("", device, refused=_said(problem))
            except CloudError as problem:
                refused = refused or _said(problem)
            else:
                return Sample(text, each, ike, kind, refused)
    return Sample("", device, refused=refused)


def _asked(cloud: Cloud, device: VpnDevice) -> Iterator[VpnDevice]:
    yield device
    if device.generic:
        return
    try:
        yield from (each for each in vpn_devices.devices(cloud) if each.generic)
    except CloudError:  # what the device's own was refused with is said
        return


def _said(problem: CloudError) -> str:
    return f"it answers {problem.aws_code}" if problem.aws_code else problem.what
