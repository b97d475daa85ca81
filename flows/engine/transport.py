"""What kept a call from being sent or answered, in plain words: everything that botocore raises by itself.

botocore names what went wrong by the class of its exception, and says it in a sentence that is mostly good enough.
What is added here is which kind of problem it is, what to do about it, and whether a change may have happened.
"""

from __future__ import annotations

import json
import re
import traceback
from typing import Any

from .calls import Call
from .problems import (
    CloudError,
    CodeNeeded,
    Denied,
    Lost,
    NoAccess,
    NoSuchCall,
    NotChosen,
    Problem,
    SignInNeeded,
    Unreachable,
    Way,
)  # fmt: skip
from .profiles import Kind, Profile, known_profiles
from .refusals import changes, explain, readable
from .shell import aws

NOT_REACHED = ("ConnectionError",)
"""Nothing was sent: no name, no route, no answer to a greeting. The others derive from it."""
UNANSWERED = (
    "HTTPClientError", "ResponseStreamingError", "IncompleteReadError", "ChecksumError", "FlexibleChecksumError",
    "UnseekableStreamError", "ResponseParserError",
)  # fmt: skip
"""It was sent, and no answer came that could be read."""
CONFIGURATION = (
    "ConfigParseError", "ConfigNotFound", "ProfileNotFound", "InvalidConfigError", "PartialCredentialsError",
    "CredentialRetrievalError", "UnknownCredentialError", "MetadataRetrievalError", "NoAuthTokenError",
    "UnknownTokenProviderError", "InvalidIMDSEndpointError", "InvalidIMDSEndpointModeError", "UnknownRegionError",
    "BaseEndpointResolverError", "ServiceNotInRegionError", "UnknownSignatureVersionError",
    "UnsupportedSignatureVersionError", "InvalidDefaultsMode", "InvalidProxiesConfigError",
    "InvalidEndpointConfigurationError", "InvalidRetryConfigurationError", "InvalidChecksumConfigError",
    "InvalidEndpointDiscoveryConfigurationError", "InvalidS3UsEast1RegionalEndpointConfigError",
    "InvalidSTSRegionalEndpointsConfigError", "InvalidS3AddressingStyleError", "MissingDependencyException",
    "MD5UnavailableError", "UnsupportedServiceProtocolsError", "ApiVersionNotFoundError",
)  # fmt: skip
"""Nothing was sent, because the configuration or the installation does not do."""
NETWORK = "Check the network, a proxy, the region, and --endpoint-url or AWS_ENDPOINT_URL."
CERTIFICATE = (
    "Where a proxy of your company reads along, set AWS_CA_BUNDLE to the file of its certificates. Else check "
    "--endpoint-url or AWS_ENDPOINT_URL: whoever answers there is not who it should be."
)
SIGNED_OUT = {
    "LoginRefreshRequired": "Your AWS sign-in has expired.",
    "LoginError": "You are not signed in to AWS.",
    "SSOTokenLoadError": "You are not signed in to AWS.",
    "SSOError": "Your AWS sign-in has expired.",
    "TokenRetrievalError": "Your AWS sign-in has expired.",
}
REMEDIES = {
    Kind.PROCESS: "Check credential_process of the profile “{}” in ~/.aws/config: does its program run here?",
    Kind.WEB: "Check web_identity_token_file and role_arn of the profile “{}” in ~/.aws/config.",
    Kind.ROLE: "Check role_arn, source_profile and credential_source of the profile “{}” in ~/.aws/config.",
    Kind.SSO: "Check sso_session, sso_account_id and sso_role_name of the profile “{}” in ~/.aws/config; "
    "`aws configure sso` writes them anew.",
    Kind.KEYS: "Check aws_access_key_id and aws_secret_access_key of the profile “{}” in ~/.aws.",
}
"""What to look at where the credentials of a profile cannot be had, by where they come from."""


