"""Keeps the first call to EC2 short.

moto draws an id letter by letter, reads the machine types of all regions, and makes over a thousand of Amazon's
images, each with a volume and a snapshot, for an account in which nobody may ever ask for an image. Here an id is
drawn at one go, and types and images are there from when they are first looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import moto.ec2.utils
from moto.ec2.models.amis import AmiBackend
from moto.ec2.models.instance_types import (
    INSTANCE_TYPE_OFFERINGS,
    INSTANCE_TYPES,
    InstanceType,
    InstanceTypeBackend,
)
from moto.moto_api._internal import mock_random
from moto.utilities import utils

from flows.practice.gaps.steady import same_every_time


class _Later(list[Any]):
    """A list that is made when somebody looks into it."""

    def __init__(self, make: Callable[[], list[Any]]) -> None:
        super().__init__()
        self._make: Callable[[], list[Any]] | None = make

    def __iter__(self) -> Iterator[Any]:
        make, self._make = self._make, None
        self.extend(make() if make else ())
        return super().__iter__()


def _types() -> list[Any]:
    INSTANCE_TYPES.update(utils.load_resource("ec2/resources/instance_types.json"))
    return list(map(InstanceType, INSTANCE_TYPES))


def _offerings(where: str, region: str) -> list[Any]:
    read = utils.load_resource(f"ec2/resources/instance_type_offerings/{where}/{region}.json")
    return [{**each, "LocationType": where} for each in read]


def _images(backend: AmiBackend) -> Any:
    kept = vars(backend)
    if "amis" not in kept:
        kept["amis"] = {}
        with same_every_time(f"images {backend.account_id} {backend.region_name}"):  # type: ignore[attr-defined]
            _load_amis(backend)
    return kept["amis"]


_load_amis: Any = AmiBackend._load_amis


def _resource_id(size: int = 8) -> str:
    return f"{mock_random.getrandbits(4 * size):0{size}x}"


def install() -> None:
    moto.ec2.utils.random_resource_id = _resource_id
    InstanceTypeBackend.instance_types = _Later(_types)
    for where, regions in INSTANCE_TYPE_OFFERINGS.items():
        regions.update({region: _Later(partial(_offerings, where, region)) for region in regions})
    images: Any = AmiBackend
    images.amis = property(_images, lambda backend, none_yet: None)
    images._load_amis = lambda backend: None
