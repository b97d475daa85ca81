"""What the parameters of a call are as properties of a CloudFormation resource, one function for each shape.

Parameters come as plain data; what is not known yet stands in them as marked text, which is carried along.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Properties = dict[str, Any]
Params = Mapping[str, Any]


class Beyond(Exception):
    """A call that CloudFormation has no resource for; its text says why."""


# -- shapes --------------------------------------------------------------------------------------------------------


def same(*drop: str, **renamed: str) -> Callable[[Params], list[Properties]]:
    """One resource whose properties are the parameters, under the same names but for these."""
    gone = {*drop, "TagSpecifications"}

    def properties(params: Params) -> list[Properties]:
        made = {renamed.get(key, key): value for key, value in params.items() if key not in gone}
        for spec in params.get("TagSpecifications", []):
            made["Tags"] = spec["Tags"]
        return [made]

    return properties


def capital(value: Any) -> Any:
    """Keys as CloudFormation writes them, where an API begins them with a small letter."""
    match value:
        case Mapping():
            return {key[:1].upper() + key[1:]: capital(item) for key, item in value.items()}
        case list():
            return [capital(item) for item in value]
        case _:
            return value


def tag_list(tags: Mapping[str, Any]) -> list[Properties]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def items(value: Any) -> Any:
    """CloudFront's lists, which its API writes as `{Quantity, Items}`; empty ones are left out."""
    match value:
        case Mapping() if "Quantity" in value:
            return [items(item) for item in value.get("Items", [])]
        case Mapping():
            plain = {key: items(item) for key, item in value.items()}
            return {key: item for key, item in plain.items() if item != []}
        case list():
            return [items(item) for item in value]
        case _:
            return value


# -- one by one ----------------------------------------------------------------------------------------------------


def vpn_connection(params: Params) -> list[Properties]:
    (made,) = same("Options")(params)
    options = params["Options"]
    made["StaticRoutesOnly"] = options["StaticRoutesOnly"]
    made["VpnTunnelOptionsSpecifications"] = [
        {key: _logged(value) if key == "LogOptions" else value for key, value in tunnel.items()}
        for tunnel in options["TunnelOptions"]
    ]
    return [made]


def _logged(told: Mapping[str, Any]) -> Properties:
    """CloudFormation writes this one name otherwise."""
    return {"CloudwatchLogOptions": told["CloudWatchLogOptions"]}


def propagation(params: Params) -> list[Properties]:
    return [{"RouteTableIds": [params["RouteTableId"]], "VpnGatewayId": params["GatewayId"]}]


def rules_in(params: Params) -> Iterable[Properties]:
    """A resource for each source: a rule of a group that may be somebody else's, so it stands on its own."""
    for rule in params["IpPermissions"]:
        about = {key: rule[key] for key in ("IpProtocol", "FromPort", "ToPort") if key in rule}
        kinds: Mapping[str, Mapping[str, str]] = {
            "IpRanges": {"CidrIp": "CidrIp"},
            "Ipv6Ranges": {"CidrIpv6": "CidrIpv6"},
            "PrefixListIds": {"PrefixListId": "SourcePrefixListId"},
            "UserIdGroupPairs": {"GroupId": "SourceSecurityGroupId", "UserId": "SourceSecurityGroupOwnerId"},
        }
        for kind, names in kinds.items():
            for source in rule.get(kind) or []:
                renamed = {names.get(key, key): value for key, value in source.items()}
                yield {"GroupId": params["GroupId"], **about, **renamed}


def listener_attributes(listener: Properties, params: Params) -> None:
    listener["ListenerAttributes"] = [*listener.get("ListenerAttributes", []), *params["Attributes"]]


