"""What tells a pipeline of its file: a rule, a trail, a function, the clock or nobody."""

from __future__ import annotations

import json

from s3_pipeline.cases import BUCKET, KEY, PIPELINE
from s3_pipeline.standing import ACCOUNT, OLD, Delivery, allow


def by_a_beginning(delivery: Delivery) -> None:
    delivery.listens(key={"prefix": KEY})


def by_its_ending(delivery: Delivery) -> None:
    """Any other zip starts it as well; what its stages hand on has no ending."""
    delivery.listens(key={"wildcard": "*.zip"})


def in_circles(delivery: Delivery) -> None:
    """Whatever lands starts it, and its stages' files land in the same bucket."""
    delivery.listens(key="")


def any_file(delivery: Delivery) -> None:
    delivery.hands_on(location="fjord-coffee-files")
    delivery.role(allow("s3:*", "*"))
    delivery.listens(key="")


def told_by_a_trail(delivery: Delivery) -> None:
    delivery.waits_for_a_trail()
    delivery.trail()


def told_by_a_trail_without_a_kind(delivery: Delivery) -> None:
    delivery.waits_for_a_trail(named=False)
    delivery.trail()


def told_by_no_trail_without_a_kind(delivery: Delivery) -> None:
    delivery.waits_for_a_trail(named=False)


def a_trail_of_deletions(delivery: Delivery) -> None:
    delivery.waits_for_a_trail()
    delivery.trail({"Field": "eventName", "Equals": ["DeleteObject"]})


def a_trail_of_all_but_deletions(delivery: Delivery) -> None:
    delivery.waits_for_a_trail()
    delivery.trail({"Field": "eventName", "NotEquals": ["DeleteObject"]})


def started_with_a_version(delivery: Delivery) -> None:
    delivery.starts_with("Source")


def started_with_the_file_that_landed(delivery: Delivery, lets: str = "true") -> None:
    """Every file of a folder starts it, and each run reads the file that started it."""
    delivery.starts_with("Source", "S3_OBJECT_KEY")
    settings = {"S3Bucket": BUCKET, "S3ObjectKey": KEY, "PollForSourceChanges": "false"}
    delivery.source(configuration={**settings, "AllowOverrideForS3ObjectKey": lets})
    delivery.listens(key={"prefix": "drop/"})


def started_with_a_file_that_it_does_not_take(delivery: Delivery) -> None:
    started_with_the_file_that_landed(delivery, "false")


def started_with_a_version_for_another_step(delivery: Delivery) -> None:
    """A colleague gave the source another name."""
    delivery.starts_with("Source")
    delivery.source(name="Zip")


def with_a_second_source(delivery: Delivery, *, there: bool = True) -> None:
    """The page, and its settings in a zip of their own, with a rule of its own."""
    pipelines, events = delivery.client("codepipeline"), delivery.client("events")
    one = pipelines.get_pipeline(name=PIPELINE)["pipeline"]
    (first,) = one["stages"][0]["actions"]
    settings = {**first["configuration"], "S3ObjectKey": "settings.zip"}
    second = {**first, "name": "Settings", "configuration": settings, "outputArtifacts": [{"name": "settings"}]}
    one["stages"][0]["actions"].append(second)
    pipelines.update_pipeline(pipeline=one)
    if there:
        delivery.client("s3").put_object(Bucket=BUCKET, Key="settings.zip", Body=b"PK")
    where = {"bucket": {"name": [BUCKET]}, "object": {"key": ["settings.zip"]}}
    pattern = {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": where}
    events.put_rule(Name="settings", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="settings", Targets=events.list_targets_by_rule(Rule=OLD)["Targets"])
    pipelines.start_pipeline_execution(name=PIPELINE)


def second_source_without_its_file(delivery: Delivery) -> None:
    with_a_second_source(delivery, there=False)


def second_source_whose_rule_is_off(delivery: Delivery) -> None:
    with_a_second_source(delivery)
    delivery.client("events").disable_rule(Name="settings")


def second_source_that_nobody_watches(delivery: Delivery) -> None:
    with_a_second_source(delivery)
    delivery.client("events").disable_rule(Name="settings")
    events = delivery.client("events")
    events.remove_targets(
        Rule="settings", Ids=[each["Id"] for each in events.list_targets_by_rule(Rule=OLD)["Targets"]]
    )


def watched_by_the_clock_alone(delivery: Delivery) -> None:
    events = delivery.client("events")
    targets = events.list_targets_by_rule(Rule=OLD)["Targets"]
    events.put_rule(Name="nightly", ScheduleExpression="rate(1 day)")
    events.put_targets(Rule="nightly", Targets=targets)
    watched_by_nobody(delivery)


def watched_by_nobody(delivery: Delivery) -> None:
    events = delivery.client("events")
    events.remove_targets(Rule=OLD, Ids=[each["Id"] for each in events.list_targets_by_rule(Rule=OLD)["Targets"]])


def started_by_a_function(delivery: Delivery, start: str = "") -> None:
    """As it was done before S3 told EventBridge: a function hears of the file, and starts the pipeline itself."""
    watched_by_nobody(delivery)
    arn = f"arn:aws:lambda:eu-central-1:{ACCOUNT}:function:resize-photos"
    filters = {"Key": {"FilterRules": [{"Name": "prefix", "Value": start or KEY[:3]}]}}
    one = {"LambdaFunctionArn": arn, "Events": ["s3:ObjectCreated:*"], "Filter": filters}
    delivery.client("s3").put_bucket_notification_configuration(
        Bucket=BUCKET, SkipDestinationValidation=True,
        NotificationConfiguration={"EventBridgeConfiguration": {}, "LambdaFunctionConfigurations": [one]},
    )  # fmt: skip


def a_function_for_other_files(delivery: Delivery) -> None:
    started_by_a_function(delivery, "photos/")
