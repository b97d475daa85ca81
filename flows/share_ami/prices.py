"""What the disks of an image cost: each copy is a whole set of snapshots, and each region and account pays for its own.

Amazon EC2 User Guide, "Copy an Amazon EC2 AMI" ("you're charged for the storage of the target AMI"), 2026-11. The
prices of us-east-1 are from memory and not verified (2026-11).
"""

from __future__ import annotations

from decimal import Decimal

from flows.engine import Cost

MONTHLY = Decimal("0.05")
"""USD per GB and month that snapshots keep."""
USED = "Only used blocks count."


def image(gigabytes: int, region: str = "") -> tuple[Cost, ...]:
    """An image of a machine; `region` is where it stays while a copy of it is elsewhere."""
    if not region:
        return _storage("Snapshots of the image", gigabytes, f"{USED} A copy elsewhere costs as much there.")
    return _storage(f"Snapshots of the image in {region}", gigabytes, USED)


def copy(gigabytes: int, region: str) -> tuple[Cost, ...]:
    """A copy of one: in another region if one is named."""
    if not region:
        return _storage("Snapshots of the copy", gigabytes, USED)
    sent = "Sending it there costs about 0.02 USD per GB once."
    return _storage(f"Snapshots of the copy in {region}", gigabytes, f"{USED} {sent}")


def received(gigabytes: int) -> tuple[Cost, ...]:
    """The copy that is made in the receiver's account."""
    return _storage("Snapshots of the copy in the other account", gigabytes, f"{USED} Billed there.")


def _storage(what: str, gigabytes: int, note: str) -> tuple[Cost, ...]:
    as_of, source = "2026-11", "https://aws.amazon.com/ebs/pricing/, not verified"
    if not gigabytes:  # AWS does not say how large they are
        return (Cost(what, Decimal(0), as_of, source, note, counts="unknown"),)
    hourly = (MONTHLY * gigabytes / 730).quantize(Decimal("0.000001"))
    return (Cost(f"{what}, at most {gigabytes} GB", hourly, as_of, source, note),)
