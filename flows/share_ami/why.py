"""Why what the check of a shared image looks at matters: what the receiver meets otherwise."""

from __future__ import annotations

from collections.abc import Mapping

from flows.aws import keepers, shared_keys

WHY: Mapping[str, str] = {
    **keepers.WHY,
    **shared_keys.WHY,
    "image": "Only an image that is available can be started.",
    "shared": "Until the other account is on the image's list, the image does not exist for it.",
    "public": "Everybody with an AWS account can start it, and read whatever is on its disks.",
    "copies": "Without the right to copy the disks, the receiver depends on your image: once it is gone, theirs is as "
    "well.",
    "products": "The software on it is sold by a third: who has not subscribed cannot start it.",
    "deprecated": "After that date others do not find it in lists any more, though it still starts.",
}
"""By the rule that finds it: the beginning of a finding's id, the longest that fits."""
