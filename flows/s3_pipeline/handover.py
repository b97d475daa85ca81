"""What a person has in hand once a file starts a pipeline: how to put it there, and whether it is listened to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flows.engine import Cloud, Grade, Handover, shell
from flows.engine.flow import open_first, was_proved

from . import diagnosis


def hand_over(cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
    """How to upload, what takes a while, and what the check says. Raises CloudError."""
    name, bucket, key, region = outputs["pipeline"], outputs["bucket"], outputs["object_key"], facts["region"]
    shown = {
        **outputs,
        "upload": diagnosis.upload(bucket, key),
        "console": f"https://{region}.console.aws.amazon.com/codesuite/codepipeline/pipelines/{name}/view",
    }
    # a file that is not there yet is the person's next step, and nothing that went wrong
    proof = tuple(
        replace(each, grade=Grade.WAITING) if each.id == "file" and each.grade is Grade.REFUSED else each
        for each in diagnosis.about(cloud, name)
    )
    there = was_proved(proof, "file")
    packed = "Pack the contents, not the folder: cd project && zip -r ../source.zip . -x '.git/*' 'node_modules/*'"
    first, steps = [(packed, there), (f"Upload it: {shown['upload']}", there)], list[str]()
    if facts["switched"] and facts["detection"] == "eventbridge":
        steps.append("The first five minutes may be missed, because S3 needs them to begin sending its events.")
    if facts["switched"] and facts["detection"] == "cloudtrail":
        steps.append("CloudTrail may need some minutes for what it records from now on.")
    if facts["new"]:
        steps.append(
            f"buildspec.yml at the top of the zip says what is built; the role {name}-build may do nothing else yet."
        )
    steps += [f"{each.sentence} {each.remedy}" for each in proof if each.grade is Grade.REFUSED]
    steps.append(f"If it does not start: {shell.handrail('check', 's3_pipeline', pipeline=name)}")
    return Handover(shown, next_steps=open_first(*first, *((step, False) for step in steps)), findings=proof)
