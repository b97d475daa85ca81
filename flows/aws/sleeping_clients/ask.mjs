// Ask @@CLUSTER@@, which may be asleep: look without waking it, say that it wakes, ask again until it answers.
//
//   npm install @aws-sdk/client-rds @aws-sdk/client-cloudwatch @aws-sdk/client-rds-data
//   node ask.mjs "SELECT 1"      allows rds:DescribeDBClusters, cloudwatch:GetMetricData,
//                                rds-data:ExecuteStatement and secretsmanager:GetSecretValue

import { CloudWatchClient, GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { DescribeDBClustersCommand, RDSClient } from "@aws-sdk/client-rds";
import { ExecuteStatementCommand, RDSDataClient } from "@aws-sdk/client-rds-data";

const [CLUSTER, region, DATABASE] = ["@@CLUSTER@@", "@@REGION@@", "@@DATABASE@@"];
const [ARN, SECRET] = ["@@ARN@@", "@@SECRET@@"];
const [EVERY, PATIENCE] = [3, 120]; // seconds

const rds = new RDSClient({ region });
const cloudwatch = new CloudWatchClient({ region });
const data = new RDSDataClient({ region });

// Whether it sleeps, by its capacity; undefined if nothing is known of the last minutes. This never wakes it.
export async function asleep() {
  const told = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: CLUSTER }));
  const writer = told.DBClusters[0].DBClusterMembers.find((each) => each.IsClusterWriter).DBInstanceIdentifier;
  const Metric = {
    Namespace: "AWS/RDS",
    MetricName: "ServerlessDatabaseCapacity",
    Dimensions: [{ Name: "DBInstanceIdentifier", Value: writer }],
  };
  const EndTime = new Date();
  const { MetricDataResults } = await cloudwatch.send(
    new GetMetricDataCommand({
      MetricDataQueries: [{ Id: "acu", MetricStat: { Metric, Period: 60, Stat: "Maximum" } }],
      StartTime: new Date(EndTime - 5 * 60 * 1000),
      EndTime,
      ScanBy: "TimestampDescending",
    }),
  );
  const values = MetricDataResults[0].Values ?? [];
  return values.length ? values[0] === 0 : undefined;
}

// The rows of an answer. While the database wakes it says so, and is asked again.
export async function ask(sql) {
  const where = { resourceArn: ARN, secretArn: SECRET, ...(DATABASE ? { database: DATABASE } : {}) };
  const began = Date.now();
  for (;;) {
    const waited = (Date.now() - began) / 1000;
    try {
      return (await data.send(new ExecuteStatementCommand({ sql, ...where }))).records ?? [];
    } catch (error) {
      if (error.name !== "DatabaseResumingException" || waited > PATIENCE) throw error;
    }
    console.error(`${CLUSTER} is waking up (${Math.round(waited)} s; 15 to 30 are usual) ...`);
    await new Promise((done) => setTimeout(done, EVERY * 1000));
  }
}

if (await asleep()) console.error(`${CLUSTER} is asleep; the first answer takes 15 to 30 seconds.`);
console.log(JSON.stringify(await ask(process.argv[2] ?? "SELECT 1")));
