"""The company's blog: a WordPress on one machine, as somebody once installed it by hand."""

from __future__ import annotations

from flows.practice.company.basics import BLOG, Client, named


def machine(client: Client) -> None:
    """It answers Systems Manager; what is wrong with it, its agent says."""
    ec2, ssm = client("ec2"), client("ssm")
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
