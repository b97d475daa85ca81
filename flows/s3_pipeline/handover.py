"""What a person has in hand once a file starts a pipeline: how to put it there, and whether it is listened to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.engine import Cloud, Grade, Handover, shell
from flows.engine.flow import was_proved

from . import diagnosis


def hand_over(cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
    """How to upload, what takes a while, and what the check says. Raises CloudError."""
    name, bucket, key, region = outputs["pipeline"], outputs["bucket"], outputs["object_key"], facts["region"]
    shown = {
        **outputs,
        "upload": diagnosis.upload(bucket, key),
        "console": f"https://{region}.console.aws.amazon.com/codesuite/codepipeline/pipelines/{name}/view",
    }
    proof = tuple(diagnosis.about(cloud, name))
    packed = "ack the contents, not the folder: cd project && zip -r ../source.zip . -x '.git/*' 'node_modules/*'"
    steps, notes = [f"P{packed}", f"Upload it: {shown['upload']}"], list[str]()
    if was_proved(proof, "file"):  # who put it there, nobody saw
        steps, notes = [], [f"For another run, p{packed}", f"Then upload it: {shown['upload']}"]
    if facts["switched"] and facts["detection"] == "eventbridge":
        notes.append("The first five minutes may be missed, because S3 needs them to begin sending its events.")
    if facts["switched"] and facts["detection"] == "cloudtrail":
        notes.append("CloudTrail may need some minutes for what it records from now on.")
    if facts["new"]:
        notes.append(
            f"buildspec.yml at the top of the zip says what is built; the role {name}-build may do nothing else yet."
        )
    steps += [each.remedy or each.sentence for each in proof if each.grade is Grade.REFUSED]
    steps.append(f"If it does not start: {shell.handrail('check', 's3_pipeline', pipeline=name)}")
    awaited = any(each.id == "file" and each.grade is Grade.WAITING for each in proof)
    waits = f"It waits for {key} in {bucket}: until you upload it, every run of the pipeline fails." if awaited else ""
    return Handover(shown, next_steps=tuple(steps), findings=proof, waiting=waits, notes=tuple(notes))
