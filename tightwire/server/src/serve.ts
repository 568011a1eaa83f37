import { refuseUnknownOptions, type ServerTransport } from "@tightwire/core/runtime";
import { addHealth } from "./health.js";
import { addReflection } from "./reflection.js";
import { checkStopOptions, type Server, type StopOptions } from "./server.js";

/** How a server is served; all but the address is optional. */
export interface ServeOptions extends StopOptions {
  /** `127.0.0.1:50051`, `[::]:50051` or `unix:/path`; port 0 takes a free one. */
  readonly address: string;
  /** Default `wire()`, over cleartext; `grpcJs()` of `@tightwire/server/grpc-js` is the other. */
  readonly transport?: ServerTransport;
  /** Serve `grpc.health.v1.Health`. Default true. */
  readonly health?: boolean;
  /** Serve `grpc.reflection.v1` and `v1alpha`. Default true. */
  readonly reflection?: boolean;
  /**
   * What makes it stop gracefully; a second one ends it at once. Default SIGTERM and SIGINT; none
   * with an empty list.
   */
  readonly signals?: readonly NodeJS.Signals[];
}

/** A server that is being served. */
export interface Served {
  /** Where it listens, with the port that was chosen. */
  readonly address: string;
  /**
   * Resolves when it has stopped, by a signal or by {@link stop}: the moment to close databases.
   * The process then ends by itself.
   */
  readonly stopped: Promise<void>;
  /** Stops it as a signal would. */
  stop(options?: StopOptions): Promise<void>;
}

const OPTION_NAMES: readonly string[] = [
  "address",
  "transport",
  "health",
  "reflection",
  "signals",
  "pauseMs",
  "graceMs",
];

/**
 * Serves a server as a process of its own does: health, reflection, signals and a graceful stop
 * (see `Server.stop`). Rejects with an Error that says why when it cannot listen. Never ends the
 * process.
 */
export async function serve(server: Server, options: ServeOptions): Promise<Served> {
  refuseUnknownOptions("serve", options, OPTION_NAMES);
  checkStopOptions(options);
  const {
    address,
    transport,
    health = true,
    reflection = true,
    signals = ["SIGTERM", "SIGINT"],
  } = options;
  if (health) addHealth(server);
  if (reflection) addReflection(server);
  const listener = await server.listen(address, transport);
  const stopOptions = stopOptionsOf(options);
  const { promise: stopped, resolve: tellStopped } = deferred();
  const forget = onSignals(
    signals,
    () => void stop(),
    () => void server.stopNow(),
  );

  async function stop(more: StopOptions = {}): Promise<void> {
    await server.stop({ ...stopOptions, ...more });
    forget();
    tellStopped();
  }
  return { address: listener.address, stopped, stop };
}

function stopOptionsOf({ pauseMs, graceMs }: ServeOptions): StopOptions {
  return {
    ...(pauseMs === undefined ? {} : { pauseMs }),
    ...(graceMs === undefined ? {} : { graceMs }),
  };
}

/** Hears the first signal and the second one; returns how to stop that. */
function onSignals(
  signals: readonly NodeJS.Signals[],
  first: () => void,
  second: () => void,
): () => void {
  let heard = 0;
  const listener = (): void => (heard++ === 0 ? first() : second());
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
