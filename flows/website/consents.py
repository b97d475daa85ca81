"""What needs a conscious yes here, by the question that it is about; "" is the review."""

from __future__ import annotations

from collections.abc import Mapping

CONSENTS: Mapping[str, Mapping[str, str]] = {
    "origin": {
        "bucket-instead-of-website": "CloudFront ignores index pages, redirects and the error page of the website.",
        "folders-without-index": "Pages in folders are reached only by their whole name.",
        "website-without-hosting": "The bucket has no website hosting, which is switched on for it.",
        "private-bucket-as-website": "A bucket whose public access is blocked gets a public policy.",
    },
    "lock_origin": {
        "open-origin": "Everybody will be able to read all files of the bucket directly from S3.",
        "private-bucket-opened": "A bucket whose public access is blocked gets a public policy.",
    },
    "zone": {
        "zone-twice": "Several hosted zones have the name; the certificate is proved in this one alone.",
        "name-taken": "The name leads to a distribution of another account; AWS would most likely refuse it.",
    },
}
