"""The company's blog: a WordPress on one machine, as somebody once installed it by hand."""

from __future__ import annotations

import json

from flows.practice.company.basics import BLOG, Client, named


def machine(client: Client) -> None:
    """It answers Systems Manager; what is wrong with it, its agent says."""
    ec2, iam, ssm = client("ec2"), client("iam"), client("ssm")
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    iam.create_role(RoleName=BLOG, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
    iam.create_instance_profile(InstanceProfileName=BLOG)
    iam.add_role_to_instance_profile(InstanceProfileName=BLOG, RoleName=BLOG)
    subnet = ec2.describe_subnets(Filters=[{"Name": "tag:Name", "Values": ["shop-public-b"]}])["Subnets"][0]
    (web,) = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["web"]}])["SecurityGroups"]
    image = ssm.get_parameter(Name="/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64")
    ec2.run_instances(
        ImageId=image["Parameter"]["Value"],
        InstanceType="t3.small",
        MinCount=1,
        MaxCount=1,
        ClientToken=BLOG,
        SubnetId=subnet["SubnetId"],
        SecurityGroupIds=[web["GroupId"]],
        IamInstanceProfile={"Name": BLOG},
        TagSpecifications=named("instance", BLOG),
    )