def distribution(params: Params) -> list[Properties]:
    given = params["DistributionConfigWithTags"]
    made = {key: value for key, value in given["DistributionConfig"].items() if key != "CallerReference"}
    behaviour = dict(made["DefaultCacheBehavior"])
    methods = behaviour.get("AllowedMethods", {})
    if "CachedMethods" in methods:
        behaviour["CachedMethods"] = methods["CachedMethods"]
    made["DefaultCacheBehavior"] = behaviour
    made["Origins"] = [origin(each) for each in made["Origins"]["Items"]]
    made["IPV6Enabled"] = made.pop("IsIPV6Enabled")
    spelled = {"ACMCertificateArn": "AcmCertificateArn", "SSLSupportMethod": "SslSupportMethod"}
    viewer = made["ViewerCertificate"]
    made["ViewerCertificate"] = {spelled.get(key, key): value for key, value in viewer.items()}
    return [{"DistributionConfig": items(made), "Tags": given["Tags"]["Items"]}]


def origin(given: Params) -> Properties:
    made = {key: value for key, value in given.items() if key != "CustomHeaders"}
    if custom := made.get("CustomOriginConfig"):
        spelled = {"OriginSslProtocols": "OriginSSLProtocols"}
        made["CustomOriginConfig"] = {spelled.get(key, key): value for key, value in custom.items()}
    if given.get("CustomHeaders", {}).get("Items"):
        made["OriginCustomHeaders"] = given["CustomHeaders"]
    return made


def records(params: Params) -> Iterable[Properties]:
    for change in params["ChangeBatch"]["Changes"]:
        if change["Action"] != "CREATE":
            raise Beyond("It replaces a record that may stand there; CloudFormation refuses a name that is taken.")
        record = change["ResourceRecordSet"]
        values = [each["Value"] for each in record.get("ResourceRecords", [])]
        yield {**record, "HostedZoneId": params["HostedZoneId"], **({"ResourceRecords": values} if values else {})}


def proved_in(certificate: Properties, params: Params) -> None:
    """CloudFormation writes the record that proves a name by itself when it knows the zone."""
    names = [certificate["DomainName"], *certificate.get("SubjectAlternativeNames", [])]
    standing = certificate.setdefault("DomainValidationOptions", [])
    left = [name for name in names if name not in {each["DomainName"] for each in standing}]
    base = left[0].removeprefix("*.")  # a name and its wildcard are proved by one and the same record
    proved = [name for name in left if name.removeprefix("*.") == base]
    standing += [{"DomainName": name, "HostedZoneId": params["HostedZoneId"]} for name in proved]


def proof_of(params: Params) -> Any:
    return params["ChangeBatch"]["Changes"][0]["ResourceRecordSet"]["Name"]


def machine(params: Params) -> list[Properties]:
    """One machine; the tags of its disks are its own."""
    (made,) = same("MinCount", "MaxCount", "ClientToken")(params)
    if profile := made.get("IamInstanceProfile"):
        made["IamInstanceProfile"] = profile["Name"]
    if "UserData" in made:
        made["UserData"] = {"Fn::Base64": made["UserData"]}
    if any(spec["ResourceType"] == "volume" for spec in params.get("TagSpecifications", [])):
        made["PropagateTagsToVolumeOnCreation"] = True
    for interface in made.get("NetworkInterfaces", []):
        if "Groups" in interface:
            interface["GroupSet"] = interface.pop("Groups")
        interface["DeviceIndex"] = str(interface["DeviceIndex"])
    return [made]


def role_in(profile: Properties, params: Params) -> None:
    profile["Roles"] = [params["RoleName"]]


def trail(params: Params) -> list[Properties]:
    return [{**same(Name="TrailName", TagsList="Tags")(params)[0], "IsLogging": False}]


def logging(made: Properties, params: Params) -> None:
    made["IsLogging"] = True


def rule(params: Params) -> list[Properties]:
    return [{**params, "EventPattern": json.loads(params["EventPattern"])}]


def targets(made: Properties, params: Params) -> None:
    made.setdefault("Targets", []).extend(params["Targets"])


def permission(params: Params) -> list[Properties]:
    (made,) = same("StatementId", "Qualifier")(params)
    if "Qualifier" in params:
        made["FunctionName"] = f"{params['FunctionName']}:{params['Qualifier']}"
    return [made]


def bucket(params: Params) -> list[Properties]:
    return [
        {
            "BucketName": params["Bucket"],
            "OwnershipControls": {"Rules": [{"ObjectOwnership": params["ObjectOwnership"]}]},
        }
    ]


