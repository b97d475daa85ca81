"""Where a page is published, and what visitors get of it."""

from __future__ import annotations

from spa_pipeline.delivery import BUILD, SITE, SOURCE, STORE, ZIPPED, Delivery, action, allow, files, pipeline


def behind_cloudfront(made: Delivery) -> None:
    made.private()
    arn = made.distributed()
    made.role(BUILD, allow("s3:*", "*"), allow("cloudfront:CreateInvalidation", arn))


def deployed_by_a_step_of_its_own(made: Delivery, **told: str) -> None:
    """As the console makes it: the build hands its files on, and a step of the pipeline copies them."""
    made.project({})
    stages = pipeline("S3", {"S3Bucket": SOURCE, "S3ObjectKey": ZIPPED})["stages"]
    settings = {"BucketName": SITE, "Extract": "true", **told}
    deploy = action("Deploy", "Deploy", "S3", settings, inputArtifacts=[{"name": "built"}])
    stages[1]["actions"][0]["outputArtifacts"] = [{"name": "built"}]
    made.rebuilt(stages=[*stages, {"name": "Deploy", "actions": [deploy]}])


def deployed_into_a_folder(made: Delivery) -> None:
    deployed_by_a_step_of_its_own(made, ObjectKey="app")
    made.policy(allow("s3:GetObject", f"{files(SITE)[0]}/app/*", Principal="*"))


def deployed_with_access_lists(made: Delivery) -> None:
    """In a bucket of old, which takes them."""
    made.s3.put_bucket_ownership_controls(
        Bucket=SITE, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    )
    deployed_by_a_step_of_its_own(made, CannedACL="public-read")


def opened_by_access_lists(made: Delivery) -> None:
    """As it was done before buckets had policies for it."""
    deployed_with_access_lists(made)
    made.s3.delete_bucket_policy(Bucket=SITE)
    made.s3.put_object(Bucket=SITE, Key="index.html", Body=b"<p>", ACL="public-read")


def access_lists_that_are_ignored(made: Delivery) -> None:
    opened_by_access_lists(made)
    made.s3.put_public_access_block(Bucket=SITE, PublicAccessBlockConfiguration={"IgnorePublicAcls": True})


def access_lists_that_the_bucket_refuses(made: Delivery) -> None:
    """As AWS makes buckets since April 2023."""
    made.s3.put_bucket_ownership_controls(
        Bucket=SITE, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    )
    deployed_by_a_step_of_its_own(made, CannedACL="public-read")


def deployed_unopened(made: Delivery) -> None:
    deployed_by_a_step_of_its_own(made, Extract="false", ObjectKey="site.zip")


def opened_in_part(made: Delivery) -> None:
    made.policy(allow("s3:GetObject", f"{files(SITE)[0]}/assets/*", Principal="*"))


def private_and_encrypted(made: Delivery) -> None:
    made.private()
    made.role(BUILD, allow("s3:*", "*"), allow("kms:*", made.encrypted(SITE)))


def private_and_the_key_by_a_grant(made: Delivery) -> None:
    made.private()
    key, who = made.encrypted(SITE), made.iam.get_role(RoleName=BUILD)["Role"]["Arn"]
    made.client("kms").create_grant(KeyId=key, GranteePrincipal=who, Operations=["Decrypt", "GenerateDataKey"])


def may_not_publish(made: Delivery) -> None:
    made.role(BUILD, allow("s3:*", files(STORE)), allow(["s3:GetObject", "s3:ListBucket"], files(SITE)))


def may_not_delete(made: Delivery) -> None:
    made.project({"SITE_BUCKET": SITE}, "version: 0.2\nphases: {build: {commands: [aws s3 sync --delete a s3://b]}}")
    made.role(BUILD, allow("s3:*", files(STORE)), allow(["s3:PutObject", "s3:ListBucket"], files(SITE)))


def no_site(made: Delivery) -> None:
    made.s3.delete_bucket(Bucket=SITE)


def a_site_that_is_not_told(made: Delivery) -> None:
    made.project({})


def website_encrypted(made: Delivery) -> None:
    made.role(BUILD, allow(["s3:*", "kms:*"], "*"))
    made.encrypted(SITE)


def website_encrypted_by_amazon(made: Delivery) -> None:
    made.encrypts(SITE)


def private_and_the_key_not_allowed(made: Delivery) -> None:
    made.private()
    made.encrypted(SITE)


def blocked(made: Delivery) -> None:
    names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    made.s3.put_public_access_block(Bucket=SITE, PublicAccessBlockConfiguration=dict.fromkeys(names, True))


def sends_everybody_away(made: Delivery) -> None:
    away = {"RedirectAllRequestsTo": {"HostName": "www.example.com"}}
    made.s3.put_bucket_website(Bucket=SITE, WebsiteConfiguration=away)


def read_by_nobody(made: Delivery) -> None:
    made.s3.delete_bucket_policy(Bucket=SITE)


def invalidates_nothing_that_is_there(made: Delivery) -> None:
    made.project({"SITE_BUCKET": SITE, "DISTRIBUTION_ID": "E0000000000000"})


def invalidates_another(made: Delivery) -> None:
    arn = made.distributed("fjord-coffee-site")
    made.role(BUILD, allow("s3:*", "*"), allow("cloudfront:*", arn))


def may_not_invalidate(made: Delivery) -> None:
    made.private()
    made.distributed()
