"""The tags that everything Handrail makes carries, and how to find it again by them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flows.engine import FLOW, RUN, Call, Cloud, CloudError, Find, Late, Refused, join

NAME = "Tags[?Key=='Name'].Value | [0]"
"""JMESPath to the Name tag of a thing that AWS tells with its tags."""
OURS = join("(Tags[?Key=='handrail:run' && Value=='", RUN, "'])")
"""JMESPath, true of such a thing if it carries this run's tag."""
ALIVE = "!contains(['deleted', 'deleting'], State || '')"
"""JMESPath, true of what has not ended: EC2 goes on telling of some things for an hour after that."""


def tagged(kind: str, name: str, *more: str) -> dict[str, Any]:
    """EC2's TagSpecifications for a new thing of that kind ("vpn-gateway"), and for those that are made with it."""
    return {"TagSpecifications": [{"ResourceType": each, "Tags": tags(name)} for each in (kind, *more)]}


def tags(name: str) -> list[dict[str, Any]]:
    return [
        {"Key": "Name", "Value": name},
        {"Key": "handrail:run", "Value": RUN},
        {"Key": "handrail:flow", "Value": FLOW},
    ]


def ours(operation: str, things: str, thing: str) -> Find:
    """Find, by this run's tag, the `thing` among the `things` that EC2's describing `operation` lists.

    Ended ones are left out by listing what has ended, because states such as `modifying` occur that AWS's own
    model does not know. The tag is compared here as well: an emulator may ignore the filter.
    """
    shape = join(f"{things}[?{ALIVE} && ", OURS, "] | [0].{", thing, ": @}")
    return Find(Call(operation, {"Filters": [{"Name": "tag:handrail:run", "Values": [RUN]}]}), shape)


def others_tag(thing: str) -> Late:
    """JMESPath into an answer that has the `thing`: the run that made it, where that is another one."""
    return join(f"{thing}.Tags[?Key=='handrail:run' && Value!='", RUN, "'].Value | [0]")


def is_id(text: str, kind: str) -> bool:
    """Whether a text is an id of EC2's and no name: names may begin like one (“vpn-office”)."""
    return re.fullmatch(rf"{kind}-[0-9a-f]{{8,17}}", text) is not None


def name_of(thing: Mapping[str, Any]) -> str:
    """The Name tag, or nothing."""
    return next((tag["Value"] for tag in thing.get("Tags") or [] if tag["Key"] == "Name"), "")


def of(thing: Mapping[str, Any]) -> dict[str, str]:
    """All its tags."""
    return {str(tag.get("Key")): str(tag.get("Value") or "") for tag in thing.get("Tags") or []}


def of_machine(cloud: Cloud, instance: str) -> dict[str, str]:
    """All those of a machine, by its id; of one that may not be described, none."""
    try:
        pages = list(cloud.pages(Call("ec2.DescribeInstances", {"InstanceIds": [instance]})))
    except CloudError:
        return {}
    found = [each for page in pages for group in page.get("Reservations") or [] for each in group["Instances"]]
    return of(found[0]) if found else {}


def name(text: str) -> str:
    """A name that every kind of resource takes as its Name tag. Raises Refused."""
    if not text or len(text) > 40 or not all(c.isascii() and (c.isalnum() or c in " ._:/=+@-") for c in text):
        raise Refused(
            f"“{text}” cannot be a name. Use letters, digits, spaces and . _ : / = + - @, at most 40 characters."
        )
    return text


def as_name(text: str) -> str:
    """Any text from AWS, made fit to be part of a name."""
    return "".join(c if c.isascii() and (c.isalnum() or c in " ._:/=+@-") else "-" for c in text)[:40]
