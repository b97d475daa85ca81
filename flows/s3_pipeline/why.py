"""Why what the check of a pipeline that a file starts looks at matters: where an upload is lost."""

from __future__ import annotations

from collections.abc import Mapping

from flows.aws import keepers

WHY: Mapping[str, str] = {
    **keepers.WHY,
    "pipeline": "It is what is to start.",
    "bucket": "Pipeline and bucket must be in one region, and the bucket must be there.",
    "versioning": "The pipeline tells one upload from the next by its version.",
    "polling": "Asking again and again costs money, is slow, and starts everything twice beside a rule.",
    "watched": "Nobody tells the pipeline of an upload, so it never starts by itself.",
    "rule": "The rule is what turns an upload into a start.",
    "rule-on": "A rule that is switched off hears nothing.",
    "bucket-events": "S3 tells EventBridge of uploads only where that is switched on for the bucket.",
    "pattern": "An upload that the pattern does not fit passes unheard.",
    "other-files": "The pipeline also runs for files that it does not read, which costs money.",
    "loop": "What the pipeline writes starts it again, and again: each round costs money.",
    "target": "The rule must lead to this pipeline, by a role that may start it.",
    "role": "Each service works with a role that it must be allowed to take on.",
    "trail": "An older rule hears of uploads by CloudTrail; without a trail that records them it hears nothing.",
    "source-role": "The pipeline works with a role: what that may not do, does not happen.",
    "reads": "What the pipeline's role may not read, the pipeline does not get.",
    "key": "An encrypted file can be read only by who may also use its key.",
    "artifacts": "The source step hands the file on in a bucket, from which all later steps take it.",
    "file": "Without the file every start fails at once.",
    "event": "It is what S3 really said; the rule must fit that.",
    "runs": "Whether it ever started proves the whole way.",
    "stages": "A change stays where a stage is closed or failed.",
}
"""By the rule that finds it: the beginning of a finding's id, the longest that fits."""
