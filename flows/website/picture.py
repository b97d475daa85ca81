"""What will be there, drawn: visitors, CloudFront, and the bucket behind its lock."""

from __future__ import annotations

from flows.engine import Link, Picture, Thing

PICTURE = Picture.of(
    Thing("visitors", "Visitors", "with a browser"),
    Thing("name", "Domain", "what they type", of="domain", made="alias", found="records delegation caa"),
    Thing("tls", "Certificate", "for https", of="certificate", made="certificate", found="certificate", beside=True),
    Thing("cdn", "CloudFront", "hands the pages out", made="distribution", found="state start-page firewall"),
    Thing("lock", "Lock", "who may read", of="lock_origin", made="access bucket-policy", found="access-control policy"),
    Thing("bucket", "Bucket", "holds the pages", of="bucket", found="origin kms-key charges folders files address"),
    Link("visitors", "name", "Visitors type the name into their browser."),
    Link("visitors", "cdn", "Visitors use the name that CloudFront gives.", found="behaviour"),
    Link("name", "tls", "The certificate proves the name, so that https works.", made="proof issued", found="https"),
    Link("name", "cdn", "The name leads to CloudFront.", made="alias", found="records unknown-name"),
    Link("tls", "cdn", "CloudFront answers with this certificate."),
    Link("cdn", "lock bucket", "CloudFront fetches a page where it has none of its own yet.", found="signed host"),
    Link("lock", "bucket", "Only CloudFront may read the files.", made="bucket-policy", found="direct-access"),
)
