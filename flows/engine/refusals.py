"""What AWS means by its words for "no": each family of its errors with its sentence, its remedy and its exit code.

AWS has thousands of codes, and most services have some of their own; what they mean falls into a few families. The
table says which words belong to which, and the first row that fits counts. What no row knows is told in AWS's own
words. A refusal is one whatever its HTTP status, for EC2 and Lambda also say 500 and 502 when they will not; only a 5xx
without a meaning of its own leaves a change in doubt.

The codes are those of the error shapes in botocore's service models (1.44), of "Error codes for the Amazon EC2 API",
"Error responses" of Amazon S3 and "Common errors" of the other API references (2026-11).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .denials import denied
from .permissions import READS, permission
from .plan import Call
from .problems import CloudError, Denied, Lost, NoAccess, NoSuchCall, NotActivated, SignInNeeded, Way

NO_SUCH_THING = re.compile(r"NotFound|NotExist|NoSuch|NonExist|UnknownResource|^404$", re.IGNORECASE)
"""In a code: that what was asked about is not there. `InvalidVpcID.NotFound` of EC2, `NoSuchBucket`,
`InvocationDoesNotExist`, `AWS.SimpleQueueService.NonExistentQueue`; "404" is what a HEAD has instead of a code."""
IN_USE = re.compile(
    r"InUse|Dependency|DeleteConflict|HasAssociated|NotEmpty|StillReferenced|InvalidBucketState", re.IGNORECASE
)
"""In a code: that something else needs what should go. `DependencyViolation`, `ResourceInUse`, `BucketNotEmpty`; and
`InvalidBucketState`, said of versioning that an object lock or a replication needs (S3 User Guide, 2026-10)."""
THROTTLED = re.compile(
    r"Throttl|TooManyRequests|RequestLimitExceeded|BandwidthLimitExceeded|SlowDown|PriorRequestNotComplete"
    r"|ProvisionedThroughputExceeded|TransactionInProgress|RateExceeded|^429$"
)
"""As botocore.retries.standard lists them (botocore 1.44), and as services begin that have a word of their own.
`LimitExceededException` is not among them: of KMS, EventBridge, CloudWatch Logs and CodePipeline it is a quota, which
is as full after a minute as before."""
SUPPORT = "open a case, which is free, at https://console.aws.amazon.com/support/home."
CLOCK = "Set the clock (`timedatectl` shows it, `sudo timedatectl set-ntp true` keeps it right), then go on."
EMULATOR = "An emulator may lack what AWS has."


def changes(call: Call) -> bool:
    """Whether this call may change anything."""
    return not call.name.startswith(READS)


def no_such_thing(problem: CloudError) -> bool:
    """Whether AWS says that there is no such thing: not any more, or not yet. A call that is not known is not one."""
    return not isinstance(problem, NoSuchCall) and bool(NO_SUCH_THING.search(problem.aws_code))


def in_use(problem: CloudError) -> bool:
    """Whether AWS keeps a thing because something else needs it."""
    return bool(IN_USE.search(problem.aws_code))


def matches(problem: CloudError, codes: Iterable[str]) -> bool:
    """Whether AWS's refusal is one of `codes`, each `Code` or `Code: part of the message`."""
    for entry in codes:
        code, _, part = entry.partition(": ")
        if problem.aws_code == code and part.lower() in problem.aws_message.lower():
            return True
    return False


@dataclass(frozen=True)
class Refusal:
    """What AWS answered. `status` is HTTP's."""

    call: Call
    code: str
    message: str
    status: int
    region: str

    @property
    def without_body(self) -> bool:
        """The answer to a HEAD: its status is all that AWS says."""
        return self.call.name.startswith("Head") and self.code.isdecimal()

    def told(self, text: str) -> str:
        return text.format(
            operation=self.call.operation, service=self.call.service, code=self.code,
            permission=permission(self.call.operation) or self.call.operation,
            region=self.region or "that you work in", here=f"in {self.region}" if self.region else "here",
        )  # fmt: skip


@dataclass(frozen=True)
class Family:
    """Errors that mean the same.

    Args:
        codes: a regular expression that is found in their code.
        what: the sentence, with {operation}, {service}, {code}, {permission}, {here} or {region} in it.
        remedy: the same for what to do.
        problem: the kind of problem, and with it the exit code.
        says: a regular expression that is found in their message.
        when: what else holds.
    """

    codes: str
    what: str
    remedy: str
    problem: type[CloudError] = CloudError
    says: str = ""
    when: Callable[[Refusal], bool] = lambda refusal: True

    def has(self, refusal: Refusal) -> bool:
        return bool(
            re.search(self.codes, refusal.code)
            and re.search(self.says, refusal.message, re.IGNORECASE)
            and self.when(refusal)
        )


