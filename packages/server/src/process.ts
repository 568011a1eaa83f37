import { StartError } from "./start-error.js";

/** What the launcher hears from a service's process once it serves. */
export interface ServingMessage {
  readonly kind: "serving";
  readonly address: string;
  /** Where it keeps its rows, for people; absent when it keeps none. */
  readonly database?: string;
}

/** What the launcher hears from a service's process that cannot start. */
export interface FailureMessage {
  readonly kind: "failed";
  /** For stderr. */
  readonly text: string;
}

/** What a service's process tells the launcher. */
export type ServiceMessage = ServingMessage | FailureMessage;

/** A service that serves. */
export interface RunningService extends Omit<ServingMessage, "kind"> {
  /** Drains and closes everything. Called once. */
  stop(): Promise<void>;
}

/**
 * Runs a service as this process: starts it, tells the launcher when there is one, and stops it on
 * SIGTERM, SIGINT or when the launcher is gone. Exits with 0 after a stop. When it cannot start it
 * says so in a sentence, to the launcher or, without one, on stderr, and exits with 1.
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
    // A launcher that is gone gave up because another service could not start, and has said why.
    if (launched) await tellLauncher({ kind: "failed", text });
    else process.stderr.write(`${text}\n`);
    process.exitCode = 1;
  }
  if (process.connected) process.disconnect();
}

/** Resolves when the launcher was told, or there is none, or none any more. */
function tellLauncher(message: ServiceMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, undefined, undefined, () => resolve());
  });
}

/**
 * Resolves at the first signal, or when the channel to the launcher closes. Listens from the first
 * moment on, so that no signal ends a start halfway.
 */
export function whenStopIsAsked(): Promise<void> {
  return new Promise((resolve) => {
    process.on("SIGTERM", () => resolve());
    process.on("SIGINT", () => resolve());
    process.on("disconnect", () => resolve());
    // The launcher went before anybody listened.
    if (process.send !== undefined && !process.connected) resolve();
  });
}

/** A sentence for what the user can put right; all there is to know for anything else. */
export function describeStartFailure(error: unknown): string {
  if (error instanceof StartError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
