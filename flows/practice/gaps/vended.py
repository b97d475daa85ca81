"""Logs that a service delivers: into a group that is there, by a policy that lets it in or that it writes itself."""

from __future__ import annotations

import json
from typing import Any

from flows.policies import Caller, Request, read
from flows.practice.gaps.wire import Described, refuse

DELIVERY, SHARED = "delivery.logs.amazonaws.com", "AWSLogDeliveryWrite20150319"
FORMATS = ("json", "text")


def checked(backend: Any, told: Described) -> None:
    """Refuse what AWS refuses of a tunnel's logs, and let its log delivery in where nothing does yet."""
    for kind in ("", "Bgp"):
        on, arn = bool(told.get(f"{kind}LogEnabled")), str(told.get(f"{kind}LogGroupArn") or "")
        if (form := told.get(f"{kind}LogOutputFormat", "json")) not in FORMATS:
            raise refuse("InvalidParameterValue", f"Value ({form}) for parameter {kind}LogOutputFormat is invalid.")
        if on and not arn:
            raise refuse("MissingParameter", f"{kind}LogGroupArn must be given where {kind}LogEnabled is true.")
        if arn:
            _let_in(backend, arn, f"{kind}LogGroupArn")


def described(options: Described) -> Described:
    told = options.get("CloudWatchLogOptions") or {}
    return {"LogEnabled": False, "BgpLogEnabled": False, **told}


def _let_in(backend: Any, arn: str, parameter: str) -> None:
    from moto.logs.models import logs_backends  # only what has logs needs it

    logs = logs_backends[backend.account_id][backend.region_name]
    if arn not in {group.arn for group in logs.groups.values()}:
        raise refuse("InvalidParameterValue", f"Value ({arn}) for parameter {parameter} is invalid: no such log group.")
    context = {"aws:SourceAccount": backend.account_id, "aws:SourceArn": f"{arn.partition('log-group:')[0]}x"}
    stream, service = f"{arn}:log-stream:x", Caller(service=DELIVERY)
    documents = [str(each.policy_document) for each in logs.resource_policies.values()]
    if read(documents, Request("logs:PutLogEvents", stream, service, context)):
        return
    statement = {
        "Sid": SHARED, "Effect": "Allow", "Principal": {"Service": [DELIVERY]},
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": [f"{arn}:log-stream:*"],
        "Condition": {"StringEquals": {"aws:SourceAccount": [backend.account_id]}},
    }  # fmt: skip
    logs.put_resource_policy(SHARED, json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
