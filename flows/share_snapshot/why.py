"""Why what the check of a shared snapshot looks at matters: what the receiver meets otherwise."""

from __future__ import annotations

from collections.abc import Mapping

from flows.aws import keepers, shared_keys

WHY: Mapping[str, str] = {
    **keepers.WHY,
    **shared_keys.WHY,
    "snapshot": "Only a snapshot that is complete can be restored.",
    "namesake": "Snapshots of databases and of clusters have names of their own, which may be the same.",
    "kind": "AWS knows no way to share such a snapshot.",
    "manual": "AWS makes automatic snapshots and deletes them again, so it lets nobody share them.",
    "options": "The receiver can restore it only with an option that ties it to your account.",
    "shared": "Until the other account is on the snapshot's list, the snapshot does not exist for it.",
    "public": "Everybody with an AWS account can restore it, and read all that is in the database.",
}
"""By the rule that finds it: the beginning of a finding's id, the longest that fits."""
