"""Why what the check of a load balancer looks at matters: what visitors get otherwise."""

from __future__ import annotations

from collections.abc import Mapping

from flows.aws import keepers

WHY: Mapping[str, str] = {
    **keepers.WHY,
    "state": "Only a load balancer that is active answers.",
    "open": "Its firewall drops what it was not told to let in: browsers wait until they give up.",
    "way-in": "Before its firewall come the route of its subnet to the internet, and the network ACL there.",
    "client-certificate": "Browsers of most people have no such certificate, and are turned away.",
    "firewall": "It turns visitors away before the load balancer looks at their request.",
    "listeners": "A load balancer answers only on the ports on which it has a listener.",
    "listener": "What it does with a request is all that a visitor of its port gets.",
    "https": "A redirect to https leads nowhere while nobody listens there.",
    "by-itself": "What the load balancer answers by itself never reaches a server, however well that one is.",
    "redirect-fields": "What a redirect leaves out is taken from the request: from port 80 it leads to port 80 again.",
    "loop": "A browser that is sent in circles gives up with an error.",
    "nothing-listens": "Visitors are sent to a port at which nobody answers.",
    "shadowed": "Rules are tried in order, and the first that fits answers: what stands behind it never does.",
    "conditions": "A rule that no request fits does nothing.",
    "certificate": "Browsers warn of a certificate that has ended, and mostly show no page.",
    "covers": "A browser warns where the certificate does not have the very name in its address bar.",
    "tls": "Old ways of encrypting can be broken; browsers and audits refuse them more and more.",
    "healthy": "The load balancer only hands on: without a server that answers, visitors get an error.",
    "weights": "Which group gets how many of the visitors is said by its weight; 0 is none.",
    "kept": "A session that only one server has is lost for a visitor who comes to another.",
    "divided": "A visitor must come back to the right group of servers first, and then to the right server in it.",
    "cookie": "The load balancer keeps only visitors whose answers set the very cookie that it waits for.",
    "in-front": "CloudFront asks as a visitor does, and gives on to its own visitors what it gets.",
}
"""By the rule that finds it: the beginning of a finding's id, the longest that fits."""
