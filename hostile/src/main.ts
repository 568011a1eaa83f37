#!/usr/bin/env node
// Attacks servers; see `--help`.
import { makeCertificate } from "./certificate.js";
import { type Options, readOptions, USAGE } from "./options.js";
import { formatHeader, formatRow } from "./report.js";
import { runCase } from "./run-case.js";
import { NotInstalled, type Subject } from "./subjects.js";
import { judge } from "./verdict.js";

/** Runs all cases against a subject; gives how many are bad. */
async function attackSubject(
  subject: Subject,
  { cases, connections, seconds, json }: Options,
  files: ReturnType<typeof makeCertificate>,
): Promise<number> {
  if (!json) console.log(`\n${subject.name}\n`);
  try {
    subject.command(files);
  } catch (error) {
    if (!(error instanceof NotInstalled)) throw error;
    console.log(
      json
        ? JSON.stringify({ subject: subject.name, notInstalled: error.message })
        : `not installed: ${error.message}`,
    );
    return 0;
  }
  let bad = 0;
  if (!json) console.log(formatHeader());
  for (const hostile of cases) {
    for (const attackers of connections) {
      const result = await runCase(hostile, subject, files, {
        attackers,
        maxSeconds: seconds,
      });
      const faults = judge(hostile, result);
      if (faults.length > 0) bad++;
      console.log(json ? JSON.stringify({ ...result, bad: faults }) : formatRow(hostile, result));
    }
  }
  if (!json) console.log(`\n${bad} of ${cases.length * connections.length} bad`);
  return bad;
}

async function attackAll(options: Options): Promise<void> {
  const files = makeCertificate();
  process.once("exit", () => files.remove());
  for (const subject of options.subjects) {
    const bad = await attackSubject(subject, options, files);
    if (bad > 0 && subject.name.startsWith("tightwire")) process.exitCode = 1;
  }
}

process.on("SIGINT", () => process.exit(130));
process.on("SIGTERM", () => process.exit(143));
try {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) console.log(USAGE);
  else if (options.list)
    for (const { name, does } of options.cases) console.log(`${name}: ${does}`);
  else await attackAll(options);
} catch (error) {
  console.error(`hostile: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
