"""Every refusal and warning of a file that starts a pipeline has its sentence."""

from __future__ import annotations

from typing import Any

import pytest
from s3_pipeline.cases import BUCKET, NEW, PIPELINE, STANDING, VARIANTS, audited, notified, session

import flows
from flows.engine import Asking, Blocked, Place, Refused, Session
from flows.engine.boto import Aws
from flows.practice import PracticeAccount


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"pipeline": "two words"}, "“two words” cannot be a pipeline's name."),
        ({"pipeline": "Shop"}, "There is no pipeline Shop here, and a new one cannot be called so."),
        ({"bucket": "My_Source"}, "“My_Source” cannot be a bucket's name."),
        ({"object_key": "/source.zip"}, "“/source.zip” names no single file. Give the full name of one file"),
        ({"object_key": "in/*.zip"}, "“in/*.zip” names no single file."),
        ({"object_key": "in/"}, "“in/” names no single file."),
        ({"object_key": "a" * 1001}, "It has 1001 characters."),
        ({**STANDING, "bucket": "fjord-coffee-files"}, f"in the bucket {BUCKET}, not fjord-coffee-files"),
        ({**STANDING, "object_key": "Source.zip"}, "reads source.zip, not Source.zip. Capital letters count."),
        ({"detection": "poll"}, "“poll” is not among the choices for detection."),
    ],
)  # fmt: skip
@pytest.mark.some(4)
def test_a_refusal_has_its_sentence(cloud: Aws, answers: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        session(cloud, None, {**NEW, **answers})
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("answers", "warning", "sentence"),
    [
        (NEW, "pipeline-new", "Those that read from S3: deliver-shop."),
        (NEW, "file-missing", "There is no app/source.zip in fjord-shop-source yet."),
        ({**NEW, "object_key": "app.jar"}, "no-zip", "app.jar does not end in .zip."),
        ({**NEW, "bucket": "fjord-coffee-site"}, "bucket-shared", "fjord-coffee-site is also used for something else"),
        (STANDING, "bucket-shared", "a bucket of its own for the source is safer"),
        (STANDING, "versioning-on", "It can never be removed again, only paused, and undo pauses it."),
        (STANDING, "type-v1", "deliver-shop is of the older type V1."),
        (STANDING, "polling-ends", "deliver-shop asks for changes itself at present. That is switched off"),
        (STANDING, "another-rule", "The rule deliver-shop-uploads starts deliver-shop already for this file, though"),
        (STANDING, "notifications-kept", "already notifies the queue new-invoices. All of that stays as it is."),
        (VARIANTS["new trail"], "trail-costs", "about 0.10 USD for 100,000 of them"),
    ],
)
@pytest.mark.some(2)
def test_a_warning_has_its_sentence(
    account: PracticeAccount, cloud: Aws, answers: dict[str, Any], warning: str, sentence: str
) -> None:
    """Only what can never be removed again needs a conscious yes."""
    notified(account.session)
    found = {each.id: each for each in session(cloud, None, answers).review().cautions}
    assert sentence in found[warning].message
    assert found[warning].confirm == (warning == "versioning-on")


def test_a_bucket_elsewhere(account: PracticeAccount, cloud: Aws) -> None:
    account.session.client("s3", region_name="us-east-1").create_bucket(Bucket="fjord-in-america")
    with pytest.raises(Refused) as refused:
        session(cloud, None, {**NEW, "bucket": "fjord-in-america"})
    assert "is in us-east-1, the pipeline in eu-central-1. They must be in the same region." in str(refused.value)


def test_a_pipeline_that_reads_from_elsewhere(account: PracticeAccount, cloud: Aws) -> None:
    codepipeline: Any = account.session.client("codepipeline")
    other = codepipeline.get_pipeline(name=PIPELINE)["pipeline"] | {"name": "from-git"}
    other["stages"][0]["actions"][0]["actionTypeId"]["provider"] = "CodeCommit"
    codepipeline.create_pipeline(pipeline=other)
    with pytest.raises(Refused) as refused:
        session(cloud, None, {**NEW, "pipeline": "from-git"})
    assert "The pipeline from-git does not read from S3." in str(refused.value)


