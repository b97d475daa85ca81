"""AWS's words for "no", by family: what each means, what to do, and its exit code. The first row that fits counts.

The codes are those of the error shapes in botocore's service models (1.44), of "Error codes for the Amazon EC2 API",
"Error responses" of Amazon S3 and "Common errors" of the other API references (2026-11).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from .calls import Call
from .permissions import permission
from .problems import CloudError, Denied, NoAccess, NoSuchCall, NotActivated, SignInNeeded

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
        "^PendingVerification$", "AWS has not verified this account yet: {operation} was refused ({code}).",
        f"AWS does that by itself, mostly within hours. If it lasts, {SUPPORT}", NotActivated,
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
    Family(r"^NotPartOfPractice$", "{operation} is no part of practice; on AWS it is there.", ""),
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
    # foreseen by name: what stands in the way, and who can move it
    Family(
        "^PublicZoneVPCAssociation$", "That hosted zone is public: only private ones belong to VPCs ({code}).",
        "Choose a private one; a public one is resolved everywhere without anything.",
    ),
    Family(
        "^CNAMEAlreadyExists$", "Another distribution of AWS, of this account or another, has that name ({code}).",
        "`aws cloudfront list-conflicting-aliases` says which account. In this account take the name out of that "
        "distribution first; from another one, prove the name by a TXT record `_NAME` with this distribution's "
        "address, then move it with `aws cloudfront associate-alias`.",
    ),
    Family(
        r"^InvalidCustomerGateway\.DuplicateIpAddress$",
        "A customer gateway of that address exists, with another number.",
        "AWS takes one BGP number for an address in a region: answer with the number that it has, or delete that "
        "gateway once nothing uses it.",
    ),
    Family(
        "^DuplicateListener$", "Somebody else listens on that port of the load balancer already ({code}).",
        "Look at its listeners again: answer for the one that stands, or choose another port.",
    ),
    Family(
        "QueueDeletedRecently$", "A queue of that name was deleted a moment ago ({code}).",
        "AWS takes the name again a minute later: go on then.",
    ),
    Family(
        "^PriorityInUse$", "Another rule of the listener has that place already ({code}).",
        "Choose a free place among its rules, then go on.",
    ),
    Family(
        "^(IncompatibleProtocols|IllegalOriginAccessConfiguration|IllegalFieldLevelEncryption|InconsistentQuantities"
        "|RealtimeLogConfigOwnerMismatch|ContinuousDeploymentPolicyInUse|RepositoryNameRequired|TrailNotProvided)",
        "AWS does not accept what {operation} was given together ({code}).",
        "Change the answer that AWS's message is about, then go on.",
    ),
    Family(
        "^DBSubnetGroupDoesNotCoverEnoughAZs$", "A database needs subnets in two availability zones ({code}).",
        "Choose subnets that lie in different zones; make one if the network has only one.",
    ),
    Family(
        "^(InvalidVPCNetworkState|VpcEncryptionControlViolation)", "The network does not allow that ({code}).",
        "Choose other subnets or another VPC; the VPC console shows its encryption controls and its subnets' states.",
    ),
    Family(
        "PublicPolicyException|PublicAccessBlock", "The account forbids policies that let everybody in ({code}).",
        "Name who may in, or have the account's block of public access lifted by whoever set it.", Denied,
    ),
    Family(
        "^(ManagedRule|UnmodifiableEntity)", "A service of AWS keeps that itself ({code}).",
        "Change it in that service, or use another name.",
    ),
    Family(
        "^(CloudTrailAccessNotEnabled|OrganizationsNotInUse|OrganizationNotInAllFeaturesMode|NotOrganizationMaster"
        "|NoManagementAccountSLR|OperationNotPermittedException|OperationNotAllowed)",
        "That is for the organization's management account ({code}).",
        "Ask whoever looks after the organization, or choose a trail that is this account's own.", Denied,
    ),
    Family(
        "^TagPolicyException$|^TagException$", "The organization's rules for tags do not allow ours ({code}).",
        "Ask whoever looks after the organization to allow Name, handrail:run and handrail:flow.", Denied,
    ),
    Family(
        "^(KMS[.]|KmsKeyDisabled|EncryptionKeyDisabled|DisabledException)|^KMSInvalidState|^EncryptionKeyUnavailable"
        "|^KmsException|^CustomKeyStoreInvalidState|^XksKeyAlreadyInUse|^EncryptionIntegrityChecksFailed",
        "The encryption key cannot be used as it is ({code}).",
        "See its state with `aws kms describe-key`: a disabled one comes back with `enable-key`, one that is to be "
        "deleted with `cancel-key-deletion`.",
    ),
    # it is there already
    Family(
        r"Already(Exists|Owned)|NameExists|NameInUse|\.Duplicate$|^Duplicate|ResourceConflict|^EntityAlreadyExists",
        "Something of that name or kind is there already: {operation} was refused ({code}).",
        "It came after the plan, or belongs to somebody else (a bucket's name may be taken anywhere in the world). "
        "Choose another name, or take away what is there if nobody needs it.",
    ),
    Family(
        IN_USE.pattern, "Something else needs it: {operation} was refused ({code}).",
        "Take away what needs it first, or leave both.",
    ),
    # not in the state it is in
    Family(
        r"^Incorrect\w*State|Invalid\w*Stat(e|us)|Concurrent|^Conflict|OperationAborted|PreconditionFailed|NotReady"
        r"|Unavailable(Exception)?$|^OperationInProgress",
        "It cannot be done at the moment, because of something else that goes on with it ({code}).",
        "Wait until that is done, then go on.", when=lambda refusal: refusal.status < 500,
    ),
    Family(
        "^OperationNotPermitted$", "AWS lets nobody do that with it as it is: {operation} was refused ({code}).",
        "It may be a default, which has settings of its own, or another account's. Choose another, or change it there.",
        Denied,
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
