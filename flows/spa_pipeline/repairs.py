"""What lets a pipeline deliver its page again."""

from __future__ import annotations

from collections.abc import Iterator

from flows.aws import buckets as s3
from flows.aws import codepipeline, keepers, pipeline_sources, pipeline_triggers
from flows.engine import Cloud, since
from flows.engine.flow import Mend
from flows.engine.repair import Part, lasts

BEYOND = {
    "pipeline": "Only you know the right pipeline.",
    "connection": "Only you can allow a connection, in the browser.",
    "starts": "Whoever made the rule so had a reason; `check s3_pipeline` mends what starts at a file.",
    "branch": "Only you know the right branch.",
    "file": "Only you have the file, and know the bucket that is meant.",
    "reads": "What a pipeline may do is for whoever keeps its role.",
    "role": "What a service may do is for whoever keeps the role.",
    "builds": "What a build does is in its project.",
    "needs": "What a build may do is for whoever keeps its role.",
    "artifacts": "What a stage may do is for whoever keeps its role.",
    "store-key": "What a stage may do is for whoever keeps its role and the key.",
    "source-key": "What a stage may do is for whoever keeps its role and the key.",
    "site": "Only you know into which bucket the page belongs: `check website` mends what is in front of it.",
    "site-key": "What a build may do is for whoever keeps its role and the key.",
    "publishes": "What a build may do is for whoever keeps its role.",
    "visitors": "`check website` mends what is in front of the page.",
    "distribution": "`check website` mends what is in front of the page.",
    "invalidates": "What a build may do is for whoever keeps its role.",
    "way-in": "Whoever closed a stage said why.",
    "build": "What a build makes, and where, is in the project's own files.",
    "stage": "What a stage could not do is in its own words, and follows from what is wrong before it.",
    "run": "What a run could not do is in its own words.",
    "runs": "What a run could not do is in its own words.",
    "start-page": "Only you know what your build calls the page.",
}
"""What is left to people, by the rule that finds it. Some of it can be mended in other cases."""


def keep_versions(pipeline: str, bucket: str) -> Mend:
    """Switch versioning of the source's bucket on; at undo it stays on where another pipeline reads there by then."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from keepers.agreed(f"The bucket {bucket}", s3.tags(cloud, s3.Bucket(bucket, cloud.identity.region)))
        status = pipeline_sources.versioning(cloud, bucket)
        read = since(cloud, *codepipeline.using(pipeline, f'"S3Bucket":"{bucket}"'))
        yield pipeline_triggers.keep_versions(bucket, existed=True, status=status, after=(), others=read)
        yield lasts(pipeline_triggers.FOR_GOOD.format(bucket))

    return mend
