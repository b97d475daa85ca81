"""AWS's words for "no", as they come over the wire, read by botocore's own parsers: what each of them means."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import botocore.session
import pytest
from botocore.awsrequest import HeadersDict
from botocore.parsers import ResponseParserError, create_parser

from flows.engine import Call, CloudError, Denied, Lost, NoAccess, NoSuchCall, SignInNeeded
from flows.engine.problems import NotActivated
from flows.engine.refusal_families import FAMILIES, Refusal
from flows.engine.refusals import explain, no_such_thing, readable, refused_part
from flows.engine.transport import misfortune
from flows.export.resources import TABLE

REGION = "eu-central-1"


@dataclass(frozen=True)
class Answer:
    """An answer of AWS that says no."""

    code: str
    message: str = ""
    status: int = 400

    def body(self, protocol: str, service: str) -> bytes:
        """It in the form of each protocol, as in AWS's general references."""
        code, message = self.code, self.message.replace("&", "&amp;").replace("<", "&lt;")
        inside = f"<Code>{code}</Code><Message>{message}</Message>"
        match protocol, service:
            case "ec2", _:
                return f"<Response><Errors><Error>{inside}</Error></Errors><RequestID>r</RequestID></Response>".encode()
            case "rest-xml", "s3":
                return f'<?xml version="1.0"?><Error>{inside}<RequestId>r</RequestId></Error>'.encode()
            case (("query" | "rest-xml"), _):
                return f"<ErrorResponse><Error><Type>Sender</Type>{inside}</Error></ErrorResponse>".encode()
            case _:
                return json.dumps({"__type": f"com.amazonaws.{service}#{code}", "message": self.message}).encode()

    def headers(self, protocol: str) -> dict[str, str]:
        return {"x-amzn-errortype": f"{self.code}:http://internal.amazon.com/"} if protocol == "rest-json" else {}


@cache
def models() -> botocore.session.Session:
    return botocore.session.Session()


def refused(operation: str, code: str, message: str = "", status: int = 400) -> CloudError:
    """What we make of an answer to this operation; a code that is a number stands for an answer without a body."""
    service, _, name = operation.partition(".")
    model = models().get_service_model(service)
    protocol, answer = model.resolved_protocol, Answer(code, message, status)
    wire = {
        "status_code": int(code) if code.isdecimal() else status,
        "headers": HeadersDict({} if code.isdecimal() else answer.headers(protocol)),
        "body": b"" if code.isdecimal() else answer.body(protocol, service),
    }
    shape = model.operation_model(name).output_shape
    parsed: dict[str, Any] = create_parser(protocol).parse(wire, shape)
    return explain(Call(operation), parsed, REGION)


PAGE = "<!doctype html>\n<html lang=en><title>500 Internal\n Server Error</title><h1>Oops</h1>x</html>"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (PAGE, "a web page came back, “500 Internal Server Error”."),
        ("<html><body>no heading</body></html>", "a web page came back."),
        (
            f"Unable to parse response (not well-formed), invalid XML received. Further retries may succeed:\n"
            f"{PAGE.encode()!r}",
            "Unable to parse response (not well-formed), invalid XML received. Further retries may succeed: a web page "
            "came back, “500 Internal Server Error”.",
        ),
        ("Unable to parse it, invalid XML received:\nb'\\x00\\x01'", "Unable to parse it, invalid XML received"),
        ("The bucket b'a' is <not> there", "The bucket b'a' is <not> there"),
        ("Value <html-like> is invalid", "Value <html-like> is invalid"),
    ],
)
def test_a_web_page_is_told_by_its_heading(text: str, told: str) -> None:
    """As a proxy or an emulator answers that broke."""
    assert readable(text) == told


@pytest.mark.parametrize("operation", ["lambda.GetPolicy", "kms.CreateKey"])
def test_so_it_is_in_every_refusal_and_in_what_was_lost(operation: str) -> None:
    """AWS's JSON is not JSON then, and botocore takes all of it for the message."""
    for problem in (refused(operation, "Oops", PAGE, 500), misfortune(Call(operation), ResponseParserError(PAGE))):
        assert "<" not in str(problem) and "Internal Server Error" in str(problem)


# -- there is no such thing ----------------------------------------------------------------------------------------

