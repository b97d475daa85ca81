"""What a deed is, and which deeds there are.

A deed is done to one action of a run. It may ask what else the run made, to know what to do to which. `mere` deeds
change nothing that anybody would miss; those that `take` take away what the action's work was a part of; after those
that `turn` a thing it is somebody else's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from elsewhere.hand import Made

from flows.practice import PracticeAccount

Act = Callable[[PracticeAccount, Made, Collection[Made]], None]


@dataclass(frozen=True)
class Deed:
    act: Act
    mere: bool
    takes: bool
    turns: bool

    @property
    def name(self) -> str:
        return self.act.__name__.replace("_", " ")

    @property
    def kind(self) -> tuple[bool, ...]:
        return self.mere, self.takes, self.turns


DEEDS: dict[str, list[Deed]] = {}
NOBODY: Mapping[str, str] = {
    "ec2.CreateVpnConnectionRoute": "a route of a connection is there or not",
    "ec2.AssociateTransitGatewayRouteTable": "an attachment goes by a table or not",
    "ec2.EnableTransitGatewayRouteTablePropagation": "networks are brought into a table or not",
    "codecommit.CreateRepository": "moto takes no files into it",
    "codebuild.CreateProject": "moto cannot edit one",
    "rds.CreateDBInstance": "what it holds is its cluster's",
    "ec2.ModifyVpcAttribute": "it is on or off",
    "route53.AssociateVPCWithHostedZone": "a VPC resolves a zone or not",
    "ec2.StopInstances": "it is started again before the run ends",
}
"""Operations to whose work nobody does anything here, and why."""


class NotHere(Exception):
    """There is nothing here to which this could be done."""


def to(*operations: str, mere: bool = False, takes: bool = False, turns: bool = False) -> Callable[[Act], Act]:
    """What may happen to the work of these operations."""

    def noted(act: Act) -> Act:
        for operation in operations:
            DEEDS.setdefault(operation, []).append(Deed(act, mere, takes, turns))
        return act

    return noted


def done(account: PracticeAccount, act: Act, made: Made, all_: Collection[Made]) -> bool:
    """Do it; False if there is nothing here to which it could be done."""
    try:
        act(account, made, all_)
    except NotHere:
        return False
    return True


def client(account: PracticeAccount, service: str, **more: Any) -> Any:
    return account.session.client(service, **more)  # type: ignore[call-overload]


def only(listed: Collection[Any]) -> Any:
    if not listed:
        raise NotHere
    return next(iter(listed))
