import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { CertificateFiles } from "./certificate.js";
import { endWithThisProcess } from "./child.js";
import type { Subject } from "./subjects.js";

/** A subject that runs. */
export interface SubjectProcess {
  readonly pid: number;
  readonly plaintext: string;
  readonly tls: string;
  /** Undefined while it runs; then how it ended. */
  readonly ended: string | undefined;
  /** Collects its garbage. Resolves at once when it has ended. */
  collect(): Promise<void>;
  /** Ends it. Never rejects. */
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 20_000;
const COLLECT_TIMEOUT_MS = 10_000;
/**
 * glibc's own threshold, which it would raise to 32 MiB as blocks of that size are freed: what a
 * server has freed would then stay resident, in holes, and count as held.
 */
const MMAP_THRESHOLD_BYTES = 131_072;
const LISTENING = /^listening at (\S+) tls (\S+)$/;
/** What is kept of what it wrote on stderr. */
const ERROR_BYTES = 2_000;

/** Starts a subject in a process of its own. Rejects with what it wrote when it does not start. */
export async function startSubject(
  subject: Subject,
  files: CertificateFiles,
): Promise<SubjectProcess> {
  const [program = "", ...args] = subject.command(files);
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(program, args, {
    env: { ...env, NODE_ENV: "production", MALLOC_MMAP_THRESHOLD_: `${MMAP_THRESHOLD_BYTES}` },
    stdio: ["pipe", "pipe", "pipe"],
  });
  endWithThisProcess(child);
  const lines = createInterface({ input: child.stdout });
  let errors = "";
  child.stderr.on("data", (bytes: Buffer) => {
    errors = `${errors}${bytes}`.slice(-ERROR_BYTES);
  });
  child.stdin.on("error", () => {}); // its end is told by its exit
  let ended: string | undefined;
  child.once("exit", (code, signal) => {
    ended = `${signal ?? `exit status ${code}`} ${errors.trim()}`.trim();
  });

  function nextLine(timeoutMs: number, what: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => settle(() => reject(new Error(`${subject.name}: ${what} took over ${timeoutMs} ms`))),
        timeoutMs,
      );
      const onLine = (line: string): void => settle(() => resolve(line));
      const onExit = (): void =>
        settle(() => reject(new Error(`${subject.name} ended: ${ended ?? errors}`)));
      const onError = (error: Error): void => settle(() => reject(error));
      function settle(how: () => void): void {
        clearTimeout(timer);
        lines.off("line", onLine);
        child.off("exit", onExit).off("error", onError);
        how();
      }
      lines.on("line", onLine);
      child.on("exit", onExit).on("error", onError);
    });
  }

  const first = await nextLine(START_TIMEOUT_MS, "starting");
  const [, plaintext, tls] = LISTENING.exec(first) ?? [];
  if (plaintext === undefined || tls === undefined)
    throw new Error(`${subject.name} began with ${JSON.stringify(first)}`);
  return {
    pid: child.pid as number,
    plaintext,
    tls,
    get ended() {
      return ended;
    },
    async collect() {
      if (ended !== undefined) return;
      child.stdin.write("collect\n");
      await nextLine(COLLECT_TIMEOUT_MS, "a collection").catch(() => {});
    },
    stop: () => stop(child),
  };
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGKILL"); // it holds nothing, and some wait for calls that nobody ends
  });
}
