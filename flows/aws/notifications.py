"""The notifications of a bucket: one document in which everybody's stand, and S3's rules for it.

S3 takes a document only as a whole, only if every receiver in it exists and lets S3 in, and only if no two of its
notifications could be meant by one event (S3 User Guide, "Event notification types and destinations" and "Configuring
event notifications using object key name filtering", 2026-10).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import quote_plus, unquote_plus

from flows.engine import (
    RUN,
    Action,
    Call,
    Caution,
    Changed,
    Cloud,
    CloudError,
    Entry,
    Finding,
    Ref,
    Restore,
    before,
    edited,
    join,
)
from flows.engine.findings import unknown
from flows.policies import Answer, Verdict

from . import event_receivers, lambda_functions
from .buckets import BUSY
from .event_receivers import GONE, Sender

SEEN = "GetBucketNotificationConfiguration"
"""Where a finding about them was read."""
CREATED = "s3:ObjectCreated:*"
EVENTS: Mapping[str, str] = {
    CREATED: "a file arrives, in whatever way",
    "s3:ObjectRemoved:*": "a file is deleted",
    "s3:ObjectRestore:Completed": "a file is back from the archive",
    "s3:ObjectCreated:Put": "only: a file is uploaded in one piece",
    "s3:ObjectCreated:Post": "only: a file is uploaded by a form in a browser",
    "s3:ObjectCreated:Copy": "only: a file is copied",
    "s3:ObjectCreated:CompleteMultipartUpload": "only: a large upload in parts is complete",
    "s3:ObjectRemoved:Delete": "only: a file, or one version of it, is deleted for good",
    "s3:ObjectRemoved:DeleteMarkerCreated": "only: a file with versions is marked as deleted",
    "s3:ObjectRestore:*": "a file comes back from the archive or goes there again, each step",
    "s3:ObjectRestore:Post": "only: a file's way back from the archive begins",
    "s3:ObjectRestore:Delete": "only: a file that was back for a while expires",
    "s3:LifecycleExpiration:*": "a file is deleted because of its age",
    "s3:LifecycleExpiration:Delete": "only: a file is deleted for good because of its age",
    "s3:LifecycleExpiration:DeleteMarkerCreated": "only: a file is marked as deleted because of its age",
    "s3:LifecycleTransition": "a file is moved to other storage because of its age",
    "s3:IntelligentTiering": "a file is archived because nobody read it",
    "s3:ObjectTagging:*": "a file's tags change",
    "s3:ObjectTagging:Put": "only: a file's tags are set",
    "s3:ObjectTagging:Delete": "only: a file's tags are removed",
    "s3:ObjectAcl:Put": "a file's access list is set",
    "s3:Replication:*": "something happens to the copying of a file to another bucket",
    "s3:Replication:OperationFailedReplication": "only: copying a file to another bucket failed",
    "s3:Replication:OperationMissedThreshold": "only: copying a file to another bucket is late",
    "s3:Replication:OperationReplicatedAfterThreshold": "only: a file was copied to another bucket, but late",
    "s3:Replication:OperationNotTracked": "only: the copying of a file to another bucket is no longer watched",
    "s3:ReducedRedundancyLostObject": "S3 lost a file of reduced redundancy",
}
SAFE = "/!-_.*'()"
"""What S3 wants in a filter as it is; a space becomes "+", everything else is percent-encoded."""
LIMIT = 100
"""Notifications of one bucket."""
DOCUMENT = (
    "{LambdaFunctionConfigurations: LambdaFunctionConfigurations, QueueConfigurations: QueueConfigurations, "
    "TopicConfigurations: TopicConfigurations, EventBridgeConfiguration: EventBridgeConfiguration}"
)
LISTS = {
    "LambdaFunctionConfigurations": "LambdaFunctionArn",
    "QueueConfigurations": "QueueArn",
    "TopicConfigurations": "TopicArn",
}
LAMBDAS = "LambdaFunctionConfigurations"
KINDS = {"lambda": "the function", "sqs": "the queue", "sns": "the topic"}
ID = join("handrail-", RUN)
"""What tells this run's notification from the others."""


