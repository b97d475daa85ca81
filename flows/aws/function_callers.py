"""How a bucket's files come to call functions other than straight: by rules of EventBridge, by topics and by queues.

Sources: S3 User Guide, "Event notification types and destinations" and "Using EventBridge"; Lambda Developer Guide,
"Using Lambda with Amazon SQS"; SNS Developer Guide, "Fanout to Lambda functions"; EventBridge User Guide, "Amazon S3
object event notifications", all 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flows.engine import Call, Cloud, CloudError, Identity, shell

from . import event_patterns, event_receivers, lambda_functions
from .event_receivers import EVENTS, SNS, Sender
from .eventbridge_listeners import BY_TRAIL
from .notifications import Notification

KINDS = (
    "Object Created", "Object Deleted", "Object Restore Initiated", "Object Restore Completed",
    "Object Restore Expired", "Object Storage Class Changed", "Object Access Tier Changed", "Object ACL Updated",
    "Object Tags Added", "Object Tags Deleted",
)  # fmt: skip
RECORDED = ("PutObject", "CopyObject", "CompleteMultipartUpload", "DeleteObject", "DeleteObjects")
CARRIERS = {"states": "the state machine", "events": "the event bus"}
"""What a rule may hand an event on to that may call a function then."""
OF_THE_FILE = (
    "detail.object", "detail.reason", "detail.request-id", "detail.requester", "detail.source-ip-address",
    "detail.version", "detail.deletion-type", "detail.requestParameters.key", "detail.userIdentity", "id", "time",
    "version",
)  # fmt: skip
"""Fields of an event that differ from file to file, and so say nothing against the bucket as a whole."""


@dataclass(frozen=True)
class Way:
    """One way on which the files of a bucket come to a function.

    Args:
        id: what tells it from the others, for example "rule/photos".
        via: what it leads through, as a part of a sentence (“the rule photos and the queue small”).
        function: the function's ARN, with its alias if one is called.
        by: the service that calls the function, "" where the function's own role fetches.
        source: the ARN of what calls in that service's name.
        trouble: why nothing comes on it, "" if nothing is known to be in the way.
        remedy: what to do about that.
        recorded: whether it depends on what a trail records.
        unseen: why it cannot be told whether anything comes on it; "" if it can.
        role: the name of the role with which the service calls it; "" for none.
        queue: the ARN of the queue from which the function's own role fetches; "" where it is called.
        cure: what has to be switched on: `rule/` and its name, `mapping/` and its id, or `bridge`; "" for nothing.
    """

    id: str
    via: str
    function: str = ""
    by: str = ""
    source: str = ""
    trouble: str = ""
    remedy: str = ""
    recorded: bool = False
    cure: str = ""
    unseen: str = ""
    queue: str = ""
    role: str = ""


def ways(cloud: Cloud, bucket: str, standing: Iterable[Notification], *, bridged: bool) -> Iterator[Way]:
    """Every way that is not straight, those on which nothing comes included.

    Only rules that hear of the bucket are asked for their targets. Raises CloudError.

    Args:
        standing: the bucket's notifications.
        bridged: whether it sends its events to EventBridge.
    """
    s3 = Sender(lambda_functions.S3, f"arn:{cloud.identity.partition}:s3:::{bucket}")
    for each in standing:
        yield from _behind(cloud, each.arn, Way(_id(each.arn), each.receiver), s3)
    for page in cloud.pages(Call("events.ListRules")):
        for rule in page.get("Rules") or []:
            if kind := heard(str(rule.get("EventPattern") or ""), bucket, cloud.identity):
                yield from _by_rule(cloud, rule, recorded=kind == BY_TRAIL, bridged=bridged)


def handing_on(cloud: Cloud, bucket: str, standing: Iterable[Notification], *, bridged: bool) -> Iterator[str]:
    """Who hears of a bucket's files and may call a function in a way that is not seen from here, as parts of a
    sentence: a state machine, another event bus, or a queue from which no function fetches, but perhaps a pipe does.

    Raises CloudError.
    """
    s3 = Sender(lambda_functions.S3, f"arn:{cloud.identity.partition}:s3:::{bucket}")
    for each in standing:
        if _fetched_unseen(cloud, each.arn, s3):
            yield each.receiver
    for page in cloud.pages(Call("events.ListRules")):
        for rule in page.get("Rules") or []:
            kind = heard(str(rule.get("EventPattern") or ""), bucket, cloud.identity)
            if kind and rule.get("State") != "DISABLED" and (bridged or kind == BY_TRAIL):
                yield from _handing_on(cloud, str(rule.get("Name", "")), Sender(EVENTS, str(rule.get("Arn", ""))))


def _handing_on(cloud: Cloud, rule: str, sender: Sender) -> Iterator[str]:
    for page in cloud.pages(Call("events.ListTargetsByRule", {"Rule": rule})):
        for target in page.get("Targets") or []:
            to = str(target.get("Arn", ""))
            if what := CARRIERS.get(":".join(to.split(":")[2:3])):
                yield f"the rule {rule} and {what} {to.rpartition(':')[2].rpartition('/')[2]}"
            elif _fetched_unseen(cloud, to, sender):
                yield f"the rule {rule} and {_told(to)}"


def _fetched_unseen(cloud: Cloud, arn: str, sender: Sender) -> bool:
    """Whether it is a queue that is reached, as far as that can be told, and from which no function fetches."""
    parts = arn.split(":")
    if len(parts) < 6 or parts[2] != "sqs":
        return False
    region = "" if parts[3] == cloud.identity.region else parts[3]
    pages = cloud.pages(Call("lambda.ListEventSourceMappings", {"EventSourceArn": arn}, region))
    way = Way("", "")
    return not any(page.get("EventSourceMappings") for page in pages) and not _reached(cloud, arn, way, sender).trouble


def heard(pattern: str, bucket: str, who: Identity) -> str:
    """The kind of the bucket's events that a rule with such a pattern hears; "" for none."""
    try:
        wanted = event_patterns.read(pattern)
    except event_patterns.BadPattern:
        return ""
    for kind, detail in _events(bucket):
        here = {"resources": [f"arn:{who.partition}:s3:::{bucket}"]} if kind != BY_TRAIL else {}
        event = {"source": "aws.s3", "detail-type": kind, "account": who.account, "region": who.region, **here}
        missed = event_patterns.misses(wanted, {**event, "detail": detail})
        if all(miss.field.startswith(OF_THE_FILE) for miss in missed):
            return kind
    return ""