GONE = (
    ("ec2.DescribeVpcs", "InvalidVpcID.NotFound"),
    ("ec2.DescribeImages", "InvalidAMIID.NotFound"),
    ("ec2.DescribeSnapshots", "InvalidSnapshot.NotFound"),
    ("ec2.RevokeSecurityGroupIngress", "InvalidPermission.NotFound"),
    ("ec2.RevokeSecurityGroupIngress", "InvalidSecurityGroupRuleId.NotFound"),
    ("ec2.DeleteRoute", "InvalidRoute.NotFound"),
    ("elbv2.DescribeRules", "RuleNotFound"),
    ("elbv2.DescribeListeners", "ListenerNotFound"),
    ("rds.DescribeDBInstances", "DBInstanceNotFound"),
    ("rds.DescribeDBClusters", "DBClusterNotFoundFault"),
    ("rds.DescribeDBSnapshots", "DBSnapshotNotFound"),
    ("rds.DescribeDBSubnetGroups", "DBSubnetGroupNotFoundFault"),
    ("s3.GetBucketPolicy", "NoSuchBucketPolicy"),
    ("s3.GetBucketEncryption", "ServerSideEncryptionConfigurationNotFoundError"),
    ("s3.HeadBucket", "404"),
    ("s3.HeadObject", "404"),
    ("cloudfront.GetDistribution", "NoSuchDistribution"),
    ("route53.GetChange", "NoSuchChange"),
    ("acm.DescribeCertificate", "ResourceNotFoundException"),
    ("iam.GetRole", "NoSuchEntity"),
    ("kms.DescribeKey", "NotFoundException"),
    ("lambda.GetPolicy", "ResourceNotFoundException"),
    ("logs.DeleteLogGroup", "ResourceNotFoundException"),
    ("events.DescribeRule", "ResourceNotFoundException"),
    ("cloudtrail.GetTrail", "TrailNotFoundException"),
    ("codepipeline.GetPipeline", "PipelineNotFoundException"),
    ("codecommit.GetRepository", "RepositoryDoesNotExistException"),
    ("codeconnections.GetConnection", "ResourceNotFoundException"),
    ("ssm.GetCommandInvocation", "InvocationDoesNotExist"),
    ("ssm.GetParameter", "ParameterNotFound"),
    ("sns.GetTopicAttributes", "NotFound"),
    ("sqs.GetQueueAttributes", "AWS.SimpleQueueService.NonExistentQueue"),
    ("sqs.GetQueueAttributes", "QueueDoesNotExist"),
    ("service-quotas.GetServiceQuota", "NoSuchResourceException"),
)


@pytest.mark.parametrize(("operation", "code"), GONE, ids=lambda value: value)
def test_what_is_not_there_is_known_by_each_services_own_word(operation: str, code: str) -> None:
    problem = refused(operation, code, "It cannot be found.")
    assert no_such_thing(problem) and problem.exit_code == 3
    assert problem.what.startswith("There is no such thing") and problem.remedy


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ("s3.GetBucketPolicy", "404"),  # a web server's page: S3 says NoSuchBucketPolicy
        ("ec2.CreateImage", "InvalidAction"),
        ("lambda.GetPolicy", "UnknownOperationException"),
        ("s3.HeadBucket", "403"),
        ("ec2.DescribeVpcs", "UnauthorizedOperation"),
        ("ec2.DeleteVpc", "DependencyViolation"),
        ("rds.DeleteDBCluster", "InvalidDBClusterStateFault"),
        ("ec2.DescribeVpcs", "Unknown"),
    ],
)
def test_nothing_else_is_taken_for_it(operation: str, code: str) -> None:
    assert not no_such_thing(refused(operation, code))


# -- the families --------------------------------------------------------------------------------------------------

KEYS = "AWS does not accept these credentials."
CLOCK = "This machine's clock is wrong"
EXPIRED = "Your AWS sign-in has expired."
UNVERIFIED = "AWS has not verified this account yet"
BLOCKED = "AWS has blocked this account"
OFF = "is switched off for this account"
SLOWER = "AWS wants fewer requests"
FULL = "Your account has reached a limit"
NO_ROOM = "AWS has no room for this"
MAY_NOT = "You are not allowed to"
NEEDED = "because something that it needs may not be used"
LATE = "Signature expired: 20261129T080000Z is now earlier than 20261129T083000Z (20261129T084500Z - 15 min.)"
NEW = (
    "Your account must be verified before you can add new CloudFront resources. To verify your account, please contact "
    "AWS Support (https://console.aws.amazon.com/support/home#/) and include this error message."
)
ASK = "is not authorized to perform: {} on resource: * because no identity-based policy allows the {} action"

