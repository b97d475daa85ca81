"""Put CloudFront in front of an S3 website or a private bucket, with certificate, domain and a locked-down origin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flows.aws import bucket_creation, buckets, certificates, cloudfront, hostnames, route53, tags
from flows.engine import (
    Action,
    Caution,
    Choice,
    Cloud,
    Finding,
    Flow,
    Handover,
    Late,
    Many,
    Others,
    Plan,
    Ref,
    Text,
    Use,
    Yes,
    join,
    secret,
    since,
)  # fmt: skip

from . import answers, checks, diagnosis, handover, repairs, why
from .answers import DISABLED, EVERYWHERE, MOST, OPTIMIZED, REFERER, USER_AGENT, WEST
from .consents import CONSENTS
from .picture import PICTURE
from .situation import Origin
from .which import WhichWebsite

NO_NAMES: tuple[str, ...] = ()


class Website(Flow):
    """CloudFront before an S3 website or bucket, with its own names."""

    title = "Put CloudFront in front of an S3 website"
    words = ("https", "certificate", "own domain", "cdn", "static site", "cache", "origin access control", "403")
    check = WhichWebsite
    came_for = ("address",)
    beyond = repairs.BEYOND
    matters = why.WHY
    picture = PICTURE
    consents = CONSENTS

    bucket = Choice(
        "Which bucket holds the website?",
        lambda flow: buckets.buckets(flow.cloud),
        check=answers.usable,
        label="Bucket",
        why="The bucket is the folder in the cloud in which your web pages lie. Nothing in it is changed or deleted.",
        empty="There is no bucket in this account. Create one and upload your pages first: aws s3 mb s3://NAME.",
    )
    origin = Choice(
        "Where should CloudFront fetch the pages?",
        lambda flow: buckets.endpoints(flow.cloud, flow.bucket),
        form=answers.pasted,
        check=answers.meant,
        default=lambda flow: next(buckets.endpoints(flow.cloud, flow.bucket)).key,
        label="Origin",
        why="The two look alike. The bucket stays private, and CloudFront signs its requests. The website is needed "
        "for index pages in sub-folders, S3 redirects and S3's error page; it speaks plain HTTP only.",
    )
    domain = Many(
        "Under which names should the site be reached? (none: only CloudFront's own name)",
        hostnames.hostname,
        least=0,
        check=answers.free_names,
        blank="only CloudFront's own name",
        default="",
        label="Domain",
        example="www.example.com",
        why="Visitors type this name. AWS needs a certificate for exactly this name. Without one the site has a name "
        "like d111111abcdef8.cloudfront.net.",
    )
    certificate = Choice(
        "Which certificate?",
        lambda flow: certificates.options(flow.cloud, flow.domain),
        form=lambda text, flow: certificates.given(flow.cloud, text, flow.domain),
        check=answers.good_certificate,
        default=answers.longest_valid,
        when=domain.is_not(NO_NAMES),
        label="Certificate",
        why="The certificate is what makes https possible. From ACM it is free and renews itself, as long as its "
        "record stays in DNS. CloudFront takes certificates from us-east-1 only.",
    )
    zone = Choice(
        "Where is the DNS of these names managed?",
        lambda flow: route53.zone_options(flow.cloud, flow.domain),
        form=lambda text, flow: route53.given(flow.cloud, text, flow.domain),
        check=answers.right_zone,
        default=answers.nearest_zone,
        when=domain.is_not(NO_NAMES),
        label="DNS zone",
        why="The certificate is proved by a DNS record, and at the end the names must point to CloudFront. In a zone "
        "of this account Handrail writes the records; elsewhere you get them to enter yourself.",
    )
    single_page_app = Yes(
        "Is it a single-page application (React, Vue, Angular with browser routing)?",
        check=answers.whole_app,
        default="no",
        label="Single-page app",
        why="In such an app the addresses (/users/5) are not files. CloudFront must answer them with the start page, "
        "and the app does the rest.",
    )
    lock_origin = Yes(
        "Should only CloudFront be able to read the files?",
        check=answers.locked,
        default="yes",
        label="Lock the origin",
        why="Otherwise everybody can also read them directly from S3, past CloudFront, its certificate and its rules. "
        "A bucket is locked with Origin Access Control; a website with a secret header, which is weaker, but all that "
        "S3 offers there.",
    )

    start = Text(
        "What is the name of the start page?",
        answers.start_page,
        wanted="The name of a page",
        check=answers.page_without_folders,
        default=answers.known_start_page,
        fine_tuning=True,
        label="Start page",
        example="index.html",
        why="This page is shown when someone opens the site without a file name.",
    )
    missing_page = Text(
        "Which page should be shown when a file does not exist? (empty: S3's own answer)",
        answers.error_page,
        check=answers.there,
        blank="S3's own answer",
        default="",
        when=single_page_app.is_(False),
        fine_tuning=True,
        label="Error page",
        example="/404.html",
        why="CloudFront sends it with status 404. A bucket answers 403 for missing files, a website its own error "
        "page.",
    )
    point_domain = Yes(
        "Should the names be pointed at CloudFront at the end?",
        default=answers.nothing_stands_there,
        when=zone.is_not(route53.ELSEWHERE),
        fine_tuning=True,
        label="Point the names",
        why="Only then do visitors get there. If the names lead somewhere else today the answer is no, unless you say "
        "yes: what stands there is then replaced in one step, and put back by undo.",
    )
    header = Choice(
        "Which header should carry the secret of a website endpoint?",
        {REFERER: "Referer, as AWS recommends", USER_AGENT: "User-Agent; S3's logs then lack the browsers' names"},
        default=REFERER,
        when=lock_origin.is_(True),
        fine_tuning=True,
        label="Secret header",
        why="S3 can look at only these two headers. CloudFront adds the secret value, everybody else lacks it. A "
        "bucket endpoint needs none.",
    )
    price_class = Choice(
        "From which of CloudFront's locations?",
        {EVERYWHERE: "all of the world", WEST: "North America and Europe only", MOST: "all but the most expensive"},
        default=EVERYWHERE,
        fine_tuning=True,
        label="Locations",
        why="Fewer locations are cheaper per gigabyte, and slower for visitors far away.",
    )
    cache = Choice(
        "Should CloudFront keep the files?",
        {
            OPTIMIZED: "yes, up to a day unless they say otherwise",
            DISABLED: "no, every request goes to S3: for development",
        },
        default=OPTIMIZED,
        fine_tuning=True,
        label="Cache",
        why="Kept files are fast and cheap. After an upload, an invalidation makes CloudFront fetch them again.",
    )
    security_headers = Yes(
        "Should CloudFront add the usual security headers?",
        default="yes",
        fine_tuning=True,
        label="Security headers",
        why="They tell browsers to insist on https and not to guess file types. AWS's own policy is used.",
    )
    name = Text(
        "What should the distribution be called?",
        tags.name,
        wanted="A name",
        default=lambda flow: tags.as_name(flow.domain[0] if flow.domain else flow.bucket.name),
        fine_tuning=True,
        label="Name",
        example="shop-website",
        why="It stands in the distribution's comment and in the Name tag, so that you and others recognise it later.",
    )
    probe = Yes(
        "May Handrail fetch a few pages of the site over the internet when it is done?",
        default="no",
        fine_tuning=True,
        label="Look from outside",
        why="It proves that the site works as visitors see it. These are the only requests that go anywhere but to "
        "AWS's own interfaces: to your site and its bucket.",
    )

    def plan(self) -> Plan:
        proved, certificate = self.certified()
        opened = self.opened()
        control = [] if self.origin.website or not self.lock_origin else [cloudfront.access_control()]
        made = cloudfront.distribution(
            self.name, self.fetched(control), self.delivery(), names=self.domain, certificate=certificate,
            errors=self.errors(), after=tuple(thing.id for thing in proved if thing.id == "issued"),
            others=self.leading_there(), yours=self.entered_by_hand(),
        )  # fmt: skip
        secret_header = self.origin.website and self.lock_origin and not self.leads()
        secrets = (cloudfront.header_secret(),) if secret_header else ()
        readable = self.readable(made, after=tuple(thing.id for thing in opened))
        pointed = self.pointed(made, after=(made.id, *(thing.id for thing in readable)))
        outputs = {"distribution": made.resource, "cloudfront_name": made["Distribution.DomainName"]}
        if certificate:
            outputs["certificate"] = certificate
        return Plan.of(
            [*proved, *opened, *control, made, *readable, *pointed],
            outputs=outputs,
            facts={
                "bucket": self.bucket.name,
                "region": self.bucket.region,
                "origin": self.origin.host,
                "names": list(self.domain),
                "start": self.start,
                "leads": self.leads(),
                "locked": self.lock_origin,
                "single_page_app": self.single_page_app,
                "pointed": len(pointed) > 0,
                "probe": self.probe,
                "zone": self.zone.id if self.domain and isinstance(self.zone, route53.Zone) else "",
            },
            reads=handover.READS,
            secrets=secrets,
        )

    def certified(self) -> tuple[list[Action | Use], Late]:
        """The certificate, the records that prove it, and the wait until it is issued; and its ARN."""
        if not self.domain:
            return [], ""
        region, zone, certificate = certificates.home(self.cloud), self.zone, self.certificate
        things: list[Action | Use] = []
        proofs: list[tuple[str, tuple[str | Ref, str | Ref]]]
        if isinstance(certificate, certificates.Certificate):
            arn: Late = certificate.arn
            things.append(certificate.used())
            if not certificate.pending:
                return things, arn
            proofs = [(name, (key, value)) for name, key, value in certificates.proofs(self.cloud, certificate.arn)]
        else:
            request = certificates.request(self.name, self.domain, region, by_hand=not isinstance(zone, route53.Zone))
            arn = request.resource
            things.append(request)
            proofs = [(name, certificates.record_of(name)) for name in certificates.each_proved(self.domain)]
        writes = [
            route53.proof(zone, name, record, tuple(certificates.proved_by_it(self.cloud, name)))
            for name, record in proofs
            if isinstance(zone, route53.Zone)
        ]
        entered = [] if writes else list(dict.fromkeys(record for _, record in proofs))
        wait = certificates.issued(arn, region, by_hand=entered, after=tuple(action.id for action in writes))
        return [*things, *writes, wait], arn

    def opened(self) -> list[Action]:
        """What must change in the bucket before a policy for everybody, or the website, can work."""
        things: list[Action] = []
        if self.origin.website and not buckets.hosting(self.cloud, self.bucket):
            error = self.start if self.single_page_app else self.missing_page.lstrip("/")
            served = since(self.cloud, *bucket_creation.served_by_others(self.bucket, "s3-website"))
            things.append(buckets.host_website(self.bucket, self.start, error, others=served))
        now = buckets.block(self.cloud, self.bucket)
        if self.public_policy() and now.in_the_way:
            standing = buckets.statements(self.cloud, self.bucket)
            after = tuple(thing.id for thing in things)
            things.append(buckets.allow_public_policy(self.bucket, now, after, self.sid, standing))
        return things

    def to_be(self) -> Origin:
        """The origin as it would be."""
        website, locked = self.origin.website, self.lock_origin
        return Origin.to_be(self.cloud, self.bucket, website=website, locked=locked, start=self.start)

    def leads(self) -> str:
        """Where the website in the bucket sends everybody; empty if it serves files."""
        hosted = buckets.hosting(self.cloud, self.bucket) if self.origin.website else None
        return hosted.leads if hosted else ""

    @property
    def sid(self) -> Late:
        """How the one statement is called that this adds to the bucket's policy."""
        return join("HandrailCloudFront", Ref("distribution", "Distribution.Id"))

    def public_policy(self) -> bool:
        """Whether AWS will call the bucket's policy public: a secret header does not change that."""
        return (self.origin.website or not self.lock_origin) and not self.open_already()

    def open_already(self) -> bool:
        if self.leads():  # to redirect S3 needs no policy
            return True
        if self.lock_origin:
            return False
        standing = buckets.statements(self.cloud, self.bucket)
        return any(buckets.opens_to_all(statement, self.bucket.name) for statement in standing)

    def fetched(self, control: list[Action]) -> dict[str, Any]:
        """The origin as the distribution names it."""
        if self.origin.website:
            return cloudfront.of_website(self.origin, self.header if self.lock_origin and not self.leads() else "")
        return cloudfront.of_bucket(self.origin, control[0].resource if control else "")

    def delivery(self) -> cloudfront.Delivery:
        return cloudfront.Delivery(
            # a website has a start page in every folder; a default root object would take the first place from it
            "" if self.origin.website else self.start,
            self.price_class, self.cache == OPTIMIZED, self.security_headers,
        )  # fmt: skip

    def errors(self) -> list[dict[str, Any]]:
        if self.single_page_app:
            return list(cloudfront.error_pages(f"/{self.start}", 200))
        return list(cloudfront.error_pages(self.missing_page, 404)) if self.missing_page else []

    def readable(self, made: Action, after: tuple[str, ...]) -> list[Action]:
        """The one statement that lets CloudFront read, or everybody."""
        if self.open_already():
            return []
        partition, bucket = self.cloud.identity.partition, self.bucket
        statement: dict[str, Any] = {
            "Sid": self.sid,
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": f"arn:{partition}:s3:::{bucket.name}/*",
        }
        sentence = f"Let everybody read the files of {bucket.name}"
        if self.lock_origin and self.origin.website:
            key = "aws:Referer" if self.header == REFERER else "aws:UserAgent"
            statement["Condition"] = {"StringEquals": {key: secret("header")}}
            sentence = f"Let whoever knows the secret header read the files of {bucket.name}"
        elif self.lock_origin:
            statement["Principal"] = {"Service": "cloudfront.amazonaws.com"}
            statement["Condition"] = {"StringEquals": {"AWS:SourceArn": Ref(made.id, "Distribution.ARN")}}
            sentence = f"Let this distribution read the files of {bucket.name}"
        sentence += " (one statement is added to its policy)"
        if self.lock_origin:
            return [buckets.add_statement(bucket, sentence, statement, after, (made.id,))]
        served = since(
            self.cloud, *bucket_creation.served_by_others(bucket, "s3-website" if self.origin.website else "")
        )
        return [buckets.add_statement(bucket, sentence, statement, after, (made.id,), served, copies=(made.id,))]

    def leading_there(self) -> tuple[Others, ...]:
        """What others may have let lead there: distributions, any name in the zone that is known, its own in others."""
        host = Ref("distribution", "Distribution.DomainName")
        fetched = cloudfront.fetching_from(host)
        if not self.domain:
            return (fetched,)
        zone = self.zone
        if not isinstance(zone, route53.Zone):
            return (fetched, *(route53.pointed_elsewhere("", host, name) for name in self.domain))
        elsewhere = (route53.pointed_elsewhere(zone.id, host, name) for name in self.domain)
        return (fetched, route53.pointed(zone, host, self.domain if self.point_domain else NO_NAMES), *elsewhere)

    def entered_by_hand(self) -> Late:
        """What a person has to delete once the distribution is gone, where the names' records are not this run's."""
        if not self.domain or (isinstance(self.zone, route53.Zone) and self.point_domain):
            return ""
        host = Ref("distribution", "Distribution.DomainName")
        records = [part for name in self.domain for part in ("; ", f"{name} CNAME ", host)][1:]
        return join(
            "Delete these records where you entered them, or somebody else may one day answer under your name: ",
            *records, ".",
        )  # fmt: skip

    def pointed(self, made: Action, after: tuple[str, ...]) -> list[Action]:
        """The names' own records, last of all, so that what stands there works until then."""
        if not self.domain or not isinstance(self.zone, route53.Zone) or not self.point_domain:
            return []
        host, zone = Ref(made.id, "Distribution.DomainName"), self.zone
        return [
            route53.alias(zone, name, host, route53.standing(self.cloud, zone, name), after) for name in self.domain
        ]

    def checks(self) -> Iterable[Finding | Caution]:
        yield from checks.room(self.cloud, control=not self.origin.website and self.lock_origin)
        yield from checks.readable(self.to_be())
        yield from checks.kept(self.cloud, self.bucket)
        if self.domain and isinstance(self.zone, route53.Zone):
            done = isinstance(self.certificate, certificates.Certificate) and not self.certificate.pending
            yield from checks.names(self.cloud, self.zone, self.domain, proved=done)
        yield checks.seen_from_outside(self.domain)

    @classmethod
    def handover(cls, cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
        return handover.hand_over(cloud, outputs, facts)

    @classmethod
    def diagnose(cls, cloud: Cloud, subject: Mapping[str, str]) -> Iterable[Finding]:
        return diagnosis.diagnose(cloud, subject)
