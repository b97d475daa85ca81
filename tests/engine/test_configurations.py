"""A mistake in somebody's AWS configuration is told in botocore's words, with what to do; it is never "not AWS"."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest
from botocore import exceptions
from botocore.parsers import ResponseParserError

from flows.accounts import sign_in
from flows.engine import (
    Call,
    CloudError,
    Lost,
    NoAccess,
    NoSuchCall,
    NotChosen,
    Place,
    Problem,
    SignInNeeded,
    Unreachable,
)
from flows.engine.profiles import Kind, Profile
from flows.engine.transport import CONFIGURATION, NOT_REACHED, SIGNED_OUT, UNANSWERED, misfortune, no_credentials

KEYS = "aws_access_key_id = AKIA\naws_secret_access_key = x\n"
ROLE = "role_arn = arn:aws:iam::111122223333:role/R\n"
SSO = "sso_account_id = 111122223333\nsso_role_name = Admin\n"

MISTAKES: tuple[tuple[str, str, str, str], ...] = (
    # what it is, the profile; words of the reason, words of what to look at
    ("the program is missing", "credential_process = /nowhere/keys", "/nowhere/keys", "credential_process"),
    ("the program may not run", "credential_process = /etc/passwd", "/etc/passwd", "credential_process"),
    ("the program fails", "credential_process = sh -c 'echo no luck >&2; exit 3'", "no luck", "credential_process"),
    ("the program says nothing", "credential_process = true", "not JSON", "credential_process"),
    ("the program says something else", "credential_process = echo []", "the form", "credential_process"),
    ("the program speaks another version", """credential_process = echo '{"Version": 2}'""", "version",
     "credential_process"),
    ("the program leaves out the keys", """credential_process = echo '{"Version": 1}'""", "AccessKeyId",
     "credential_process"),
    ("the program is not quoted well", "credential_process = keys 'of mine", "quotation", "credential_process"),
    ("the program's answer is no text", r"credential_process = printf '\377'", "not text", "credential_process"),
    ("no such single sign-on", f"sso_session = ghost\n{SSO}", "ghost", "sso_session"),
    ("half of single sign-on", f"{SSO}", "sso_start_url", "sso_session"),
    ("no such source", f"{ROLE}source_profile = ghost", "ghost", "source_profile"),
    ("a source without keys", f"{ROLE}source_profile = empty\n[profile empty]\noutput = json", "empty",
     "what it names"),
    ("a role of nobody", ROLE, "source_profile or credential_source", "source_profile"),
    ("two sources", f"{ROLE}source_profile = x\ncredential_source = Environment", "both", "credential_source"),
    ("no such credential source", f"{ROLE}credential_source = Moon", "Moon", "credential_source"),
    ("nothing in the environment", f"{ROLE}credential_source = Environment", "Environment", "credential_source"),
    ("roles in a circle", f"{ROLE}source_profile = b\n[profile b]\n{ROLE}source_profile = a\n[profile a]\n{ROLE}"
     "source_profile = b", "nfinite loop", "source_profile"),
    ("no token file", f"{ROLE}web_identity_token_file = /nowhere/token", "/nowhere/token", "web_identity_token_file"),
    ("a token without a role", "web_identity_token_file = /nowhere/token", "role", "web_identity_token_file"),
    ("half of the keys", "aws_access_key_id = AKIA", "aws_secret_access_key", "aws_secret_access_key"),
    ("no such mode of defaults", f"{KEYS}defaults_mode = odd", "odd", "~/.aws/config"),
    ("no such endpoints of STS", f"{KEYS}sts_regional_endpoints = odd", "odd", "~/.aws/config"),
    ("no such services", f"{KEYS}services = ghost", "ghost", "~/.aws/config"),
    ("no address", f"{KEYS}endpoint_url = nowhere", "nowhere", "~/.aws/config"),
    ("no such way to count accounts", f"{KEYS}account_id_endpoint_mode = odd", "odd", "~/.aws/config"),
    ("no such checksums", f"{KEYS}request_checksum_calculation = odd", "odd", "~/.aws/config"),
    ("no number of seconds", f"{KEYS}metadata_service_timeout = long", "long", "~/.aws/config"),
    ("no region", f"{KEYS}region = eu west 1", "eu west 1", "eu-central-1"),
    ("a damaged file", "[profile broken\n", "parse", "~/.aws/config"),
)  # fmt: skip


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Somebody's home without anything in it, at a machine that is none of AWS's."""
    config = tmp_path / "config"
    for name, value in {
        "HOME": str(tmp_path), "AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    return config


@pytest.mark.parametrize(("about", "profile", "why", "remedy"), MISTAKES, ids=[row[0] for row in MISTAKES])
def test_a_mistake_is_told_in_botocores_words_with_what_to_do(
    bare: Path, about: str, profile: str, why: str, remedy: str
) -> None:
    region = "" if "\nregion =" in profile else "region = eu-central-1\n"
    bare.write_text(f"[profile mine]\n{region}{profile}\n")
    with pytest.raises(NoAccess) as caught:
        sign_in(Place("mine"))
    problem = caught.value
    assert problem.exit_code == 4
    assert not isinstance(problem, Unreachable | NotChosen | SignInNeeded)
    assert why in problem.why
    assert re.search(remedy, problem.remedy)
    assert "not AWS" not in str(problem)


@pytest.mark.parametrize(
    ("does", "kind"),
    [
        ('{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "s", "Expiration": "2001-01-01T00:00:00Z"}',
         SignInNeeded),
        ('{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "s", "Expiration": "soon"}', NoAccess),
    ],
)  # fmt: skip
def test_a_program_whose_keys_have_run_out_is_to_be_run_anew(bare: Path, does: str, kind: type[Problem]) -> None:
    bare.write_text(f"[profile mine]\nregion = eu-west-1\ncredential_process = echo '{does}'")
    with pytest.raises(kind) as caught:
        sign_in(Place("mine"))
    assert caught.value.exit_code == 4 and caught.value.remedy


def test_what_a_program_answers_is_not_repeated(bare: Path) -> None:
    """It may be half of a secret."""
    does = 'echo \'{"SecretAccessKey": "hush-hush",\''
    bare.write_text(f"[profile mine]\nregion = eu-west-1\ncredential_process = {does}")
    with pytest.raises(NoAccess) as caught:
        sign_in(Place("mine"))
    assert "hush" not in str(caught.value) + repr(caught.value) + repr(vars(caught.value))
    assert caught.value.__cause__ is None


def test_another_profile_of_one_call_is_told_the_same_way(bare: Path) -> None:
    from flows.engine.boto import Aws

    bare.write_text(f"[profile mine]\n{KEYS}[profile theirs]\ncredential_process = /nowhere/keys\n")
    with pytest.raises(NoAccess, match="“theirs”"):
        Aws(Place("mine", "eu-west-1")).make(Call("sts.GetCallerIdentity", profile="theirs"))


# -- every class of exception ----------------------------------------------------------------------------------------

ALL = sorted(
    (
        kind
        for kind in vars(exceptions).values()
        if inspect.isclass(kind) and issubclass(kind, exceptions.BotoCoreError)
    ),
    key=lambda kind: kind.__name__,
)
PARAMETERS = {
    "AliasConflictParameterError", "InvalidDNSNameError", "InvalidExpressionError", "InvalidHostLabelError",
    "MissingParametersError", "ParamValidationError", "RangeError", "UnknownKeyError", "UnknownParameterError",
    "UnsupportedOutpostResourceError", "UnsupportedS3AccesspointConfigurationError", "UnsupportedS3ArnError",
    "UnsupportedS3ConfigurationError", "UnsupportedS3ControlArnError", "UnsupportedS3ControlConfigurationError",
    "ValidationError", "EndpointProviderError", "EndpointResolutionError", "UnknownEndpointResolutionBuiltInName",
}  # fmt: skip
"""What was asked for cannot be written down; nothing was sent."""
OURS = {
    "BotoCoreError", "AwsChunkedWrapperError", "CapacityNotAvailableError", "OperationNotPageableError",
    "PaginationError", "StubAssertionError", "StubResponseError", "UnStubbedResponseError", "UnknownClientMethodError",
    "UnknownServiceStyle", "WaiterConfigError", "WaiterError",
}  # fmt: skip
"""What no configuration brings about, or says nothing about where the fault lies."""
SIGN_IN = {"LoginAuthorizationCodeError", "LoginError", "LoginInsufficientPermissions", "LoginRefreshRequired",
           "LoginTokenLoadError", "RefreshWithMFAUnsupportedError", "SSOError", "SSOTokenLoadError",
           "TokenRetrievalError", "UnauthorizedSSOTokenError", "NoCredentialsError"}  # fmt: skip


def made(kind: type[Any]) -> Exception:
    """One of this class, with something for everything that its sentence names."""
    names = re.findall(r"{(\w+)[!:}]", kind.fmt)
    more = {"last_response": {}} if kind is exceptions.WaiterError else {}
    error: Exception = kind(**{**dict.fromkeys(names, "a-word"), **more})
    return error


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_every_exception_of_botocore_is_a_problem_of_a_true_kind(kind: type[Any]) -> None:
    error, name = made(kind), kind.__name__
    line = [each.__name__ for each in kind.__mro__]
    read, change = (misfortune(Call(f"ec2.{each}"), error) for each in ("DescribeVpcs", "CreateVpc"))
    for problem in (read, change):
        assert problem.what and "{" not in str(problem)
    if {*line} & {*UNANSWERED}:
        assert isinstance(change, Lost) and isinstance(read, Unreachable) and read.remedy
    elif name == "SSLError":
        assert isinstance(change, Lost) and isinstance(read, Unreachable)
    elif {*line} & {*NOT_REACHED}:
        assert isinstance(change, Unreachable) and isinstance(read, Unreachable) and read.remedy
    elif {*line} & {*CONFIGURATION, "DataNotFoundError", "InvalidRegionError"}:
        assert isinstance(change, NoAccess) and (change.exit_code, bool(change.remedy)) == (4, True)
    elif name not in SIGN_IN:
        assert name in PARAMETERS | OURS, "a new one: where does it belong?"
        assert isinstance(change, CloudError) and change.exit_code == 3


@pytest.mark.parametrize(
    "kind", [kind for kind in ALL if kind.__name__ not in PARAMETERS | OURS], ids=lambda k: k.__name__
)
def test_what_keeps_somebody_out_is_told_whatever_the_profile(kind: type[Any]) -> None:
    for source in Kind:
        problem = no_credentials(made(kind), Profile("mine", source))
        assert problem.exit_code == 4 and problem.what and problem.remedy
        if {each.__name__ for each in kind.__mro__} & {*SIGNED_OUT}:
            assert kind.__name__ == "LoginInsufficientPermissions" or isinstance(problem, SignInNeeded)


def test_the_names_are_those_of_botocore() -> None:
    names = {kind.__name__ for kind in ALL} | {ResponseParserError.__name__}
    assert {*NOT_REACHED, *UNANSWERED, *CONFIGURATION, *SIGNED_OUT} <= names
    assert names >= PARAMETERS | OURS | SIGN_IN


def test_an_answer_that_makes_no_sense_is_not_aws() -> None:
    assert isinstance(misfortune(Call("ec2.DescribeVpcs"), ResponseParserError("html")), NoSuchCall)
