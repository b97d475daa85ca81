"""What lets another account launch and copy an image that exists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flows.aws import amis, keepers
from flows.engine import Cloud
from flows.engine.flow import Mend
from flows.engine.repair import Part, admits

from . import steps

BEYOND = {
    "image": "What failed, or was never there, is made anew: make another image.",
    "key": "Amazon's keys cannot be opened: the set-up makes a copy under a key of your own.",
    "key-state": "Whoever keeps the key, or is having it deleted, decides that.",
    "key-use": "A statement of others forbids it, and nothing of others is changed.",
    "public": "Only you know who relies on that: the command takes it back from everybody.",
    "deprecated": "Whoever deprecated it wants it out of lists: the command takes that back.",
    "products": "Only the receiver can subscribe to that software.",
}
"""What is left to people, by the rule that finds it. Some of it can be mended in other cases."""


def launch(image: amis.Image, account: str) -> Mend:
    """Let that account launch it."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from keepers.agreed(f"The image {image.id}", dict(image.tags))
        yield steps.share(steps.Piece(image.id, image.snapshots), account)
        yield admits(f"The account {account} may launch {image.id} then, and read what is on its disks.")

    return mend


def copy(image: amis.Image, disks: Sequence[str], account: str) -> Mend:
    """Let that account copy these disks of it."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from keepers.agreed(f"The image {image.id}", dict(image.tags))
        piece = steps.Piece(image.id, image.snapshots)
        for disk in disks:
            yield steps.share_disk(piece, image.snapshots.index(disk), account)
        yield admits(f"The account {account} may copy {', '.join(disks)} then, and keep what is on them.")

    return mend


def enable(image: amis.Image) -> Mend:
    """Let an image that is disabled be launched again; by its owner alone, until it is shared again."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from keepers.agreed(f"The image {image.id}", dict(image.tags))
        yield amis.enabled(image)
        yield admits(f"Your account may launch {image.id} again then. Nobody else may, before it is shared again.")

    return mend
