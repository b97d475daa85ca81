"""Why what the check of a website looks at matters: what visitors see otherwise."""

from __future__ import annotations

from collections.abc import Mapping

from flows.aws import keepers

WHY: Mapping[str, str] = {
    **keepers.WHY,
    "state": "CloudFront answers nobody by a distribution that is switched off; a change takes minutes everywhere.",
    "origin": "CloudFront has no pages of its own: it fetches each from its origin.",
    "policy": "S3 gives a file only to whom its bucket's policy allows; all others get 403.",
    "policy-rest": "A page is more than its text: what it shows and runs is fetched file by file, each by the policy.",
    "owner": "A file is its uploader's, where the bucket lets it be, and only its own access list says who reads it.",
    "public-access-block": "This switch of S3's goes before every policy that lets everybody read.",
    "access-control": "It is how CloudFront signs its requests; S3 turns unsigned ones away from a private bucket.",
    "direct-access": "Who goes past CloudFront goes past its https, its protection and its cache, and costs more.",
    "charges": "S3 answers CloudFront only where the owner of the bucket pays.",
    "kms-key": "An encrypted file can be read only by who may also use its key.",
    "start-page": "Who types the bare address asks for no file by name: the start page must be known, and be there.",
    "folders": "S3 knows files, not folders: an address that ends with / finds no page by itself.",
    "address": "A new bucket's general address leads elsewhere for hours, and visitors with it.",
    "behaviour": "Of several that fit an address the first one answers, whatever stands behind it.",
    "host": "S3 knows buckets by the name that it is asked under, and a signature counts for that name alone.",
    "files": "CloudFront fetches what it is asked for by the whole address, with the folder in front.",
    "error-page": "Visitors see your own page instead of S3's bare message; a missing one is an error of its own.",
    "errors-hidden": "An error that is answered as a success is kept by caches and search engines as a page.",
    "signed": "Everybody without such an address is turned away, search engines as well.",
    "client-certificate": "Browsers of most people have no such certificate, and are turned away.",
    "firewall": "It turns visitors away before CloudFront looks at their request.",
    "certificate": "A browser opens https only where a certificate has the very name in its address bar.",
    "https": "Without https anybody on the way can read and change the page, and browsers warn.",
    "unknown-name": "CloudFront tells its sites apart by the name; one that it was not told it turns away.",
    "records": "The name is all that visitors know; it must lead to this distribution.",
    "delegation": "The internet asks only the name servers that the zone above names, and sees nothing of others.",
    "caa": "Where it names others only, Amazon may not issue or renew the certificate, and https ends one day.",
    "outside": "It is what a visitor really gets.",
}
"""By the rule that finds it: the beginning of a finding's id, the longest that fits."""
