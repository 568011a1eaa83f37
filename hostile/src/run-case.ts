import { setTimeout as sleep } from "node:timers/promises";
import type { AttackReport } from "./attack-report.js";
import type { CertificateFiles } from "./certificate.js";
import { type Child, startChild } from "./child.js";
import { DEFAULT_SECONDS, type HostileCase } from "./hostile-case.js";
import type { NeighbourReport } from "./neighbour.js";
import { type ProcessFigures, readFigures, watchPeak } from "./process-figures.js";
import type { CaseResult } from "./result.js";
import { type SubjectProcess, startSubject } from "./subject-process.js";
import type { Subject } from "./subjects.js";
import { judge, medianWait } from "./verdict.js";

/** The neighbour alone with the server, and what both need to come to rest. */
const QUIET_MS = 500;
const SETTLE_MS = 200;
/** Calls of the neighbour before anything is measured: the server then runs what it compiled. */
const WARM_UP_CALLS = 400;
const BRIEF_WARM_UP_CALLS = 20;
/** How long a server may take to see that the attackers are gone. */
const LEAVE_MS = 2_000;
const POLL_MS = 50;

/** How a case is run. */
export interface RunOptions {
  readonly attackers: number;
  /** Shortens cases that take longer. */
  readonly maxSeconds?: number | undefined;
  /** Leaves out what only times need: a neighbour that is warm, and a while alone with it. */
  readonly brief?: boolean;
}

/**
 * Runs a case against a subject. When only the neighbour's wait is bad it runs three times, since
 * another process of the machine may have made it wait; the run with the median wait counts.
 */
export async function runUntilSure(
  hostile: HostileCase,
  subject: Subject,
  files: CertificateFiles,
  options: RunOptions,
): Promise<CaseResult> {
  const first = await runCase(hostile, subject, files, options);
  const bad = judge(hostile, first);
  if (bad.length === 0 || bad.some(({ mark }) => mark !== "W")) return first;
  const second = await runCase(hostile, subject, files, options);
  return medianWait([first, second, await runCase(hostile, subject, files, options)]);
}

/** Runs a case against a subject, each in processes of their own, and measures. */
export async function runCase(
  hostile: HostileCase,
  subject: Subject,
  files: CertificateFiles,
  options: RunOptions,
): Promise<CaseResult> {
  const server = await startSubject(subject, files);
  const children: Child<string, unknown>[] = [];
  try {
    const overTls = subject.tls || hostile.tls === true;
    const neighbour = startChild<"report", NeighbourReport | "ready">("neighbour-main.js", [
      overTls ? server.tls : server.plaintext,
      overTls ? files.certificate : "",
      `${options.brief ? BRIEF_WARM_UP_CALLS : WARM_UP_CALLS}`,
    ]);
    children.push(neighbour as Child<string, unknown>);
    await neighbour.next();
    const seconds = Math.min(
      hostile.seconds ?? DEFAULT_SECONDS,
      options.maxSeconds ?? Number.POSITIVE_INFINITY,
    );
    const attack = startChild<"attack" | "conclude", AttackReport | "ready">("attack-main.js", [
      hostile.name,
      server.plaintext,
      server.tls,
      files.certificate,
      `${options.attackers}`,
      `${overTls}`,
      `${seconds}`,
    ]);
    children.push(attack as Child<string, unknown>);
    await attack.next();
    const measured = await measure(server, neighbour, attack, options.brief ? 0 : QUIET_MS);
    return { subject: subject.name, case: hostile.name, attackers: options.attackers, ...measured };
  } finally {
    for (const child of children) child.stop();
    await server.stop();
  }
}

async function measure(
  server: SubjectProcess,
  neighbour: Child<"report", NeighbourReport | "ready">,
  attack: Child<"attack" | "conclude", AttackReport | "ready">,
  quietMs: number,
): Promise<Omit<CaseResult, "subject" | "case" | "attackers">> {
  await server.collect();
  await neighbour.ask("report");
  await sleep(quietMs);
  const quiet = (await neighbour.ask("report")) as NeighbourReport;
  await server.collect();
  const before = readFigures(server.pid);
  await neighbour.ask("report"); // the collection is no part of the attack
  const peak = watchPeak(server.pid);
  const report = (await attack.ask("attack")) as AttackReport;
  await sleep(SETTLE_MS);
  const during = (await neighbour.ask("report")) as NeighbourReport;
  await server.collect();
  const peakBytes = peak.stop();
  const after = readFigures(server.pid);
  const { open } = report;
  const concluded = (await attack.ask("conclude")) as AttackReport;
  attack.stop();
  const left = await whenDescriptorsFell(server.pid, before?.descriptors ?? 0);
  const beyond = (now: number | undefined, first: number | undefined): number =>
    Math.max(0, (now ?? 0) - (first ?? 0));
  return {
    crash: server.ended,
    heldBytes: beyond(after?.residentBytes, before?.residentBytes),
    peakBytes: beyond(peakBytes, before?.residentBytes),
    descriptors: beyond((after?.descriptors ?? 0) - open, before?.descriptors),
    descriptorsLeft: beyond(left?.descriptors, before?.descriptors),
    cpuSeconds: beyond(after?.cpuSeconds, before?.cpuSeconds),
    quiet,
    neighbour: during,
    attack: concluded,
  };
}

/** What a process takes once its descriptors are as many as before, or some time later. */
async function whenDescriptorsFell(
  pid: number,
  before: number,
): Promise<ProcessFigures | undefined> {
  const until = performance.now() + LEAVE_MS;
  for (;;) {
    const now = readFigures(pid);
    if (now === undefined || now.descriptors <= before || performance.now() >= until) return now;
    await sleep(POLL_MS);
  }
}
