#!/bin/sh
# Ask @@CLUSTER@@, which may be asleep: look without waking it, say that it wakes, ask again until it answers.
#
#   sh ask.sh "SELECT 1"         needs the AWS CLI, and allows rds:DescribeDBClusters, cloudwatch:GetMetricStatistics,
#                                rds-data:ExecuteStatement and secretsmanager:GetSecretValue
set -u

CLUSTER='@@CLUSTER@@' DATABASE='@@DATABASE@@'
ARN='@@ARN@@' SECRET='@@SECRET@@'
EVERY=3 PATIENCE=120 # seconds
AWS_DEFAULT_REGION='@@REGION@@' AWS_REGION='@@REGION@@'
export AWS_DEFAULT_REGION AWS_REGION

# Its capacity a few minutes ago at the most, 0 when it sleeps; nothing if that is not known. This never wakes it.
capacity() {
  writer=$(aws rds describe-db-clusters --db-cluster-identifier "$CLUSTER" --output text \
    --query 'DBClusters[0].DBClusterMembers[?IsClusterWriter].DBInstanceIdentifier | [0]') || return
  now=$(date +%s)
  aws cloudwatch get-metric-statistics --namespace AWS/RDS --metric-name ServerlessDatabaseCapacity \
    --dimensions "Name=DBInstanceIdentifier,Value=$writer" --start-time "$((now - 300))" --end-time "$now" \
    --period 60 --statistics Maximum --output text --query 'sort_by(Datapoints, &Timestamp)[-1].Maximum'
}

# One question; while the database wakes it says so, and is asked again.
ask() {
  waited=0
  while :; do
    if told=$(aws rds-data execute-statement --resource-arn "$ARN" --secret-arn "$SECRET" \
      ${DATABASE:+--database "$DATABASE"} --sql "$1" --output json 2>&1); then
      printf '%s\n' "$told"
      return
    fi
    case $told in
    *DatabaseResumingException*) [ "$waited" -le "$PATIENCE" ] || break ;;
    *) break ;;
    esac
    echo "$CLUSTER is waking up ($waited s; 15 to 30 are usual) ..." >&2
    sleep "$EVERY"
    waited=$((waited + EVERY))
  done
  printf '%s\n' "$told" >&2
  return 1
}

case $(capacity) in
0 | 0.0) echo "$CLUSTER is asleep; the first answer takes 15 to 30 seconds." >&2 ;;
esac
ask "${1:-SELECT 1}"
