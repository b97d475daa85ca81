"""An exported script ends at the first refusal, works where it was planned, and says what it does and how to go on."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from export.conftest import Known
from support.false_aws import ACCOUNT, FalseAws, refuses, says
from support.variants import ONE_EACH, VARIANTS, Reviewed, by_variant

from flows.engine.actions import Action
from flows.engine.calls import Call, Find, Wait
from flows.engine.plan import Plan
from flows.engine.references import RUN as THE_RUN
from flows.engine.references import Ref, edited, join
from flows.engine.undo_plan import Entry, Undo
from flows.export.cli import script

HERE = "eu-central-1"
"""A variant of each set-up, with as many kinds of steps as it has."""
WORDS = "User: arn:aws:iam::123456789012:user/kim is not authorized to perform this; it's an <explicit> deny."


def exported(made: Reviewed, **more: str) -> str:
    plan = made.plan
    return script(
        plan, flow=made.flow.id, title=made.flow.title, region=HERE, account=ACCOUNT,
        agreements=made.review.agreements, **more,
    )  # fmt: skip


def of(*actions: Action, **more: Any) -> str:
    return script(Plan(actions, **more), flow="vpn", title="A test", region=HERE, account=ACCOUNT)


@by_variant(VARIANTS)
def test_what_needs_a_yes_is_said_before_anything_is_done(known: Known, name: str) -> None:
    made = known(name)
    head = exported(made).partition("set -euo pipefail")[0]
    said = " ".join(line.removeprefix("#").strip() for line in head.splitlines())
    assert all(" ".join(each.message.split()) in said for each in made.review.cautions if each.confirm)
    assert ("agrees to this" in said) == any(each.confirm for each in made.review.cautions)


@by_variant(VARIANTS)
def test_it_runs_from_its_first_line_to_its_last(known: Known, tmp_path: Path, name: str) -> None:
    """Each step is told by its number and sentence; the run, at the start."""
    made = known(name)
    ran = FalseAws(tmp_path).run(exported(made))
    assert ran.code == 0, ran.err
    actions = made.plan.actions
    steps = [line for line in ran.err.splitlines() if line.startswith("Step ")]
    assert steps == [f"Step {n} of {len(actions)}. {each.sentence}" for n, each in enumerate(actions, 1)]
    assert re.search(rf"The run is {made.flow.id.replace('_', '-')}-\d+\. .* tagged handrail:run=", ran.err)
    assert ran.err.endswith("Done.\n")


@pytest.mark.parametrize("flow", ONE_EACH)
@pytest.mark.some(1)
def test_it_ends_at_the_first_refusal_whichever_that_is(known: Known, tmp_path: Path, flow: str) -> None:
    """Nothing is sent after it, but for what must not last; AWS's whole words are told, the step, and how to go on."""
    text = exported(known(ONE_EACH[flow]))
    commands = FalseAws(tmp_path).run(text).commands
    for number in sorted(commands.index(each) for each in {*commands}):
        ran = FalseAws(tmp_path, {number: refuses("AccessDenied", WORDS)}).run(text)
        assert ran.code != 0
        after = [words for words in ran.commands[number + 1 :] if words != "ec2 start-instances"]
        assert after == []
        assert WORDS in ran.err
        if number == 0:
            assert ran.err.endswith("Nothing was changed.\n")
        else:
            assert re.search(r"It stopped at step \d+ of \d+\. \w+", ran.err)
            assert re.search(r"RUN=([\w-]+) bash \S+/script\.sh\n$", ran.err)
        assert ran.slept == 0
        assert ran.out == ""


def test_what_was_given_an_empty_answer_is_not_gone_on_with(known: Known, tmp_path: Path) -> None:
    """Several values are taken from one answer; one of them is not in it."""
    text = exported(known("website, bucket"))
    number = FalseAws(tmp_path).run(text).commands.index("cloudfront create-distribution-with-tags")
    ran = FalseAws(tmp_path, {number: says("arn:x\tNone\tE123")}).run(text)
    assert ran.code != 0
    assert ran.commands[-1] == "cloudfront create-distribution-with-tags"
    assert "does not have all that is needed" in ran.err