TOLD: tuple[tuple[str, str, str, int, type[CloudError], int, str, str], ...] = (
    # operation, code, AWS's message, HTTP's status; kind, exit code, words of the sentence and of the remedy
    # keys
    ("sts.GetCallerIdentity", "InvalidClientTokenId", "The security token is invalid.", 403, NoAccess, 4, KEYS, REGION),
    ("ec2.DescribeVpcs", "AuthFailure", "AWS was not able to validate the provided access credentials", 401, NoAccess,
     4, KEYS, "clock"),
    ("kms.ListKeys", "UnrecognizedClientException", "The security token included is invalid.", 400, NoAccess, 4, KEYS,
     "profile"),
    ("s3.ListBuckets", "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", 403,
     NoAccess, 4, KEYS, "profile"),
    ("s3.ListBuckets", "InvalidToken", "The provided token is malformed or otherwise invalid.", 400, NoAccess, 4, KEYS,
     "sign in again"),
    ("s3.ListBuckets", "SignatureDoesNotMatch", "The request signature we calculated does not match.", 403, NoAccess, 4,
     KEYS, "profile"),
    ("lambda.ListFunctions", "InvalidSignatureException", "The request signature we calculated does not match", 403,
     NoAccess, 4, KEYS, "profile"),
    ("lambda.ListFunctions", "MissingAuthenticationTokenException", "Missing Authentication Token", 403, NoAccess, 4,
     KEYS, "profile"),
    ("iam.ListRoles", "MissingAuthenticationToken", "Request is missing Authentication Token", 403, NoAccess, 4, KEYS,
     "profile"),
    ("cloudfront.ListDistributions", "IncompleteSignature", "Credential must have exactly 5 elements", 400, NoAccess, 4,
     KEYS, "profile"),
    # they have ended
    ("sts.GetCallerIdentity", "ExpiredToken", "The security token included in the request is expired", 403,
     SignInNeeded, 4, EXPIRED, "nothing is lost"),
    ("kms.ListKeys", "ExpiredTokenException", "The security token included in the request is expired", 400,
     SignInNeeded, 4, EXPIRED, "aws login"),
    ("ec2.DescribeVpcs", "RequestExpired", "Request has expired.", 400, SignInNeeded, 4, EXPIRED, "aws sso login"),
    ("s3.ListBuckets", "ExpiredToken", "The provided token has expired.", 400, SignInNeeded, 4, EXPIRED, "nothing"),
    # the clock
    ("s3.ListBuckets", "RequestTimeTooSkewed", "The difference between the request time and the current time is too "
     "large.", 403, NoAccess, 4, CLOCK, "timedatectl"),
    ("iam.ListRoles", "SignatureDoesNotMatch", LATE, 403, NoAccess, 4, CLOCK, "timedatectl"),
    ("kms.ListKeys", "InvalidSignatureException", LATE, 400, NoAccess, 4, CLOCK, "timedatectl"),
    ("lambda.ListFunctions", "InvalidSignatureException", "Signature not yet current: 20261129T093000Z is still later "
     "than 20261129T084500Z", 403, NoAccess, 4, CLOCK, "timedatectl"),
    # the region, and the account
    ("sts.GetCallerIdentity", "RegionDisabledException", "STS is not activated in this region", 403, NoAccess, 4, OFF,
     "--region"),
    ("ec2.RunInstances", "OptInRequired", "You are not subscribed to this service.", 401, NotActivated, 4,
     "ec2 is not activated for this account in eu-central-1", "means of payment"),
    ("ec2.RunInstances", "OptInRequired", "In order to use this AWS Marketplace product you need to accept terms and "
     "subscribe. To do so please visit https://aws.amazon.com/marketplace/pp?sku=x", 401, NotActivated, 4,
     "AWS Marketplace", "Accept its terms"),
    ("sns.Publish", "KMSOptInRequired", "The AWS access key ID needs a subscription for the service.", 403,
     NotActivated, 4, "is not activated", "payment"),
    ("codebuild.ListProjects", "SubscriptionRequiredException", "The AWS Access Key Id needs a subscription for the "
     "service", 400, NotActivated, 4, "codebuild is not activated", "payment"),
    ("s3.ListBuckets", "NotSignedUp", "Your account is not signed up for the Amazon S3 service.", 403, NotActivated, 4,
     "s3 is not activated", "payment"),
    ("ec2.RunInstances", "PendingVerification", "Your account is currently being verified.", 400, NotActivated, 4,
     UNVERIFIED, "within hours"),
    ("ec2.RunInstances", "Blocked", "This account is currently blocked and not recognized as a valid account.", 400,
     NotActivated, 4, BLOCKED, "support"),
    ("s3.CreateBucket", "AccountProblem", "There is a problem with your AWS account.", 403, NotActivated, 4, BLOCKED,
     "bill"),
    ("codebuild.CreateProject", "AccountSuspendedException", "", 400, NotActivated, 4, BLOCKED, "bill"),
    ("cloudfront.CreateDistributionWithTags", "AccessDenied", NEW, 403, NotActivated, 4, UNVERIFIED, "open a case"),
    ("elbv2.CreateLoadBalancer", "OperationNotPermitted", "This AWS account currently does not support creating load "
     "balancers. For more information, please contact AWS Support.", 400, NotActivated, 4, UNVERIFIED, "open a case"),
    # not allowed, in each service's own words
    ("ec2.CreateVpc", "UnauthorizedOperation", "You are not authorized to perform this operation.", 403, Denied, 4,
     f"{MAY_NOT} ec2:CreateVpc", "administrator for the permission ec2:CreateVpc"),
    ("s3.GetBucketPolicy", "AccessDenied", "Access Denied", 403, Denied, 4, f"{MAY_NOT} s3:GetBucketPolicy",
     "s3:GetBucketPolicy"),
    ("sns.GetTopicAttributes", "AuthorizationError", "User is not authorized to perform: SNS:GetTopicAttributes on "
     "resource: arn:aws:sns:eu-central-1:111122223333:t because no identity-based policy allows the "
     "SNS:GetTopicAttributes action", 403, Denied, 4, f"{MAY_NOT} SNS:GetTopicAttributes", "administrator"),
    ("kms.DescribeKey", "AccessDeniedException", f"User: u {ASK.format('kms:DescribeKey', 'kms:DescribeKey')}", 400,
     Denied, 4, f"{MAY_NOT} kms:DescribeKey", "administrator"),
    ("rds-data.ExecuteStatement", "ForbiddenException", "", 403, Denied, 4, MAY_NOT, "rds-data:ExecuteStatement"),
    ("sqs.GetQueueAttributes", "AccessDenied", "Access to the resource https://queue.amazonaws.com/ is denied.", 403,
     Denied, 4, MAY_NOT, "sqs:GetQueueAttributes"),
    ("ec2.RunInstances", "UnauthorizedOperation", f"You are not authorized to perform this operation. User: u "
     f"{ASK.format('iam:PassRole', 'iam:PassRole')}. Encoded authorization failure message: {'x' * 900}", 403, Denied,
     4, f"{MAY_NOT} iam:PassRole", "administrator for the permission iam:PassRole"),
    ("s3.HeadBucket", "403", "", 403, Denied, 4, "belongs to somebody else", "s3:ListBucket"),
    ("s3.HeadObject", "403", "", 403, Denied, 4, "belongs to somebody else", "s3:GetObject"),
    ("ec2.RunInstances", "AuthFailure", "Not authorized for images: [ami-1]", 403, Denied, 4, "names", "its owner"),
    ("lambda.CreateFunction", "KMSAccessDeniedException", "Lambda was unable to decrypt", 502, Denied, 4, NEEDED,
     "role"),
    ("sns.Publish", "KMSAccessDenied", "The ciphertext references a key that doesn't exist", 400, Denied, 4, NEEDED,
     "policy"),
    ("rds.RestoreDBInstanceFromDBSnapshot", "KMSKeyNotAccessibleFault", "The specified KMS key is not accessible", 400,
     Denied, 4, NEEDED, "policy"),
    # limits
    ("s3.CreateBucket", "TooManyBuckets", "You have attempted to create more buckets than allowed", 400, CloudError, 3,
     FULL, "Service Quotas"),
    ("cloudfront.CreateDistributionWithTags", "TooManyDistributions", "", 400, CloudError, 3, FULL, "Service Quotas"),
    ("cloudfront.CreateOriginAccessControl", "TooManyOriginAccessControls", "", 400, CloudError, 3, FULL, "no longer"),
    ("ec2.CreateVpnConnection", "VpnConnectionLimitExceeded", "", 400, CloudError, 3, FULL, "Service Quotas"),
    ("ec2.RunInstances", "VcpuLimitExceeded", "", 400, CloudError, 3, FULL, "Service Quotas"),
    ("ec2.RunInstances", "InsufficientFreeAddressesInSubnet", "", 400, CloudError, 3, FULL, "no longer used"),
    ("iam.CreateRole", "LimitExceeded", "Cannot exceed quota for RolesPerAccount", 409, CloudError, 3, FULL, "Quotas"),
    ("kms.CreateKey", "LimitExceededException", "", 400, CloudError, 3, FULL, "Service Quotas"),
    ("rds.CreateDBCluster", "DBClusterQuotaExceededFault", "", 403, CloudError, 3, FULL, "Service Quotas"),
    ("lambda.AddPermission", "PolicyLengthExceededException", "", 400, CloudError, 3, FULL, "no longer used"),
    ("lambda.PublishVersion", "CodeStorageExceededException", "", 400, CloudError, 3, FULL, "no longer used"),
    ("lambda.CreateFunction", "ENILimitReachedException", "", 502, CloudError, 3, FULL, "Service Quotas"),
    ("elbv2.CreateRule", "TooManyRules", "", 400, CloudError, 3, FULL, "Service Quotas"),
    ("route53.ChangeResourceRecordSets", "LimitsExceeded", "", 400, CloudError, 3, FULL, "Service Quotas"),
    ("codebuild.StartBuild", "AccountLimitExceededException", "Cannot have more than 0 builds in queue", 400,
     CloudError, 3, FULL, "Service Quotas"),
    ("cloudtrail.CreateTrail", "MaximumNumberOfTrailsExceededException", "", 400, CloudError, 3, FULL, "no longer"),
    ("codecommit.PutRepositoryTriggers", "MaximumRepositoryTriggersExceededException", "", 400, CloudError, 3, FULL,
     "no longer"),
    ("acm.RequestCertificate", "ServiceQuotaExceededException", "", 400, CloudError, 3, FULL, "Service Quotas"),
    # no room
    ("ec2.RunInstances", "InsufficientInstanceCapacity", "We currently do not have sufficient t3.micro capacity.", 500,
     CloudError, 3, NO_ROOM, "another size"),
    ("ec2.AllocateAddress", "InsufficientAddressCapacity", "", 500, CloudError, 3, NO_ROOM, "again in some minutes"),
    ("elbv2.ModifyCapacityReservation", "InsufficientCapacity", "", 500, CloudError, 3, NO_ROOM, "another size"),
    ("rds.CreateDBInstance", "InsufficientDBInstanceCapacity", "", 400, CloudError, 3, NO_ROOM, "another size"),
    ("rds.CreateDBCluster", "InsufficientDBClusterCapacityFault", "", 403, CloudError, 3, NO_ROOM, "another size"),
    # too fast
    ("ec2.DescribeVpcs", "RequestLimitExceeded", "Request limit exceeded.", 503, CloudError, 3, SLOWER, "a minute"),
    ("s3.PutBucketPolicy", "SlowDown", "Please reduce your request rate.", 503, CloudError, 3, SLOWER, "a minute"),
    ("iam.CreateRole", "Throttling", "Rate exceeded", 400, CloudError, 3, SLOWER, "a minute"),
    ("lambda.AddPermission", "TooManyRequestsException", "Rate exceeded", 429, CloudError, 3, SLOWER, "a minute"),
    ("sns.Publish", "KMSThrottling", "", 400, CloudError, 3, SLOWER, "a minute"),
    ("ec2.CreateSnapshot", "SnapshotCreationPerVolumeRateExceeded", "Wait at least 15 seconds.", 400, CloudError, 3,
     SLOWER, "a minute"),
    # what was given
    ("ec2.CreateVpc", "InvalidParameterValue", "Value (x) for parameter cidrBlock is invalid.", 400, CloudError, 3,
     "AWS does not accept what ec2.CreateVpc was given", "Change the answer"),
    ("acm.RequestCertificate", "ValidationException", "1 validation error detected", 400, CloudError, 3,
     "AWS does not accept", "Change the answer"),
    ("iam.CreateRole", "MalformedPolicyDocument", "", 400, CloudError, 3, "AWS does not accept", "Change the answer"),
    ("lambda.CreateFunction", "InvalidSubnetIDException", "", 502, CloudError, 3, "AWS does not accept", "Change"),
    # where
    ("s3.HeadBucket", "400", "", 400, NoAccess, 4, "without a reason", "sign in again"),
    ("s3.HeadBucket", "301", "", 301, CloudError, 3, "is in another region", "--region"),
    ("s3.GetBucketPolicy", "PermanentRedirect", "", 301, CloudError, 3, "is in another region", "--region"),
    # a fault of AWS's
    ("ec2.DescribeVpcs", "InternalError", "An internal error has occurred", 500, CloudError, 3, "could not answer",
     "Try again"),
    ("ec2.DescribeVpcs", "Unavailable", "The server is under maintenance", 503, CloudError, 3, "could not answer",
     "Try again"),
    ("lambda.ListFunctions", "ServiceException", "An internal error occurred", 500, CloudError, 3, "could not answer",
     "Try again"),
    ("s3.GetBucketPolicy", "503", "", 503, CloudError, 3, "could not answer", "Try again"),
    ("s3.HeadBucket", "500", "", 500, CloudError, 3, "could not answer", "Try again"),
    # in doubt
    ("ec2.CreateVpc", "InternalError", "An internal error has occurred", 500, Lost, 1, "broke off", ""),
    ("ec2.CreateVpc", "Unavailable", "Please contact AWS Support", 503, Lost, 1, "broke off", ""),
    ("rds.CreateDBCluster", "ServiceUnavailable", "", 503, Lost, 1, "broke off", ""),
    ("s3.CreateBucket", "503", "", 503, Lost, 1, "broke off", ""),
    # a state of things
    ("ec2.DeleteVpc", "DependencyViolation", "The vpc has dependencies.", 400, CloudError, 3, "Something else needs it",
     "first"),
    ("rds.DeleteDBCluster", "InvalidDBClusterStateFault", "The cluster is busy.", 400, CloudError, 3, "at the moment",
     "Wait until"),
    ("s3.DeleteObjects", "AccessDenied", "Access Denied because object protected by object lock.",
     400, CloudError, 3, "A file is locked", "retention has ended"),
    # nobody knows the call
    ("health.DescribeEvents", "NotPartOfPractice", "", 400, CloudError, 3, "is no part of practice", ""),
    ("ec2.CreateImage", "InvalidAction", "", 400, NoSuchCall, 3, "is not known here", "emulator"),
    ("lambda.GetPolicy", "404", "", 404, NoSuchCall, 3, "is not known here", "emulator"),
    ("s3.ListBuckets", "403", "", 403, NoSuchCall, 3, "is not known here", "emulator"),
    ("s3.PutBucketPolicy", "NotImplemented", "", 501, NoSuchCall, 3, "is not known here", "emulator"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("operation", "code", "message", "status", "kind", "exit_code", "what", "remedy"),
    TOLD,
    ids=[f"{row[0]}-{row[1]}-{number}" for number, row in enumerate(TOLD)],
)
def test_each_family_has_its_sentence_its_remedy_and_its_exit_code(
    operation: str, code: str, message: str, status: int, kind: type[CloudError], exit_code: int, what: str, remedy: str
) -> None:
    problem = refused(operation, code, message, status)
    assert type(problem) is kind, problem
    assert (problem.exit_code, problem.aws_code) == (exit_code, code)
    assert what in problem.what
    assert remedy in problem.remedy and bool(remedy) == bool(problem.remedy)
    assert "{" not in str(problem) and "xxxx" not in str(problem)


@pytest.mark.parametrize("said", ["DBSnapshot week-40 not found", "DBSnapshot week-40 not found."])
def test_what_aws_said_without_an_end_does_not_run_into_what_to_do(said: str) -> None:
    problem = refused("rds.DescribeDBSnapshots", "DBSnapshotNotFound", said, 404)
    assert "DBSnapshot week-40 not found. It was removed meanwhile" in str(problem)


def test_every_row_of_the_table_is_met_by_an_answer() -> None:
    answers = [(operation, code, message, status) for operation, code, message, status, *_ in TOLD]
    answers += [(operation, code, "", 400) for operation, code in GONE]
    answers += [(operation, code, "", status) for operation, code, status in foreseeable()]
    refusals = [Refusal(Call(operation), *said, REGION) for operation, *said in answers]
    met = {next((family.codes for family in FAMILIES if family.has(refusal)), "") for refusal in refusals}
    assert met >= {family.codes for family in FAMILIES}


# -- whose policy says no --------------------------------------------------------------------------------------------

USER = "User: arn:aws:iam::111122223333:user/kim is not authorized to perform: s3:PutBucketPolicy on resource: b"
EXPLICIT = f"{USER} with an explicit deny in a"
IMPLICIT = f"{USER} because no {{}} allows the s3:PutBucketPolicy action"


@pytest.mark.parametrize(
    ("message", "who"),
    [
        (f"{EXPLICIT} service control policy", "your organization"),
        (f"{EXPLICIT} service control policy: arn:aws:organizations::1:policy/o-1/service_control_policy/p-1",
         "your organization"),
        (f"{EXPLICIT} resource control policy", "your organization"),
        (f"{EXPLICIT} permissions boundary", "permissions boundary"),
        (f"{EXPLICIT} session policy", "your sign-in itself"),
        (f"{EXPLICIT} VPC endpoint policy", "VPC endpoint"),
        (f"{EXPLICIT} resource-based policy", "policy of the thing itself"),
        (f"{EXPLICIT}n identity-based policy", "a policy of your own user or role"),
        (f"{USER} with an explicit deny", "some policy forbids it"),
        (IMPLICIT.format("service control policy"), "your organization"),
        (IMPLICIT.format("session policy"), "your sign-in itself"),
        (IMPLICIT.format("VPC endpoint policy"), "VPC endpoint"),
        (f"{USER} because public policies are prevented by the BlockPublicPolicy setting", "Block Public Access"),
        ("Access denied because public policies are blocked by the BlockPublicPolicy setting", "Block Public Access"),
    ],
)  # fmt: skip
def test_where_asking_would_not_help_it_says_who_could_change_it(message: str, who: str) -> None:
    problem = refused("s3.PutBucketPolicy", "AccessDenied", message, 403)
    assert isinstance(problem, Denied)
    assert problem.remedy.startswith("Asking for the permission s3:PutBucketPolicy would not help: ")
    assert who in problem.remedy


@pytest.mark.parametrize(
    ("message", "whom"),
    [
        (IMPLICIT.format("identity-based policy"), "Ask your administrator for the permission s3:PutBucketPolicy"),
        (IMPLICIT.format("permissions boundary"), "ask your administrator to allow s3:PutBucketPolicy there too"),
        (IMPLICIT.format("resource-based policy"), "Ask whoever looks after the thing to allow s3:PutBucketPolicy"),
        ("Access Denied", "Ask your administrator for the permission s3:PutBucketPolicy"),
    ],
)
def test_where_asking_helps_it_says_whom(message: str, whom: str) -> None:
    assert whom in refused("s3.PutBucketPolicy", "AccessDenied", message, 403).remedy


@pytest.mark.parametrize(
    ("operation", "answer", "kind", "code"),
    [
        ("s3.DeleteObjects", {"Errors": [{"Key": "a", "Code": "AccessDenied"}]}, Denied, "AccessDenied"),
        ("s3.DeleteObjects", {"Errors": [{"Key": "a", "Code": "InternalError"}]}, Lost, "InternalError"),
        (
            "events.PutTargets",
            {"FailedEntryCount": 1, "FailedEntries": [{"ErrorCode": "ConcurrentModificationException"}]},
            CloudError, "ConcurrentModificationException",
        ),
        ("events.RemoveTargets", {"FailedEntryCount": 1}, CloudError, "Unknown"),
        (
            "ec2.DeleteVpcEndpoints",
            {"Unsuccessful": [{"ResourceId": "a", "Error": {"Code": "UnauthorizedOperation", "Message": "no"}}]},
            Denied, "UnauthorizedOperation",
        ),
    ],
)  # fmt: skip
def test_what_was_refused_of_several_things_is_a_refusal(
    operation: str, answer: dict[str, Any], kind: type[CloudError], code: str
) -> None:
    problem = refused_part(Call(operation), answer)
    assert type(problem) is kind
    assert problem.aws_code == code


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"Errors": []},
        {"Errors": [{"Key": "handrail-found-it-empty", "Code": "AccessDenied"}]},
        {"FailedEntryCount": 0, "FailedEntries": []},
    ],
)
def test_nothing_was_refused_of_several_things(answer: dict[str, Any]) -> None:
    assert refused_part(Call("s3.DeleteObjects"), answer) is None


