"""Queues of Amazon SQS: one in which a service leaves what it could not do, and how many lie in it.

Amazon SQS API Reference, "CreateQueue", "GetQueueAttributes", 2026-11. An empty queue costs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from flows.engine import RUN, Action, Call, Cloud, CloudError, Find, Identity, Others, Ref, Settings, Undo, found, join

from .tags import tags

GONE = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")
FORTNIGHT = 14 * 24 * 3600
"""The longest that a message is kept, in seconds."""


def arn(who: Identity, name: str) -> str:
    return f"arn:{who.partition}:sqs:{who.region}:{who.account}:{name}"


def dead_letters(name: str, who: Identity, what: str, others: Sequence[Others] = ()) -> Action:
    """A queue for what could not be done; `what` that is stands in its sentence, and `others` are those who may put
    into it, too. Messages in it are nobody's files: they go with it."""
    at, known = Ref("queue", "QueueUrl"), {"QueueUrl": (arn(who, name),)}
    look = Call("sqs.GetQueueUrl", {"QueueName": name})
    marked = Call("sqs.ListQueueTags", {"QueueUrl": found("QueueUrl")}, known=known)
    return Action(
        "queue",
        f"Create the queue {name}, in which {what} would lie",
        Call(
            "sqs.CreateQueue",
            {
                "QueueName": name, "tags": {each["Key"]: each["Value"] for each in tags(name)},
                "Attributes": {"MessageRetentionPeriod": str(FORTNIGHT), "SqsManagedSseEnabled": "true"},
            },
        ),
        undo=(Undo(Call("sqs.DeleteQueue", {"QueueUrl": at}, known=known), gone=GONE),),
        others=(
            Others(
                look, f"[@][?QueueUrl].['“{name}”', QueueUrl]",
                "Another queue has its name, or its tags do not say any more that this run made it", key="",
                absent=GONE,
                each=Call("sqs.ListQueueTags", {"QueueUrl": found("[1]")}, known=known),
                leans=join("(Tags.\"handrail:run\" || 'nobody') != '", RUN, "'"),
            ),
            *others,
        ),
        settings=Settings(
            Call("sqs.GetQueueAttributes", {"QueueUrl": at, "AttributeNames": ["All"]}, known=known),
            "Attributes.QueueArn && Attributes.{who: Policy || 'nobody', kept: MessageRetentionPeriod, "
            "encrypted: SqsManagedSseEnabled}",
        ),
        find=Find(
            look, "{QueueUrl: QueueUrl}", proof=marked, ours=join("Tags.\"handrail:run\" == '", RUN, "'"), absent=GONE
        ),
        not_yet=("AWS.SimpleQueueService.QueueDeletedRecently", "QueueDeletedRecently"),
        type="AWS::SQS::Queue",
        resource=name,
        undone=f"The queue {name}",
        refusals={"QueueNameExists": f"A queue named {name} exists already and was not made by this run."},
    )  # fmt: skip


def exists(cloud: Cloud, name: str) -> bool:
    """Whether there is a queue of that name. Raises CloudError."""
    try:
        cloud.make(Call("sqs.GetQueueUrl", {"QueueName": name}))
    except CloudError as problem:
        if problem.aws_code not in GONE:
            raise
        return False
    return True


def waiting(cloud: Cloud, queue: str) -> int | None:
    """How many messages lie in the queue of that ARN; None if there is none. Raises CloudError."""
    try:
        at = str(cloud.make(Call("sqs.GetQueueUrl", {"QueueName": queue.rpartition(":")[2]}))["QueueUrl"])
        asked = {"QueueUrl": at, "AttributeNames": ["ApproximateNumberOfMessages"]}
        told = cloud.make(Call("sqs.GetQueueAttributes", asked, known={"QueueUrl": (queue,)}))
    except CloudError as problem:
        if problem.aws_code not in GONE:
            raise
        return None
    return int((told.get("Attributes") or {}).get("ApproximateNumberOfMessages") or 0)