# -- where it works ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("flow", ONE_EACH)
@pytest.mark.some(3)
def test_it_works_in_the_region_of_the_plan_whatever_the_environment_says(
    known: Known, tmp_path: Path, flow: str
) -> None:
    elsewhere = {"AWS_REGION": "us-west-2", "AWS_DEFAULT_REGION": "ap-south-1", "AWS_PROFILE": "other"}
    odd = {
        "AWS_CLI_ERROR_FORMAT": "json",
        "AWS_DEFAULT_OUTPUT": "table",
        "AWS_PAGER": "less",
        "AWS_CLI_AUTO_PROMPT": "on",
    }
    told = 'echo "$AWS_REGION $AWS_DEFAULT_REGION $AWS_CLI_ERROR_FORMAT $AWS_PAGER" >>environment\n'
    text = exported(known(ONE_EACH[flow]))
    ran = FalseAws(tmp_path, {None: told}).run(text, env={**elsewhere, **odd})
    assert ran.code == 0
    assert {*(tmp_path / "environment").read_text().splitlines()} == {f"{HERE} {HERE} legacy "}


def test_another_account_is_left_as_it_is(known: Known, tmp_path: Path) -> None:
    ran = FalseAws(tmp_path, {0: says("210987654321")}).run(exported(known("vpn, static")))
    assert ran.code != 0
    assert ran.commands == ["sts get-caller-identity"]
    assert "signed in to the account 210987654321" in ran.err and f"planned for {ACCOUNT}" in ran.err
    assert ran.err.endswith("Nothing was changed.\n")


@pytest.mark.parametrize(
    ("planned", "environment", "used"),
    [
        ("", {}, ""),
        ("http://127.0.0.1:4566", {}, "http://127.0.0.1:4566"),
        ("http://127.0.0.1:4566", {"AWS_ENDPOINT_URL": "http://127.0.0.1:9999"}, "http://127.0.0.1:9999"),
        ("", {"AWS_ENDPOINT_URL": "http://127.0.0.1:9999"}, "http://127.0.0.1:9999"),
    ],
)
def test_a_plan_of_an_emulator_is_carried_out_there_and_said_to_be(
    known: Known, tmp_path: Path, planned: str, environment: Mapping[str, str], used: str
) -> None:
    text = exported(known("s3_lambda, photos"), endpoint=planned)
    told = {None: 'echo "${AWS_ENDPOINT_URL:-}" >>environment\n'}
    ran = FalseAws(tmp_path, told).run(text, env=environment)
    assert {*(tmp_path / "environment").read_text().splitlines()} == {used}
    assert (f"sent to AWS_ENDPOINT_URL, {used}." in ran.err) is bool(used)


@pytest.mark.parametrize(
    ("environment", "at"),
    [
        ({}, "http://127.0.0.1:4566"),
        ({"AWS_ENDPOINT_URL_SQS": "http://127.0.0.1:9999"}, "http://127.0.0.1:9999"),
    ],
)
def test_what_version_1_would_ask_aws_itself_is_told_where_to_ask(
    known: Known, tmp_path: Path, environment: Mapping[str, str], at: str
) -> None:
    text = exported(known(ONE_EACH["database_hours"]), endpoint="http://127.0.0.1:4566")
    asked = FalseAws(tmp_path).run(text, env=environment).asked
    (made,) = (words for words in asked if words[:2] == ["sqs", "create-queue"])
    assert made[-2:] == ["--endpoint-url", at]
    assert not [words for words in asked if words[0] == "scheduler" and "--endpoint-url" in words]


def test_a_service_that_is_asked_elsewhere_is_named(known: Known, tmp_path: Path) -> None:
    elsewhere = {"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9999"}
    ran = FalseAws(tmp_path).run(exported(known("s3_lambda, photos")), env=elsewhere)
    assert "is sent to AWS_ENDPOINT_URL_S3, http://127.0.0.1:9999." in ran.err


