"""SNS topics to pick from, and whether anybody hears what is sent to one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from flows.engine import Call, Cloud, CloudError, Option
from flows.policies import Answer, Caller, Request, read

NOBODY: Final = "nobody"
OWN_KEY = "alias/aws/sns"
"""Amazon's key for topics, with which no service of AWS can send, since nobody may change who may use it (SNS Developer
Guide, "Enable compatibility between event sources from AWS services and encrypted topics", 2026-11)."""

ENCRYPTS = ("kms:GenerateDataKey", "kms:Decrypt")
"""What a service does with the key of a topic that it sends to (the same page)."""


@dataclass(frozen=True)
class Topic:
    """Where messages are sent for all who listen."""

    arn: str

    @property
    def name(self) -> str:
        return self.arn.rpartition(":")[2]


def options(cloud: Cloud, nobody: str) -> Iterator[Option[Topic | str]]:
    """The topics of the region, and `nobody`, with what that means.

    Those that keep an order (`.fifo`) are left out: they want a group with each message, which an alarm does not say
    (SNS Developer Guide, "FIFO topics", 2026-11).
    """
    yield Option(NOBODY, NOBODY, "nobody", nobody)
    for page in cloud.pages(Call("sns.ListTopics")):
        for each in page.get("Topics") or []:
            topic = Topic(str(each["TopicArn"]))
            if not topic.name.endswith(".fifo"):
                yield Option(topic.arn, topic, topic.name)


def unheard(cloud: Cloud, topic: Topic, service: str, source: str) -> str:
    """Why nobody hears what a service sends to a topic, as the end of a sentence; "" if not so. Raises CloudError.

    Args:
        cloud: the account.
        topic: the topic.
        service: the service, for example "cloudwatch.amazonaws.com".
        source: the ARN, or a pattern of it, of what it sends for.
    """
    try:
        told = cloud.make(Call("sns.GetTopicAttributes", {"TopicArn": topic.arn})).get("Attributes") or {}
    except CloudError as problem:
        if problem.aws_code not in ("NotFound", "NotFoundException"):
            raise
        return "there is no such topic"
    account = cloud.identity.account
    key = str(told.get("KmsMasterKeyId") or "")
    if key.endswith(OWN_KEY):
        return f"it is encrypted with Amazon's key ({OWN_KEY}), with which AWS's services cannot send"
    if not int(told.get("SubscriptionsConfirmed") or 0):
        waiting = int(told.get("SubscriptionsPending") or 0)
        if waiting:
            return f"none of its subscriptions ({waiting}) is confirmed, by the link in the mail"
        return "nobody has subscribed to it"
    # what an alarm sends counts as sent by the account's owner (CloudWatch User Guide, "Notifying users", 2026-11)
    context = {"aws:SourceArn": source, "aws:SourceAccount": account, "aws:SourceOwner": account}
    if key and (why := _key_shut(cloud, key, service, context)):
        return why
    verdict = read(str(told.get("Policy") or "{}"), Request("sns:Publish", topic.arn, Caller(service=service), context))
    if verdict.answer in (Answer.FORBIDDEN, Answer.NOT_ALLOWED):
        return f"its policy does not let {service} send to it"
    return ""


def _key_shut(cloud: Cloud, key: str, service: str, context: Mapping[str, str]) -> str:
    """Why a service cannot use the key of a topic, which it has to encrypt what it sends; "" if not so (the same page).

    Raises CloudError.
    """
    about = cloud.make(Call("kms.DescribeKey", {"KeyId": key})).get("KeyMetadata") or {}
    id, state = str(about.get("KeyId") or key), str(about.get("KeyState") or "Enabled")
    if state != "Enabled":
        return f"its key {id} cannot be used ({state})"
    policy = str(cloud.make(Call("kms.GetKeyPolicy", {"KeyId": id, "PolicyName": "default"})).get("Policy") or "{}")
    wanted = (Request(each, str(about.get("Arn") or ""), Caller(service=service), context) for each in ENCRYPTS)
    shut = any(read(policy, each).answer in (Answer.FORBIDDEN, Answer.NOT_ALLOWED) for each in wanted)
    return f"the policy of its key {id} does not let {service} use that" if shut else ""
