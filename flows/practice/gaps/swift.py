"""Draws an EC2 id at one go.

moto draws it letter by letter. With its account come over a thousand of Amazon's images, each with a volume
and a snapshot, and drawing their ids was half of the wait at the first call.
"""

from __future__ import annotations

import moto.ec2.utils
from moto.moto_api._internal import mock_random


def _resource_id(size: int = 8) -> str:
    return f"{mock_random.getrandbits(4 * size):0{size}x}"


def install() -> None:
    moto.ec2.utils.random_resource_id = _resource_id