@dataclass(frozen=True)
class Notification:
    """One of a bucket's. Prefix and suffix are as S3 keeps them."""

    arn: str
    events: tuple[str, ...]
    prefix: str = ""
    suffix: str = ""
    id: str = ""

    @property
    def receiver(self) -> str:
        """Who gets it, as a person knows them."""
        _, _, service, _, _, *name = self.arn.split(":")
        kind = KINDS.get(service, "the receiver")
        return f"{kind} {':'.join(name).removeprefix('function:')}" if name else self.arn

    @property
    def files(self) -> str:
        """Which files it is about."""
        start, end = unquote_plus(self.prefix), unquote_plus(self.suffix)
        return f"{start}…{end}" if start or end else "all files"

    @property
    def arrives(self) -> bool:
        """Whether an ordinary upload is among its events."""
        return not {CREATED, "s3:ObjectCreated:Put"}.isdisjoint(self.events)

    def meets(self, other: Notification) -> bool:
        """Whether one event could be meant by both, which S3 does not take."""
        return (
            either(self.prefix, other.prefix, str.startswith)
            and either(self.suffix, other.suffix, str.endswith)
            and any(either(a, b, fnmatchcase) for a in self.events for b in other.events)
        )

    def covers(self, other: Notification) -> bool:
        """Whether every event that the other is for is one of this one's as well."""
        return (
            other.prefix.startswith(self.prefix)
            and other.suffix.endswith(self.suffix)
            and all(any(fnmatchcase(wanted, has) for has in self.events) for wanted in other.events)
        )


def either(one: str, other: str, test: Any) -> bool:
    return bool(test(one, other) or test(other, one))


def wanted(arn: str, events: Iterable[str], prefix: str, suffix: str) -> Notification:
    """A new one, with names as people write them."""
    return Notification(arn, tuple(events), quote_plus(prefix, SAFE), quote_plus(suffix, SAFE))


def look(bucket: str, account: str) -> Call:
    """The call that reads the document; of this account's bucket only, whoever may have its name by then."""
    return Call("s3.GetBucketNotificationConfiguration", {"Bucket": bucket, "ExpectedBucketOwner": account})


def standing(cloud: Cloud, bucket: str) -> list[Notification]:
    """What the bucket notifies already. Raises CloudError."""
    document = cloud.make(look(bucket, cloud.identity.account))
    return [_read(each, each[arn]) for name, arn in LISTS.items() for each in document.get(name) or []]


def bridged(cloud: Cloud, bucket: str) -> bool:
    """Whether all its events go to EventBridge besides. Raises CloudError."""
    return cloud.make(look(bucket, cloud.identity.account)).get("EventBridgeConfiguration") is not None


def dead(cloud: Cloud, bucket_arn: str, those: Iterable[Notification]) -> Iterator[tuple[Notification, str]]:
    """Those whose receiver S3 cannot reach any more, which makes it refuse any new document, and why.

    What may not be looked at counts as alive.
    """
    for each in those:
        with suppress(CloudError):
            if why := trouble(cloud, bucket_arn, each.arn):
                yield each, why


def notify(bucket: str, account: str, one: Notification, sentence: str, *, unchecked: bool) -> Action:
    """Add one notification to the bucket's; the others stay as they are.

    `unchecked`: S3 must not look at the receivers, because one that is not ours is dead. Taking ours out never needs
    anybody's receiver to be looked at.
    """
    document = {"Bucket": bucket, "ExpectedBucketOwner": account, "NotificationConfiguration": edited("notification")}
    put = Call("s3.PutBucketNotificationConfiguration", {**document, "SkipDestinationValidation": True})
    rules = [{"Name": n, "Value": v} for n, v in (("prefix", one.prefix), ("suffix", one.suffix)) if v]
    entry: dict[str, Any] = {"Id": ID, "LambdaFunctionArn": one.arn, "Events": list(one.events)}
    entry |= {"Filter": {"Key": {"FilterRules": rules}}} if rules else {}
    return Action(
        "notification",
        sentence,
        put if unchecked else Call(put.operation, document),
        undo=Entry(
            look(bucket, account), DOCUMENT, entry, empty={}, within="LambdaFunctionConfigurations", key="Id", put=put,
            gone=("NoSuchBucket",),
        ),
        # S3 learns a moment later than Lambda that it may call the function
        not_yet=("InvalidArgument: Unable to validate the following destination configurations", *BUSY),
        after=("permission",),
        costs=(lambda_functions.PRICE,),
        undone=f"The notification of {bucket}",
        refusals={
            "InvalidArgument": "S3 does not take the notification: it may not call the function, another receiver in "
            f"the same document is gone, or somebody added one for the same files meanwhile ({bucket}).",
        },
    )  # fmt: skip


