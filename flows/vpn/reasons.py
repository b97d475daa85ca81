"""What AWS writes into the log of a tunnel, and what it means: why a tunnel, or BGP through it, is down.

Every message that the Site-to-Site VPN User Guide lists is here ("Site-to-Site VPN log contents", 2026-11), those that
are no more than steps on the way in `STEPS`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

IKE, BGP, ROUTE = "ike", "bgp", "route"
KEY = "Enter the pre-shared key of this very tunnel on the device, without a space or line break: each has its own."
METHODS = (
    "Let the device propose IKE version, encryption, integrity and Diffie-Hellman group as AWS's configuration has "
    "them, in phase 1 and in phase 2."
)
ANSWERS = "See whether the device runs, is reached at its address, and whether UDP 500 and 4500 get through both ways."
SELECTORS = "Let the device propose 0.0.0.0/0 for both sides, or exactly the networks that the connection names."
ENDED = "Look into the device's log for why it ended it: an idle timeout, a change of its settings, a restart."
RENEWS = "Let one side renew earlier, with a shorter lifetime; if it comes often, ask the device's maker."
OWN = "Look into the device's log, and compare its BGP settings with AWS's configuration."
TALKS = "Open TCP 179 between both inside addresses on the device, and let it speak BGP with AWS's inside address."
FEWER = "Let the device announce fewer, wider networks (summarize): 100 at most."


@dataclass(frozen=True)
class Reason:
    """One of AWS's messages.

    Args:
        kind: of IKE, of BGP, or of one of its routes.
        said: a part of the message by which it is known, in small letters.
        means: what it means, as the end of a sentence.
        remedy: what to do about it.
        silent: nothing comes from the device, as where nobody has set it up yet.
    """

    kind: str
    said: str
    means: str
    remedy: str
    silent: bool = False


REASONS = (
    Reason(IKE, "peer is not responsive - declaring peer dead", "the device stopped answering", ANSWERS, silent=True),
    Reason(IKE, "dpd timed out after", "the device stopped answering", ANSWERS, silent=True),
    Reason(
        IKE, "timeout: deleting un-established phase 1 ike_sa", "the device does not answer, or not to the end",
        ANSWERS, silent=True,
    ),
    Reason(IKE, "due to invalid pre-shared key", "the device has another pre-shared key", KEY),
    Reason(IKE, "detected a pre-shared key mismatch", "the device has another pre-shared key", KEY),
    Reason(
        IKE, "sending authentication_failed", "the device does not prove who it is: another key, or another identity",
        f"{KEY} Behind a router the device must call itself by the public address.",
    ),
    Reason(
        IKE, "no proposal match found by aws",
        "the device proposes nothing that this tunnel allows (no proposal chosen)", METHODS,
    ),
    Reason(
        IKE, "no proposal match found. notifying", "the two agree on no methods (no proposal chosen)", METHODS,
    ),
    Reason(
        IKE, "phase 2 was unable to establish", "phase 2 fails: the two agree on no methods or networks there",
        f"{METHODS} {SELECTORS}",
    ),
    Reason(IKE, "ts_unacceptable", "the device wants to encrypt other networks than the connection names", SELECTORS),
    Reason(IKE, "received delete for ike_sa", "the device ended the tunnel itself", ENDED),
    Reason(IKE, "received delete for phase 2 sa", "the device ended phase 2 itself", ENDED),
    Reason(IKE, "(child_rekey) collision", "the device ended phase 2 while AWS renewed it", RENEWS),
    Reason(IKE, "redundant sa is being deleted", "both renewed phase 2 at the same moment", RENEWS),
    Reason(BGP, "detected a bad open message", "the device calls itself by another number (ASN) than AWS expects",
           "Let the device use the number (ASN) that its customer gateway has."),
    Reason(BGP, "from connect to active", "nothing answers BGP at the device's inside address", TALKS),
    Reason(BGP, "hold timer expired", "the device stopped speaking BGP", TALKS),
    Reason(BGP, "maximum prefix limit was exceeded", "the device announces more networks than AWS takes", FEWER),
    Reason(BGP, "sent a notification 6/1", "the device announces more networks than AWS takes", FEWER),
    Reason(BGP, "received notification 6/1", "AWS tells the device of more networks than that takes",
           "Let the device take more networks from its neighbour."),
    Reason(BGP, "maximum prefix limit warning", "the device announces nearly as many networks as AWS takes", FEWER),
    Reason(BGP, "received notification 6/2", "somebody switched BGP off on the device", OWN),
    Reason(BGP, "sent a notification 6/2", "AWS ended BGP (administrative shutdown)",
           "Wait some minutes: AWS does so while it changes or replaces this tunnel."),
    Reason(BGP, "received notification 6/3", "the device does not know AWS as its neighbour any more", OWN),
    Reason(BGP, "sent a notification 6/3", "AWS does not know the device as its neighbour",
           "Compare the inside addresses with AWS's configuration."),
    Reason(BGP, "received notification 6/4", "the device began BGP anew", ENDED),
    Reason(BGP, "sent a notification 6/4", "AWS began BGP anew", "Wait a minute: it comes back by itself."),
    Reason(BGP, "received notification 6/5", "the device refuses BGP with AWS", OWN),
    Reason(BGP, "sent a notification 6/5", "AWS refuses BGP with the device",
           "Compare the inside addresses and both numbers (ASN) with AWS's configuration."),
    Reason(BGP, "received notification 6/6", "the device changed BGP", "Wait a minute: it comes back by itself."),
    Reason(BGP, "sent a notification 6/6", "BGP was changed at AWS", "Wait a minute: it comes back by itself."),
    Reason(BGP, "notification 6/7", "both began BGP at the same moment", "Wait a minute: it comes back by itself."),
    Reason(BGP, "from established to idle", "BGP was ended", OWN),
    Reason(ROUTE, "as-path contains our own as", "AWS does not take a network whose way leads through AWS's own number",
           "Let the device not announce what it learned from AWS, and use another number (ASN) than AWS's."),
    Reason(ROUTE, "non-connected next-hop", "AWS does not take a network whose next hop is not in the tunnel",
           "Let the device announce itself, by its inside address, as the next hop."),
)  # fmt: skip
"""The first that fits counts."""
STEPS = (
    "for create_child_sa", "from idle to connect", "from connect to opensent", "from opensent to openconfirm",
    "from openconfirm to established", "received an open message", "sent an open message", "is initiating a connection",
    "sent an end-of-rib message", "received update with attributes",
)  # fmt: skip
"""What is said on the way, and tells of nothing that is wrong."""
_SPACE = re.compile(r"\s+")


def of(message: str, *kinds: str) -> Reason | None:
    """What a message means, if it is one of these kinds and tells of something."""
    said = _SPACE.sub(" ", message).lower()
    return next((each for each in REASONS if each.kind in kinds and each.said in said), None)
