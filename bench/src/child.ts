import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import type { Answer, Question, Role } from "./messages.js";

/** A process that plays one half of a peer. */
export interface Child {
  /** Where it listens, if it is a server. */
  readonly address: string | undefined;
  /** The version of Node.js that it runs on. */
  readonly node: string;
  readonly pid: number;
  /**
   * Asks and waits for the response, one question at a time; rejects when the child fails, ends or
   * says nothing for `timeoutMs`.
   */
  ask(question: Question, timeoutMs: number): Promise<Answer>;
  /** Lets it end by itself, and ends it by force after 5 s. Never rejects. */
  stop(): Promise<void>;
}

/** A build of this program, which may be of another checkout. */
export interface Build {
  /** For errors. */
  readonly name: string;
  /** Its `child-main.js`. */
  readonly childMain: string;
}

/** The build that this program belongs to. */
export const OWN_BUILD: Build = {
  name: "this",
  childMain: join(import.meta.dirname, "child-main.js"),
};

/** What a child is started with. */
export interface ChildSettings {
  readonly role: Role;
  readonly peer: string;
  /** Clients: where the server listens. */
  readonly address: string | undefined;
  /** The node binary. */
  readonly node: string;
  readonly nodeOptions: readonly string[];
  /** The build that it runs. Default: the one that this program belongs to. */
  readonly build?: Build | undefined;
  /** The core that it may use; undefined for any. */
  readonly core: number | undefined;
}

const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 5_000;
const running = new Set<ChildProcess>();

/**
 * Ends every child when this process ends, however it does. To be called once, before the first
 * child.
 */
export function endChildrenWithThisProcess(): void {
  process.on("exit", () => {
    for (const child of running) child.kill("SIGKILL");
  });
  process.on("SIGINT", () => process.exit(130));
  process.on("SIGTERM", () => process.exit(143));
}

/**
 * Starts a child and waits until it is ready. Rejects with an Error that names it when it does not
 * start.
 */
export async function startChild(settings: ChildSettings): Promise<Child> {
  const { role, peer, address, node, nodeOptions, core, build = OWN_BUILD } = settings;
  const command = [
    node,
    ...nodeOptions,
    build.childMain,
    role,
    peer,
    ...(address === undefined ? [] : [address]),
  ];
  const [program = node, ...args] =
    core === undefined ? command : ["taskset", "-c", String(core), ...command];
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(program, args, {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: { ...env, NODE_ENV: "production" },
  });
  running.add(child);
  child.on("exit", () => running.delete(child));
  const name = `the ${role} of ${peer}${build === OWN_BUILD ? "" : ` (${build.name} build)`}`;
  const ready = await nextAnswer(child, name, START_TIMEOUT_MS);
  if (ready.say !== "ready") throw new Error(`${name} began with "${ready.say}"`);
  return {
    address: ready.address,
    node: ready.node,
    pid: child.pid as number,
    ask(question, timeoutMs) {
      const answer = nextAnswer(child, name, timeoutMs);
      child.send(question, () => {}); // a child that is gone is told by its exit
      return answer;
    },
    stop: () => stop(child),
  };
}

function nextAnswer(child: ChildProcess, name: string, timeoutMs: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => settle(() => reject(new Error(`${name} said nothing for ${timeoutMs} ms`))),
      timeoutMs,
    );
    const onMessage = (answer: Answer): void =>
      settle(() =>
        answer.say === "failed"
          ? reject(new Error(`${name} failed: ${answer.why}`))
          : resolve(answer),
      );
    const onExit = (code: number | null, signal: string | null): void =>
      settle(() => reject(new Error(`${name} ended (${signal ?? code})`)));
    const onError = (error: Error): void =>
      settle(() => reject(new Error(`${name} does not start: ${error.message}`)));
    function settle(how: () => void): void {
      clearTimeout(timer);
      child.off("message", onMessage).off("exit", onExit).off("error", onError);
      how();
    }
    child.on("message", onMessage).on("exit", onExit).on("error", onError);
    if (child.exitCode !== null || child.signalCode !== null)
      onExit(child.exitCode, child.signalCode);
  });
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
    child.once("exit", () => {
      clearTimeout(timer);
      resolve();
    });
    child.send({ ask: "stop" } satisfies Question, () => {});
  });
}