# -- what can be foreseen by name --------------------------------------------------------------------------------

NOT_IN_THE_MODELS = {
    "ec2": (
        "InvalidCustomerGateway.DuplicateIpAddress", "CustomerGatewayLimitExceeded", "VpnGatewayLimitExceeded",
        "VpnGatewayAttachmentLimitExceeded", "VpnConnectionLimitExceeded", "InvalidVpnGatewayState",
        "InvalidVpnGatewayID.NotFound", "InvalidCustomerGatewayID.NotFound", "RouteAlreadyExists",
        "InvalidPermission.Duplicate", "InvalidPermission.Malformed", "InvalidGroup.Duplicate", "InvalidGroup.InUse",
        "RulesPerSecurityGroupLimitExceeded", "IncorrectState", "IncorrectInstanceState", "InvalidAMIName.Duplicate",
        "InvalidAMIName.Malformed", "InvalidAMIID.Unavailable", "InvalidSnapshot.InUse", "InvalidVolume.NotFound",
        "SnapshotCreationPerVolumeRateExceeded", "InsufficientInstanceCapacity", "InstanceLimitExceeded",
        "VcpuLimitExceeded", "Unsupported", "UnsupportedOperation", "InvalidSubnetID.NotFound", "AddressLimitExceeded",
        "InvalidAddress.NotFound", "InsufficientFreeAddressesInSubnet", "InvalidKeyPair.NotFound",
        "PendingVerification", "OptInRequired", "InvalidParameterCombination", "InvalidBlockDeviceMapping",
        "DependencyViolation",
        "InvalidState", "InvalidIamInstanceProfileArn.Malformed", "ConcurrentTagAccess", "TagLimitExceeded",
    ),
    "s3": (
        "BucketAlreadyExists", "BucketAlreadyOwnedByYou", "InvalidBucketName", "TooManyBuckets", "OperationAborted",
        "MalformedPolicy", "MalformedXML", "NoSuchBucket", "InvalidBucketState", "InvalidArgument", "InvalidRequest",
        "BucketNotEmpty", "AccessDenied", "ObjectLockConfigurationNotFoundError", "KMS.DisabledException",
        "KMS.NotFoundException", "KMS.KMSInvalidStateException",
    ),
}  # fmt: skip
"""What the services that list no errors in their models say: "Error codes for the Amazon EC2 API" and "Error
responses" of Amazon S3 (2026-11), as far as an operation of ours can meet them and a person can bring them about."""