@pytest.mark.parametrize(("flow", "missing"), [("vpn", "aws"), ("website", "jq"), ("website", "openssl")])
def test_what_it_needs_is_looked_for_before_anything_is_sent(
    known: Known, tmp_path: Path, flow: str, missing: str
) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for program in {"bash", "cat", "date", "mktemp", "rm", "jq", "openssl", "sh", "sed"} - {missing}:
        (tools / program).symlink_to(str(shutil.which(program)))
    asking = FalseAws(tmp_path)
    text = exported(known(ONE_EACH[flow]))
    if missing == "aws":
        text = text.replace("begin vpn", f"rm {tmp_path}/aws\nbegin vpn")
    ran = asking.run(text, programs=str(tools))
    assert ran.code != 0
    assert ran.asked == []
    assert ran.err.endswith(f"It needs {missing}, which is not installed here.\nNothing was changed.\n")


@pytest.mark.parametrize(
    ("version", "endpoint", "works"),
    [
        *[(each, "", True) for each in ("2.9.19", "2.31.0", "1.27.0", "1.46.3", "3.0.0", "of my own")],
        *[(each, "", False) for each in ("2.8.13", "1.26.165")],
        *[
            (each, "http://127.0.0.1:4566", each in ("2.13.0", "1.29.0"))
            for each in ("2.13.0", "1.29.0", "2.12.7", "1.28.9")
        ],
    ],
)
def test_an_old_aws_is_found_before_anything_is_sent(
    known: Known, tmp_path: Path, version: str, endpoint: str, works: bool
) -> None:
    """Above all one that takes no heed of where the plan is to be carried out, and would do it at AWS."""
    ran = FalseAws(tmp_path, version=version).run(exported(known("s3_lambda, photos"), endpoint=endpoint))
    assert (ran.code == 0, bool(ran.asked)) == (works, works)
    if not works:
        assert f"Here is {version}: install a newer one." in ran.err
        assert ran.err.endswith("Nothing was changed.\n")


@pytest.mark.parametrize("run", ["$(touch pwned)", "a b", "-x", "x" * 33, "a;b", "ü"])
def test_a_run_that_cannot_be_one_is_refused(known: Known, tmp_path: Path, run: str) -> None:
    ran = FalseAws(tmp_path).run(exported(known("vpn, static")), env={"RUN": run})
    assert ran.code != 0 and ran.asked == []
    assert "cannot be the run" in ran.err
    assert not [*tmp_path.glob("**/pwned")]


# -- what is waited for --------------------------------------------------------------------------------------------

THING = Call("ec2.CreateVpnGateway", {"Type": "ipsec.1"})
LOOK = Call("ec2.DescribeVpnGateways")
BLOCKED = "AccessDenied: public policies are blocked"


def test_only_the_refusal_that_means_not_yet_is_asked_again(tmp_path: Path) -> None:
    """Code and words, and it is said each time; the same code with other words ends it at once."""
    text = of(Action("make", "Make it", THING, not_yet=(BLOCKED, "OperationAborted")))
    other = FalseAws(tmp_path, {1: refuses("AccessDenied", "no identity-based policy allows it")}).run(text)
    assert other.code != 0 and other.slept == 0 and len(other.asked) == 2
    later = {
        1: refuses("AccessDenied", "because Public Policies are Blocked by the bucket"),
        2: refuses("OperationAborted", "x"),
    }
    ran = FalseAws(tmp_path, later).run(text)
    assert ran.code == 0 and len(ran.asked) == 4
    assert "AWS is not ready for it yet (AccessDenied). It is asked again." in ran.err
    assert "AWS is not ready for it yet (OperationAborted). It is asked again." in ran.err


def test_not_yet_is_believed_for_five_minutes(tmp_path: Path) -> None:
    answers = {0: says(ACCOUNT), None: refuses("OperationAborted", "A conflicting operation is in progress")}
    ran = FalseAws(tmp_path, answers).run(of(Action("make", "Make it", THING, not_yet=("OperationAborted",))))
    assert ran.code != 0
    assert 300 <= ran.slept < 320
    assert "(OperationAborted) when calling the CreateThing operation: A conflicting operation" in ran.err