def misfortune(call: Call, error: Exception) -> Problem:
    """Why a call was not sent or not answered."""
    text, names = readable(str(error)), _names(error)
    if "SSLError" in names and changes(call) and "CERTIFICATE" not in text.upper():
        # the connection stood when it broke, so the request may have arrived
        return Lost(f"The answer to {call.operation} got lost.", text)
    if names & {*NOT_REACHED}:
        what = f"{call.service or 'AWS'} cannot be reached."
        return Unreachable(what, text, CERTIFICATE if "CERTIFICATE" in text.upper() else NETWORK)
    if names & {*UNANSWERED} and changes(call):
        return Lost(f"The answer to {call.operation} got lost.", text)
    if "ResponseParserError" in names:
        return unlike_aws(call, text)
    if names & {*UNANSWERED}:
        return Unreachable(f"{call.service} did not answer {call.operation}.", text, "Check the network and retry.")
    if "ParamValidationError" in names:
        # botocore's text repeats the parameters, which may hold secrets: keep only that they are not valid
        return CloudError(f"{call.operation} was not sent: its parameters are not valid.")
    if "CapacityNotAvailableError" in names:
        return CloudError(f"AWS wants fewer requests; {call.operation} was not sent.", text, "Wait a minute and retry.")
    if "NoRegionError" in names:
        remedy = "Add --region, for example --region eu-central-1, or set AWS_REGION."
        return NotChosen("No region is chosen.", remedy=remedy, lacks="region")
    if "InvalidRegionError" in names:
        return NoAccess("That region cannot be right.", text, "A region looks like eu-central-1.")
    if "DataNotFoundError" in names:
        return NoAccess(f"The installed botocore does not know {call.service}.", "", "Run: pip install --upgrade boto3")
    if names & {*CONFIGURATION} or text.startswith("Invalid Configuration"):
        return configuration(error)
    if not call.name:  # not even a client could be made
        return configuration(error)
    return CloudError(f"{call.operation} could not be called.", text)


def unlike_aws(call: Call, text: str) -> CloudError:
    """Something came back that AWS would not say."""
    text = readable(text)
    if changes(call):
        return Lost(f"The answer to {call.operation} got lost.", text[:200])
    remedy = "Check --endpoint-url or AWS_ENDPOINT_URL, and whether something in between answers instead."
    return NoSuchCall(f"{call.operation} was answered in a way that AWS does not.", text[:200], remedy)


def configuration(error: Exception) -> NoAccess:
    """The configuration does not do, in botocore's own words."""
    remedy = "Correct what it names, in ~/.aws/config or in an AWS_… variable of the environment, then try again."
    return NoAccess("Your AWS configuration cannot be used.", said(error), remedy)


# -- credentials -------------------------------------------------------------------------------------------------


def no_credentials(error: Exception, source: Profile, region: str = "") -> CloudError:
    """Why there are no credentials. `source` is the profile that they come from in the end."""
    names = _names(error)
    if isinstance(error, CloudError):  # ours already
        return error
    if isinstance(error, CodeNeeded):
        return code_needed(error.serial)
    if "ClientError" in names:
        return _not_let_in(error, source, region)
    if names & {*NOT_REACHED, *UNANSWERED}:
        return Unreachable("AWS's sign-in cannot be reached.", str(error), NETWORK)
    if "NoCredentialsError" in names:
        what, remedy = "No AWS credentials were found.", (
            "Sign in with the AWS CLI (https://aws.amazon.com/cli/): `aws login`, or `aws configure sso`. Or choose a "
            "--profile, or look around with --practice."
        )  # fmt: skip
        return NotChosen(what, "", remedy, lacks="profile") if known_profiles() else NoAccess(what, "", remedy)
    if "RefreshWithMFAUnsupportedError" in names:
        return code_needed("", "Your AWS sign-in has expired; it needs a new code from your MFA device.")
    if "LoginInsufficientPermissions" in names:
        action = "signin:CreateOAuth2Token"
        remedy = f"Ask your administrator for the permission {action} (the policy SignInLocalDevelopmentAccess has it)."
        return Denied(f"You are not allowed to {action}.", str(error), remedy, permission=action)
    if source.kind is Kind.CONSOLE and "MissingDependencyException" in names:
        return _without_library(source)
    if what := next((SIGNED_OUT[name] for name in _line(error) if name in SIGNED_OUT), ""):
        return signed_out(what, str(error), source)
    if source.kind is Kind.CONSOLE and names & {"KeyError", "ValueError", "TypeError", "RuntimeError"}:
        return signed_out("You are not signed in to AWS.", "What `aws login` kept cannot be read.", source)
    if "RuntimeError" in names:  # botocore: what was fetched anew has expired already
        return signed_out("Your AWS sign-in has expired.", str(error), source)
    what = f"The credentials of the profile “{source.name}” cannot be had."
    otherwise = "Correct what it names, in ~/.aws/config or in an AWS_… variable of the environment."
    return NoAccess(what, said(error), REMEDIES.get(source.kind, otherwise).format(source.name))


