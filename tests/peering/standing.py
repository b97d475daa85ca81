"""Two VPCs that are connected, and what somebody breaks of it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peering.cases import session
from support.clock import FakeClock
from support.sessions import carried_out

from flows.engine import Journal, Place
from flows.engine.boto import Aws
from flows.practice import PracticeAccount


@dataclass
class World:
    """A network of the company, connected with another; `here` and `there` are clients."""

    account: PracticeAccount
    cloud: Aws
    id: str

    @property
    def here(self) -> Any:
        return self.account.session.client("ec2")

    @property
    def there(self) -> Any:
        return self.account.session.client("ec2", region_name="us-east-1")

    @property
    def subject(self) -> dict[str, str]:
        return {"connection": self.id}


@contextmanager
def connected(answers: Mapping[str, Any]) -> Iterator[World]:
    """With these answers, in an account of its own, in which nothing stands open to everybody."""
    with (
        tempfile.TemporaryDirectory() as folder,
        PracticeAccount(None, region="eu-central-1", hurry=True) as account,
    ):
        closed(account.session.client("ec2"))
        cloud = Aws(Place(practice=True), account.session, account.session_of)
        made = session(cloud, Journal(Path(folder)), answers, FakeClock())
        carried_out(made)
        assert made.run
        yield World(account, cloud, made.run.record.handover["outputs"]["connection"])
        made.close()


def closed(ec2: Any) -> None:
    """The machine of the blog, which everybody comes to, lets in nobody."""
    (web,) = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["web"]}])["SecurityGroups"]
    ec2.revoke_security_group_ingress(GroupId=web["GroupId"], IpPermissions=web["IpPermissions"])


Restores = Callable[[], Any]
Breaks = Callable[[World], Restores]


@contextmanager
def broken(breaks: Breaks, world: World) -> Iterator[None]:
    """So long as this lasts; whatever comes of it, it is whole again afterwards."""
    made_whole = breaks(world)
    try:
        yield
    finally:
        made_whole()


def table(ec2: Any, name: str) -> str:
    (found,) = ec2.describe_route_tables(Filters=[{"Name": "tag:Name", "Values": [name]}])["RouteTables"]
    return str(found["RouteTableId"])
