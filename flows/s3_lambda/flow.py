"""A function that runs when a file lands: one permission at the function, one notification at the bucket."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flows.aws import lambda_functions, notifications
from flows.engine import Caution, Choice, Cloud, Finding, Flow, Handover, Picks, Plan, Text, Use

from . import answers, checks, diagnosis, handover, repairs, why
from .consents import CONSENTS
from .picture import PICTURE
from .which import WhichBucket


class FileRunsFunction(Flow):
    """Call a Lambda function whenever a file arrives, or is deleted."""

    title = "Run a function when a file lands"
    words = ("trigger", "event", "notification", "upload", "thumbnail", "lambda")
    check = WhichBucket
    came_for = ("trigger",)
    beyond = repairs.BEYOND
    matters = why.WHY
    consents = CONSENTS
    picture = PICTURE

    bucket = Choice(
        "In which bucket do the files land?",
        answers.buckets_here,
        form=answers.bucket,
        why="A bucket is where S3 keeps files. It can call only functions of its own region, therefore only the "
        "buckets of this region are listed.",
        empty="There is no bucket in this region. Make one (aws s3 mb s3://NAME), or choose another --region.",
    )
    function = Choice(
        "Which function shall run?",
        lambda flow: lambda_functions.functions(flow.cloud),
        form=answers.function,
        check=answers.ready,
        why="The function receives the bucket and the name of each new file and can then read it, if its own role "
        "lets it. It is not changed; only the bucket may call it afterwards.",
        empty="There is no function in this region. Make one first, or choose another --region.",
    )
    events = Picks(
        "When shall it run?",
        notifications.EVENTS,
        least=1,
        form=answers.event,
        check=answers.events,
        default=notifications.CREATED,
        why="“In whatever way” includes normal uploads, browser forms, copies and large uploads in parts. S3 calls at "
        "least once for each event, usually within seconds, in no fixed order.",
    )
    prefix = Text(
        "Only in a folder? (how the file's name begins; empty: everywhere)",
        answers.prefix,
        check=answers.whole_bucket,
        blank="everywhere",
        default="",
        example="in/",
        why="S3 has no real folders: everything whose name begins like this counts. A folder of its own keeps a "
        "function that writes files from starting itself.",
    )
    suffix = Text(
        "Only one kind of file? (how its name ends; empty: every kind)",
        answers.suffix,
        check=answers.capitals,
        blank="every kind",
        default="",
        example=".csv",
        why="Other files are then ignored and cost nothing.",
    )

    alias = Choice(
        "Which version of the function?",
        lambda flow: lambda_functions.aliases(flow.cloud, flow.function),
        default=lambda_functions.LATEST,
        fine_tuning=True,
        why="With an alias you can test new code without changing what the bucket calls.",
    )
    output = Text(
        "Into which folder of this bucket does the function write? (empty: into none, or not known)",
        answers.prefix,
        check=answers.output,
        blank="into none, or not known",
        default="",
        fine_tuning=True,
        example="out/",
        why="A function that writes where it is called for starts itself again and again, and that costs money. A "
        "bucket of its own for what it makes is safest.",
    )

    def plan(self) -> Plan:
        account, one = self.cloud.identity.account, self.notification()
        standing = notifications.standing(self.cloud, self.bucket.name)
        unchecked = any(notifications.dead(self.cloud, self.bucket_arn(), standing))
        return Plan.of(
            [
                Use("bucket", f"Use the bucket {self.bucket.name}", "AWS::S3::Bucket", self.bucket.name),
                Use("function", f"Use the function {self.function.name}", "AWS::Lambda::Function", self.function.name),
                lambda_functions.let_bucket_call(
                    self.function, self.alias, self.bucket.name, self.bucket_arn(), account,
                    notification=notifications.ID, watch=notifications.look(self.bucket.name, account),
                    known=[each.id for each in standing if each.arn == one.arn],
                ),
                notifications.notify(self.bucket.name, account, one, self.told(one), unchecked=unchecked),
            ],
            outputs={
                "bucket": self.bucket.name, "function": one.arn, "notification": notifications.ID,
                "files": one.files, "events": ", ".join(one.events),
            },
            facts={
                "name": self.function.name, "test": f"{self.prefix}handrail-test{self.suffix}" if one.arrives else "",
            },
            reads=handover.reads(self.function.arn, self.function.role),
        )  # fmt: skip

    def notification(self) -> notifications.Notification:
        return notifications.wanted(self.function.called(self.alias), self.events, self.prefix, self.suffix)

    def bucket_arn(self) -> str:
        return f"arn:{self.cloud.identity.partition}:s3:::{self.bucket.name}"

    def told(self, one: notifications.Notification) -> str:
        """What the notification does, as the review says it."""
        when = " or when ".join(notifications.EVENTS[each].removeprefix("only: ") for each in one.events)
        one_more = f"Let {self.bucket.name} call {self.function.name} for {one.files} when {when}"
        return f"{one_more}; its other notifications stay"

    def checks(self) -> Iterable[Finding | Caution]:
        return checks.before(self, self.notification(), self.bucket_arn())

    @classmethod
    def handover(cls, cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
        return handover.hand_over(cloud, outputs, facts)

    @classmethod
    def diagnose(cls, cloud: Cloud, subject: Mapping[str, str]) -> Iterator[Finding]:
        return diagnosis.diagnose(cloud, subject["bucket"], subject.get("function", ""))
