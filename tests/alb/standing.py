"""How a load balancer stands that somebody left otherwise, and what AWS would say of its servers' health."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from alb.cases import Front, to
from support.clouds import Between

import flows
from flows.engine import Call
from flows.engine.cache import CachedCloud
from flows.engine.verdict import Verdict, verdict


def check(cloud: Any, name: str = "shop") -> Verdict:
    return verdict(flows.find("alb").diagnose(CachedCloud(cloud), {"load_balancer": name}))


def https(shop: Front, port: int = 443, **more: Any) -> None:
    """A listener, and the firewall open for it."""
    shop.listen(port, https=True, **more)
    permission: Any = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    shop.ec2.authorize_security_group_ingress(GroupId=shop.found["SecurityGroups"][0], IpPermissions=[permission])


def secure(shop: Front) -> None:
    https(shop)
    shop.default(80, to("HTTPS", Port="443"))


@dataclass(frozen=True)
class State:
    """How it is made, and how it stands then: the status, the rule that it is because of, a part of the way out."""

    made: Callable[[Front], object]
    status: str
    cause: str = ""
    remedy: str = ""
    targets: tuple[dict[str, str], ...] = ()
    """What AWS would say of the health of its targets."""


def ill(reason: str = "", says: str = "", state: str = "unhealthy") -> dict[str, str]:
    return {"State": state, "Reason": reason, "Description": says}


class WithHealth(Between):
    """Whose targets are as they never are in practice."""

    def __init__(self, cloud: Any, targets: tuple[dict[str, str], ...]) -> None:
        super().__init__(cloud)
        self.targets = targets

    def make(self, call: Call) -> dict[str, Any]:
        if call.name != "DescribeTargetHealth":
            return super().make(call)
        health = [{"Target": {"Id": f"i-{n}"}, "TargetHealth": each} for n, each in enumerate(self.targets)]
        return {"TargetHealthDescriptions": health}
