import {
  createCallLog,
  type Interceptor,
  type Logger,
  MisuseError,
  type Observer,
  type ServiceDefinition,
} from "@tightwire/core";
import {
  type Clock,
  checkCount,
  combineObservers,
  createReport,
  type Listener,
  type Random,
  type Report,
  refuseUnknownOptions,
  type ServerTransport,
  systemClock,
  systemRandom,
} from "@tightwire/core/runtime";
import { wire } from "@tightwire/wire/server";
import { createAcceptor } from "./acceptor.js";
import { checkArgument, checkOption } from "./argument.js";
import { createHealth, type HealthState } from "./health/health-state.js";
import type { Exactly } from "./implement.js";
import { checkAddress } from "./listen-address.js";
import { type ServiceOptions, ServiceRegistry } from "./service-registry.js";
import {
  checkStopOptions,
  type OpenStream,
  STOP_OPTION_NAMES,
  type StopOptions,
  stopServer,
} from "./stop.js";

/** Settings of a server; all optional. */
export interface ServerOptions {
  /** Gets a line for each call and for each unexpected error. Default: nothing is logged. */
  readonly logger?: Logger;
  /** Hear every call, after the log. Default none. */
  readonly observers?: readonly Observer[];
  /** Interceptors around every handler, the first outermost. Default none. */
  readonly interceptors?: readonly Interceptor[];
  /** The largest request message, after decompression, in bytes. Default 4 MiB. */
  readonly maxMessageBytes?: number;
  /** The source of time, for tests in virtual time. Default: the process's. */
  readonly clock?: Clock;
  /** The source of random numbers, for tests that repeat. Default: the process's. */
  readonly random?: Random;
}

/** Services, and the addresses where they are served. */
export interface Server {
  /**
   * Adds a service. The compiler compares the handlers exactly with the contract (see `implement`).
   * Throws a MisuseError when a handler is missing, an option is unknown, the service was added
   * before, or the server already listens.
   */
  add<Handlers, Client, Given extends Handlers>(
    definition: ServiceDefinition<Handlers, Client>,
    handlers: Given & Exactly<Handlers, Given>,
    options?: ServiceOptions,
  ): Server;
  /**
   * Listens at `127.0.0.1:50051` (port 0: a free one) or `unix:/path`. The default transport is
   * `wire()` in cleartext. Call it again to listen at more addresses. Rejects with an Error that
   * says why it cannot listen; throws a MisuseError for an argument of the wrong kind, and once the
   * server was stopped.
   */
  listen(address: string, transport?: ServerTransport): Promise<Listener>;
  /** The definitions that were added. */
  readonly services: readonly ServiceDefinition[];
  /** What health checks report. */
  readonly health: HealthState;
  /**
   * Stops the server. It reports NOT_SERVING at once. After the pause it takes no new calls and
   * tells streams to finish. Calls in flight finish; those left when the grace period ends are
   * cancelled. Never rejects; throws a MisuseError for an invalid option. A second call returns the
   * promise of the first.
   */
  stop(options?: StopOptions): Promise<void>;
  /** Closes everything at once, also during a stop. Never rejects. */
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

/** Makes a server without services. Throws a MisuseError for an unknown or invalid option. */
export function createServer(options: ServerOptions = {}): Server {
  checkServerOptions(options);
  const {
    logger,
    interceptors = [],
    maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES,
    clock = systemClock,
    random = systemRandom,
  } = options;
  const report = createReport(logger);
  const observer = observerOf(options, report);
  const streams = new Set<OpenStream>();
  const registry = new ServiceRegistry(interceptors, { observer, streams, clock, random });
  const { methods, services } = registry;
  const acceptor = createAcceptor({ methods, observer, maxMessageBytes, clock, random });
  const listeners: Listener[] = [];
  const { health, shutDown: shutDownHealth } = createHealth();
  const force = new AbortController();
  const stopParts = { shutDownHealth, listeners, streams, force: force.signal, clock };
  let stopped: Promise<void> | undefined;

  const server: Server = {
    services,
    health,
    add(definition, handlers, serviceOptions = {}) {
      registry.add(definition, handlers, serviceOptions);
      health.set(definition.name, "serving");
      return server;
    },
    listen(address, transport = wire()) {
      checkAddress(address);
      checkArgument("transport", transport, "object");
      if (stopped !== undefined)
        throw new MisuseError("TW_STOPPED", "the server was stopped and cannot listen again");
      registry.seal();
      return transport.listen(address, acceptor).then((listener) => {
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
      refuseUnknownOptions("stop", stopOptions, STOP_OPTION_NAMES);
      checkStopOptions(stopOptions);
      if (stopped === undefined) {
        logger?.info({}, "stopping");
        stopped = stopServer(stopParts, stopOptions).then(() => logger?.info({}, "stopped"));
      }
      return stopped;
    },
    stopNow() {
      force.abort();
      return server.stop();
    },
  };
  return server;
}

function checkServerOptions(options: ServerOptions): void {
  checkArgument("the options of createServer", options, "object");
  refuseUnknownOptions("createServer", options, OPTION_NAMES);
  checkCount("maxMessageBytes", options.maxMessageBytes);
  checkOption("logger", options.logger, "object");
  checkOption("observers", options.observers, "array");
  checkOption("interceptors", options.interceptors, "array");
}

function observerOf(
  { logger, observers = [] }: ServerOptions,
  report: Report,
): Observer | undefined {
  const log = logger === undefined ? [] : [createCallLog(logger)];
  return combineObservers([...log, ...observers], report);
}