def signed_out(what: str, why: str, source: Profile) -> SignInNeeded:
    """Nobody is signed in, or not any more: how that is done with this profile."""
    if source.kind is Kind.SSO:
        command = aws("sso", "login", **_named(source))
        remedy = f"Run `{command}`, or start `handrail` in a terminal: it signs you in. Nothing is lost."
        return SignInNeeded(what, why, remedy, way=Way.DEVICE)
    remedy = "Renew these credentials where they are made, then go on; nothing is lost."
    return with_command(SignInNeeded(what, why, remedy, way=Way.AGAIN), source)


def with_command(need: SignInNeeded, source: Profile) -> SignInNeeded:
    """The same with the command that signs in, if the profile is one of `aws login`."""
    if source.kind is Kind.CONSOLE and need.way is Way.AGAIN:
        here = _named(source)
        need.elsewhere = f"Run `{aws('login', **here)}` (over SSH: `{aws('login', '--remote', **here)}`)"
        need.remedy = f"{need.elsewhere}, then go on; nothing is lost."
    return need


def _named(source: Profile) -> dict[str, str]:
    """How the AWS CLI is told a profile."""
    return {} if source.name == "default" else {"profile": source.name}


def code_needed(serial: str, what: str = "This profile needs a code from your MFA device.", why: str = "") -> NoAccess:
    remedy = "Start `handrail` in a terminal: it asks for the code. Where nobody can, use a profile that needs none."
    return SignInNeeded(what, why, remedy, way=Way.CODE, serial=serial)


def _without_library(source: Profile) -> NoAccess:
    keys = aws("configure", "export-credentials", profile=source.name, format="env")
    return NoAccess(
        f"The profile “{source.name}” is one of `aws login`; the library awscrt, which that takes, is not installed.",
        remedy=f"Run: pip install 'boto3[crt]'. Or let the AWS CLI read them: eval \"$({keys})\"",
    )


def _not_let_in(error: Any, source: Profile, region: str) -> CloudError:
    """AWS refused what botocore asked on its own to get the credentials: a `ClientError`."""
    asked, response = str(error.operation_name), error.response
    message = str(response.get("Error", {}).get("Message", ""))
    if "MultiFactorAuthentication" in message:  # AWS's words for a code that is wrong, too old or used already
        return code_needed("", "That code was not accepted.", message)
    service = {"GetRoleCredentials": "sso", "CreateToken": "sso-oidc", "CreateOAuth2Token": "signin"}.get(asked, "sts")
    problem = explain(Call(f"{service}.{asked}"), response, region)
    if isinstance(problem, SignInNeeded):
        return with_command(problem, source)
    if isinstance(problem, Lost) or response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400) >= 429:
        return Unreachable(f"AWS's sign-in did not answer {service}.{asked}.", problem.why, "Try again in a minute.")
    if asked == "GetRoleCredentials":
        what = "Single sign-on did not let you into this account with this role."
        return NoAccess(what, message, "Choose another profile, or ask your administrator to assign it to you.")
    if isinstance(problem, NoAccess | Denied):
        return problem
    remedy = REMEDIES.get(source.kind, "Check the profile in ~/.aws/config.").format(source.name)
    return NoAccess(problem.what, problem.why, remedy, aws_code=problem.aws_code, aws_message=problem.aws_message)


def from_a_parser(error: Exception) -> bool:
    """Whether it was raised by what reads answers: then something came, and it made no sense."""
    frames = traceback.walk_tb(error.__traceback__)
    return any(frame.f_globals.get("__name__") == "botocore.parsers" for frame, _ in frames)


# -- words -------------------------------------------------------------------------------------------------------


def said(error: Exception) -> str:
    """An exception's own sentence, without values that it repeats and that may be secret."""
    match error:
        case json.JSONDecodeError():
            return f"What was answered is not JSON: {error.msg} in line {error.lineno}."
        case UnicodeDecodeError():
            return "What was answered is not text."
        case KeyError():
            return f"{error.args[0]} is missing."
        case AttributeError() | TypeError():
            return "What was answered has not the form that it should have."
        case _:
            return re.sub(r", value: [^,]*", "", str(error)).strip()


def _line(error: Exception) -> list[str]:
    """The names of its class and of those that this derives from, the nearest first."""
    return [kind.__name__ for kind in type(error).__mro__]


def _names(error: Exception) -> set[str]:
    return {*_line(error)}
