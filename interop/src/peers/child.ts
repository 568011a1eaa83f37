import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A program of another language that runs. */
export interface Child {
  /** The first match of what was waited for. */
  readonly ready: RegExpExecArray;
  /** Ends it, and resolves when it has finished. */
  stop(): Promise<void>;
}

/**
 * Starts a program and waits until a line that it prints matches. Rejects with what it wrote when
 * it ends before.
 */
export function startChild(
  command: string,
  args: readonly string[],
  ready: RegExp,
): Promise<Child> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  let written = "";
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        written += `${line}\n`;
        const match = ready.exec(line);
        if (match !== null) resolve({ ready: match, stop: () => stop() });
      });
    }
    child.once("error", reject);
    void ended.then(() => reject(new Error(`${command} ended: ${written}`)));
  });

  async function stop(): Promise<void> {
    child.kill("SIGKILL"); // it holds nothing, and some wait for calls that nobody ends
    await ended;
  }
}

/** How each case went that a program ran: `passed…` or `failed: …`, by its name. */
export type Outcomes = ReadonlyMap<string, string>;

const OUTCOME = /^(\w+): (passed.*|failed: .*)$/;

/**
 * Runs a program that prints `case: passed` or `case: failed: why` for each case, and other lines
 * as it likes. Rejects with what it wrote when it tells of no case.
 */
export async function readOutcomes(command: string, args: readonly string[]): Promise<Outcomes> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  const outcomes = new Map<string, string>();
  let written = "";
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      written += `${line}\n`;
      const match = OUTCOME.exec(line);
      if (match !== null) outcomes.set(match[1] as string, match[2] as string);
    });
  }
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => resolve());
  });
  if (outcomes.size === 0) throw new Error(`${command} ran no case: ${written}`);
  return outcomes;
}
