"""The bucket in which the stages of a pipeline hand on their files, its source's among them.

CodePipeline User Guide, "Input and output artifacts" and "Pipeline structure reference": artifactStore, 2026-11.
"""

from __future__ import annotations

from flows.engine import Cloud, Finding, Refused
from flows.engine.findings import broken, unknown

from . import bucket_creation

AS_WRITTEN = {"s3_x-amz-server-side-encryption": "aws:kms"}
"""How CodePipeline and CodeBuild put files there, which the policy of the bucket that the console makes wants
(CodePipeline User Guide, "Configure server-side encryption for artifacts stored in Amazon S3", 2026-11)."""


def useless(cloud: Cloud, store: str, pipeline: str) -> Finding | None:
    """Why nothing can be handed on in that bucket, or why that cannot be told; None if nothing is in the way.

    Raises CloudError.
    """
    what, here = f"the stages of {pipeline} hand on their files", cloud.identity.region
    try:
        there = bucket_creation.standing(cloud, store)
    except Refused as refused:
        return unknown("artifacts", f"The bucket {store}, in which {what}, was not looked at.", refused.what)
    if there is None:
        sentence = f"There is no bucket {store}, in which {what}: every run fails."
        return broken("artifacts", sentence, "HeadBucket", f"Make it again in {here}, or give the pipeline another.")
    if there.region != here:
        sentence = f"The bucket {store}, in which {what}, is in {there.region}, and the pipeline in {here}."
        return broken("artifacts", sentence, "HeadBucket", f"Give the pipeline a bucket of {here} for that.")
    return None


def files(cloud: Cloud, store: str, pipeline: str) -> str:
    """The ARN of all that the stages hand on, as a policy names it: each file gets a name of its own, behind the
    pipeline's, which is cut."""
    return f"arn:{cloud.identity.partition}:s3:::{store}/{pipeline[:20]}/*"


def place(cloud: Cloud, store: str, pipeline: str) -> str:
    """The ARN of one of them, to ask what may be done with it. It stands for all, and no policy should name it."""
    return files(cloud, store, pipeline).replace("*", "files")
