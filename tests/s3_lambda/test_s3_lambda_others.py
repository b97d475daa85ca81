"""What others did at a bucket and its function since a run: theirs stays, what it needs stays, and it is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from s3_lambda.cases import ARN, BUCKET, NAME, VARIANTS, picture, session
from support.clock import FakeClock
from support.deeds import NOT_FOUND, Deed, Made, undone_after
from support.sessions import carried_out

from flows.aws import notifications
from flows.engine import Journal
from flows.engine.boto import Aws
from flows.practice import PracticeAccount

Client = Callable[..., Any]


def written(client: Client, change: Callable[[dict[str, Any]], object]) -> None:
    """The bucket's notifications, changed by somebody."""
    s3 = client("s3")
    document = s3.get_bucket_notification_configuration(Bucket=BUCKET)
    document.pop("ResponseMetadata")
    change(document)
    s3.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration=document)


def another_folder(client: Client, made: Made) -> None:
    """A notification of theirs for the same function, which S3 may call by our permission."""
    rules = {"Key": {"FilterRules": [{"Name": "prefix", "Value": "theirs/"}]}}
    theirs = {"Id": "theirs", "LambdaFunctionArn": ARN, "Events": ["s3:ObjectCreated:*"], "Filter": rules}
    written(client, lambda document: document["LambdaFunctionConfigurations"].append(theirs))


def edited(client: Client, made: Made) -> None:
    written(
        client, lambda document: document["LambdaFunctionConfigurations"][0].update(Events=["s3:ObjectCreated:Put"])
    )


def renamed(client: Client, made: Made) -> None:
    written(client, lambda document: document["LambdaFunctionConfigurations"][0].update(Id="photos"))


def taken_out(client: Client, made: Made) -> None:
    written(client, lambda document: document.pop("LambdaFunctionConfigurations"))


def permission_removed(client: Client, made: Made) -> None:
    client("lambda").remove_permission(FunctionName=NAME, StatementId=made["permission"])


def permission_of_theirs(client: Client, made: Made) -> None:
    client("lambda").add_permission(
        FunctionName=NAME, StatementId="theirs", Action="lambda:InvokeFunction", Principal="sns.amazonaws.com"
    )


def function_deleted(client: Client, made: Made) -> None:
    client("lambda").delete_function(FunctionName=NAME)


def bucket_deleted(client: Client, made: Made) -> None:
    s3 = client("s3")
    for each in s3.list_object_versions(Bucket=BUCKET).get("Versions", []):
        s3.delete_object(Bucket=BUCKET, Key=each["Key"], VersionId=each["VersionId"])
    s3.delete_bucket(Bucket=BUCKET)


PERMISSION, NOTIFICATION = f"The permission to call {NAME} (handrail-", f"The notification of {BUCKET}"
LEANS = f"^Other notifications of {BUCKET} call it by this permission: theirs\\.$"
LEANS_ON_PHOTOS = f"^Other notifications of {BUCKET} call it by this permission: photos"
BESIDE = {f"What somebody put beside it since: theirs ({NOTIFICATION})": "^It is not this run's"}

DEEDS: Mapping[str, Deed] = {
    "another folder": Deed(another_folder, {PERMISSION: LEANS, **BESIDE}),
    "another folder, which may go": Deed(another_folder, BESIDE, decided={"others": "delete"}),
    "edited": Deed(edited, {NOTIFICATION: "^Somebody changed it", PERMISSION: "needs this permission"}),
    "edited, which may go": Deed(edited, decided={"others": "delete"}, theirs=False),
    "renamed": Deed(renamed, {NOTIFICATION: "another name since .photos.; it is left", PERMISSION: LEANS_ON_PHOTOS}),
    "taken out": Deed(taken_out, {NOTIFICATION: NOT_FOUND}),
    "permission removed": Deed(permission_removed, {PERMISSION: NOT_FOUND}),
    "permission of theirs": Deed(permission_of_theirs),
    "function deleted": Deed(function_deleted, {PERMISSION: NOT_FOUND}),
    "bucket deleted": Deed(bucket_deleted, {NOTIFICATION: NOT_FOUND}),
}


@pytest.mark.parametrize("name", DEEDS)
@pytest.mark.some("another folder, which may go")
def test_what_others_did_stays_theirs(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, name: str
) -> None:
    """Undo ends, harms nothing of theirs, and tells what is left and why."""
    deed = DEEDS[name]
    made = session(cloud, journal, VARIANTS[deed.answers or "photos"], clock=clock)
    undone_after(deed, made, account.session.client, lambda: picture(account.session))


def test_one_with_another_name_keeps_its_permission_whatever_may_go(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """It is ours under another name: without the permission S3 would take no other change of the bucket's."""
    made = session(cloud, journal, VARIANTS["photos"], clock=clock)
    carried_out(made)
    renamed(account.session.client, {})
    list(made.undo({"others": "delete"}))
    left = {each.what.partition(" (")[0] for each in made.receipt().left}
    assert {NOTIFICATION, PERMISSION.partition(" (")[0]} <= left
    (standing,) = [each for each in notifications.standing(cloud, BUCKET) if each.id == "photos"]
    assert notifications.trouble(cloud, f"arn:aws:s3:::{BUCKET}", standing.arn) == ""
