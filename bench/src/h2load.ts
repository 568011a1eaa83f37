import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { frame } from "./one-call.js";
import { percentile } from "./statistics.js";

/** What h2load is to do: calls of one method, over and over. */
export interface H2load {
  readonly address: string;
  readonly path: string;
  /** The message, without the five bytes before it. */
  readonly message: Uint8Array;
  readonly connections: number;
  readonly inFlight: number;
  readonly calls: number;
  readonly core: number;
}

/** What came of it. */
export interface H2loadWindow {
  readonly perSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

const TIMEOUT_MS = 120_000;

/** Whether h2load is there. */
export function hasH2load(): boolean {
  try {
    execFileSync("h2load", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** One window of load. Rejects with an Error when a call did not get 200. */
export async function h2load({
  address,
  path,
  message,
  connections,
  inFlight,
  calls,
  core,
}: H2load): Promise<H2loadWindow> {
  const folder = mkdtempSync(join(tmpdir(), "tightwire-h2load-"));
  try {
    const data = join(folder, "message");
    const log = join(folder, "log");
    writeFileSync(data, frame(message));
    const load = [
      `-n${calls}`,
      `-c${connections}`,
      `-m${inFlight / connections}`,
      "-t1",
      "-d",
      data,
      `--log-file=${log}`,
    ];
    const headers = ["-H", "content-type: application/grpc", "-H", "te: trailers"];
    const output = await run("taskset", [
      "-c",
      String(core),
      "h2load",
      ...load,
      ...headers,
      `http://${address}${path}`,
    ]);
    return readWindow(output, readFileSync(log, "utf8"), calls);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Reads what h2load printed, and its log: a line a call of its start, its status and how long it
 * took in microseconds.
 */
export function readWindow(output: string, log: string, calls: number): H2loadWindow {
  const perSecond = Number(/finished in [\d.]+\w+, ([\d.]+) req\/s/.exec(output)?.[1]);
  const good = Number(/status codes: (\d+) 2xx/.exec(output)?.[1]);
  if (!(perSecond > 0) || good !== calls)
    throw new Error(`${good} of ${calls} calls got a response:\n${output}`);
  const took = log.split("\n").flatMap((line) => (line === "" ? [] : Number(line.split("\t")[2])));
  const sorted = Float64Array.from(took).sort();
  return { perSecond, p50Us: percentile(sorted, 0.5), p99Us: percentile(sorted, 0.99) };
}

function run(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { timeout: TIMEOUT_MS, encoding: "utf8" }, (error, stdout) =>
      error === null ? resolve(stdout) : reject(error),
    );
  });
}
