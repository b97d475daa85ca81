"""What the check of a bucket's functions asks: which bucket, and which of its functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flows.aws import lambda_functions, notifications
from flows.engine import Choice, Cloud, Option
from flows.engine.asked import EVERY
from flows.engine.check import Check, Subject, by_key

from . import answers


def _functions(flow: Any) -> Iterator[Option[str]]:
    yield Option(EVERY, EVERY, "All that the bucket calls")
    yield from by_key(lambda_functions.functions(flow.cloud))


class WhichBucket(Check):
    """A bucket whose files should run a function."""

    title = "A function does not run when a file lands in a bucket"
    what = "Files for a function"
    words = ("lambda", "s3", "trigger", "notification", "event", "not invoked", "AccessDenied", "permission denied")

    bucket = Choice(
        "In which bucket do the files land?",
        lambda flow: by_key(answers.buckets_here(flow)),
        form=answers.bucket,
        why="What the bucket calls is looked at, then whether each function lets it, and may read the file.",
        example="fjord-coffee-files",
        empty="There is no bucket in this region. Choose another region with --region.",
    )
    function = Choice(
        "Which function should run?",
        _functions,
        default=EVERY,
        why="One that the bucket does not call at all is found by its name only.",
        example="resize-photos",
    )

    @classmethod
    def of_run(cls, outputs: Mapping[str, str], answers: Mapping[str, Any]) -> dict[str, str]:
        """The bucket, and the function by its name."""
        name = outputs["function"].rpartition(":function:")[2].partition(":")[0]
        return cls.whole({"bucket": outputs["bucket"], "function": name})

    @classmethod
    def everything(cls, cloud: Cloud) -> Iterator[Subject]:
        """Each bucket that calls a function."""
        for bucket in super().everything(cloud):
            if any(":lambda:" in each.arn for each in notifications.standing(cloud, bucket.given["bucket"])):
                yield bucket
