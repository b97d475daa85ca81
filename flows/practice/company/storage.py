"""Where the company keeps things: the website's bucket, a private one, and the orders."""

from __future__ import annotations

import json

from flows.practice.company.basics import REGION, SECOND_ACCOUNT_ID, Client

SITE, FILES, ARTIFACTS = "fjord-coffee-site", "fjord-coffee-files", "fjord-coffee-artifacts"


def buckets(client: Client) -> None:
    s3 = client("s3")
    for name in (SITE, FILES, ARTIFACTS):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.delete_public_access_block(Bucket=SITE)
    s3.put_bucket_website(
        Bucket=SITE,
        WebsiteConfiguration={
            "IndexDocument": {"Suffix": "index.html"},
            "ErrorDocument": {"Key": "error.html"},
        },
    )
    # A statement that is not Handrail's: whatever changes this policy has to leave it as it is.
    partner = {
        "Sid": "AccountantReadsReports",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{SECOND_ACCOUNT_ID}:root"},
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{SITE}/reports/*",
    }
    s3.put_bucket_policy(Bucket=SITE, Policy=json.dumps({"Version": "2012-10-17", "Statement": [partner]}))
    s3.put_object(Bucket=SITE, Key="index.html", ContentType="text/html", Body=b"<h1>Fjord Coffee</h1>\n")
    s3.put_object(Bucket=FILES, Key="photos/beans.jpg", ContentType="image/jpeg", Body=b"a photo of beans")


def database(client: Client) -> None:
    ec2, rds = client("ec2"), client("rds")
    subnets = ec2.describe_subnets(Filters=[{"Name": "tag:Name", "Values": ["shop-private-*"]}])["Subnets"]
    groups = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["database"]}])
    rds.create_db_subnet_group(
        DBSubnetGroupName="shop",
        DBSubnetGroupDescription="The shop's private subnets",
        SubnetIds=sorted(subnet["SubnetId"] for subnet in subnets),
    )
    rds.create_db_instance(
        DBInstanceIdentifier="orders",
        Engine="postgres",
        EngineVersion="16.4",
        DBInstanceClass="db.t4g.small",
        AllocatedStorage=20,
        DBName="orders",
        MasterUsername="shop",
        ManageMasterUserPassword=True,
        DBSubnetGroupName="shop",
        VpcSecurityGroupIds=[group["GroupId"] for group in groups["SecurityGroups"]],
        StorageEncrypted=False,
    )
    rds.create_db_instance(
        DBInstanceIdentifier="members",
        Engine="mysql",
        EngineVersion="8.0.40",
        DBInstanceClass="db.t4g.micro",
        AllocatedStorage=20,
        MasterUsername="shop",
        ManageMasterUserPassword=True,
        DBSubnetGroupName="shop",
        VpcSecurityGroupIds=[group["GroupId"] for group in groups["SecurityGroups"]],
        StorageEncrypted=True,
    )
    rds.create_db_snapshot(DBSnapshotIdentifier="orders-before-summer", DBInstanceIdentifier="orders")
