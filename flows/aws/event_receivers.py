"""Queues and topics into which a service of AWS puts what happened: whether they let it in, and their keys do.

Sources: S3 User Guide, "Granting permissions to publish event notification messages to a destination"; SQS Developer
Guide, "Key management", and SNS Developer Guide, "Key management", each the part about compatibility between event
sources from AWS services and what is encrypted; EventBridge User Guide, "Using resource-based policies", all 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flows.engine import Call, Cloud, CloudError
from flows.policies import Answer, Caller, Policy, Request, Verdict, read

from . import key_policies, kms_keys, topics
from .kms_keys import Whose
from .lambda_functions import S3

SNS, EVENTS = "sns.amazonaws.com", "events.amazonaws.com"
SERVICES = {S3: "S3", SNS: "SNS", EVENTS: "EventBridge"}
"""What people call them."""
SENDS = {"sqs": "sqs:SendMessage", "sns": "sns:Publish"}
NOT_THERE = ("NonExistentQueue", "QueueDoesNotExist", "NotFound", "NotFoundException")
GONE = "it does not exist any more"
OWN_KEYS = ("alias/aws/sqs", topics.OWN_KEY)
"""Amazon's keys for queues and topics, with which no service of AWS can send."""


@dataclass(frozen=True)
class Sender:
    """A service that puts something into a queue or a topic, and the ARN of that for which it does."""

    service: str
    source: str


@dataclass(frozen=True)
class Barrier:
    """Why something does not get into a queue or a topic, as the end of a sentence, and what to do."""

    why: str
    remedy: str


def barrier(cloud: Cloud, sender: Sender, arn: str) -> Barrier | None:
    """What keeps a service from putting anything into a queue or a topic; None if nothing does.

    Raises CloudError where that cannot be told.
    """
    settings = about(cloud, arn)
    if settings is None:
        return Barrier(GONE, "Make it again, or take what sends to it away.")
    service, account, name = arn.split(":")[2], cloud.identity.account, SERVICES[sender.service]
    # what S3 sends is no topic's owner's, so that the policy of a new topic, “everybody of my account”, leaves it out
    source = {"aws:SourceArn": sender.source, "aws:SourceAccount": account, "aws:SourceOwner": None}
    context = {**source, "aws:SecureTransport": "true"}
    policy: Policy = str(settings.get("Policy") or "") or {}
    verdict = read(policy, Request(SENDS[service], arn, Caller(service=sender.service), context))
    if not _told(verdict, "Its policy"):
        let = f"Let its policy allow {sender.service} {SENDS[service]} for {sender.source}."
        return Barrier(f"its policy does not let {name} send to it", let)
    key = str(settings.get("KmsMasterKeyId") or "")
    return _locked(cloud, sender, key, arn, context) if key else None


def about(cloud: Cloud, arn: str) -> Mapping[str, str] | None:
    """How a queue or a topic is set up, None if there is none any more. Raises CloudError, also for one of another
    account, for AWS answers "not there" also for what may not be looked at."""
    _, _, service, region, account, name = arn.split(":")[:6]
    there = "" if region == cloud.identity.region else region
    if account != cloud.identity.account:
        raise CloudError(f"It belongs to the account {account}.")
    try:
        if service == "sqs":
            queue = cloud.make(Call("sqs.GetQueueUrl", {"QueueName": name}, there))["QueueUrl"]
            asked = {"QueueUrl": queue, "AttributeNames": ["Policy", "KmsMasterKeyId"]}
            look = Call("sqs.GetQueueAttributes", asked, there, known={"QueueUrl": (arn,)})
        else:
            look = Call("sns.GetTopicAttributes", {"TopicArn": arn}, there)
        return cloud.make(look).get("Attributes") or {}
    except CloudError as problem:
        if problem.aws_code.rpartition(".")[2] not in NOT_THERE:
            raise
        return None


def _locked(cloud: Cloud, sender: Sender, key: str, arn: str, context: Mapping[str, str | None]) -> Barrier | None:
    """Whether the key that encrypts it is in the way: a service can use one only by that key's own policy."""
    name, region = SERVICES[sender.service], arn.split(":")[3]
    own = "with SSE-SQS, or " if ":sqs:" in arn else ""
    other = f"Encrypt it {own}with a key of your own whose policy lets {sender.service} use it."
    there = "" if region == cloud.identity.region else region
    if key.endswith(OWN_KEYS):
        return Barrier(f"it is encrypted with Amazon's key ({key}), with which {name} cannot send", other)
    seen = kms_keys.look(cloud, key, there, named=False)
    if seen.whose is Whose.AMAZONS:
        return Barrier(f"it is encrypted with Amazon's key ({key}), with which {name} cannot send", other)
    if hindered := kms_keys.hindered(seen, region):
        said = hindered.sentence.rstrip(".")
        return Barrier(f"it is encrypted, and {said[:1].lower()}{said[1:]}", other)
    policy = key_policies.policy(cloud, seen, there)
    for action in ("kms:GenerateDataKey", "kms:Decrypt"):
        verdict = read(policy, Request(action, seen.arn, Caller(service=sender.service), context))
        if not _told(verdict, f"The policy of the key {key}"):
            let = f"Let the policy of the key {seen.arn} allow {sender.service} kms:GenerateDataKey and kms:Decrypt."
            return Barrier(f"the policy of the key {key}, which encrypts it, does not let {name} use it", let)
    return None


def _told(verdict: Verdict, whose: str) -> bool:
    """Whether somebody is let in. Raises CloudError when that cannot be told."""
    if verdict.answer is Answer.UNTOLD:
        raise CloudError(f"{whose} depends on {', '.join(verdict.unknown)}.")
    return bool(verdict)
