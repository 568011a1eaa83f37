import { StartError } from "./start-error.js";

/** A service's process sends this to the launcher once it serves. */
export interface ServingMessage {
  readonly kind: "serving";
  readonly address: string;
  /** Where it keeps its rows, for people; absent when it has no database. */
  readonly database?: string;
}

/** A service's process sends this to the launcher when it cannot start. */
export interface FailureMessage {
  readonly kind: "failed";
  /** For stderr. */
  readonly text: string;
}

/** The first message of a service's process to the launcher. */
export type ServiceMessage = ServingMessage | FailureMessage;

/** A service that serves. */
export interface RunningService extends Omit<ServingMessage, "kind"> {
  /** Drains and closes everything. Called once. */
  stop(): Promise<void>;
}

/**
 * Runs a service as this process: starts it, reports to the launcher if there is one, and stops it
 * on SIGTERM, on SIGINT or when the launcher has exited. Exits with 0 after a stop. When the
 * service cannot start, it sends one sentence to the launcher, or prints it on stderr, and exits
 * with 1.
 */
export async function runService(start: () => Promise<RunningService>): Promise<void> {
  const launched = process.send !== undefined;
  const stopAsked = whenStopIsAsked();
  try {
    const service = await start();
    const { address, database } = service;
    await tellLauncher({
      kind: "serving",
      address,
      ...(database === undefined ? {} : { database }),
    });
    await stopAsked;
    await service.stop();
    process.exitCode = 0;
  } catch (error) {
    const text = describeStartFailure(error);
    // A launcher that has exited has already reported why: another service could not start.
    if (launched) await tellLauncher({ kind: "failed", text });
    else process.stderr.write(`${text}\n`);
    process.exitCode = 1;
  }
  if (process.connected) process.disconnect();
}

/** Sends a message to the launcher. Resolves when it was sent, or when there is no launcher. */
function tellLauncher(message: ServiceMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, undefined, undefined, () => resolve());
  });
}

/**
 * Resolves at the first signal, or when the channel to the launcher closes. It listens at once, so
 * that no signal kills the process in the middle of its start.
 */
export function whenStopIsAsked(): Promise<void> {
  return new Promise((resolve) => {
    process.on("SIGTERM", () => resolve());
    process.on("SIGINT", () => resolve());
    process.on("disconnect", () => resolve());
    // The launcher exited before this listened.
    if (process.send !== undefined && !process.connected) resolve();
  });
}

/** One sentence for what the user can fix; the stack of anything else. */
export function describeStartFailure(error: unknown): string {
  if (error instanceof StartError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
