import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { ServiceMessage } from "../process.js";

/** How a child exited. */
export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A service in a process of its own. */
export interface Child {
  readonly name: string;
  /** Its first message: that it serves, or why it cannot. Undefined when it exited without one. */
  readonly firstMessage: Promise<ServiceMessage | undefined>;
  readonly exited: Promise<ChildExit>;
  /** Lets it drain and exit; kills it after 15 s. */
  stop(): Promise<void>;
}

const FORCE_AFTER_MS = 15_000;

/** Starts `<name>/main.js`; it shares this process's output. */
export function startChild(name: string, env: NodeJS.ProcessEnv, args: readonly string[]): Child {
  const main = fileURLToPath(new URL(`../${name}/main.js`, import.meta.url));
  const process = fork(main, [...args], { env, stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const exited = once(process, "exit").then(([code, signal]): ChildExit => ({ code, signal }));
  const message = once(process, "message").then(([content]) => content as ServiceMessage);
  return {
    name,
    exited,
    firstMessage: Promise.race([message, exited.then(() => undefined)]),
    stop: () => stopChild(process, exited),
  };
}

/**
 * Stops a child by closing its channel: that reaches the child even when this process is killed.
 */
async function stopChild(child: ChildProcess, exited: Promise<ChildExit>): Promise<void> {
  if (child.connected) child.disconnect();
  const forced = setTimeout(() => child.kill("SIGKILL"), FORCE_AFTER_MS);
  await exited;
  clearTimeout(forced);
}
