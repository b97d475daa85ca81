"""Why what the check of a WordPress machine looks at matters: what visitors or authors meet otherwise."""

from __future__ import annotations

from collections.abc import Mapping

from flows.aws import keepers

WHY: Mapping[str, str] = {
    **keepers.WHY,
    "state": "A machine that does not run answers nobody.",
    "firewall": "It drops what it was not told to let in: browsers wait until they give up.",
    "firewall-port": "A firewall opens the ports of http and of https each for itself.",
    "way-in": "Before its firewall come the route of its subnet to the internet, and the network ACL there.",
    "fixed-address": "Any other public address is lost when the machine stops, and its name leads to a stranger's.",
    "records": "The name is all that visitors know; whoever stands at another of its addresses answers in your place.",
    "agent": "By it the machine is asked and mended without a password or an open port.",
    "machine": "What the machine does not say, nobody knows from here.",
    "folder": "It is where WordPress is; nothing else is looked at or changed.",
    "web": "The web server answers the browsers; without it there is no page.",
    "files": "PHP must be able to write what is uploaded and updated; what everybody can write, strangers change.",
    "permalinks": "Without them every page but the first is “404 not found”.",
    "php": "What is larger is refused, mostly without a word why; what needs more memory ends in a white page.",
    "database": "All posts and settings are in it; without it WordPress shows one sentence to everybody.",
    "memory": "When memory runs out the system ends a program, mostly the database.",
    "site": "It is what a visitor gets.",
    "address": "WordPress sends every visitor to the address that it knows, whatever they typed.",
}
"""By the rule that finds it: the beginning of a finding's id, the longest that fits."""