def waiting(**more: Any) -> str:
    return of(Action("make", "Make it", THING, wait=Wait(LOOK, "State=='up'", "Waiting for it", **more)))


def told(so: bool, never: bool = False, now: str = "None", whole: bool = True) -> str:
    return says(f"{so}\t{whole}\t{never}\t{now}")


def test_a_wait_tells_how_it_stands_and_is_over_when_it_is_so(tmp_path: Path) -> None:
    answers = {
        2: told(False, now="pending"),
        3: told(False, now="pending"),
        4: told(False, now="warming\x1b[2J up"),
        5: told(True),
    }
    ran = FalseAws(tmp_path, answers).run(waiting(now="State", typical=20, limit=600))
    assert ran.code == 0 and len(ran.asked) == 6
    assert "Waiting for it: usually 20 seconds, 600 at the most." in ran.err
    assert "warming" in ran.err and "\x1b" not in ran.err


def test_what_can_never_be_so_ends_it_at_once(tmp_path: Path) -> None:
    ran = FalseAws(tmp_path, {2: told(False, True, "FAILED")}).run(waiting(failed="State=='FAILED'", now="State"))
    assert ran.code != 0 and ran.slept == 0
    assert "Waiting for it: AWS says that it is FAILED. It will not become ready." in ran.err
    assert "It stopped at step 1 of 1. Make it" in ran.err


def test_a_wait_ends_at_its_limit_and_says_how_to_go_on_with_it(tmp_path: Path) -> None:
    answers = {0: says(ACCOUNT), 1: says("{}"), None: told(False, now="pending")}
    ran = FalseAws(tmp_path, answers).run(waiting(limit=120, now="State"))
    assert ran.code != 0
    assert 120 < ran.slept <= 140
    assert "not so after 120 seconds (pending)" in ran.err


def test_what_aws_says_nothing_of_is_not_waited_for(tmp_path: Path) -> None:
    answers = {0: says(ACCOUNT), 1: says("{}"), None: told(False)}
    ran = FalseAws(tmp_path, answers).run(waiting(silence=20, now="State"))
    assert ran.code == 0
    assert 20 < ran.slept <= 40


@pytest.mark.parametrize(
    "code", ["InvalidVpnGatewayID.NotFound", "InvocationDoesNotExist", "DBSnapshotNotFound", "NoSuchDistribution"]
)
def test_what_aws_does_not_know_yet_is_waited_for_a_minute(tmp_path: Path, code: str) -> None:
    once = {2: refuses(code, "does not exist"), 3: told(True)}
    assert FalseAws(tmp_path, once).run(waiting()).code == 0
    always = {0: says(ACCOUNT), 1: says("{}"), None: refuses(code, "does not exist")}
    ran = FalseAws(tmp_path, always).run(waiting())
    assert ran.code != 0
    assert 60 <= ran.slept <= 70
    assert f"({code}) when calling the CreateThing operation: does not exist" in ran.err


def test_what_should_be_gone_and_is_unknown_is_so(tmp_path: Path) -> None:
    ran = FalseAws(tmp_path, {2: refuses("InvalidVpnGatewayID.NotFound", "x")}).run(waiting(gone=("Gone",)))
    assert ran.code == 0 and ran.slept == 0


def test_an_answer_in_which_nothing_can_be_read_yet_means_not_yet(tmp_path: Path) -> None:
    unread = "echo \"In function length(), invalid type for value: None, expected one of: ['string']\" >&2; exit 255\n"
    ran = FalseAws(tmp_path, {2: unread, 3: told(True)}).run(waiting())
    assert ran.code == 0 and len(ran.asked) == 4


def test_what_a_later_step_needs_of_a_wait_is_waited_for_too(tmp_path: Path) -> None:
    make = Action("make", "Make it", THING, wait=Wait(LOOK, "State=='up'", "Waiting for it"))
    use = Action("use", "Use it", Call("ec2.DeleteVpnGateway", {"VpnGatewayId": Ref("make", "@seen:Id")}))
    ran = FalseAws(tmp_path, {2: told(True, whole=False), 3: told(True), 4: says("vgw-1")}).run(of(make, use))
    assert ran.code == 0
    assert ran.asked[-1] == ["ec2", "delete-vpn-gateway", "--vpn-gateway-id", "vgw-1"]