FAMILIES = (
    # nobody here knows the call
    Family(
        r"^(InvalidAction|UnknownOperation(Exception)?|NotImplemented(Exception|Error)?)$",
        "{operation} is not known here ({code}).", EMULATOR, NoSuchCall,
    ),
    Family(
        "", "{operation} is not known here ({code}).", EMULATOR, NoSuchCall, when=lambda refusal: refusal.status == 501
    ),
    Family(  # botocore makes a code of the status where the answer has none: it is the page of some web server
        r"^4\d\d$", "{operation} is not known here ({code}).", EMULATOR, NoSuchCall,
        when=lambda refusal: not refusal.without_body and refusal.code != "429",
    ),
    # no permission helps against a lock
    Family(
        "^AccessDenied$", "A file is locked (S3 Object Lock): {operation} was refused ({code}).",
        "It can go once its retention has ended, or its legal hold was lifted. Go on then.", says="object lock",
    ),
    # the account; before what is not allowed, because CloudFront says AccessDenied to a new one
    Family(
        r"^PendingVerification$|AccessDenied|OperationNotPermitted",
        "AWS has not verified this account yet: {operation} was refused ({code}).",
        f"AWS does that by itself, mostly within hours. If it lasts, or if AWS's message asks for it, {SUPPORT}",
        NotActivated, says=r"verified|verification|contact AWS Support|account currently does not support",
    ),
    Family(
        r"^(Blocked|AccountProblem|AccountSuspended(Exception)?|InvalidPayer|AllAccessDisabled)$",
        "AWS has blocked this account: {operation} was refused ({code}).",
        f"Only AWS can lift that: see whether a bill is open, and {SUPPORT}", NotActivated,
    ),
    Family(
        r"OptInRequired|SubscriptionRequired", "This product of the AWS Marketplace is not subscribed to ({code}).",
        "Accept its terms on the page that AWS names, then go on.", NotActivated, says="marketplace",
    ),
    Family(
        r"OptInRequired|SubscriptionRequired|^NotSignedUp$", "{service} is not activated for this account {here}.",
        "A new account is activated within a day once its means of payment is complete "
        "(https://console.aws.amazon.com/billing). An older one may have to switch the region on first.", NotActivated,
    ),
    Family(
        r"^RegionDisabled", "The region {region} is switched off for this account.",
        "Switch it on under “AWS Regions” of the account in the AWS console, which takes some minutes, or choose "
        "another --region.", NoAccess,
    ),
    # who asks
    Family(
        r"TimeTooSkewed|^RequestInTheFuture", "This machine's clock is wrong, so AWS does not take what it signs.",
        CLOCK, NoAccess,
    ),
    Family(
        r"Signature|^AuthFailure$", "This machine's clock is wrong, so AWS does not take what it signs.", CLOCK,
        NoAccess, says=r"signature expired|not yet current",
    ),
    Family(
        r"^(ExpiredToken(Exception)?|RequestExpired|TokenRefreshRequired)$", "Your AWS sign-in has expired.",
        "Sign in again (for example `aws login` or `aws sso login`) and go on; nothing is lost. If it is fresh, this "
        "machine's clock is wrong.", SignInNeeded,
    ),
    Family(
        r"^AuthFailure$", "AWS does not let this account use what {operation} names ({code}).",
        "It belongs to somebody else, or is not shared with this account: ask its owner.", Denied,
        says=r"not authorized|not own|does not belong",
    ),
    Family(
        r"^(InvalidClientTokenId|UnrecognizedClientException|AuthFailure|SignatureDoesNotMatch"
        r"|(Invalid|Incomplete)Signature(Exception)?|InvalidAccessKeyId|InvalidToken|InvalidTokenId|InvalidSecurity"
        r"|MissingAuthenticationToken(Exception)?|MissingSecurityHeader|InvalidIdentityToken|IDPRejectedClaim)$",
        "AWS does not accept these credentials.",
        "Check the profile, this machine's clock, and that the region {region} is switched on in this account. If they "
        "are temporary, sign in again.", NoAccess,
    ),
    # where
    Family(
        r"^400$", "AWS refused {operation} without a reason.",
        "Mostly the sign-in has expired: sign in again. Else check the name and the region.", NoAccess,
    ),
    Family(
        r"^30[17]$|^PermanentRedirect$|^AuthorizationHeaderMalformed$|^IllegalLocationConstraint",
        "What {operation} asks about is in another region ({code}).", "Choose that region with --region.",
    ),
    # not now, and not that much
    Family(
        THROTTLED.pattern, "AWS wants fewer requests; {operation} was refused ({code}).", "Wait a minute, then go on."
    ),
    Family(
        r"Insufficient\w*Capacity|^CapacityNotAvailable|^ReservationCapacityExceeded|TypeNotAvailable|NotAvailableInAZ",
        "AWS has no room for this {here} at the moment: {operation} was refused ({code}).",
        "Try again in some minutes, or choose another size, zone or region.",
    ),
    Family(
        r"^(?!Invalid).*(Limit|Exceeded|TooMany|InsufficientFreeAddresses|InsufficientAvailableIPs)",
        "Your account has reached a limit: {operation} was refused ({code}).",
        "Delete what is no longer used, or ask for more under Service Quotas in the AWS console.",
    ),
    # may not
    Family(
        r"(KMS|Kms|EncryptionKey|EC2|Dependency)\w*AccessDenied|^KMSKeyNotAccessible|^SNSNoAuthorization"
        r"|^Insufficient\w*(Permission|Policy)|^IamRoleMissingPermissions",
        "{operation} was refused, because something that it needs may not be used ({code}).",
        "AWS's message says which: its policy, or the role that is to use it, has to allow that.", Denied,
    ),
    Family(
        r"^403$", "You are not allowed to do {operation} here, or what it asks about belongs to somebody else.",
        "Check the name; else ask your administrator for the permission {permission}.", Denied,
    ),
    Family(
        r"AccessDenied|^(Client\.)?Unauthorized(Operation|Exception)?$|^NotAuthorized|^AuthorizationError|^Forbidden",
        "", "", Denied,
    ),
    # nothing there, and nothing to be had
    Family(
        NO_SUCH_THING.pattern, "There is no such thing: {operation} was refused ({code}).",
        "It was removed meanwhile, or it is in another region or account.",
    ),
    Family(
        r"(Invalid|Malformed|Validation|Missing|Unsupported|NotSupported|BadRequest|OutOfRange)(?!\w*Stat(e|us))",
        "AWS does not accept what {operation} was given ({code}).",
        "Change the answer that AWS's message is about, then go on.",
    ),
)  # fmt: skip


