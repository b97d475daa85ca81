"""How a target group keeps its visitors, as AWS takes it.

moto has no attributes of cookies until they are set, takes names and times that AWS refuses, and keeps visitors where
AWS cannot: functions, groups without cross-zone balancing, groups among which visitors are divided.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from moto.elbv2.exceptions import ELBClientError
from moto.elbv2.models import ELBv2Backend
from moto.elbv2.responses import ELBV2Response

NAME, KIND, ENABLED = "stickiness.app_cookie.cookie_name", "stickiness.type", "stickiness.enabled"
SECONDS = "stickiness.app_cookie.duration_seconds", "stickiness.lb_cookie.duration_seconds"
USUAL = {NAME: "", **dict.fromkeys(SECONDS, "86400")}
KNOWN = (ENABLED, KIND, *USUAL, "slow_start.duration_seconds", "waf.fail_open.enabled")
FAMILIES = (
    "deregistration_delay.", "load_balancing.", "target_group_health.", "target_failover.", "lambda.",
    "proxy_protocol_v2.", "preserve_client_ip.",
)  # fmt: skip

_modify: Any = ELBv2Backend.modify_target_group_attributes
_describe: Any = ELBV2Response.describe_target_group_attributes


def _refuse(code: str, message: str) -> ELBClientError:
    return ELBClientError(code, message)


def complete(group: Any) -> None:
    """Give a group for http what AWS lists of cookies also where nothing was set."""
    if group.protocol in ("HTTP", "HTTPS"):
        group.attributes = {**USUAL, **group.attributes}


def _described(self: Any) -> Any:
    group = self.elbv2_backend.target_groups.get(self._get_param("TargetGroupArn"))
    if group is not None:
        complete(group)
    return _describe(self)


def _modified(self: Any, target_group_arn: str, attributes: dict[str, Any]) -> None:
    for key in attributes:
        if key not in KNOWN and not key.startswith(FAMILIES):
            raise _refuse("ValidationError", f"Target group attribute key '{key}' is not recognized")
    for key in SECONDS:
        if key in attributes and not (str(attributes[key]).isdigit() and 1 <= int(attributes[key]) <= 604800):
            raise _refuse("ValidationError", f"'{key}' must be between 1 and 604800 inclusive")
    name = str(attributes.get(NAME, "-"))
    if re.match("AWSALB", name) or not re.fullmatch(r"[\w!#$%&'*+.^`|~-]+", name, re.ASCII):
        raise _refuse("InvalidConfigurationRequest", f"The application cookie name '{name}' is not valid")
    if (group := self.target_groups.get(target_group_arn)) is not None:
        complete(group)
        _check_keeping(self, group, {**group.attributes, **attributes})
    _modify(self, target_group_arn, attributes)


def _check_keeping(self: Any, group: Any, then: dict[str, Any]) -> None:
    if str(then.get(ENABLED)) != "true" or group.protocol not in ("HTTP", "HTTPS", None):
        return
    if group.target_type == "lambda":
        why = "A target group with target type 'lambda' does not support stickiness"
    elif str(then.get("load_balancing.cross_zone.enabled")) == "false":
        why = "Stickiness is not supported while cross-zone load balancing is off"
    elif then.get("load_balancing.algorithm.type") == "weighted_random":
        why = "Stickiness is not supported with the weighted random algorithm"
    elif any(_divided_among(actions, group.arn) for actions in _all_actions(self)):
        why = "A sticky target group in a weighted forward needs TargetGroupStickinessConfig"
    else:
        return
    raise _refuse("InvalidConfigurationRequest", why)


def check_forward(backend: ELBv2Backend, action: dict[str, Any]) -> None:
    """Refuse a forward to several groups that does not keep visitors with the one that keeps them itself."""
    config = (action.get("ForwardConfig") or {}).get("TargetGroupStickinessConfig") or {}
    if config.get("Enabled") and not 1 <= int(config.get("DurationSeconds") or 0) <= 604800:
        raise _refuse("ValidationError", "DurationSeconds must be between 1 and 604800")
    for group in backend.target_groups.values():
        if str(group.attributes.get(ENABLED)) == "true" and _divided_among([action], group.arn):
            message = "A sticky target group in a weighted forward needs TargetGroupStickinessConfig"
            raise _refuse("InvalidLoadBalancerAction", message)


def _all_actions(backend: Any) -> Iterable[list[dict[str, Any]]]:
    for balancer in backend.load_balancers.values():
        for listener in balancer.listeners.values():
            yield [each.data for each in listener.default_actions]
            for rule in listener.rules.values():
                yield [each.data for each in rule.actions]


def _divided_among(actions: Iterable[dict[str, Any]], arn: str) -> bool:
    """Whether requests are divided among a group and others, and nobody is kept with one of them."""
    for action in actions:
        config = action.get("ForwardConfig") or {}
        weighed = [each["TargetGroupArn"] for each in config.get("TargetGroups") or [] if int(each.get("Weight", 1))]
        keeps = str((config.get("TargetGroupStickinessConfig") or {}).get("Enabled")).lower() == "true"
        if arn in weighed and len(weighed) > 1 and not keeps:
            return True
    return False


def install() -> None:
    for where, name, method in (
        (ELBv2Backend, "modify_target_group_attributes", _modified),
        (ELBV2Response, "describe_target_group_attributes", _described),
    ):
        setattr(where, name, method)