def test_what_rests_on_something_new_may_find_it_unknown_for_a_minute(tmp_path: Path) -> None:
    """And only that: a first step that finds nothing is refused at once."""
    text = of(Action("make", "Make it", THING), Action("use", "Use it", THING, after=("make",)))
    ran = FalseAws(tmp_path, {2: refuses("NoSuchEntity", "x")}).run(text)
    assert ran.code == 0 and "(NoSuchEntity). It is asked again." in ran.err
    first = FalseAws(tmp_path, {1: refuses("NoSuchEntity", "x")}).run(text)
    assert first.code != 0 and first.slept == 0


# -- documents of others -------------------------------------------------------------------------------------------

KEEPS = 'for each; do case $each in file://*) cp "${each#file://}" "written-$n" ;; esac; done\n'
THEIRS = {"Sid": "Theirs", "Effect": "Deny", "Condition": {"StringEquals": {"aws:Referer": "their own secret"}}}
STATEMENT = {"Sid": join("Ours", THE_RUN), "Effect": "Allow"}


def editing(path: str = "Policy", **more: Any) -> Action:
    this = {"Bucket": "files"}
    put = Call("s3.PutBucketPolicy", {**this, "Policy": edited("policy")})
    entry = Entry(Call("s3.GetBucketPolicy", this), path, STATEMENT, absent=("NoSuchBucketPolicy",), **more)
    return Action("policy", "Add a statement", put, undo=entry, not_yet=("OperationAborted",))


@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        (says(json.dumps(json.dumps({"Id": "x", "Statement": [THEIRS]}))), {"Id": "x", "Statement": [THEIRS, ...]}),
        (says(json.dumps(json.dumps({"Statement": THEIRS}))), {"Statement": [THEIRS, ...]}),
        (refuses("NoSuchBucketPolicy", "none"), {"Version": "2012-10-17", "Statement": [...]}),
        (says("null"), {"Version": "2012-10-17", "Statement": [...]}),
    ],
    ids=["a list", "a single one", "none yet", "nothing"],
)
def test_a_statement_is_added_to_what_others_wrote(tmp_path: Path, standing: str, expected: Any) -> None:
    """In files that nobody else can read, since others may keep secrets in theirs."""
    ran = FalseAws(tmp_path, {1: standing, 2: KEEPS}).run(of(editing()), env={"RUN": "vpn-1"})
    assert ran.code == 0, ran.err
    ours = {"Sid": "Oursvpn-1", "Effect": "Allow"}
    expected["Statement"] = [ours if each is ... else each for each in expected["Statement"]]
    assert json.loads((tmp_path / "written-2").read_text()) == expected
    assert (tmp_path / "written-2").stat().st_mode & 0o077 == 0
    assert not [word for words in ran.asked for word in words if "secret" in word]


def test_members_that_are_not_there_are_not_written(tmp_path: Path) -> None:
    """The question names every kind; AWS answers null for those that a bucket does not have, and takes none back."""
    parts = "{LambdaFunctionConfigurations: LambdaFunctionConfigurations, QueueConfigurations: QueueConfigurations}"
    action = editing(parts, within="LambdaFunctionConfigurations", key="Id", empty={})
    action = replace(action, undo=replace(action.undo, entry={"Id": "ours"}))
    theirs = {"LambdaFunctionConfigurations": None, "QueueConfigurations": [{"Id": "theirs"}]}
    FalseAws(tmp_path, {1: says(json.dumps(theirs)), 2: KEEPS}).run(of(action))
    written = {"LambdaFunctionConfigurations": [{"Id": "ours"}], "QueueConfigurations": [{"Id": "theirs"}]}
    assert json.loads((tmp_path / "written-2").read_text()) == written


def test_a_document_that_cannot_be_read_is_not_written_anew(tmp_path: Path) -> None:
    ran = FalseAws(tmp_path, {1: refuses("AccessDenied", WORDS)}).run(of(editing()))
    assert ran.code != 0 and ran.commands[-1] == "s3api get-bucket-policy"


