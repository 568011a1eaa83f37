import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";

const STEP_TIMEOUT_MS = 30_000;
const running = new Set<ChildProcess>();
let ending = false;

/** Ends a child when this process ends, however it does. */
export function endWithThisProcess(child: ChildProcess): void {
  if (!ending) {
    ending = true;
    process.on("exit", () => {
      for (const one of running) one.kill("SIGKILL");
    });
  }
  running.add(child);
  child.once("exit", () => running.delete(child));
}

/** A process of ours: the attackers, or the neighbour. */
export interface Child<Question, Answer> {
  /** Waits for the next answer. Rejects when the child fails, ends or is silent for 30 s. */
  next(): Promise<Answer>;
  /** Asks, and waits for the answer. */
  ask(question: Question): Promise<Answer>;
  /** Ends it. */
  stop(): void;
}

/** Starts `dist/<main>` with these arguments, and a channel to it. */
export function startChild<Question extends string, Answer>(
  main: string,
  args: readonly string[],
): Child<Question, Answer> {
  const child = fork(join(import.meta.dirname, "../dist", main), args, {
    // V8's flags of this process are not theirs.
    execArgv: [],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    serialization: "json",
  });
  endWithThisProcess(child);
  function next(): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => settle(() => reject(new Error(`${main} said nothing for ${STEP_TIMEOUT_MS} ms`))),
        STEP_TIMEOUT_MS,
      );
      const onMessage = (answer: unknown): void => settle(() => resolve(answer as Answer));
      const onExit = (code: number | null): void =>
        settle(() => reject(new Error(`${main} ended (${code})`)));
      function settle(how: () => void): void {
        clearTimeout(timer);
        child.off("message", onMessage).off("exit", onExit);
        how();
      }
      child.on("message", onMessage).on("exit", onExit);
    });
  }
  return {
    next,
    ask(question) {
      const answer = next();
      child.send(question, () => {}); // a child that is gone is told by its exit
      return answer;
    },
    stop: () => void child.kill("SIGKILL"),
  };
}