def foreseeable() -> Iterator[tuple[str, str, int]]:
    for operation in sorted(TABLE):
        service, _, name = operation.partition(".")
        for shape in models().get_service_model(service).operation_model(name).error_shapes:
            error = shape.metadata.get("error", {})
            if not re.search("Internal|Timeout", shape.name):  # nobody's doing
                yield operation, error.get("code") or shape.name, error.get("httpStatusCode", 400)
        for code in NOT_IN_THE_MODELS.get(service, ()):
            yield operation, code, 400


def test_what_can_be_foreseen_by_name_has_a_way_out() -> None:
    def remedy(operation: str, code: str, status: int) -> str:
        answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
        return explain(Call(operation), answer, REGION).remedy

    foreseen = [each for each in foreseeable() if each[2] < 500]
    assert len(foreseen) > 500
    assert [each for each in foreseen if not remedy(*each)] == []


@pytest.mark.parametrize(
    ("operation", "code", "way"),
    [
        ("cloudfront.CreateDistributionWithTags", "CNAMEAlreadyExists", "associate-alias"),
        ("ec2.CreateCustomerGateway", "InvalidCustomerGateway.DuplicateIpAddress", "one BGP number"),
        ("elbv2.CreateRule", "PriorityInUse", "free place"),
        ("elbv2.CreateListener", "DuplicateListener", "another port"),
        ("s3.CreateBucket", "BucketAlreadyExists", "another name"),
        ("rds.CreateDBSubnetGroup", "DBSubnetGroupDoesNotCoverEnoughAZs", "different zones"),
        ("kms.EnableKeyRotation", "KMSInvalidStateException", "enable-key"),
    ],
)
def test_the_way_out_is_said(operation: str, code: str, way: str) -> None:
    assert way in refused(operation, code).remedy