def test_it_is_read_again_before_each_attempt(tmp_path: Path) -> None:
    """Others were at it meanwhile, which is why AWS refused."""
    later = {"Statement": [THEIRS]}
    answers = {1: says("null"), 2: refuses("OperationAborted", "x"), 3: says(json.dumps(json.dumps(later))), 4: KEEPS}
    ran = FalseAws(tmp_path, answers).run(of(editing()))
    assert ran.code == 0
    assert len(json.loads((tmp_path / "written-4").read_text())["Statement"]) == 2


def test_a_document_of_which_one_thing_changes_is_read_before_each_attempt_too(tmp_path: Path) -> None:
    tags = {"TagSet": Ref("@found", "TagSet[?Key!='mode']")}
    write = Call("s3.PutBucketTagging", {"Bucket": "files", "Tagging": tags})
    read = Call("s3.GetBucketTagging", {"Bucket": "files"})
    action = Action("tags", "Set the tags", write, read=read, not_yet=("OperationAborted",))
    former, now = (f'[{{"Key":"team","Value":"{value}"}}]' for value in ("roastery", "shop $(touch pwned)"))
    answers = {1: says(former), 2: refuses("OperationAborted", "x"), 3: says(now)}
    ran = FalseAws(tmp_path, answers).run(of(action))
    assert ran.code == 0
    assert ran.asked[1][-4:] == ["--query", "TagSet[?Key!='mode']", "--output", "json"]
    assert json.loads(ran.asked[4][-1]) == {"TagSet": json.loads(now)}
    assert not [*tmp_path.glob("pwned")]


# -- secrets -------------------------------------------------------------------------------------------------------


@by_variant(name for name in VARIANTS if name.startswith("website"))
def test_a_secret_is_on_no_command_line(known: Known, tmp_path: Path, name: str) -> None:
    """Of no program that the script starts, nor in its environment; and no file with it is left."""
    made = known(name)
    for program in ("jq", "openssl", "cat", "rm", "mktemp", "date"):
        kept = "| tee -a made-up" if program == "openssl" else ""
        noted = f'#!/bin/sh\ncd {tmp_path}\nprintf "%s\\n" "$*" >>started\nexport -p >>started\n'
        (tmp_path / program).write_text(f'{noted}{shutil.which(program)} "$@" {kept}\n')
        (tmp_path / program).chmod(0o755)
    (tmp_path / "tmp").mkdir()
    ran = FalseAws(tmp_path, {None: "export -p >>started\n"}).run(exported(made), env={"TMPDIR": str(tmp_path / "tmp")})
    assert ran.code == 0, ran.err
    told = [(tmp_path / "started").read_text(), ran.out, ran.err, *(word for words in ran.asked for word in words)]
    secrets = (tmp_path / "made-up").read_text().split() if made.plan.secrets else []
    assert len(secrets) == len(made.plan.secrets)
    assert not [each for each in told if any(secret in each for secret in secrets)]
    assert [*(tmp_path / "tmp").iterdir()] == []


def test_going_on_it_uses_the_secret_that_aws_keeps(known: Known, tmp_path: Path) -> None:
    made = known("website, website")
    answers = {1: says("d1.cloudfront.net\tE1"), 2: told(True), 3: says("kept"), 5: KEEPS}
    ran = FalseAws(tmp_path, answers).run(exported(made), env={"RUN": "website-1"})
    assert ran.code == 0, ran.err
    assert ran.commands[3] == "cloudfront get-distribution-config"
    assert '"aws:Referer":"kept"' in (tmp_path / "written-5").read_text()


# -- going on ------------------------------------------------------------------------------------------------------

TAGGED = Find(
    Call("iam.ListRoles"),
    "Roles[?RoleName=='r'] | [0].{Role: @}",
    proof=Call("iam.ListRoleTags", {"RoleName": Ref("@found", "Role.RoleName")}),
    ours=join("Tags[?Key=='handrail:run'].Value | [0] == '", THE_RUN, "'"),
)
ROLE = Action(
    "role", "Make the role r", Call("iam.CreateRole", {"RoleName": "r"}), find=TAGGED,
    undo=(Undo(Call("iam.DeleteRole", {"RoleName": Ref("role", "Role.Arn")})),),
)  # fmt: skip
USES = Action("use", "Use it", Call("iam.GetRole", {"RoleName": Ref("role", "Role.Arn")}))