def explain(call: Call, response: Any, region: str = "") -> CloudError:
    """AWS's refusal in plain words. `response` is botocore's parsed error response."""
    error = response.get("Error", {})
    code, message = str(error.get("Code") or "Unknown"), str(error.get("Message") or "")
    status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400))
    refusal = Refusal(call, code, message, status, region)
    family = next((family for family in FAMILIES if family.has(refusal)), None)
    if family is not None:
        return _of(family, refusal)
    words: dict[str, Any] = {"aws_code": code, "aws_message": message}
    if status < 500:
        return CloudError(f"AWS refused {call.operation} ({code}).", message, **words)
    why = f"{code} {message}".strip()
    if changes(call):
        return Lost(f"AWS broke off {call.operation}.", why, **words)
    remedy = "Try again in a minute. https://health.aws.amazon.com/health/status tells of trouble that AWS knows of."
    return CloudError(f"AWS could not answer {call.operation}: the fault is on its side.", why, remedy, **words)


def refused_part(call: Call, answer: Mapping[str, Any]) -> CloudError | None:
    """What AWS would not do of a call about several things, which it answers as if all was well; None if it did all.

    Amazon S3 API Reference, DeleteObjects; Amazon EventBridge API Reference, PutTargets and RemoveTargets; Amazon EC2
    API Reference, UnsuccessfulItem, 2026-11. What was not there any more is told only where nothing else is.
    """
    entries = [each for name in REFUSED_PARTS for each in answer.get(name) or () if each.get("Key") != NO_FILE]
    if not entries and not answer.get("FailedEntryCount"):
        return None
    problems = [_of_part(call, each) for each in entries] or [explain(call, {})]
    return next((each for each in problems if not no_such_thing(each)), problems[0])


NO_FILE = "handrail-found-it-empty"
"""The name of nothing, which is asked to be deleted where there is nothing: S3 refuses an empty list."""
REFUSED_PARTS = ("Errors", "FailedEntries", "Unsuccessful", "UnsuccessfulItems")
"""Members of answers that list what was refused, each with its reason."""


def _of_part(call: Call, entry: Mapping[str, Any]) -> CloudError:
    error = entry.get("Error") or entry
    code = str(error.get("Code") or error.get("ErrorCode") or "Unknown")
    which = next((str(entry[name]) for name in ("Key", "TargetId", "ResourceId") if entry.get(name)), "")
    message = str(error.get("Message") or error.get("ErrorMessage") or "")
    status = 500 if re.search("^Internal|Unavailable$", code) else 400
    told = {"Code": code, "Message": f"{which} ({code}): {message}" if which else message}
    return explain(call, {"Error": told, "ResponseMetadata": {"HTTPStatusCode": status}})


def _of(family: Family, refusal: Refusal) -> CloudError:
    code, message = refusal.code, refusal.message
    what, remedy = refusal.told(family.what), refusal.told(family.remedy)
    if family.problem is SignInNeeded:
        return SignInNeeded(what, message, remedy, way=Way.AGAIN, aws_code=code)
    if family.problem is Denied:
        if not what:
            return denied(refusal.call, code, message)
        return Denied(what, message, remedy, permission="", aws_code=code)
    return family.problem(what, message, remedy, aws_code=code, aws_message=message)
