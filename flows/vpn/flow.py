"""Connect an office to a VPC: customer gateway, virtual private gateway, and the VPN connection between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flows.aws import addresses, ip_permissions, site_to_site_vpn, tags, topics, vpcs, vpn_devices
from flows.aws import route_tables as vpc_tables
from flows.aws import security_groups as vpc_groups
from flows.aws import vpn_tunnel_logs as tunnel_logs
from flows.engine import (
    Action,
    Caution,
    Choice,
    Cloud,
    Finding,
    Flow,
    Handover,
    Hidden,
    Many,
    Picks,
    Plan,
    Text,
    Use,
    Yes,
)  # fmt: skip

from . import alarm as ringing
from . import answers, checks, diagnosis, ends, handover, method_by_method, own_keys, repairs, steps, why
from .answers import AWS, BGP, FIXED, MODERN, OWN, STATIC
from .consents import CONSENTS
from .picture import PICTURE
from .which import WhichConnection


class SiteToSiteVpn(Flow):
    """An encrypted connection between an on-premises network and one VPC."""

    title = "Connect an office to a VPC"
    words = ("ipsec", "site-to-site", "tunnel", "on-premises", "data centre", "customer gateway", "hybrid")
    check = WhichConnection
    came_for = ("tunnel_1_aws_address", "tunnel_2_aws_address")
    beyond = repairs.BEYOND
    consents = CONSENTS
    matters = why.WHY
    picture = PICTURE

    vpc = Choice(
        "Which VPC should the office reach?",
        lambda flow: vpcs.vpcs(flow.cloud),
        check=answers.owned,
        label="VPC",
        why="A VPC is your private network inside AWS. The VPN connects your office with exactly this one network, "
        "and the two must not use the same addresses.",
        empty="There is no VPC in this region. Create one first, or choose another region with --region.",
    )
    gateway_ip = Text(
        "What is the public address of the office's VPN device?",
        answers.device,
        wanted="An address",
        check=answers.fixed_address,
        label="Device address",
        example="198.51.100.7",
        why="AWS accepts the VPN only from the address you register. If the device sits behind a router, it is the "
        "router's public address; from the office, `curl https://checkip.amazonaws.com` says it. If it changes, the "
        "tunnels go down.",
    )
    device = Choice(
        "Which device is it?",
        lambda flow: vpn_devices.options(flow.cloud),
        default=vpn_devices.LINUX,
        label="Device",
        why="It decides what you get at the end, and nothing in AWS: for a Linux gateway files that set it up, else "
        "AWS's sample for it and a README. Type a part of the name; the last entry is for any other.",
    )
    networks = Many(
        "Which networks are in the office?",
        answers.office,
        check=answers.apart,
        label="Office networks",
        example="192.168.10.0/24",
        why="AWS must know which addresses are yours, otherwise the answers from your servers do not find the way "
        "back through the tunnel.",
    )
    routing = Choice(
        "How do the two sides learn each other's networks?",
        {STATIC: "I list the office's networks (static)", BGP: "The device announces them (BGP)"},
        default=STATIC,
        label="Routing",
        why="Static is simpler. With BGP the two sides tell each other, notice a dead tunnel by themselves and switch "
        "over faster. It cannot be changed later without new addresses and keys.",
    )
    vpn_gateway = Choice(
        "Which gateway should be AWS's end?",
        lambda flow: ends.options(flow.cloud, flow.vpc),
        check=ends.usable,
        default=lambda flow: next(site_to_site_vpn.gateway_options(flow.cloud, flow.vpc)).key,
        fine_tuning=True,
        label="AWS's end",
        why="The virtual private gateway is the AWS end of the tunnel, a plug on the VPC. A VPC has exactly one; an "
        "attached one is always used. A transit gateway, a hub that joins many networks, can be the end instead.",
    )
    asn = Text(
        "Which BGP number (ASN) does the device use?",
        addresses.asn,
        wanted="A number",
        check=answers.free_asn,
        default=65000,
        when=routing.is_(BGP),
        label="Device's ASN",
        example="65010",
        why="BGP partners identify themselves with this number. If you have none, take one from 64512 to 65534; "
        "nobody outside sees it.",
    )
    amazon_asn = Text(
        "Which BGP number (ASN) should the AWS side use?",
        addresses.amazon_side_asn,
        wanted="A number",
        check=answers.other_asn,
        default=answers.another_asn,
        when=routing.is_(BGP) & vpn_gateway.is_(site_to_site_vpn.NEW),
        fine_tuning=True,
        label="AWS's ASN",
        example="64600",
        why="If you connect several AWS sites to one network, give each a different number. It cannot be changed "
        "later.",
    )
    route_tables = Picks(
        "Which route tables should know the way to the office?",
        lambda flow: vpc_tables.route_tables(flow.cloud, flow.vpc),
        default=answers.private_tables,
        least=1,
        label="Route tables",
        why="Route tables tell your servers where packets go; without a route, their answers to the office are lost. "
        "Subnets that are in no table use the main one.",
        empty="Without at least one route table your servers cannot answer.",
    )
    security_groups = Picks(
        "Which security groups should let the office in?",
        lambda flow: vpc_groups.security_groups(flow.cloud, flow.vpc),
        check=answers.some_groups,
        default=[],
        label="Security groups",
        why="A security group is the firewall of the servers in it. One rule is added for each office network and "
        "service: ping alone, if you do not choose otherwise.",
    )

    name = Text(
        "What should the connection be called?",
        tags.name,
        wanted="A name",
        default=lambda flow: tags.as_name(f"office-{flow.vpc.called}"),
        fine_tuning=True,
        label="Name",
        example="office-berlin",
        why="Everything that is created carries this name, so that you and others recognise it later.",
    )
    allow = Many(
        "What may the office use on those servers?",
        ip_permissions.service,
        check=answers.closed_enough,
        default="ping",
        fine_tuning=True,
        label="Let in",
        example="ssh",
        why="Each is one rule per office network in each chosen security group: ping, ssh, rdp, http, https, mysql, "
        "postgres, sqlserver, all, or for example tcp/8080. Ping is enough to see that it works.",
    )
    route_method = Choice(
        "How should the routes get into the route tables?",
        {
            answers.PROPAGATION: "AWS enters them while a tunnel is up (propagation)",
            FIXED: "Fixed entries, which stay when the tunnels are down",
        },
        default=ends.method,
        check=ends.entered,
        fine_tuning=True,
        label="Routes by",
        why="Propagated routes come and go with the tunnels. Fixed entries stay; while the tunnels are down, traffic "
        "is dropped.",
    )
    encryption = Choice(
        "Which encryption should be allowed?",
        {
            MODERN: "Modern: IKEv2, AES-256, SHA-2, large groups",
            answers.COMPATIBLE: "Compatible: everything AWS knows, for old devices",
            answers.ONE_BY_ONE: "My own choice, method by method",
        },
        check=answers.strong,
        default=MODERN,
        fine_tuning=True,
        label="Encryption",
        why="AWS picks the weakest method that both sides allow. Only very old devices need more than the modern ones.",
    )
    ike_versions = method_by_method.methods("IKEVersions", encryption, "IKE versions")
    phase_1_encryption = method_by_method.methods("Phase1EncryptionAlgorithms", encryption, "Phase 1 encryption")
    phase_1_integrity = method_by_method.methods("Phase1IntegrityAlgorithms", encryption, "Phase 1 integrity")
    phase_1_groups = method_by_method.methods("Phase1DHGroupNumbers", encryption, "Phase 1 groups")
    phase_2_encryption = method_by_method.methods("Phase2EncryptionAlgorithms", encryption, "Phase 2 encryption")
    phase_2_integrity = method_by_method.methods("Phase2IntegrityAlgorithms", encryption, "Phase 2 integrity")
    phase_2_groups = method_by_method.methods("Phase2DHGroupNumbers", encryption, "Phase 2 groups")
    phase_1_lifetime = method_by_method.number("Phase1LifetimeSeconds", encryption, "Phase 1 lifetime (s)")
    phase_2_lifetime = method_by_method.number("Phase2LifetimeSeconds", encryption, "Phase 2 lifetime (s)")
    silent_after = method_by_method.number("DPDTimeoutSeconds", encryption, "Silent after (s)")
    when_silent = method_by_method.action(encryption)
    replay_window = method_by_method.number("ReplayWindowSize", encryption, "Replay window")
    behind_nat = Yes(
        "Is the device behind a router that translates addresses (NAT)?",
        default="no",
        fine_tuning=True,
        label="Behind NAT",
        why="Then the router must forward UDP 500 and 4500 to it, and the device presents the public address.",
    )
    startup = Choice(
        "Who should start the tunnels?",
        {AWS: "AWS, and it keeps trying", answers.DEVICE: "The device, when it has traffic"},
        check=answers.awake,
        default=answers.starter,
        fine_tuning=True,
        label="Started by",
        why="If only the device starts them, the tunnels can go down while nothing is sent. AWS starts a tunnel only "
        "with IKEv2, which the modern encryption is.",
    )
    keys = Choice(
        "Where should the tunnels' secret keys be kept?",
        {
            answers.WITH_THE_CONNECTION: "With the connection, where whoever may describe it reads them",
            answers.SECRETS_MANAGER: "In AWS Secrets Manager, about 0.40 USD a month",
            OWN: "With the connection, and they are my own",
        },
        default=answers.WITH_THE_CONNECTION,
        fine_tuning=True,
        label="Keys",
        why="AWS makes the keys, if you do not. Whoever has one and your address can pretend to be you. With the "
        "connection, whoever in this account may describe VPN connections reads them, as long as it exists. In "
        "Secrets Manager, only who may read that secret, and you write them into the device's file yourself.",
    )
    psk_1 = own_keys.asked(1, when=keys.is_(OWN))
    psk_2 = own_keys.asked(2, when=keys.is_(OWN))
    device_name = Text(
        "A device name, to register the same address a second time?",
        lambda text: tags.name(text) if text else "",
        default="",
        fine_tuning=True,
        label="Second device",
        example="berlin-backup",
        why="AWS registers an address and number only once and hands out what exists, unless the second has a device "
        "name of its own. Leave it empty to use what exists.",
    )
    inside_networks = Many(
        "Which networks should the tunnels use inside? Two /30, or none",
        site_to_site_vpn.inside_network,
        check=answers.free_inside,
        default="",
        least=0,
        fine_tuning=True,
        label="Inside networks",
        example="169.254.44.244/30, 169.254.44.248/30",
        why="AWS chooses them. Only set them if your device already uses some of 169.254.0.0/16.",
    )
    interface = Text(
        "Which network interface of a Linux gateway leads to the internet?",
        site_to_site_vpn.interface,
        wanted="A network interface",
        default="eth0",
        when=device.is_(vpn_devices.LINUX),
        fine_tuning=True,
        label="Interface",
        example="ens3",
        why="It stands in the files for a Linux gateway and changes nothing in AWS.",
    )
    logs = Yes(
        "Should AWS write down what happens at the tunnels?",
        default="no",
        fine_tuning=True,
        label="Tunnel logs",
        why="Then the check can say why a tunnel is down: a wrong key, no method that both sides have, a device that "
        "does not answer. Switched on later, it cuts each tunnel for minutes. Quiet tunnels cost next to nothing.",
    )
    log_days = Choice(
        "For how long should that be kept?",
        tunnel_logs.DAYS,
        default="30",
        when=logs.is_(True),
        fine_tuning=True,
        label="Logs kept",
        why="What is older is deleted by itself. Longer costs a little more.",
    )

    alarm = Choice(
        "When should an alarm ring?",
        ringing.WHEN,
        default=ringing.NONE,
        fine_tuning=True,
        label="Alarm",
        why="A tunnel that goes down says nothing by itself. The alarm is one of CloudWatch, about 0.10 USD a month; "
        "what AWS does not measure counts as down.",
    )
    alarm_topic = Choice(
        "Who should be told?",
        lambda flow: ringing.who(flow.cloud),
        check=ringing.heard,
        default=topics.NOBODY,
        when=alarm.is_not(ringing.NONE),
        fine_tuning=True,
        label="Told to",
        why="An SNS topic passes the message on to whoever subscribed to it, by mail or telephone. Somebody must have, "
        "and have confirmed it.",
    )

    def plan(self) -> Plan:
        office, aws_end, connection = self.ends()
        plug = ends.plug(self, aws_end)
        plugged = tuple(thing.id for thing in plug if isinstance(thing, Action))
        known = ends.connections(self.cloud, aws_end)
        tables = ends.tables(self, aws_end, attached=len(plugged) > 0)
        log = tunnel_logs.actions(self.cloud, self.name, self.log_days) if self.logs and not connection else []
        tunnel = connection or steps.vpn_connection(
            self.name, office.resource, aws_end.resource, self.options(),
            after=(*ends.first(self, plugged), *(action.id for action in log)),
            secret=self.keys == answers.SECRETS_MANAGER,
            others=ends.leading(self, steps.CONNECTION, tables), networks=self.networks, device=self.device,
        )  # fmt: skip
        made = not isinstance(office, Use) or not isinstance(aws_end, Use)  # else one may come meanwhile
        things: list[Action | Use] = [office, aws_end, *plug, *log, tunnel]
        things += ends.told(self, tunnel, tables, made=made)
        if self.alarm != ringing.NONE:
            things.append(ringing.action(self.name, tunnel.resource, self.alarm, self.alarm_topic))
        things += ends.ways(self, aws_end.resource, plugged, known)
        for group in self.security_groups:
            things += vpc_groups.doors(group, self.allow, self.networks, aws_end.resource, known)
        return Plan.of(
            things,
            outputs={
                "connection": tunnel.resource,
                "customer_gateway": office.resource,
                "vpn_gateway": aws_end.resource,
            },
            facts=handover.noted(self, things, made=not connection),
            reads=ends.reads(self),
            secrets=own_keys.secrets(self.own(), tunnel) if self.keys == OWN and isinstance(tunnel, Action) else (),
        )

    def ends(self) -> tuple[Action | Use, Action | Use, Use | None]:
        """The office's end, AWS's end, and the connection that may stand between them already."""
        asn = self.asn if self.routing == BGP else site_to_site_vpn.CUSTOMER_ASN_FOR_STATIC
        office = site_to_site_vpn.registered(self.cloud, self.gateway_ip, asn, self.device_name)
        aws_end = self.vpn_gateway
        existing = None if isinstance(aws_end, str) else aws_end.used()
        connection = site_to_site_vpn.between(self.cloud, office, existing)
        amazon_asn = self.amazon_asn if self.routing == BGP and not existing else site_to_site_vpn.AMAZON_ASN
        return (
            office or steps.customer_gateway(self.name, self.gateway_ip, asn, self.device_name),
            existing or steps.vpn_gateway(self.name, amazon_asn, self.vpc.id),
            connection.used() if connection else None,
        )

    def options(self) -> dict[str, Any]:
        modern, aws_starts = self.encryption == MODERN, self.startup == AWS
        tunnels = steps.tunnel_options(modern=modern, aws_starts=aws_starts, inside=self.inside_networks)
        if self.encryption == answers.ONE_BY_ONE:
            tunnels = [{**each, **method_by_method.taken(self)} for each in tunnels]
        if self.logs:
            logged = tunnel_logs.options(self.cloud, self.name, bgp=self.routing == BGP)
            tunnels = [{**each, **logged} for each in tunnels]
        if self.keys == OWN:
            tunnels = own_keys.given(tunnels)
        return {"StaticRoutesOnly": self.routing == STATIC, "TunnelOptions": tunnels}

    def own(self) -> tuple[Hidden, ...]:
        return self.psk_1, self.psk_2

    def checks(self) -> Iterable[Finding | Caution]:
        office, aws_end, connection = self.ends()
        yield from checks.same_routing(self.cloud, connection, self.name, static=self.routing == STATIC)
        yield from checks.same_address(self.cloud, office, self.gateway_ip)
        yield from checks.shared_gateway(self.cloud, self.vpn_gateway, connection)
        yield from checks.aws_side(self, connection)
        yield from checks.room(self.cloud, office, aws_end, connection)
        yield from checks.servers_behind(self.cloud, self.vpc, self.security_groups)
        yield from checks.room_for_rules(self.cloud, self.security_groups, self.allow, self.networks)
        gateway = aws_end.resource if isinstance(aws_end, Use) else ""
        here = checks.situation(
            self.cloud, self.vpc, gateway, self.networks, self.route_tables, self.allow,
            fixed=self.route_method == FIXED, static=self.routing == STATIC,
        )  # fmt: skip
        for rule in checks.RULES:
            yield from rule(here)
        yield from checks.keys(connection, self)
        if self.logs:
            yield from checks.logs(self.cloud, connection, self.name)
        if self.alarm != ringing.NONE:
            yield checks.rings_at_first()
        yield from checks.kept_by_others(self.route_tables, self.security_groups, self.vpn_gateway)
        yield checks.office_side()

    @classmethod
    def handover(cls, cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
        return handover.hand_over(cloud, outputs, facts)

    @classmethod
    def stops(cls, cloud: Cloud, outputs: Mapping[str, str]) -> Iterable[str]:
        return handover.stops(cloud, outputs.get("connection", ""))

    @classmethod
    def diagnose(cls, cloud: Cloud, subject: Mapping[str, str]) -> Iterable[Finding]:
        return diagnosis.diagnose(cloud, subject["connection"])