def without(cloud: Cloud, bucket: str, one: Notification) -> Action:
    """Take one notification of others out of the bucket's, and put it back at undo; all others stay as they are."""
    account = cloud.identity.account
    kind = {"sqs": "QueueConfigurations", "sns": "TopicConfigurations"}.get(one.arn.split(":")[2], LAMBDAS)
    id, quoted = f"without-{one.id}", one.id.replace("'", "\\'")

    def put(there: Ref | None) -> Call:
        document = Changed(DOCUMENT, (kind, f"Id={one.id}"), there, whole=True)
        whole = {"Bucket": bucket, "ExpectedBucketOwner": account, "NotificationConfiguration": document}
        return Call("s3.PutBucketNotificationConfiguration", {**whole, "SkipDestinationValidation": True})

    return Action(
        id,
        f"Let {bucket} no longer notify {one.receiver} ({one.files}); its other notifications stay",
        put(None),
        undo=Restore(look(bucket, account), f"{kind}[?Id=='{quoted}'] | [0]", put(before(id))),
        read=look(bucket, account),
        not_yet=BUSY,
        undone=f"The notification of {one.receiver}",
    )


def _read(each: Mapping[str, Any], arn: str) -> Notification:
    rules = ((each.get("Filter") or {}).get("Key") or {}).get("FilterRules") or []
    filters = {str(rule["Name"]).lower(): str(rule.get("Value", "")) for rule in rules}
    events = tuple(each.get("Events") or ())
    return Notification(arn, events, filters.get("prefix", ""), filters.get("suffix", ""), str(each.get("Id", "")))


def trouble(cloud: Cloud, bucket_arn: str, arn: str) -> str:
    """Why S3 cannot reach a receiver; "" if it can. Raises CloudError when that cannot be told."""
    _, _, service, _, account, *_ = arn.split(":")
    if account != cloud.identity.account:  # AWS answers "not there" also for what may not be looked at
        raise CloudError(f"It belongs to the account {account}.")
    if service == "lambda":
        if lambda_functions.configuration(cloud, arn) is None:
            return GONE
        may = lambda_functions.statements(cloud, arn)
        verdict = lambda_functions.may_call(may, lambda_functions.S3, arn, bucket_arn, account)
        return _barred(verdict, "its policy does not let S3 call it for this bucket")
    found = event_receivers.barrier(cloud, Sender(lambda_functions.S3, bucket_arn), arn)
    return found.why if found else ""


def _barred(verdict: Verdict, why: str) -> str:
    """Why S3 is not let in; "" if it is. Raises CloudError when that cannot be told."""
    if verdict.answer is Answer.UNTOLD:
        raise CloudError(f"Its policy depends on {', '.join(verdict.unknown)}.")
    return "" if verdict else why


def receivers(cloud: Cloud, standing: list[Notification], bucket_arn: str) -> Iterator[Finding | Caution]:
    """Whether those who are notified already can be; S3 looks at all of them again."""
    unseen = []
    for each in standing:
        try:
            why = trouble(cloud, bucket_arn, each.arn)
        except CloudError as problem:
            unseen.append((each, problem.what))
            continue
        if why:
            yield Caution(
                "dead-receiver",
                f"The bucket also notifies {each.receiver} ({each.files}), but {why}. Normally S3 then refuses every "
                "change, so it is told not to look at the receivers this time. That old notification stays; remove it "
                "when nobody needs it.",
            )
    if unseen:
        first, why = unseen[0]
        yield unknown(
            "receivers", f"Whether {first.receiver} can still be notified was not checked.", why,
            "If not, S3 refuses the change, and nothing is lost.",
        )  # fmt: skip
