"""What other people and machines would do, so that every set-up comes to its end here: a device calls, somebody pushes,
a file lands, a first page is opened. Each is an ordinary request, so that it lasts as whatever is practised does.
"""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import wrap
from typing import Any

from flows.engine import Call, Cloud

CALLS = "practice:device"
"""A tag of a connection whose device has called, and how those begin that hold the networks that it announces by BGP;
nobody is shown them. Its value is “yes”, or the only IKE version that the device speaks."""
OPENED = "practice:opened"
"""The tag by which `gaps.machines` knows that somebody went through WordPress's first page."""
LONGEST = 256
"""Characters of a tag's value (EC2 User Guide, "Tag restrictions", 2026-11)."""


def happen(cloud: Cloud, outputs: Mapping[str, str]) -> str:
    """Let happen what a run with these outputs waits for, and say what that was; empty where there is nothing.

    Raises CloudError.
    """
    if outputs.get("connection", "").startswith("vpn-"):
        return _device_calls(cloud, outputs["connection"], outputs.get("networks", ""))
    if "set_up" in outputs and "machine" in outputs:
        return _page_opens(cloud, outputs["machine"])
    if "pipeline" in outputs:
        return _source_changes(cloud, outputs["pipeline"])
    if "notification" in outputs:
        return _file_comes_or_goes(cloud, outputs["bucket"], outputs["notification"])
    return ""


def comes(outputs: Mapping[str, str], *, waiting: bool) -> bool:
    """Whether `happen` would let anything happen after a run with these outputs.

    A device calls once, while it is waited for; files and commits come at any time.
    """
    if outputs.get("connection", "").startswith("vpn-"):
        return waiting
    return "pipeline" in outputs or "notification" in outputs or {"set_up", "machine"} <= outputs.keys()


def _device_calls(cloud: Cloud, connection: str, networks: str) -> str:
    announced = enumerate(wrap(networks.replace(",", ""), LONGEST))
    tags = [{"Key": CALLS, "Value": "yes"}, *({"Key": f"{CALLS}:{n}", "Value": some} for n, some in announced)]
    cloud.make(Call("ec2.CreateTags", {"Resources": [connection], "Tags": tags}))
    return "The office's device has called: both tunnels are up."


def _page_opens(cloud: Cloud, machine: str) -> str:
    cloud.make(Call("ec2.CreateTags", {"Resources": [machine], "Tags": [{"Key": OPENED, "Value": "yes"}]}))
    return "Somebody went through WordPress's first page and is its administrator."


def _source_changes(cloud: Cloud, pipeline: str) -> str:
    about = cloud.make(Call("codepipeline.GetPipeline", {"name": pipeline}))["pipeline"]
    action = about["stages"][0]["actions"][0]
    settings, provider = action["configuration"], action["actionTypeId"]["provider"]
    if provider == "S3":
        return _put(cloud, settings["S3Bucket"], settings["S3ObjectKey"])
    if provider != "CodeCommit":
        return ""
    repository, branch = settings["RepositoryName"], settings["BranchName"]
    known = cloud.make(Call("codecommit.ListBranches", {"repositoryName": repository})).get("branches") or []
    if branch not in known:
        of = {"repositoryName": repository, "branchName": branch, "commitId": "0" * 40}
        cloud.make(Call("codecommit.CreateBranch", of))
    cloud.make(Call("codepipeline.StartPipelineExecution", {"name": pipeline}))
    return f"Somebody pushed to {branch} in {repository}, and {pipeline} started."


def _file_comes_or_goes(cloud: Cloud, bucket: str, notification: str) -> str:
    """What the notification listens to: a file that fits it is deleted where it hears of nothing else."""
    found = cloud.make(Call("s3.GetBucketNotificationConfiguration", {"Bucket": bucket}))
    mine: list[Any] = [each for each in found.get("LambdaFunctionConfigurations") or [] if each["Id"] == notification]
    rules = mine[0].get("Filter", {}).get("Key", {}).get("FilterRules", []) if mine else []
    ends = {rule["Name"].lower(): rule["Value"] for rule in rules}
    key = f"{ends.get('prefix', '')}practice{ends.get('suffix', '')}"
    landed = _put(cloud, bucket, key)
    if not mine or any(not str(event).startswith("s3:ObjectRemoved") for event in mine[0]["Events"]):
        return landed
    cloud.make(Call("s3.DeleteObject", {"Bucket": bucket, "Key": key}))
    return f"The file {key} was deleted from {bucket}."


def _put(cloud: Cloud, bucket: str, key: str) -> str:
    cloud.make(Call("s3.PutObject", {"Bucket": bucket, "Key": key, "Body": b"practice"}))
    return f"The file {key} landed in {bucket}."
