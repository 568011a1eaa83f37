import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { ServiceMessage } from "../process.js";

/** How a child ended. */
export interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A service in a process of its own. */
export interface Child {
  readonly name: string;
  /**
   * What it says first: that it serves, or why it cannot. Undefined when it ended without a word.
   */
  readonly answer: Promise<ServiceMessage | undefined>;
  readonly ended: Promise<ChildEnd>;
  /** Has it drain and end; by force when it takes longer than 15 s. */
  stop(): Promise<void>;
}

const FORCE_AFTER_MS = 15_000;

/** Starts `<name>/main.js` with its output on this process's. */
export function startChild(name: string, env: NodeJS.ProcessEnv, args: readonly string[]): Child {
  const main = fileURLToPath(new URL(`../${name}/main.js`, import.meta.url));
  const process = fork(main, [...args], { env, stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const ended = once(process, "exit").then(([code, signal]): ChildEnd => ({ code, signal }));
  const message = once(process, "message").then(([content]) => content as ServiceMessage);
  return {
    name,
    ended,
    answer: Promise.race([message, ended.then(() => undefined)]),
    stop: () => stopChild(process, ended),
  };
}

/**
 * A closed channel is what a child hears even if this process is killed; so it is what a stop is,
 * too.
 */
async function stopChild(child: ChildProcess, ended: Promise<ChildEnd>): Promise<void> {
  if (child.connected) child.disconnect();
  const forced = setTimeout(() => child.kill("SIGKILL"), FORCE_AFTER_MS);
  await ended;
  clearTimeout(forced);
}
