"""Every refusal and warning of the delivery has its sentence; its buildspec passes our own linter."""

from __future__ import annotations

from typing import Any

import pytest
from spa_pipeline.cases import CODECOMMIT, ZIP, session
from support.clouds import Between

from flows.aws import codebuild
from flows.buildspec import lint
from flows.engine import Call, Refused
from flows.engine.boto import Aws
from flows.engine.refusals import explain
from flows.practice import PracticeAccount
from flows.spa_pipeline import build


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"name": "Shop"}, "“Shop” cannot be the name. Give 3 to 26 small letters"),
        ({"repository": "shop.git"}, "“shop.git” cannot be a repository's name."),
        ({"branch": "two words"}, "“two words” cannot be a branch."),
        ({"build_output": "../dist"}, "“../dist” cannot be the folder."),
        ({"build_output": "/dist"}, "“/dist” cannot be the folder."),
        ({"site_bucket": "My_Site"}, "“My_Site” cannot be a bucket's name."),
        ({"build_command": "a\nb"}, "There must be one command, on one line."),
        ({"distribution": "www.example.com"}, "“www.example.com” is no distribution's id."),
        ({"source": "s3", "repository": "nope/app.zip"}, "There is no bucket nope."),
        ({"source": "s3", "repository": "fjord-coffee-artifacts/app.zip"}, "keeps no versions"),
    ],
)
def test_a_refusal_has_its_sentence(cloud: Aws, answers: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        session(cloud, None, {**CODECOMMIT, **answers})
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("answers", "warning", "sentence"),
    [
        ({}, "repository-new", "It is created empty, and the first run finds nothing until you push."),
        ({}, "public-http", "Everybody will be able to read all files of fjord-shop-front."),
        ({"public": "no"}, "not-public", "Nobody can read the page until CloudFront is put in front"),
        ({"node": "20"}, "old-node", "Node.js 20 no longer gets security fixes"),
        ({"site_bucket": "fjord-coffee-site"}, "files-replaced", "files that are not in the build are DELETED"),
    ],
)
@pytest.mark.some(3)
def test_a_warning_has_its_sentence(cloud: Aws, answers: dict[str, Any], warning: str, sentence: str) -> None:
    found = {each.id: each for each in session(cloud, None, {**CODECOMMIT, **answers}).review().cautions}
    assert sentence in found[warning].message
    assert found[warning].confirm == (warning in ("files-replaced", "public-http"))


def test_what_cannot_be_a_buckets_name_is_never_asked_for(cloud: Aws) -> None:
    asked: list[str] = []
    watched = Between(cloud, before=lambda _, call: asked.append(str(call.params.get("Bucket"))))
    with pytest.raises(Refused, match="“My Bucket” cannot be a bucket's name"):
        session(watched, None, {**CODECOMMIT, "site_bucket": "My Bucket"})
    assert "My Bucket" not in asked


def test_a_zip_that_is_not_there_yet(account: PracticeAccount, cloud: Aws) -> None:
    s3: Any = account.session.client("s3")
    s3.put_bucket_versioning(Bucket="fjord-coffee-artifacts", VersioningConfiguration={"Status": "Enabled"})
    assert "zip-missing" in {each.id for each in session(cloud, None, ZIP).review().cautions}


def test_a_name_that_is_taken_is_refused_before_anything_is_made(account: PracticeAccount, cloud: Aws) -> None:
    account.session.client("iam").create_role(RoleName="shop-front-build", AssumeRolePolicyDocument="{}")
    (refusal,) = session(cloud, None).review().refusals
    assert "There is already the role shop-front-build." in refusal.sentence


def test_an_account_that_forbids_public_buckets(cloud: Aws) -> None:
    """The default is then no, and yes is refused with the way out."""

    class Closed(Between):
        def make(self, call: Call) -> dict[str, Any]:
            if call.operation == "s3control.GetPublicAccessBlock":
                names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
                return {"PublicAccessBlockConfiguration": dict.fromkeys(names, True)}
            return super().make(call)

    plan = session(Closed(cloud), None).review().plan
    assert "bucket-policy" not in {action.id for action in plan.actions}
    with pytest.raises(Refused) as refused:
        session(Closed(cloud), None, {**CODECOMMIT, "public": "yes"})
    assert "This account forbids public buckets" in str(refused.value)


def test_what_is_there_is_looked_up_once(cloud: Aws) -> None:
    """What is not there is asked for again, because somebody may make it meanwhile."""
    found: list[str] = []
    between = Between(cloud, after=lambda _, call: found.append(f"{call.operation} {sorted(call.params.items())}"))
    session(between, None).review()
    assert found
    assert len(found) == len(set(found))


@pytest.mark.parametrize("node", codebuild.IMAGES)
@pytest.mark.parametrize("invalidate", [True, False])
def test_the_buildspec_passes_the_linter(node: str, invalidate: bool) -> None:
    """Whatever the command; no ACLs, and the page is asked for before anything old is deleted."""
    text = build.buildspec("CI=false npm run build -- --base: 'x'", node, invalidate=invalidate)
    assert lint(text, codebuild.IMAGES[node]) == []
    assert "--acl" not in text
    assert text.index("test -f") < text.index("s3 cp") < text.index('/index.html" --cache') < text.index("--delete")
    assert ("--paths / /index.html" in text) == invalidate


def test_a_role_that_aws_does_not_know_yet_is_waited_for(cloud: Aws) -> None:
    """Only that answer is asked again."""
    actions = {action.id: action for action in session(cloud, None).review().plan.actions}
    assert actions["project"].not_yet == ("InvalidInputException: not authorized to perform: sts:AssumeRole",)
    assert actions["pipeline"].not_yet == (
        "InvalidStructureException: is not authorized to perform AssumeRole on role",
    )
    refused = explain(actions["pipeline"].call, {"Error": {"Code": "PipelineNameInUseException", "Message": ""}})
    assert actions["pipeline"].refusals[refused.aws_code].startswith("A pipeline named shop-front exists already.")