def lifecycle(made: Properties, params: Params) -> None:
    made["LifecycleConfiguration"] = {"Rules": [life(rule) for rule in params["LifecycleConfiguration"]["Rules"]]}


def life(rule: Params) -> Properties:
    kept = {key: rule[key] for key in ("Status", "AbortIncompleteMultipartUpload") if key in rule}
    prefix = rule.get("Filter", {}).get("Prefix", "")
    days = {"ExpirationInDays": rule["Expiration"]["Days"]} if "Expiration" in rule else {}
    return {"Id": rule["ID"], **kept, **days, **({"Prefix": prefix} if prefix else {})}


def bucket_policy(params: Params) -> list[Properties]:
    return [{"Bucket": params["Bucket"], "PolicyDocument": json.loads(params["Policy"])}]


def more_statements(policy: Properties, params: Params) -> None:
    policy["PolicyDocument"]["Statement"] += json.loads(params["Policy"])["Statement"]


def notifications(made: Properties, params: Params) -> None:
    told = params["NotificationConfiguration"]
    functions = [
        {
            "Event": event,
            "Function": each["LambdaFunctionArn"],
            **({"Filter": {"S3Key": {"Rules": each["Filter"]["Key"]["FilterRules"]}}} if "Filter" in each else {}),
        }
        for each in told.get("LambdaFunctionConfigurations", [])
        for event in each["Events"]
    ]
    standing = made.setdefault("NotificationConfiguration", {})
    if functions:
        standing["LambdaConfigurations"] = [*standing.get("LambdaConfigurations", []), *functions]
    if "EventBridgeConfiguration" in told:
        standing["EventBridgeConfiguration"] = {"EventBridgeEnabled": True}


def role(params: Params) -> list[Properties]:
    return [{**params, "AssumeRolePolicyDocument": json.loads(params["AssumeRolePolicyDocument"])}]


def role_policy(made: Properties, params: Params) -> None:
    one = {"PolicyName": params["PolicyName"], "PolicyDocument": json.loads(params["PolicyDocument"])}
    made.setdefault("Policies", []).append(one)


def project(params: Params) -> list[Properties]:
    made = capital(params)
    source = made["Source"]
    if "Buildspec" in source:
        source["BuildSpec"] = source.pop("Buildspec")
    return [made]


def pipeline(params: Params) -> list[Properties]:
    made = {key: value for key, value in capital(params["pipeline"]).items() if key != "Version"}
    for stage, given in zip(made["Stages"], params["pipeline"]["stages"], strict=True):
        for action, one in zip(stage["Actions"], given["actions"], strict=True):
            action["Configuration"] = dict(one.get("configuration", {}))  # an action's own keys, whatever their letters
    return [{**made, "Tags": capital(params.get("tags", []))}]


def queue(params: Params) -> list[Properties]:
    """Its attributes are texts in the API, whatever they are."""
    given = params["Attributes"]
    kept = int(given["MessageRetentionPeriod"])
    encrypted = given["SqsManagedSseEnabled"] == "true"
    return [
        {
            "QueueName": params["QueueName"], "MessageRetentionPeriod": kept, "SqsManagedSseEnabled": encrypted,
            "Tags": tag_list(params["tags"]),
        }
    ]  # fmt: skip


def repository(params: Params) -> list[Properties]:
    return [{"RepositoryName": params["repositoryName"], "Tags": tag_list(params["tags"])}]


def log_group(params: Params) -> list[Properties]:
    return [{"LogGroupName": params["logGroupName"], "Tags": tag_list(params["tags"])}]


def put(key: str, name: str = "") -> Callable[[Properties, Params], None]:
    """One parameter becomes one property."""

    def into(made: Properties, params: Params) -> None:
        made[name or key] = params[key]

    return into


def hosting(made: Properties, params: Params) -> None:
    """An API's one-key structures are plain texts here."""
    plain = {"IndexDocument": "Suffix", "ErrorDocument": "Key"}
    given = params["WebsiteConfiguration"]
    made["WebsiteConfiguration"] = {key: each[plain[key]] if key in plain else each for key, each in given.items()}


def tagging(made: Properties, params: Params) -> None:
    made["Tags"] = params["Tagging"]["TagSet"]
