"""What moto lacks or does otherwise than AWS, filled in one visible place.

The answers are methods put on moto's own classes, so they are the same in this process and behind a loopback
server. They are put there when their service is first asked, because importing moto's EC2 takes a while.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

GAPS: dict[str, str] = {
    "ec2.CreateCustomerGateway": (
        "moto takes any number and address; refused here as on AWS, with its defaults, device names "
        "and the same gateway again for the same request."
    ),
    "ec2.DescribeCustomerGateways": ("Answers with BgpAsn, BgpAsnExtended and DeviceName; an unknown id is refused."),
    "ec2.DeleteCustomerGateway": "moto deletes one that is in use; refused here.",
    "ec2.CreateVpnGateway": ("Answers with AmazonSideAsn, checks its range and takes a second to be available."),
    "ec2.DescribeVpnGateways": "Shows gateways and attachments passing through their states.",
    "ec2.AttachVpnGateway": ("moto takes a second gateway on a VPC and a second VPC on a gateway; refused here."),
    "ec2.DetachVpnGateway": "Passes through detaching, which takes a second.",
    "ec2.DeleteVpnGateway": "moto deletes one that is attached or carries a connection; refused here.",
    "ec2.CreateVpnConnection": (
        "moto ignores the options and takes unknown gateways; kept, checked and refused here, a log without its group "
        "too. Pending for about four seconds, with keys and addresses of its own. Where nothing lets AWS deliver into "
        "the log, it is added to the policy that all services share, as on AWS."
    ),
    "ec2.DescribeVpnConnections": (
        "Answers with Options, Routes, VgwTelemetry (both tunnels down until a device calls), Category and the "
        "configuration document, all missing in moto."
    ),
    "ec2.ModifyVpnTunnelOptions": (
        "Missing in moto. The connection is modifying for about four seconds, the tunnel down for six; options that "
        "do not fit, and a second change meanwhile, are refused."
    ),
    "ec2.DeleteVpnConnection": "Passes through deleting, which takes about two seconds.",
    "ec2.CreateVpnConnectionRoute": (
        "Missing in moto; with the refusals for a connection that is not ready or uses BGP."
    ),
    "ec2.DeleteVpnConnectionRoute": "Missing in moto.",
    "ec2.GetVpnConnectionDeviceTypes": "Missing in moto; the devices that AWS lists.",
    "ec2.GetVpnConnectionDeviceSampleConfiguration": (
        "Missing in moto; a sample in our own words, for the IKE version and methods asked for, and refused where "
        "AWS's guide names none."
    ),
    "ec2.GetActiveVpnTunnelStatus": "Missing in moto; nothing is negotiated, since a device only says that it called.",
    "ec2.CreateTransitGateway": "Its default route table is there only where its options say so; pending for a second.",
    "ec2.DescribeTransitGateways": "An unknown id is refused; moto answers with none.",
    "ec2.DescribeTransitGatewayRouteTables": "Those that the gateways here have.",
    "ec2.CreateTransitGatewayRouteTable": "As on AWS.",
    "ec2.CreateTransitGatewayVpcAttachment": (
        "moto takes any subnets and loses the tags; refused here without one, with two in a zone and with one of "
        "another VPC. Pending for about three seconds, then associated with the default table, if the gateway has one."
    ),
    "ec2.DescribeTransitGatewayVpcAttachments": "Shows attachments passing through their states, with their subnets.",
    "ec2.DescribeTransitGatewayAttachments": (
        "Also those of VPN connections, which come and go with these; moto forgets what they are associated with."
    ),
    "ec2.DeleteTransitGatewayVpcAttachment": (
        "Passes through deleting; routes to it are blackholes then. moto loses it at once, and keeps its associations."
    ),
    "ec2.AssociateTransitGatewayRouteTable": (
        "moto associates one that is associated with another table; refused here, as is one that is not ready. "
        "Associating for a second."
    ),
    "ec2.DisassociateTransitGatewayRouteTable": "What is not associated with that table is refused.",
    "ec2.EnableTransitGatewayRouteTablePropagation": (
        "moto propagates twice and shows no route of it; here a VPC brings its ranges, and a VPN connection by BGP "
        "what its device announces while a tunnel is up."
    ),
    "ec2.DisableTransitGatewayRouteTablePropagation": "What does not propagate into that table is refused.",
    "ec2.GetTransitGatewayRouteTableAssociations": "With their states.",
    "ec2.GetTransitGatewayRouteTablePropagations": "With their states.",
    "ec2.CreateTransitGatewayRoute": "moto replaces a route that is there; refused here.",
    "ec2.DeleteTransitGatewayRoute": "A route that is not there is refused.",
    "ec2.SearchTransitGatewayRoutes": (
        "moto ignores most filters, and answers with what was entered alone, whether it leads anywhere; here with what "
        "is propagated too."
    ),
    "ec2.EnableVgwRoutePropagation": (
        "Missing in moto; refused while the gateway is not attached, and shown as PropagatingVgws. "
        "Propagated routes are there while a tunnel is up."
    ),
    "ec2.DisableVgwRoutePropagation": "Missing in moto.",
    "ec2.CreateNetworkAclEntry": "moto loses the type and code of an entry for ICMP; kept here.",
    "ec2.AssociateVpcCidrBlock": (
        "moto's default network ACL goes on blocking IPv6, and its ranges begin with zeros; here as on AWS."
    ),
    "ec2.CreateVpc": "The default network ACL lets IPv6 through where the VPC has it.",
    "ec2.CreateRoute": (
        "moto takes a VPN gateway or a peering connection of another network, a transit gateway that the network is "
        "not attached to, and a second route to the same IPv6 network; refused here."
    ),
    "ec2.DescribeRouteTables": (
        "A route to an internet, VPN or transit gateway that is no longer attached, or to a peering connection that is "
        "not active, is a blackhole."
    ),
    "ec2.CreateVpcPeeringConnection": (
        "moto connects ranges that overlap, and the same two VPCs twice; here the former fails as on AWS, a second "
        "request in the same direction answers with the first, and one in the other direction can never be accepted. "
        "It ends after a week."
    ),
    "ec2.DescribeVpcPeeringConnections": (
        "moto ignores every filter, has one set of tags for both sides and tells the other side's ranges at once; here "
        "each side has its own tags, and the ranges are told while it is active."
    ),
    "ec2.AcceptVpcPeeringConnection": "Provisioning for a second.",
    "ec2.RejectVpcPeeringConnection": "As on AWS.",
    "ec2.DeleteVpcPeeringConnection": (
        "moto deletes in any state and lets the accepter delete a request; refused here. Between two regions deleting "
        "takes a second."
    ),
    "ec2.ModifyVpcPeeringConnectionOptions": (
        "moto takes options before it is active, for both sides and without DNS hostnames; refused here."
    ),
    "ec2.DescribeInstances": (
        "moto says of every public address that it is the account's own; one that was not reserved is Amazon's here."
    ),
    "ec2.DescribeStaleSecurityGroups": "Missing in moto.",
    "ec2.DescribeVpcEncryptionControls": "Missing in moto; the company has none.",
    "ec2.AuthorizeSecurityGroupIngress": (
        "moto takes ports that do not exist, and half of a request; checked here, all or nothing, and"
        " answered with every new rule. A group of another VPC may be named, with the number of its account, while an "
        "active connection of the region joins the two."
    ),
    "ec2.AuthorizeSecurityGroupEgress": "As for ingress.",
    "ec2.DescribeSecurityGroupRules": (
        "moto loses what a rule for another security group says of itself, and what became of the connection to it."
    ),
    "ec2.DescribeSecurityGroups": "A rule for a group of another VPC tells its connection, and how that stands.",
    "ec2.RevokeSecurityGroupIngress": "A rule id that is not there is named, as on AWS.",
    "ec2.RevokeSecurityGroupEgress": "As for ingress.",
    "ec2.CreateImage": "The disks of an image are encrypted as those of its machine are; a name is taken once.",
    "ec2.CopyImage": (
        "moto loses tags and keys, and copies only the own account's; here also what another account shares with its "
        "disks. A name that is in use is refused."
    ),
    "ec2.DescribeImageAttribute": "moto stumbles over an image that is not there.",
    "ec2.ModifyImageAttribute": (
        "moto shares everything; disks with Amazon's key, and images that are not there, are refused here."
    ),
    "ec2.GetAllowedImagesSettings": "Missing in moto; every image is allowed.",
    "ec2.* with DryRun": "moto executes many dry runs; here nothing is done and DryRunOperation answered.",
    "s3.CreateBucket": (
        "moto makes a bucket without a public access block, and loses its tags; here it blocks all and keeps them, as "
        "on AWS. It stays as old as it is when practice is opened again."
    ),
    "s3.ListBuckets": "Answers with each bucket's region.",
    "s3.PutBucketPolicy": (
        "moto takes any text and any policy; what is malformed, too large, for another bucket or public "
        "under a block is refused here."
    ),
    "s3.GetBucketPolicyStatus": "A condition on the referer does not make a policy less public.",
    "s3.GetBucketEncryption": "Every bucket is encrypted, as on AWS.",
    "s3.PutBucketNotificationConfiguration": (
        "moto takes functions that do not exist or do not let the bucket in, and two receivers for one event; refused "
        "here, until two seconds after the permission was given."
    ),
    "s3.GetBucketNotificationConfiguration": "Shows the switch for EventBridge, which moto keeps to itself.",
    "s3.* with ExpectedBucketOwner": "moto does not look at it; what is another account's is refused here.",
    "lambda.AddPermission": "moto takes a statement twice; refused here.",
    "cloudfront.CreateDistribution": (
        "moto loses the origin access control and the certificate, and takes names that are in use, "
        "certificates that are not valid and origins that are none; kept and refused here. InProgress "
        "for about five seconds."
    ),
    "cloudfront.UpdateDistribution": "A new ETag each time, an old one is refused, and it takes as long as creating.",
    "cloudfront.DeleteDistribution": "moto deletes one that is switched on; refused here.",
    "cloudfront.GetDistribution": "Answers with all that was sent, and AWS's defaults for the rest.",
    "cloudfront.ListDistributions": "The same, summarised.",
    "cloudfront.CreateOriginAccessControl": "moto takes a name twice; refused here.",
    "cloudfront.DeleteOriginAccessControl": "moto deletes one that is in use; refused here.",
    "acm.RequestCertificate": (
        "moto issues after a minute, whatever stands in DNS; here once the validation record is in the "
        "account's zone, or after a while for names that have none. Names that are none are refused."
    ),
    "acm.DescribeCertificate": "Names the distributions that use it.",
    "acm.DeleteCertificate": "moto deletes one that is in use; refused here.",
    "route53.ListHostedZonesByVPC": "moto tells of one account's zones only.",
    "route53.AssociateVPCWithHostedZone": (
        "moto takes any VPC, of any account, and two zones of one name; refused here, unless another account's zone is "
        "authorized for it."
    ),
    "route53.DisassociateVPCFromHostedZone": "moto takes what was never associated; refused here.",
    "route53.CreateVPCAssociationAuthorization": "Missing in moto.",
    "route53.DeleteVPCAssociationAuthorization": "Missing in moto.",
    "route53.ListVPCAssociationAuthorizations": "Missing in moto.",
    "route53.ChangeResourceRecordSets": (
        "moto creates what exists, puts a CNAME beside other records and deletes what is not there; "
        "refused here, all or nothing."
    ),
    "elbv2.CreateListener": (
        "moto takes https without a certificate, or with one that is not issued; refused here, and the same "
        "listener again for the same request."
    ),
    "elbv2.ModifyListener": (
        "Redirects and forwards are completed as on AWS; redirects that lead nowhere else, and from https to "
        "http, are refused."
    ),
    "elbv2.CreateRule": (
        "moto takes priorities above 50000, no conditions, too many of them, too many rules, texts over 1024 "
        "bytes and other codes than 301 and 302; refused here."
    ),
    "elbv2.DeleteRule": "A default rule, and one that is not there, are refused.",
    "elbv2.DescribeRules": "In the order in which they are tried; hosts and paths are told twice, as on AWS.",
    "elbv2.SetRulePriorities": "moto refuses that two rules change places.",
    "elbv2.ModifyListenerAttributes": "An empty value takes the attribute away.",
    "elbv2.DescribeTargetGroupAttributes": "Tells of cookies also where nothing was set, as AWS does.",
    "elbv2.ModifyTargetGroupAttributes": (
        "moto takes any cookie's name, time and key, and keeps visitors of functions, of groups without cross-zone "
        "balancing or with random weights, and of those among which a forward divides them; refused here."
    ),
    "elbv2.ModifyRule": "moto divides visitors among groups that keep them, and keeps them with none; refused here.",
    "rds.DescribeDBEngineVersions": "Missing in moto; a handful of Aurora versions, some of which cannot sleep.",
    "rds.DescribeOrderableDBInstanceOptions": "moto has none for Aurora; the same versions, as db.serverless.",
    "rds.CreateDBCluster": (
        "moto overwrites a cluster of the same name and takes any capacity, version, user name and place; refused "
        "here. "
        "Creating for about four seconds; SQL over HTTPS can be switched on."
    ),
    "rds.ModifyDBCluster": "Capacities are checked and completed as on AWS; changing them wakes it.",
    "rds.DeleteDBCluster": (
        "moto needs no word on a final snapshot; refused here without. Deleting for about three seconds."
    ),
    "rds.CreateDBInstance": (
        "moto gives all one resource id; each has its own here. In a cluster: refused until that is available, and "
        "creating for about five seconds."
    ),
    "rds.DeleteDBInstance": "In a cluster: deleting for about three seconds.",
    "rds.CreateDBSubnetGroup": "moto takes a name twice and subnets of one zone; refused here.",
    "rds.DeleteDBSubnetGroup": "moto deletes one that is in use; refused here.",
    "rds.CreateDBSnapshot": "moto has it at once; here it takes four seconds. What is encrypted has Amazon's key.",
    "rds.CopyDBSnapshot": (
        "moto copies only the own account's; here also what another account shares, with a key of one's own."
    ),
    "rds.ModifyDBSnapshotAttribute": (
        "moto shares everything; automatic snapshots, and those with Amazon's key, are refused here."
    ),
    "rds.DeleteDBSnapshot": "moto deletes one that is still being made; refused here.",
    "rds.*DBClusterSnapshot*": "As for the snapshots of single databases.",
    "kms.DescribeKey": "moto calls Amazon's own keys the customer's; here they are Amazon's, and nobody changes them.",
    "scheduler.CreateScheduleGroup": "moto overwrites a group of the same name; refused here.",
    "scheduler.CreateSchedule": (
        "moto takes any expression, time zone, role and group; refused here, where the role is not there or the "
        "service may not take it on. When one is due, the limits of its database change at the next look."
    ),
    "scheduler.DeleteScheduleGroup": "moto stumbles over a group that is not there.",
    "rds.DescribeIntegrations": "Missing in moto; the company has none.",
    "rds.DescribeEvents": "Tells when a serverless database fell asleep and woke.",
    "cloudwatch.GetMetricData": (
        "Capacity and connections of serverless databases, which sleep by the clock; “reports” is asleep, “loyalty” "
        "is kept awake by its application."
    ),
    "cloudwatch.PutMetricAlarm": (
        "moto takes any metric, statistic and receiver; what does not fit is refused here, and one that is new knows "
        "nothing yet (INSUFFICIENT_DATA). It does not ring. Written again, it keeps its tags."
    ),
    "cloudwatch.DeleteAlarms": "moto keeps the tags for the next alarm of that name.",
    "sns.Subscribe": "Who is told by mail or over HTTP must confirm it first, as on AWS; nobody opens that mail here.",
    "sns.GetTopicAttributes": "moto counts nobody who listens; counted here.",
    "rds-data.ExecuteStatement": (
        "No SQL is run; one that is asleep says that it is resuming, and wakes in four seconds."
    ),
    "codepipeline.CreatePipeline": "moto runs nothing; here its first run begins at once, and takes four seconds.",
    "codepipeline.StartPipelineExecution": "A run whose stages pass, or fail as on AWS.",
    "codepipeline.GetPipelineState": (
        "Missing in moto; an empty repository, a connection that nobody confirmed and a folder other than dist fail."
    ),
    "codecommit.CreateRepository": "moto loses the tags; kept here.",
    "codecommit.ListTagsForResource": "Missing in moto.",
    "codecommit.ListRepositories": "Missing in moto.",
    "codecommit.ListBranches": "Missing in moto; a repository has those that were made in it.",
    "codecommit.CreateBranch": "Missing in moto; the branch has no commit here.",
    "codebuild.BatchGetBuilds": "Answers with the build that a pipeline failed in.",
    "logs.CreateLogGroup": "moto takes any name; refused here as on AWS.",
    "logs.PutRetentionPolicy": "moto takes any number of days; those that AWS does not know are refused here.",
    "logs.PutResourcePolicy": "moto takes any text; what is malformed or too long is refused here.",
    "logs.GetLogEvents": "The end of a failed build's log.",
    "events.PutTargets": (
        "moto takes a pipeline without a role; refused here. A file that lands starts it, which moto leaves out."
    ),
    "ssm.SendCommand": (
        "moto says of everything that it went well; here nothing is run either, but a machine without agent or role is "
        "refused, and the WordPress of “blog” is as it was found until Handrail's script puts it right."
    ),
    "ssm.GetCommandInvocation": "In progress for two seconds, then with what the script would say.",
    "ssm.DescribeInstanceInformation": "Missing in moto; the running machines that have an instance profile.",
    "ssm.ListCommandInvocations": "Missing in moto.",
    "ssm.GetParameter": "Canonical's public parameters for Ubuntu are missing in moto.",
    "sts.GetCallerIdentity": "moto answers with a user named moto; here it is a user of the company.",
    "iam.SimulatePrincipalPolicy": "Missing in moto; everything is allowed.",
    "cloudtrail.LookupEvents": "Missing in moto; tells what was practised.",
    "directconnect.DescribeVirtualInterfaces": "Missing in moto; the company has none.",
    "service-quotas.GetServiceQuota": "moto knows none of these quotas; AWS's defaults.",
    "service-quotas.ListServiceQuotas": "Missing in moto; AWS's defaults.",
    "*": (
        "Anything else moto lacks answers NotPartOfPractice, and its own mistakes PracticeFault, as ordinary errors."
    ),
}
"""Operation → what the practice account does about it. The table in docs/practice-mode.md is made from it."""

_WHERE = {
    "ec2": (
        "swift",
        "gateways",
        "transit_gateways",
        "vpn_connections",
        "tunnel_changes",
        "transit_routes",
        "peerings",
        "peer_groups",
        "network",
        "images",
    ),
    "ssm": ("machines",),
    "sts": ("account",),
    "iam": ("account",),
    "cloudtrail": ("history",),
    "servicequotas": ("account",),
    "s3": ("buckets", "notifications"),
    "awslambda": ("functions",),
    "directconnect": ("account",),
    "rds": ("databases", "snapshots"),
    "kms": ("keys",),
    "rdsdata": ("databases",),
    "cloudwatch": ("databases", "alarms"),
    "elb": ("load_balancing", "target_groups"),  # moto answers for both generations there
    "cloudfront": ("cloudfront", "certificates"),
    "acm": ("certificates",),
    "route53": ("dns", "private_zones"),
    "codepipeline": ("pipelines",),
    "events": ("rules",),
    "codebuild": ("pipelines",),
    "codecommit": ("pipelines",),
    "logs": ("pipelines", "log_groups"),
    "scheduler": ("schedules",),
    "sns": ("topics",),
    "sqs": ("schedules",),
}
_done: set[str] = set()


def install(service: str) -> None:
    """Put this service's answers in place, once."""
    for name in ("steady", *_WHERE.get(service, ())):
        if name not in _done:
            _done.add(name)
            import_module(f"{__name__}.{name}").install()
            methods.cache_clear()


@cache
def methods(kind: type) -> list[str]:
    """What a service answers. moto goes through the whole class to see it, at every request."""
    from moto.core.utils import method_names_from_class

    return method_names_from_class(kind)
