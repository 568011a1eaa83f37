import type { Interceptor, Logger, Observer, ServiceDefinition } from "@tightwire/core";
import { createCallLog } from "@tightwire/core";
import {
  type Acceptor,
  type Clock,
  checkCount,
  checkWait,
  combineObservers,
  type Listener,
  type Random,
  refuseUnknownOptions,
  type ServerTransport,
  systemClock,
  systemRandom,
  timerMs,
} from "@tightwire/core/runtime";
import { wire } from "@tightwire/wire/server";
import { createAcceptor } from "./acceptor.js";
import { createHealthState, type HealthState } from "./health-state.js";
import type { Exactly } from "./implement.js";
import { type Handler, type ServedMethod, serveMethod } from "./method.js";
import type { StreamCall } from "./stream.js";

/** Settings of a server; all optional. */
export interface ServerOptions {
  /** Gets one line a call and one line an unexpected error. Default: none are written. */
  readonly logger?: Logger;
  /** Hear every call, after the log. Default none. */
  readonly observers?: readonly Observer[];
  /** Around every handler, the first outermost. Default none. */
  readonly interceptors?: readonly Interceptor[];
  /** The largest request message that is taken, after decompression, in bytes. Default 4 MiB. */
  readonly maxMessageBytes?: number;
  /** Time and chance, for tests in virtual time. Default: those of the process. */
  readonly clock?: Clock;
  readonly random?: Random;
}

/** Settings of one service on a server; all optional. */
export interface ServiceOptions {
  /** Around this service's handlers, inside the server's own. Default none. */
  readonly interceptors?: readonly Interceptor[];
}

/** How a server stops. */
export interface StopOptions {
  /**
   * How long it goes on taking calls after it reports NOT_SERVING, so that balancers see it, in
   * milliseconds. Default 250.
   */
  readonly pauseMs?: number;
  /**
   * How long all of it may take, the pause included, before what is left is ended by force, in
   * milliseconds; `Infinity` for never. Default 10,000.
   */
  readonly graceMs?: number;
}

/** Services that are served together. */
export interface Server {
  /**
   * Adds a service. Throws a TypeError when a handler is missing, an option is unknown, the service
   * was added before, or the server listens already. Handlers are held exactly to the contract (see
   * `implement`).
   */
  add<Handlers, Client, Given extends Handlers>(
    definition: ServiceDefinition<Handlers, Client>,
    handlers: Given & Exactly<Handlers, Given>,
    options?: ServiceOptions,
  ): Server;
  /**
   * Listens at `127.0.0.1:50051` (port 0: a free one) or `unix:/path`; without a transport with
   * `wire()`, over cleartext. May be called more than once, for several addresses. Rejects with an
   * Error that says why; throws a TypeError once the server was stopped.
   */
  listen(address: string, transport?: ServerTransport): Promise<Listener>;
  /** The definitions that were added. */
  readonly services: readonly ServiceDefinition[];
  /** What health checks are told. */
  readonly health: HealthState;
  /** What transports ask; for those that do not listen. */
  readonly acceptor: Acceptor;
  /**
   * Stops: NOT_SERVING at once; after the pause no new calls, and streams are told to end; calls in
   * flight end; what is left when the grace period is over is ended by force. Never rejects; throws
   * a TypeError for an option that it does not take. A second call returns the first one's promise.
   */
  stop(options?: StopOptions): Promise<void>;
  /** Ends everything at once, a stop that is under way too. Never rejects. */
  stopNow(): Promise<void>;
}

const DEFAULT_MAX_MESSAGE_BYTES: number = 4 * 1024 * 1024;
const OPTION_NAMES: readonly string[] = [
  "logger",
  "observers",
  "interceptors",
  "maxMessageBytes",
  "clock",
  "random",
];

/**
 * Makes a server with no services yet. Throws a TypeError that names an option it does not know.
 */
