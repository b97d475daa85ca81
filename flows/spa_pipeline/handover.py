"""What a person has in hand once a page is delivered by itself: its address, how to push, what it waits for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.aws.s3_endpoints import website
from flows.engine import Cloud, Grade, Handover, shell
from flows.engine.flow import parted, was_proved

from . import diagnosis


def hand_over(cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
    """Addresses, how the first run went, and the next step. Raises CloudError."""
    region, name, repository = facts["region"], outputs["pipeline"], facts["repository"]
    shown = dict(outputs)
    if facts["public"]:
        shown["address"] = f"http://{website(outputs['site_bucket'], facts['site_region'])}/"
    shown["console"] = f"https://{region}.console.aws.amazon.com/codesuite/codepipeline/pipelines/{name}/view"
    first = []
    if facts["file"]:
        first.append("Commit the buildspec.yml that was written for you, at the top of the source.")
    if facts["source"] == "codecommit":
        shown["git_remote"] = f"codecommit::{region}://{repository}"
        # the helper by which Git signs in as the AWS command line does (CodeCommit User Guide, "Setup steps for HTTPS
        # connections to AWS CodeCommit with git-remote-codecommit", 2026-11)
        first.append("Install what Git needs for that, once, where you push from: pip install git-remote-codecommit")
        push = shell.command("git", "push", shown["git_remote"], f"HEAD:{facts.get('branch') or 'main'}")
        first.append(f"Push your code, which starts the pipeline: {push}")
    elif facts["source"] == "s3":
        to = f"s3://{repository.removeprefix('s3://')}"
        first.append(f"Upload a new version: {shell.aws('s3', 'cp', 'app.zip', to)}")
    proof = tuple(diagnosis.diagnose(cloud, name))
    delivered = was_proved(proof, "run")
    pending = [finding for finding in proof if finding.grade is Grade.WAITING]
    steps = [each.remedy or each.sentence for each in proof if each.grade is Grade.REFUSED]
    # nothing was pushed or uploaded yet: that is asked for already, and starts the pipeline by itself
    empty = {each.id for each in pending if first and each.id.partition(":")[0] in ("branch", "file")}
    steps += [each.remedy for each in pending if each.remedy and not empty & {each.id, *each.follows}]
    steps.append(f"See how it is: {shell.handrail('check', 'spa_pipeline', pipeline=name)}")
    awaited = next((each.sentence for each in pending if each.remedy), "")
    files = {"buildspec.yml": facts["file"]} if facts["file"] else {}
    now, done = parted(*((step, delivered) for step in first), *((step, False) for step in steps))
    return Handover(shown, files, now, proof, awaited, done)