@pytest.mark.wild
def test_a_trail_that_is_off_or_full(account: PracticeAccount, cloud: Aws) -> None:
    trail = audited(account.session)
    trail.stop_logging(Name="audit")
    made = session(cloud, None, VARIANTS["standing trail"])
    (off,) = [each for each in made.review().cautions if each.id == "trail-off"]
    assert "The trail audit is switched off" in off.message
    full: Any = [{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}] * 5
    trail.put_event_selectors(TrailName="audit", EventSelectors=full)
    with pytest.raises(Refused) as refused:
        session(cloud, None, VARIANTS["standing trail"])
    assert "has its 5 event selectors already" in str(refused.value)


@pytest.mark.wild
def test_what_cannot_be_guessed_is_suggested(account: PracticeAccount, cloud: Aws) -> None:
    """The only pipeline that reads from S3, and of it the bucket and the file; a trail that is logging."""
    audited(account.session)
    made = Session(flows.find("s3_pipeline"), cloud, place=Place(practice=True))
    for key, value in {**STANDING, "detection": "cloudtrail"}.items():
        state = made.state()
        assert isinstance(state, Asking)
        assert state.question.id == key
        assert state.said == STANDING[key]
        made.answer(value)
        made.accepted.add("versioning-on")
    (trail,) = [line.raw for line in made.review().answers if line.question.id == "trail"]
    assert trail == "audit"


@pytest.mark.parametrize(
    ("off", "key", "sentence"), [(True, "source.zip", "is switched off"), (False, "a.zip", "not for")]
)
@pytest.mark.some(1)
def test_a_rule_that_does_not_matter(account: PracticeAccount, cloud: Aws, off: bool, key: str, sentence: str) -> None:
    codepipeline, events = account.session.client("codepipeline"), account.session.client("events")
    now: Any = codepipeline.get_pipeline(name=PIPELINE)["pipeline"]
    now["stages"][0]["actions"][0]["configuration"]["S3ObjectKey"] = key
    codepipeline.update_pipeline(pipeline=now)
    if off:
        events.disable_rule(Name="deliver-shop-uploads")
    cautions = session(cloud, None, {**STANDING, "object_key": key}).review().cautions
    (rule,) = [each.message for each in cautions if each.id == "another-rule"]
    assert f"starts deliver-shop already, but {sentence}" in rule


def test_names_that_are_taken(account: PracticeAccount, cloud: Aws) -> None:
    account.session.client("iam").create_role(RoleName="start-shop-front", AssumeRolePolicyDocument="{}")
    made = session(cloud, None, NEW)
    (names,) = [each for each in made.review().findings if each.id == "names"]
    assert names.sentence == "There is already the role start-shop-front."
    with pytest.raises(Blocked):
        list(made.apply())


@pytest.mark.wild
def test_a_dead_receiver_does_not_stand_in_the_way(account: PracticeAccount, cloud: Aws) -> None:
    """S3 is told not to look at it, and it stays."""
    dead: Any = {
        "Id": "dead",
        "LambdaFunctionArn": "arn:aws:lambda:eu-central-1:123456789012:function:long-gone",
        "Events": ["s3:ObjectRemoved:*"],
    }
    account.session.client("s3").put_bucket_notification_configuration(
        Bucket=BUCKET,
        NotificationConfiguration={"LambdaFunctionConfigurations": [dead]},
        SkipDestinationValidation=True,
    )
    made = session(cloud, None, STANDING)
    (put,) = [action.call for action in made.review().plan.actions if action.id == "bucket-events"]
    assert put.params["SkipDestinationValidation"]