def test_a_step_that_is_done_is_recognised_by_its_tag_and_gone_on_from(tmp_path: Path) -> None:
    answers = {1: says("None\nr\tarn:of:r"), 2: says("True")}
    ran = FalseAws(tmp_path, answers).run(of(ROLE, USES), env={"RUN": "vpn-1"})
    assert ran.code == 0
    assert ran.commands == ["sts get-caller-identity", "iam list-roles", "iam list-role-tags", "iam get-role"]
    assert ran.asked[2][:4] == ["iam", "list-role-tags", "--role-name", "r"]
    assert "'vpn-1'" in ran.asked[2][5]
    assert ran.asked[3][3] == "arn:of:r"
    assert "It is done already." in ran.err


@pytest.mark.parametrize(
    "answers",
    [{1: says("None")}, {1: says("r\tarn"), 2: says("False")}, {1: says("r\tarn"), 2: refuses("AccessDenied", "x")}],
    ids=["nothing", "another run's", "somebody else's"],
)
def test_what_is_not_of_this_run_is_not_taken_for_it(tmp_path: Path, answers: Mapping[int | None, str]) -> None:
    ran = FalseAws(tmp_path, answers).run(of(ROLE, USES), env={"RUN": "vpn-1"})
    assert "iam create-role" in ran.commands


def test_something_that_is_there_without_the_tag_is_told_and_how_to_go_on(tmp_path: Path) -> None:
    there = {1: refuses("EntityAlreadyExists", "Role with name r already exists.")}
    ran = FalseAws(tmp_path, there).run(of(ROLE, USES))
    assert ran.code != 0
    assert "Role with name r already exists." in ran.err
    assert "If an earlier run of this script made it" in ran.err


def test_what_the_plan_takes_for_done_is_left_as_it_is(tmp_path: Path) -> None:
    again = Action("log", "Make the log", THING, exists=("ResourceAlreadyExistsException",))
    ran = FalseAws(tmp_path, {1: refuses("ResourceAlreadyExistsException", "x")}).run(of(again))
    assert ran.code == 0
    assert "That is so already" in ran.err


def test_what_would_be_taken_without_a_word_is_looked_for_each_time(tmp_path: Path) -> None:
    there = Find(Call("iam.ListRoles"), "Roles[?RoleName=='r'] | [0].{Role: @}")
    ran = FalseAws(tmp_path, {1: says("arn:of:r")}).run(of(replace(ROLE, unless=there), USES))
    assert ran.code == 0
    assert ran.commands == ["sts get-caller-identity", "iam list-roles", "iam get-role"]


def test_a_machine_is_not_stopped_again_for_an_image_that_is_made(known: Known, tmp_path: Path) -> None:
    text = exported(known("share_ami, stop"))
    ran = FalseAws(tmp_path, {1: says("yes"), 2: says("ami-1")}).run(text, env={"RUN": "share-ami-1"})
    assert ran.code == 0, ran.err
    assert "ec2 stop-instances" not in ran.commands
    assert "ec2 create-image" not in ran.commands
    assert "It is not needed any more." in ran.err


def test_a_script_that_fails_halfway_ends_what_must_not_last(known: Known, tmp_path: Path) -> None:
    """The machine that was stopped runs again, also where AWS is not ready to start it at once; it is said."""
    text = exported(known("share_ami, stop"))
    commands = FalseAws(tmp_path).run(text).commands
    failing = commands.index("ec2 create-image")
    answers = {failing: refuses("AccessDenied", "no"), failing + 1: refuses("IncorrectInstanceState", "stopping")}
    ran = FalseAws(tmp_path, answers).run(text)
    assert ran.code != 0
    assert ran.commands[failing:] == ["ec2 create-image", "ec2 start-instances", "ec2 start-instances"]
    assert "What must not last is ended first." in ran.err