def _events(bucket: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for kind in KINDS:
        yield kind, {"bucket": {"name": bucket}}
    for name in RECORDED:
        where = {"bucketName": bucket}
        yield BY_TRAIL, {"eventSource": "s3.amazonaws.com", "eventName": name, "requestParameters": where}


def _by_rule(cloud: Cloud, rule: Mapping[str, Any], *, recorded: bool, bridged: bool) -> Iterator[Way]:
    name, arn = str(rule.get("Name", "")), str(rule.get("Arn", ""))
    way = Way(f"rule/{name}", f"the rule {name}", by="events.amazonaws.com", source=arn, recorded=recorded)
    if rule.get("State") == "DISABLED":
        way = replace(
            way,
            trouble="the rule is switched off",
            remedy=f"Switch it on: {shell.aws('events', 'enable-rule', name=name)}",
            cure=f"rule/{name}",
        )
    elif not (bridged or recorded):
        way = replace(
            way, trouble="the bucket sends EventBridge nothing",
            remedy="Switch “Send notifications to Amazon EventBridge” on in the bucket's properties.", cure="bridge",
        )  # fmt: skip
    for page in cloud.pages(Call("events.ListTargetsByRule", {"Rule": name})):
        for target in page.get("Targets") or []:
            to = str(target.get("Arn", ""))
            if ":lambda:" in to:
                yield replace(way, function=to, role=str(target.get("RoleArn") or "").rpartition("/")[2])
                continue
            on = _on(way, to)
            if target.get("RoleArn") and not on.unseen:
                role = str(target["RoleArn"]).rpartition("/")[2]
                on = replace(on, unseen=f"what the role {role} may do, with which the rule acts, was not looked at")
            yield from _behind(cloud, to, on, Sender(EVENTS, arn))


def _on(way: Way, to: str) -> Way:
    return replace(way, via=f"{way.via} and {_told(to)}", id=f"{way.id}/{_id(to)}")


def _behind(cloud: Cloud, arn: str, way: Way, sender: Sender) -> Iterator[Way]:
    """The functions behind a queue or a topic into which a service sends, and behind the queues of a topic."""
    parts = arn.split(":")
    if len(parts) < 6 or parts[2] not in ("sqs", "sns"):
        return
    region = "" if parts[3] == cloud.identity.region else parts[3]
    if parts[2] == "sqs":
        pages = cloud.pages(Call("lambda.ListEventSourceMappings", {"EventSourceArn": arn}, region))
        if mappings := [each for page in pages for each in page.get("EventSourceMappings") or []]:
            reached = _reached(cloud, arn, way, sender)
            yield from (_fetching(reached, arn, each) for each in mappings)
        return
    pages = cloud.pages(Call("sns.ListSubscriptionsByTopic", {"TopicArn": arn}, region))
    every = [each for page in pages for each in page.get("Subscriptions") or []]
    hearing = [each for each in every if each.get("Protocol") in ("lambda", "sqs")]
    reached = _reached(cloud, arn, way, sender) if hearing else way
    for each in hearing:
        to = str(each.get("Endpoint", ""))
        heard = _heard(cloud, region, reached, each)
        if each["Protocol"] == "lambda":
            yield replace(heard, function=to, by=SNS, source=arn)
        else:
            yield from _behind(cloud, to, _on(heard, to), Sender(SNS, arn))


def _heard(cloud: Cloud, region: str, way: Way, subscription: Mapping[str, Any]) -> Way:
    """The way on from a topic: a subscription must be confirmed, and let the messages through, of which none has an
    attribute (SNS Developer Guide, "Amazon SNS subscription filter policies", 2026-11)."""
    which = str(subscription.get("SubscriptionArn", ""))
    if way.trouble or way.unseen:
        return way
    if not which.startswith("arn:"):
        remedy = "Confirm it, by the message that SNS sent there."
        return replace(way, trouble="the subscription behind it is not confirmed", remedy=remedy)
    try:
        told = cloud.make(Call("sns.GetSubscriptionAttributes", {"SubscriptionArn": which}, region))
    except CloudError as problem:
        return replace(way, unseen=problem.what)
    if not (told.get("Attributes") or {}).get("FilterPolicy"):
        return way
    why = f"the subscription {which.rpartition(':')[2]} has a filter, and what that lets through was not looked at"
    return replace(way, unseen=why)


def _reached(cloud: Cloud, arn: str, way: Way, sender: Sender) -> Way:
    """The way as far as a queue or a topic, and whether it ends there."""
    if way.trouble or way.unseen:
        return way
    try:
        found = event_receivers.barrier(cloud, sender, arn)
    except CloudError as problem:
        return replace(way, unseen=f"{_told(arn)}: {problem.what}")
    if not found:
        return way
    return replace(way, trouble=f"{_told(arn)} gets nothing, because {found.why}", remedy=found.remedy, cure="")


def _fetching(way: Way, arn: str, mapping: Mapping[str, Any]) -> Way:
    """The way on from a queue: Lambda asks it by the function's role, and nobody needs to be let in."""
    found = replace(way, function=str(mapping.get("FunctionArn", "")), by="", source="", queue=arn)
    if (mapping.get("FilterCriteria") or {}).get("Filters") and not (way.trouble or way.unseen):
        found = replace(found, unseen=f"{_told(arn)} is filtered for the function, and which messages come through "
                        "was not looked at")  # fmt: skip
    if way.trouble or str(mapping.get("State", "Enabled")) not in ("Disabled", "Disabling"):
        return found
    mend = shell.aws("lambda", "update-event-source-mapping", uuid=str(mapping.get("UUID", "")))
    trouble, cure = "the function does not fetch from it at present", f"mapping/{mapping.get('UUID', '')}"
    return replace(found, trouble=trouble, remedy=f"{mend} --enabled", cure=cure)


def _id(arn: str) -> str:
    return f"{arn.split(':')[2]}/{arn.rpartition(':')[2]}" if arn.count(":") > 4 else arn


def _told(arn: str) -> str:
    return Notification(arn, ()).receiver
