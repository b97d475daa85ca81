"""Options of a VPN connection's tunnels, changed one tunnel after the other, so that the office stays connected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flows.aws import vpn_tunnel_logs, vpn_tunnels
from flows.engine import Action, Caution, Choice, Cloud, Finding, Flow, Handover, Picks, Plan, Text, Use

from . import answers, checks, diagnosis, handover, repairs, why
from .answers import AS_IS
from .consents import CONSENTS
from .picture import PICTURE
from .which import WhichTunnels


class VpnOptions(Flow):
    """Encryption, logs and times of a VPN's tunnels, one after the other."""

    title = "Change a VPN's tunnels"
    words = ("ipsec", "ike", "encryption", "cipher", "dpd", "rekey", "tunnel logs", "lifetime", "site-to-site")
    check = WhichTunnels
    came_for = ("tunnels", "changed")
    beyond = repairs.BEYOND
    consents = CONSENTS
    matters = why.WHY
    picture = PICTURE

    connection = Choice(
        "Which VPN connection?",
        lambda flow: answers.connections(flow.cloud),
        check=answers.whole,
        label="Connection",
        why="One that exists, whoever made it. AWS takes each of its two tunnels away for minutes to change it; the "
        "other one carries meanwhile, and is looked at before.",
        empty="There is no VPN connection in this region that is available. Make one with handrail run vpn, or choose "
        "another region with --region.",
    )
    encryption = Choice(
        "Which encryption should be allowed?",
        {
            AS_IS: "As it is now",
            answers.MODERN: "Modern: IKEv2, AES-256, SHA-2, large groups",
            answers.COMPATIBLE: "Compatible: everything AWS knows, for old devices",
        },
        check=answers.strong,
        default=AS_IS,
        why="AWS picks the weakest method that both sides allow, so what is not allowed is never used. The office's "
        "device must allow one of them before, or the tunnel does not come back.",
    )
    logs = Choice(
        "Should AWS write down what happens at the tunnels?",
        {AS_IS: "As it is now", answers.WRITE: "Yes, into a log of its own", answers.STOP: "No"},
        check=answers.log_there,
        default=AS_IS,
        label="Tunnel logs",
        why="Then the check can say why a tunnel is down: a wrong key, no method that both sides have, a device that "
        "does not answer. Quiet tunnels cost next to nothing. Left as they are, with the encryption as it is, the "
        "tunnels change only by what you set on the review.",
    )
    tunnels = Choice(
        "Which tunnels should be changed?",
        {answers.BOTH: "Both, one after the other", "1": "Tunnel 1 alone", "2": "Tunnel 2 alone"},
        default=answers.BOTH,
        fine_tuning=True,
        why="One that is down is changed first; else tunnel 1. One alone is good for a trial.",
    )
    log_days = Choice(
        "For how long should the log be kept?",
        vpn_tunnel_logs.DAYS,
        default="30",
        when=logs.is_(answers.WRITE),
        fine_tuning=True,
        label="Logs kept",
        why="What is older is deleted by itself. Longer costs a little more.",
    )
    started_by = Choice(
        "Who should start the tunnels?",
        {AS_IS: "As it is now", "start": "AWS, and it keeps trying", "add": "The device, when it has traffic"},
        default=AS_IS,
        fine_tuning=True,
        why="AWS starts a tunnel only with IKEv2, and only to a device whose address it knows.",
    )
    when_silent = Choice(
        "What should AWS do once the device does not answer any more?",
        {
            AS_IS: "As it is now",
            "restart": "Start the tunnel anew",
            "clear": "End it, and wait for the device",
            "none": "Nothing",
        },
        default=AS_IS,
        fine_tuning=True,
        why="It is called dead peer detection (DPD). To start anew is best where AWS starts the tunnels.",
    )
    silent_after = Text(
        "After how many seconds without an answer?",
        answers.number("DPDTimeoutSeconds"),
        default="",
        blank=answers.AS_NOW,
        fine_tuning=True,
        label="Silent after (s)",
        example="40",
        why="30 or more. Shorter notices a dead device sooner, and takes a bad line for one.",
    )
    lifecycle = Choice(
        "May AWS replace the tunnels' ends for maintenance whenever it has to?",
        {AS_IS: "As it is now", answers.ANY_TIME: "Yes, at any time", answers.ANNOUNCED: "Only once it told you"},
        default=AS_IS,
        fine_tuning=True,
        label="Maintenance",
        why="AWS calls it tunnel endpoint lifecycle control: it tells beforehand, and does it by itself only after a "
        "date that it names.",
    )
    phase_1_lifetime = Text(
        "After how many seconds are the keys of phase 1 made anew?",
        answers.number("Phase1LifetimeSeconds"),
        default="",
        blank=answers.AS_NOW,
        fine_tuning=True,
        label="Phase 1 lifetime (s)",
        example="14400",
        why="900 to 28800. In phase 1 (IKE) the two sides prove who they are. The device should have the same.",
    )
    phase_2_lifetime = Text(
        "After how many seconds are the keys of phase 2 made anew?",
        answers.number("Phase2LifetimeSeconds"),
        default="",
        blank=answers.AS_NOW,
        fine_tuning=True,
        label="Phase 2 lifetime (s)",
        example="1800",
        why="900 to 3600, and less than in phase 1. In phase 2 (IPsec) the packets are encrypted.",
    )
    rekey_margin = Text(
        "How many seconds before that does AWS begin to make new keys?",
        answers.number("RekeyMarginTimeSeconds"),
        default="",
        blank=answers.AS_NOW,
        fine_tuning=True,
        label="Rekey margin (s)",
        example="270",
        why="60 to half of the lifetime of phase 2. Too short a margin cuts a slow line at each change of keys.",
    )
    rekey_fuzz = Text(
        "Within how much of that margin, in percent, is the moment chosen at random?",
        answers.number("RekeyFuzzPercentage"),
        default="",
        blank=answers.AS_NOW,
        fine_tuning=True,
        label="Rekey fuzz (%)",
        example="50",
        why="0 to 100. Chance keeps both sides, and both tunnels, from beginning at the same moment.",
    )
    replay_window = Text(
        "How many packets may come out of order?",
        answers.number("ReplayWindowSize"),
        default="",
        blank=answers.AS_NOW,
        fine_tuning=True,
        label="Replay window",
        example="1024",
        why="64 to 2048. What comes later than that is taken for a copy that somebody sent again, and dropped.",
    )
    ike_versions = Picks(
        "Which IKE versions should be allowed? None leaves what encryption says",
        answers.methods("IKEVersions"),
        default="",
        blank=answers.AS_SAID,
        fine_tuning=True,
        label="IKE versions",
        why="IKEv2 is newer and better at everything; AWS starts a tunnel only with it.",
    )
    phase_1_encryption = Picks(
        "Which encryption should phase 1 allow?",
        answers.methods("Phase1EncryptionAlgorithms"),
        default="",
        blank=answers.AS_SAID,
        fine_tuning=True,
        label="Phase 1 encryption",
        why="AES-256 with GCM is the strongest, and quick on new devices.",
    )
    phase_2_encryption = Picks(
        "Which encryption should phase 2 allow?",
        answers.methods("Phase2EncryptionAlgorithms"),
        default="",
        blank=answers.AS_SAID,
        fine_tuning=True,
        label="Phase 2 encryption",
        why="With it every packet is encrypted. GCM also leaves more room in a packet.",
    )
    phase_1_integrity = Picks(
        "Which integrity check should phase 1 allow?",
        answers.methods("Phase1IntegrityAlgorithms"),
        default="",
        blank=answers.AS_SAID,
        fine_tuning=True,
        label="Phase 1 integrity",
        why="It notices what was changed on the way. SHA1 is for old devices only.",
    )
    phase_2_integrity = Picks(
        "Which integrity check should phase 2 allow?",
        answers.methods("Phase2IntegrityAlgorithms"),
        default="",
        blank=answers.AS_SAID,
        fine_tuning=True,
        label="Phase 2 integrity",
        why="The same for the packets themselves; GCM brings its own.",
    )
    phase_1_groups = Picks(
        "Which Diffie-Hellman groups should phase 1 allow?",
        answers.methods("Phase1DHGroupNumbers"),
        default="",
        blank=answers.AS_SAID,
        fine_tuning=True,
        label="Phase 1 groups",
        why="With a group both sides agree on a key that nobody else learns. Group 2 is too small by now.",
    )
    phase_2_groups = Picks(
        "Which Diffie-Hellman groups should phase 2 allow?",
        answers.methods("Phase2DHGroupNumbers"),
        default="",
        blank=answers.AS_SAID,
        fine_tuning=True,
        label="Phase 2 groups",
        why="Each change of keys is independent of the one before then (perfect forward secrecy).",
    )

    def plan(self) -> Plan:
        connection, changes = self.connection, answers.changes(self)
        used = Use("connection", f"Use the VPN connection {connection.called}", vpn_tunnels.CONNECTION, connection.id)
        log: list[Action] = []
        if answers.new_log(self):
            log = vpn_tunnel_logs.actions(self.cloud, connection.called, self.log_days, connection.id)
        things: list[Action | Use] = [used, *(log if changes else [])]
        before = tuple(each.id for each in things if isinstance(each, Action))
        turn: tuple[str, ...] = ()
        for tunnel, wanted in changes:
            other = connection.beside(tunnel)
            if other and tunnel.up and other.up and not turn:
                things.append(vpn_tunnels.see_up(connection, tunnel, other))
                turn = (things[-1].id,)
            things.append(vpn_tunnels.change(connection, tunnel, wanted, (*before, *turn), copies=turn))
            turn = (things[-1].id,)
        return Plan.of(
            things,
            outputs={
                "connection": connection.id, "tunnels": answers.addresses(connection),
                "changed": answers.changed(changes), "logs": answers.log_name(self) if log else "",
            },
            facts=answers.noted(changes),
            reads=handover.READS,
        )  # fmt: skip

    def checks(self) -> Iterable[Finding | Caution]:
        yield from checks.beforehand(self)

    @classmethod
    def handover(cls, cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
        return handover.hand_over(cloud, outputs, facts)

    @classmethod
    def diagnose(cls, cloud: Cloud, subject: Mapping[str, str]) -> Iterable[Finding]:
        return diagnosis.diagnose(cloud, subject["connection"])
