#!/usr/bin/env node
// Attacks servers; see `--help`.
import { findCase } from "./cases.js";
import { type CertificateFiles, makeCertificate } from "./certificate.js";
import { keepResults, writePage } from "./figures-page.js";
import { type Options, readOptions, USAGE } from "./options.js";
import { formatHeader, formatRow } from "./report.js";
import type { CaseResult } from "./result.js";
import { runUntilSure } from "./run-case.js";
import { NotInstalled, type Subject } from "./subjects.js";
import { judge } from "./verdict.js";

/** Runs all cases against a subject; gives what was measured. */
async function attackSubject(
  subject: Subject,
  options: Options,
  files: CertificateFiles,
): Promise<CaseResult[]> {
  const { cases, connections, seconds, json } = options;
  if (!json) console.log(`\n${subject.name}\n`);
  try {
    subject.command(files);
  } catch (error) {
    if (!(error instanceof NotInstalled)) throw error;
    const notInstalled = error.message;
    console.log(
      json
        ? JSON.stringify({ subject: subject.name, notInstalled })
        : `not installed: ${notInstalled}`,
    );
    return [];
  }
  const results: CaseResult[] = [];
  if (!json) console.log(formatHeader());
  for (const hostile of cases) {
    for (const attackers of connections) {
      const result = await runUntilSure(hostile, subject, files, {
        attackers,
        maxSeconds: seconds,
      });
      results.push(result);
      const bad = judge(hostile, result).map(({ text }) => text);
      console.log(json ? JSON.stringify({ ...result, bad }) : formatRow(hostile, result));
    }
  }
  if (!json) console.log(`\n${countBad(results)} of ${results.length} bad`);
  return results;
}

function countBad(results: readonly CaseResult[]): number {
  return results.filter((one) => judge(findCase(one.case), one).length > 0).length;
}

async function attackAll(options: Options): Promise<void> {
  const files = makeCertificate();
  process.once("exit", () => files.remove());
  for (const subject of options.subjects) {
    const results = await attackSubject(subject, options, files);
    if (options.write && results.length > 0) keepResults(subject.name, results);
    if (subject.name.startsWith("tightwire") && countBad(results) > 0) process.exitCode = 1;
  }
  if (options.write) writePage();
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
