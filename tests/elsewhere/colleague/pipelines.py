"""Pipelines, and what starts them: rules and trails."""

from __future__ import annotations

import json
from collections.abc import Collection

from elsewhere.colleague.deed import client, only, to
from elsewhere.hand import Made

from flows.practice import PracticeAccount


def _names_of_pipelines(account: PracticeAccount) -> list[str]:
    return [each["name"] for each in client(account, "codepipeline").list_pipelines()["pipelines"]]


@to("codepipeline.CreatePipeline", "codepipeline.UpdatePipeline")
def pipeline_edited(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    codepipeline, name = client(account, "codepipeline"), it.id or only(_names_of_pipelines(account))
    pipeline = codepipeline.get_pipeline(name=name)["pipeline"]
    pipeline["stages"][-1]["name"] = "Theirs"
    codepipeline.update_pipeline(pipeline=pipeline)


@to("codepipeline.UpdatePipeline", takes=True)
def pipeline_deleted(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    client(account, "codepipeline").delete_pipeline(name=it.id or only(_names_of_pipelines(account)))


@to("events.PutRule")
def target_of_theirs(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    client(account, "events").put_targets(
        Rule=it.params["Name"], Targets=[{"Id": "theirs", "Arn": "arn:aws:sqs:eu-central-1:123456789012:theirs"}]
    )


@to("events.PutRule")
def pattern_edited(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    client(account, "events").put_rule(Name=it.params["Name"], EventPattern=json.dumps({"source": ["theirs"]}))


@to("events.PutTargets")
def target_edited(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    target = {**it.params["Targets"][0], "Input": json.dumps({"theirs": True})}
    client(account, "events").put_targets(Rule=it.params["Rule"], Targets=[target])


@to("cloudtrail.CreateTrail")
def trail_records_more(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    client(account, "cloudtrail").put_event_selectors(
        TrailName=it.params["Name"],
        EventSelectors=[{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}],
    )


@to("cloudtrail.CreateTrail", mere=True)
def logging_stopped(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    client(account, "cloudtrail").stop_logging(Name=it.params["Name"])
