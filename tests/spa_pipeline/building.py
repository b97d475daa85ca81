"""Where a page is built, by which role, and what its steps hand on to each other."""

from __future__ import annotations

import json

from spa_pipeline.delivery import (
    ACCOUNT,
    BUILD,
    NAME,
    PIPE,
    REGION,
    SITE,
    SOURCE,
    STORE,
    ZIPPED,
    Delivery,
    allow,
    files,
    pipeline,
    trust,
)


def with_managed_policies(made: Delivery) -> None:
    """As CDK and Terraform attach them."""
    arn = made.iam.create_policy(PolicyName="site", PolicyDocument=allow(["s3:*", "logs:*"], "*"))["Policy"]["Arn"]
    made.role(BUILD)
    made.iam.attach_role_policy(RoleName=BUILD, PolicyArn=arn)


AS_THE_CONSOLE_MAKES_IT = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "DenyUnEncryptedObjectUploads", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{STORE}/*",
            "Condition": {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}},
        },
        {
            "Sid": "DenyInsecureConnections", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
            "Resource": f"arn:aws:s3:::{STORE}/*", "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    ],
}  # fmt: skip


def handed_on_as_the_console_makes_it(made: Delivery) -> None:
    made.policy(json.dumps(AS_THE_CONSOLE_MAKES_IT), STORE)


def built_in_a_batch(made: Delivery) -> None:
    stages = pipeline("S3", {"S3Bucket": SOURCE, "S3ObjectKey": ZIPPED, "PollForSourceChanges": "true"})["stages"]
    stages[1]["actions"][0]["configuration"]["BatchEnabled"] = "true"
    made.role(PIPE, allow("s3:*", "*"), allow(["codebuild:StartBuild", "codebuild:BatchGetBuilds"], "*"))
    made.rebuilt(stages=stages)


def named_by_the_step(made: Delivery) -> None:
    """The variables stand in the pipeline, not in the project."""
    made.project({})
    stages = pipeline("S3", {"S3Bucket": SOURCE, "S3ObjectKey": ZIPPED})["stages"]
    told = [{"name": "SITE_BUCKET", "value": SITE, "type": "PLAINTEXT"}]
    stages[1]["actions"][0]["configuration"]["EnvironmentVariables"] = json.dumps(told)
    made.rebuilt(stages=stages)


def built_in_another_region(made: Delivery) -> None:
    stages = pipeline("S3", {"S3Bucket": SOURCE, "S3ObjectKey": ZIPPED, "PollForSourceChanges": "true"})["stages"]
    stages[1]["actions"][0]["region"] = "us-east-1"
    made.project({"SITE_BUCKET": SITE}, region="us-east-1")
    stores = {region: {"type": "S3", "location": where} for region, where in (("us-east-1", "far"), (REGION, STORE))}
    made.rebuilt(stages=stages, artifactStore=None, artifactStores=stores)


def built_in_another_account(made: Delivery) -> None:
    stages = pipeline("S3", {"S3Bucket": SOURCE, "S3ObjectKey": ZIPPED, "PollForSourceChanges": "true"})["stages"]
    stages[1]["actions"][0]["roleArn"] = "arn:aws:iam::210987654321:role/far-builds"
    made.client("codebuild").delete_project(name="front-build")
    made.rebuilt(stages=stages)


def no_role(made: Delivery) -> None:
    made.role(BUILD)
    made.iam.delete_role(RoleName=BUILD)


def role_of_another_service(made: Delivery) -> None:
    made.iam.update_assume_role_policy(RoleName=BUILD, PolicyDocument=trust("ec2.amazonaws.com"))


def one_role_that_may_not_hand_on(made: Delivery) -> None:
    """The source and the build work with it; the build only takes what the source hands on."""
    made.iam.update_assume_role_policy(
        RoleName=PIPE, PolicyDocument=trust("codepipeline.amazonaws.com", "codebuild.amazonaws.com")
    )
    made.role(
        PIPE,
        allow("s3:*", [*files(SOURCE), *files(SITE)]),
        allow("s3:GetObject", files(STORE)[1]),
        allow(["codebuild:*", "logs:*"], "*"),
    )
    made.project({"SITE_BUCKET": SITE}, role=PIPE)


def nowhere_to_hand_on(made: Delivery) -> None:
    made.rebuilt(artifactStore={"type": "S3", "location": "fjord-artifacts-of-old"})


def handed_on_elsewhere(made: Delivery) -> None:
    made.client("s3", region_name="us-east-1").create_bucket(Bucket="fjord-artifacts-far")
    made.rebuilt(artifactStore={"type": "S3", "location": "fjord-artifacts-far"})


def no_project(made: Delivery) -> None:
    made.client("codebuild").delete_project(name="front-build")


def may_not_start_builds(made: Delivery) -> None:
    made.role(PIPE, allow("s3:*", "*"))


def may_not_fetch_what_is_handed_on(made: Delivery) -> None:
    made.role(BUILD, allow("s3:*", files(SITE)))


def without_its_log(made: Delivery) -> None:
    """A role that was made by hand, for the bucket alone."""
    made.role(BUILD)
    made.iam.put_role_policy(RoleName=BUILD, PolicyName="theirs", PolicyDocument=allow("s3:*", "*"))


def with_a_log_of_its_own_name(made: Delivery) -> None:
    """CDK's role is for the usual log."""
    made.project({"SITE_BUCKET": SITE}, logsConfig={"cloudWatchLogs": {"status": "ENABLED", "groupName": "front"}})


def without_any_log(made: Delivery) -> None:
    without_its_log(made)
    made.project({"SITE_BUCKET": SITE}, logsConfig={"cloudWatchLogs": {"status": "DISABLED"}})


def with_variables(made: Delivery, *lets: str) -> None:
    typed = (
        {"name": "KEY", "value": "/front/key", "type": "PARAMETER_STORE"},
        {"name": "TOKEN", "value": "front/token:npm", "type": "SECRETS_MANAGER"},
    )
    made.project({"SITE_BUCKET": SITE}, "", BUILD, REGION, *typed)
    made.role(BUILD, allow("s3:*", "*"), *lets)


PARAMETER = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/front/*"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:front/token-*"
READS_BOTH = (allow("ssm:GetParameters", PARAMETER), allow("secretsmanager:GetSecretValue", SECRET))


def with_variables_that_it_may_read(made: Delivery) -> None:
    with_variables(made, *READS_BOTH)


def with_a_parameter_that_it_may_not_read(made: Delivery) -> None:
    """It may read one by one, which CodeBuild does not do."""
    with_variables(made, allow("ssm:GetParameter", PARAMETER), READS_BOTH[1])


def with_a_secret_that_it_may_not_read(made: Delivery) -> None:
    """That the secret's own policy may allow."""
    with_variables(made, READS_BOTH[0])


def with_a_secret_that_is_denied(made: Delivery) -> None:
    with_variables(made, *READS_BOTH, allow("secretsmanager:*", "*", "Deny"))


def in_a_network(made: Delivery, way: str = "", *lets: str) -> None:
    """The builds run in a subnet of a VPC, whose way out is of that kind."""
    ec2 = made.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.77.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.77.1.0/24")["Subnet"]["SubnetId"]
    (main,) = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    to = {"GatewayId": gateway}
    if way == "nat":
        to = {"NatGatewayId": ec2.create_nat_gateway(SubnetId=subnet)["NatGateway"]["NatGatewayId"]}
    if way:
        ec2.create_route(RouteTableId=main["RouteTableId"], DestinationCidrBlock="0.0.0.0/0", **to)
    place = {"vpcId": vpc, "subnets": [subnet], "securityGroupIds": ["sg-1"]}
    made.project({"SITE_BUCKET": SITE}, vpcConfig=place)
    made.role(BUILD, allow("s3:*", "*"), *lets)


INTERFACES = allow(["ec2:Describe*", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"], "*")
EC2 = f"arn:aws:ec2:{REGION}:{ACCOUNT}"
NARROW = [f"{EC2}:{each}/*" for each in ("network-interface", "subnet", "security-group")]
FOR_CODEBUILD = allow(
    "ec2:CreateNetworkInterfacePermission", f"arn:aws:ec2:{REGION}:{ACCOUNT}:network-interface/*",
    Condition={"StringEquals": {"ec2:AuthorizedService": "codebuild.amazonaws.com"}},
)  # fmt: skip


def in_a_network_with_a_nat_gateway(made: Delivery) -> None:
    in_a_network(made, "nat", INTERFACES, FOR_CODEBUILD)


def in_a_network_by_its_addresses(made: Delivery) -> None:
    """As few things as a careful person writes."""
    interfaces = allow(["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"], NARROW)
    in_a_network(made, "nat", allow("ec2:Describe*", "*"), interfaces, FOR_CODEBUILD)


def in_a_public_subnet(made: Delivery) -> None:
    in_a_network(made, "igw", INTERFACES, FOR_CODEBUILD)


def in_a_network_without_a_way_out(made: Delivery) -> None:
    in_a_network(made, "", INTERFACES, FOR_CODEBUILD)


def in_a_network_that_it_may_not_enter(made: Delivery) -> None:
    in_a_network(made, "nat")


def the_wrong_folder(made: Delivery) -> None:
    made.project({"SITE_BUCKET": SITE, "SITE_DIR": "build"})
    made.client("codepipeline").start_pipeline_execution(name=NAME)
