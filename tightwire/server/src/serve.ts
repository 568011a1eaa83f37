import {
  checkArgument,
  checkOption,
  refuseUnknownOptions,
  type ServerTransport,
} from "@tightwire/core/runtime";
import { addHealth, HealthService } from "./health/health.js";
import { checkAddress } from "./listen-address.js";
import { addReflection, REFLECTION } from "./reflection/reflection.js";
import type { Server } from "./server.js";
import { checkServer, checkTransport } from "./server-arguments.js";
import { checkStopOptions, STOP_OPTION_NAMES, type StopOptions } from "./stop.js";

/** How a server is served; all but the address is optional. */
export interface ServeOptions extends StopOptions {
  /** `127.0.0.1:50051`, `[::]:50051` or `unix:/path`; port 0 takes a free one. */
  readonly address: string;
  /** Default `wire()`, in cleartext; the other one is `grpcJs()` of `@tightwire/server/grpc-js`. */
  readonly transport?: ServerTransport;
  /** Serves `grpc.health.v1.Health`, unless it was added before. Default true. */
  readonly health?: boolean;
  /** Serves `grpc.reflection.v1` and `v1alpha`, unless they were added before. Default true. */
  readonly reflection?: boolean;
  /**
   * Signals that stop the server gracefully; a second one closes everything at once. Default
   * SIGTERM and SIGINT; an empty list for none.
   */
  readonly signals?: readonly NodeJS.Signals[];
}

/** A server that is being served. */
export interface Served {
  /** Where it listens, with the port that was chosen. */
  readonly address: string;
  /**
   * Resolves when the server has stopped, by a signal or by {@link stop}: the moment to close
   * databases. The process then exits by itself.
   */
  readonly stopped: Promise<void>;
  /** Stops the server as a signal would. */
  stop(options?: StopOptions): Promise<void>;
}

const OPTION_NAMES: readonly string[] = [
  "address",
  "transport",
  "health",
  "reflection",
  "signals",
  ...STOP_OPTION_NAMES,
];

/**
 * Serves a server as a process of its own does: with health, reflection, signals and a graceful
 * stop (see `Server.stop`). Rejects with a MisuseError for an invalid option, and with an Error
 * that says why it cannot listen; it can be tried again then. Never exits the process.
 */
export async function serve(server: Server, options: ServeOptions): Promise<Served> {
  checkServeArguments(server, options);
  const {
    address,
    transport,
    health = true,
    reflection = true,
    signals = ["SIGTERM", "SIGINT"],
  } = options;
  // They are there already when this is tried again after the server could not listen.
  if (health && !serves(server, HealthService.name)) addHealth(server);
  if (reflection && !serves(server, REFLECTION)) addReflection(server);
  const listener = await server.listen(address, transport);
  const stopOptions = stopOptionsOf(options);
  const { promise: stopped, resolve: resolveStopped } = deferred();
  const removeListeners = onSignals(
    signals,
    () => void stop(),
    () => void server.stopNow(),
  );

  async function stop(more: StopOptions = {}): Promise<void> {
    await server.stop({ ...stopOptions, ...more });
    removeListeners();
    resolveStopped();
  }
  return { address: listener.address, stopped, stop };
}

function serves(server: Server, name: string): boolean {
  return server.services.some((service) => service.name === name);
}

function checkServeArguments(server: Server, options: ServeOptions): void {
  checkServer(server);
  refuseUnknownOptions("serve", options, OPTION_NAMES);
  checkAddress(options.address);
  if (options.transport !== undefined) checkTransport(options.transport);
  checkOption("health", options.health, "boolean");
  checkOption("reflection", options.reflection, "boolean");
  checkSignals(options.signals);
  checkStopOptions(options);
}

function checkSignals(signals: readonly unknown[] | undefined): void {
  checkOption("signals", signals, "array");
  for (const [index, signal] of (signals ?? []).entries())
    checkArgument(`signals[${index}]`, signal, "string");
}

function stopOptionsOf({ pauseMs, graceMs }: ServeOptions): StopOptions {
  return {
    ...(pauseMs === undefined ? {} : { pauseMs }),
    ...(graceMs === undefined ? {} : { graceMs }),
  };
}

/** Calls `first` on the first signal and `later` on each one after it; returns how to stop that. */
function onSignals(
  signals: readonly NodeJS.Signals[],
  first: () => void,
  later: () => void,
): () => void {
  let count = 0;
  const listener = (): void => (count++ === 0 ? first() : later());
  for (const signal of signals) process.on(signal, listener);
  return () => {
    for (const signal of signals) process.off(signal, listener);
  };
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
