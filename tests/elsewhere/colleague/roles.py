"""Roles, their policies and instance profiles."""

from __future__ import annotations

import json
from collections.abc import Collection

from elsewhere.colleague.deed import client, to
from elsewhere.hand import Made

from flows.practice import PracticeAccount


@to("iam.CreateRole")
def policy_of_theirs_on_our_role(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    may = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}}
    client(account, "iam").put_role_policy(
        RoleName=it.params["RoleName"], PolicyName="theirs", PolicyDocument=json.dumps(may)
    )


@to("iam.CreateRole")
def managed_policy_attached_to_our_role(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    iam = client(account, "iam")
    may = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}]}
    arn = iam.create_policy(PolicyName="theirs", PolicyDocument=json.dumps(may))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=it.params["RoleName"], PolicyArn=arn)


@to("iam.CreateRole")
def our_role_in_a_profile_of_theirs(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    iam = client(account, "iam")
    iam.create_instance_profile(InstanceProfileName="theirs")
    iam.add_role_to_instance_profile(InstanceProfileName="theirs", RoleName=it.params["RoleName"])


@to("iam.CreateRole")
def our_role_used_by_a_function_of_theirs(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    iam, functions = client(account, "iam"), client(account, "lambda")
    trust = iam.get_role(RoleName=it.params["RoleName"])["Role"]["AssumeRolePolicyDocument"]
    trust["Statement"].append(
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    )
    iam.update_assume_role_policy(RoleName=it.params["RoleName"], PolicyDocument=json.dumps(trust))
    arn = iam.get_role(RoleName=it.params["RoleName"])["Role"]["Arn"]
    functions.create_function(
        FunctionName="theirs", Role=arn, Runtime="python3.12", Handler="a.b", Code={"ZipFile": b"theirs"}
    )


@to("iam.PutRolePolicy")
def policy_edited(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    may = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}]}
    client(account, "iam").put_role_policy(
        RoleName=it.params["RoleName"], PolicyName=it.params["PolicyName"], PolicyDocument=json.dumps(may)
    )


@to("iam.CreateInstanceProfile")
def machine_of_theirs_with_our_profile(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    ec2 = client(account, "ec2")
    image = ec2.describe_images(Filters=[{"Name": "name", "Values": ["amzn2-ami-hvm-2*"]}])["Images"][0]["ImageId"]
    ec2.run_instances(
        ImageId=image, MinCount=1, MaxCount=1, InstanceType="t3.small",
        IamInstanceProfile={"Name": it.params["InstanceProfileName"]},
    )  # fmt: skip


@to("iam.AddRoleToInstanceProfile")
def another_role_in_our_profile(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    iam, name = client(account, "iam"), it.params["InstanceProfileName"]
    trust = {"Version": "2012-10-17", "Statement": []}
    iam.create_role(RoleName="theirs", AssumeRolePolicyDocument=json.dumps(trust))
    iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=it.params["RoleName"])
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName="theirs")
