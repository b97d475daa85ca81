"""Access lists of S3's files, the older way to open them: whether a bucket takes any, and whether one opens a file.

S3 User Guide, "Controlling ownership of objects and disabling ACLs for your bucket", "Blocking public access", 2026-11.
"""

from __future__ import annotations

from flows.engine import Call, Cloud, CloudError

from . import buckets
from .buckets import Bucket

EVERYBODY = "http://acs.amazonaws.com/groups/global/AllUsers"


def refused(cloud: Cloud, bucket: Bucket) -> bool:
    """Whether a bucket refuses files with an access list; of one where that may not be read, no."""
    try:
        found = cloud.make(Call("s3.GetBucketOwnershipControls", {"Bucket": bucket.name}, bucket.region))
    except CloudError:
        return False
    rules = (found.get("OwnershipControls") or {}).get("Rules") or []
    return any(each.get("ObjectOwnership") == "BucketOwnerEnforced" for each in rules)


def opens(cloud: Cloud, bucket: Bucket, key: str) -> bool:
    """Whether everybody may read a file by its access list, and neither bucket nor account is in the way. Raises
    CloudError, but not where there is no such file."""
    try:
        told = cloud.make(Call("s3.GetObjectAcl", {"Bucket": bucket.name, "Key": key}, bucket.region))
    except CloudError as problem:
        if problem.aws_code in buckets.MISSING:
            return False
        raise
    read = any(
        (each.get("Grantee") or {}).get("URI") == EVERYBODY and each.get("Permission") in ("READ", "FULL_CONTROL")
        for each in told.get("Grants") or []
    )
    whole = buckets.account_block(cloud, cloud.identity.region) if read else None
    return read and not (buckets.block(cloud, bucket).ignore_acls or (whole and whole.ignore_acls))


def owned_by_others(cloud: Cloud, bucket: Bucket, key: str) -> bool:
    """Whether a file is another account's than its bucket, as what it uploaded stays where access lists are taken. The
    bucket's policy says nothing of such a file (the same guide, "Object ownership"). Raises CloudError."""
    if refused(cloud, bucket):
        return False
    asked = {"Bucket": bucket.name, "Prefix": key, "MaxKeys": 1, "FetchOwner": True}
    listed = cloud.make(Call("s3.ListObjectsV2", asked, bucket.region)).get("Contents") or []
    owners = {str((each.get("Owner") or {}).get("ID") or "") for each in listed if each.get("Key") == key} - {""}
    told = cloud.make(Call("s3.GetBucketAcl", {"Bucket": bucket.name}, bucket.region)) if owners else {}
    own = str((told.get("Owner") or {}).get("ID") or "")
    return bool(own and owners - {own})
