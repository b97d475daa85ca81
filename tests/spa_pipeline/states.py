"""How pipelines of other people stand: what is right in an unusual way, and what is wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping

from spa_pipeline import building, delivery, publishing, source, starting
from spa_pipeline.delivery import ACCOUNT, CONNECTION, NAME, REGION, SITE, SOURCE, ZIPPED, allow, files
from spa_pipeline.standing import State, connected, policy, runs, stages

NOT_AVAILABLE = f"Connection {CONNECTION} is not available"
NO_REPOSITORY = "AWS CodePipeline was unable to access the repository a/b"
QUOTA = "Error calling startBuild: Cannot have more than 0 builds in queue for the account"
OPEN = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": files(SITE)[1]}
PLAIN = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": files(SITE)}
PLAIN["Condition"] = {"Bool": {"aws:SecureTransport": "false"}}
TLS_ONLY = policy(json.dumps({"Version": "2012-10-17", "Statement": [OPEN, PLAIN]}))
IN_A_NETWORK = policy(
    allow("s3:PutObject", files(SITE)[1], "Deny", Principal="*", Condition={"StringNotEquals": {"aws:SourceVpce": "v"}})
)
RULE = {"ruleName": "alarms", "latestExecution": {"status": "Failed", "summary": "An alarm is on"}}
NOT_MET = {"latestExecution": {"status": "Failed"}, "conditionStates": [{"ruleStates": [RULE]}]}
ZIP_ARN = f"arn:aws:s3:::{SOURCE}/{ZIPPED}"
READ_ALL = f"s3:GetObject, s3:GetObjectVersion on {ZIP_ARN} and s3:GetBucketVersioning on arn:aws:s3:::{SOURCE}."
CLOSED_WAY = {"inboundTransitionState": {"enabled": False, "disabledReason": "freeze"}}
HEALTHY = {
    "a connection": State(
        source.by_a_connection, "works", answers=connected("AVAILABLE") | stages("Succeeded", "Succeeded")
    ),
    "a connection by which the build fetches": State(
        source.with_its_history_and_leave, "works", answers=connected("AVAILABLE") | stages("Succeeded", "Succeeded")
    ),
    "a run under way": State(
        delivery.as_it_is, "works", answers=stages("InProgress", "Succeeded") | runs("InProgress", "Succeeded")
    ),
    "a run stopped by a person": State(
        delivery.as_it_is, "works", answers=stages("Succeeded", "Stopped") | runs("Stopped", "Superseded", "Succeeded")
    ),
}  # fmt: skip
BROKEN = {
    "a connection by which the build may not fetch": State(
        source.with_its_history, "broken", "needs", "codeconnections:UseConnection on arn:aws:",
        connected("AVAILABLE") | stages("Succeeded", "Failed"),
    ),
    "a connection that waits": State(
        source.by_a_connection, "waiting", "connection", "Update pending connection",
        connected("PENDING") | stages("Failed", "", NOT_AVAILABLE),
    ),
    "a connection that broke": State(
        source.by_a_connection, "broken", "connection", "look at the app", connected("ERROR") | stages("Failed", ""),
    ),
    "a connection that is gone": State(
        source.by_a_connection, "broken", "connection", "Make a new one",
        {"GetConnection": "ResourceNotFoundException"} | stages("Failed", ""),
    ),
    "a connection that may not be looked at": State(
        source.by_a_connection, "unknown", "connection", answers=stages("Succeeded", "Succeeded"),
        denied=("GetConnection",),
    ),
    "a connection that may not be used": State(
        source.connection_not_allowed, "broken", "reads", "codeconnections:UseConnection",
        connected("AVAILABLE") | stages("Failed", "", "The provided role does not have sufficient permissions."),
    ),
    "a repository that the connection does not see": State(
        source.by_a_connection, "broken", "stage-fetch", "Let the app of the connection see that repository",
        connected("AVAILABLE") | stages("Failed", "", NO_REPOSITORY),
    ),
    "no builds allowed": State(
        delivery.as_it_is, "broken", "stage-build", "Service Quotas", stages("Succeeded", "Failed", QUOTA, "JobFailed"),
    ),
    "a condition that was not met": State(
        delivery.as_it_is, "broken", "stage-build", "what the condition waits for",
        stages("Succeeded", "", Build={"latestExecution": {"status": "Failed"}, "beforeEntryConditionState": NOT_MET}),
    ),
    "a stage that a condition leaves out": State(
        delivery.as_it_is, "works_but", "stage-build", "See its conditions",
        stages("Succeeded", "", Build={"latestExecution": {"status": "Skipped"}}) | runs("Succeeded"),
    ),
    "a way that is closed": State(
        delivery.as_it_is, "broken", "way-in", "enable-stage-transition",
        stages("Succeeded", "", Build=CLOSED_WAY) | runs("InProgress", "Succeeded"),
    ),
    "never ran": State(delivery.as_it_is, "waiting", "stage-fetch", answers=stages("", "") | runs()),
    "a rule without a role": State(
        starting.told_of_each_upload, "broken", "starts", "codepipeline:StartPipelineExecution",
        {"ListTargetsByRule": {"Targets": [{"Id": "1", "Arn": f"arn:aws:codepipeline:{REGION}:{ACCOUNT}:{NAME}"}]}},
    ),
    "plain HTTP is refused": State(delivery.as_it_is, "broken", "visitors", "put CloudFront in front", TLS_ONLY),
    "in a network only": State(delivery.as_it_is, "unknown", "publishes", answers=IN_A_NETWORK),
    "roles that may not be read": State(delivery.as_it_is, "unknown", "role", denied=("GetRole",)),
    "a pipeline that may not be read": State(delivery.as_it_is, "unknown", "pipeline", denied=("GetPipeline",)),
    "keys that may not be seen": State(delivery.as_it_is, "unknown", "encryption", denied=("GetBucketEncryption",)),
}  # fmt: skip
STATES: Mapping[str, State] = {**HEALTHY, **BROKEN} | {
    each.made.__name__: each
    for each in (
        State(delivery.as_it_is, "works"),
        State(building.with_managed_policies, "works"),
        State(publishing.behind_cloudfront, "works"),
        State(publishing.deployed_by_a_step_of_its_own, "works"),
        State(building.handed_on_as_the_console_makes_it, "works"),
        State(source.from_two_zips, "works"),
        State(source.from_two_zips_one_unwatched, "works_but", "starts", "start-pipeline-execution"),
        State(source.from_a_registry, "unknown", "starts"),
        State(
            building.built_in_a_batch, "broken", "builds", "codebuild:StartBuildBatch, codebuild:BatchGetBuildBatches"
        ),
        State(publishing.deployed_into_a_folder, "works"),
        State(publishing.deployed_with_access_lists, "works"),
        State(publishing.opened_by_access_lists, "works"),
        State(publishing.access_lists_that_are_ignored, "works_but", "visitors", "handrail run website"),
        State(publishing.access_lists_that_the_bucket_refuses, "broken", "publishes", "Take CannedACL out of the step"),
        State(publishing.deployed_unopened, "works_but", "site", "Extract: true"),
        State(publishing.opened_in_part, "broken", "visitors", "s3:GetObject on"),
        State(building.named_by_the_step, "works"),
        State(publishing.private_and_encrypted, "works"),
        State(building.without_any_log, "works"),
        State(building.in_a_network_with_a_nat_gateway, "works"),
        State(building.in_a_network_by_its_addresses, "works"),
        State(building.with_variables_that_it_may_read, "works"),
        State(publishing.private_and_the_key_by_a_grant, "works"),
        State(source.source_encrypted, "works"),
        State(source.by_a_branch, "works"),
        State(source.fetched_with_a_role_of_its_own, "works"),
        State(starting.told_of_each_upload, "works"),
        State(building.built_in_another_region, "unknown", "artifacts"),
        State(building.built_in_another_account, "unknown", "role"),
        State(source.a_branch_of_another_account, "unknown", "branch", answers=stages("Succeeded", "Succeeded")),
        State(starting.nothing_starts_it, "works_but", "starts", "start-pipeline-execution"),
        State(starting.its_rule_is_off, "broken", "starts", "enable-rule"),
        State(starting.its_rule_is_about_another_file, "broken", "starts", "to the letter"),
        State(starting.told_by_a_trail, "works"),
        State(starting.told_by_no_trail, "broken", "starts", "handrail run s3_pipeline"),
        State(starting.told_by_a_trail_that_is_off, "broken", "starts", "aws cloudtrail start-logging --name audit"),
        State(starting.started_with_a_version_for_another_step, "broken", "starts", "Name the step of the source"),
        State(starting.its_rule_may_not_start_it, "broken", "starts", "codepipeline:StartPipelineExecution"),
        State(starting.its_rule_hears_of_small_ones, "works_but", "starts", "Let its pattern hear all of them"),
        State(starting.its_rule_hears_of_large_ones, "works_but", "starts", "Let its pattern hear all of them"),
        State(starting.its_bucket_tells_nobody, "broken", "starts", "handrail run s3_pipeline"),
        State(
            source.pushes_are_not_noticed,
            "works_but",
            "starts",
            "detect changes",
            connected("AVAILABLE") | stages("Succeeded", "Succeeded"),
        ),
        State(
            source.by_a_connection_for_one_repository,
            "works",
            answers=connected("AVAILABLE") | stages("Succeeded", "Succeeded"),
        ),
        State(
            source.connection_allowed_for_another_repository,
            "broken",
            "reads",
            "codeconnections:UseConnection",
            connected("AVAILABLE") | stages("Succeeded", "Succeeded"),
        ),
        State(
            source.connection_allowed_on_a_condition,
            "unknown",
            "reads",
            answers=connected("AVAILABLE") | stages("Succeeded", "Succeeded"),
        ),
        State(source.an_empty_repository, "waiting", "branch", "Push a first commit."),
        State(source.the_branch_is_called_master, "broken", "branch", "Choose one that is there, or push main first"),
        State(source.no_zip, "waiting", "file", "Upload it."),
        State(source.no_versions, "broken", "file", "put-bucket-versioning"),
        State(source.source_encrypted_and_not_allowed, "broken", "source-key", "kms:Decrypt"),
        State(source.source_encrypted_otherwise_than_its_bucket, "broken", "source-key", "kms:Decrypt"),
        State(source.next_source_encrypted, "works_but", "source-key", "kms:Decrypt"),
        State(source.may_not_read, "broken", "reads", READ_ALL),
        State(building.without_its_log, "broken", "needs", "logs:CreateLogStream, logs:PutLogEvents on arn:aws:logs"),
        State(building.with_a_log_of_its_own_name, "broken", "needs", "log-group:front:*"),
        State(building.with_a_parameter_that_it_may_not_read, "broken", "needs", "parameter/front/key"),
        State(building.with_a_secret_that_it_may_not_read, "unknown", "needs", ":secret:front/token-??????."),
        State(building.with_a_secret_that_is_denied, "broken", "needs", ":secret:front/token-??????."),
        State(building.in_a_public_subnet, "works_but", "needs", "NAT gateway"),
        State(building.in_a_network_without_a_way_out, "works_but", "needs", "NAT gateway"),
        State(building.in_a_network_that_it_may_not_enter, "broken", "needs", "ec2:CreateNetworkInterface"),
        State(building.no_role, "broken", "role", "another role"),
        State(building.role_of_another_service, "broken", "role", "sts:AssumeRole"),
        State(
            source.a_role_of_its_own_that_may_not_be_taken_on, "broken", "role", "role front-works sts:AssumeRole on"
        ),
        State(building.one_role_that_may_not_hand_on, "broken", "artifacts", "/front/*."),
        State(source.zip_in_the_archive, "broken", "file", "Upload it again"),
        State(building.nowhere_to_hand_on, "broken", "artifacts", "Make it again in eu-central-1"),
        State(building.handed_on_elsewhere, "broken", "artifacts", "a bucket of eu-central-1"),
        State(building.no_project, "broken", "builds", "give the pipeline another"),
        State(building.may_not_start_builds, "broken", "builds", "codebuild:StartBuild"),
        State(building.may_not_fetch_what_is_handed_on, "broken", "artifacts", "/front/*."),
        State(publishing.may_not_publish, "broken", "publishes", f"s3:PutObject on {files(SITE)[1]}."),
        State(publishing.may_not_delete, "broken", "publishes", f"s3:DeleteObject on {files(SITE)[1]}."),
        State(publishing.no_site, "broken", "site", "Make it again"),
        State(publishing.a_site_that_is_not_told, "unknown", "site", "buildspec.yml"),
        State(publishing.website_encrypted, "broken", "site-key", "SSE-S3"),
        State(publishing.website_encrypted_by_amazon, "broken", "site-key", "SSE-S3"),
        State(publishing.private_and_the_key_not_allowed, "broken", "site-key", "kms:GenerateDataKey, kms:Decrypt"),
        State(publishing.blocked, "broken", "visitors", "put CloudFront in front"),
        State(publishing.sends_everybody_away, "broken", "visitors", "Take the redirect out"),
        State(publishing.read_by_nobody, "works_but", "visitors", "handrail run website"),
        State(publishing.invalidates_nothing_that_is_there, "broken", "distribution", "Name another, or none"),
        State(publishing.invalidates_another, "works_but", "distribution", "in front of that bucket"),
        State(publishing.may_not_invalidate, "broken", "invalidates", "cloudfront:CreateInvalidation"),
        State(building.the_wrong_folder, "broken", "build", "build_output"),
    )
}