export function createServer(options: ServerOptions = {}): Server {
  refuseUnknownOptions("createServer", options, OPTION_NAMES);
  checkCount("maxMessageBytes", options.maxMessageBytes);
  const {
    logger,
    observers = [],
    interceptors = [],
    maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES,
    clock = systemClock,
    random = systemRandom,
  } = options;
  const observer = combineObservers([
    ...(logger === undefined ? [] : [createCallLog(logger)]),
    ...observers,
  ]);
  const services: ServiceDefinition[] = [];
  const methods = new Map<string, ServedMethod>();
  const streams = new Set<StreamCall>();
  const listeners: Listener[] = [];
  const health = createHealthState();
  const force = new AbortController();
  let sealed = false;
  let stopping: Promise<void> | undefined;

  const server: Server = {
    services,
    health,
    acceptor: createAcceptor({ methods, observer, maxMessageBytes, clock, random }),
    add(definition, handlers, serviceOptions = {}) {
      refuseUnknownOptions(`add(${definition.name})`, serviceOptions, ["interceptors"]);
      if (sealed)
        throw new TypeError(
          `${definition.name} was added after the server began to listen; add all services before`,
        );
      if (services.some(({ name }) => name === definition.name))
        throw new TypeError(`${definition.name} was added twice`);
      const layers = [...interceptors, ...(serviceOptions.interceptors ?? [])];
      for (const [localName, method] of Object.entries(definition.methods)) {
        methods.set(
          method.path,
          serveMethod(method, handlerOf(definition, handlers, localName), layers, {
            observer,
            streams,
            clock,
            random,
          }),
        );
      }
      services.push(definition);
      health.set(definition.name, "serving");
      return server;
    },
    listen(address, transport = wire()) {
      if (stopping !== undefined)
        throw new TypeError("the server was stopped and cannot listen again");
      sealed = true;
      return transport.listen(address, server.acceptor).then((listener) => {
        listeners.push(listener);
        logger?.info(
          {
            address: listener.address,
            transport: transport.name,
            services: services.map(({ name }) => name),
          },
          "listening",
        );
        return listener;
      });
    },
    stop(stopOptions = {}) {
      refuseUnknownOptions("stop", stopOptions, ["pauseMs", "graceMs"]);
      checkStopOptions(stopOptions);
      if (stopping === undefined) {
        logger?.info({}, "stopping");
        stopping = stopServer(health, listeners, streams, force.signal, stopOptions, clock).then(
          () => logger?.info({}, "stopped"),
        );
      }
      return stopping;
    },
    stopNow() {
      force.abort();
      return server.stop();
    },
  };
  return server;
}

function handlerOf(definition: ServiceDefinition, handlers: unknown, localName: string): Handler {
  const handler = (handlers as Record<string, unknown>)[localName];
  if (typeof handler !== "function")
    throw new TypeError(`${definition.name} has no handler for ${localName}`);
  return handler.bind(handlers) as Handler;
}

/** Throws a TypeError that names what is no time. */
export function checkStopOptions({ pauseMs, graceMs }: StopOptions): void {
  checkWait("pauseMs", pauseMs);
  checkWait("graceMs", graceMs);
}

async function stopServer(
  health: HealthState,
  listeners: readonly Listener[],
  streams: ReadonlySet<StreamCall>,
  force: AbortSignal,
  options: StopOptions,
  clock: Clock,
): Promise<void> {
  const { pauseMs = 250 } = options;
  const graceMs = timerMs(options.graceMs ?? 10_000);
  const forcedAt = clock.now() + graceMs;
  health.shutDown();
  await pause(clock, Math.min(pauseMs, graceMs), force);
  const closeAll = (): void => listeners.forEach((listener) => void listener.closeNow());
  force.addEventListener("abort", closeAll);
  const drained = listeners.map((listener) => listener.drain(Math.max(forcedAt - clock.now(), 0)));
  for (const stream of [...streams]) stream.tellDraining();
  if (force.aborted) closeAll();
  await Promise.allSettled(drained);
  force.removeEventListener("abort", closeAll);
}

/** Waits so long, or until `cut` aborts. */
function pause(clock: Clock, ms: number, cut: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.setTimer(end, ms);
    function end(): void {
      timer.cancel();
      cut.removeEventListener("abort", end);
      resolve();
    }
    cut.addEventListener("abort", end);
    if (cut.aborted) end();
  });
}
