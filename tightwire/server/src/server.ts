import {
  createCallLog,
  type Interceptor,
  type LimitsReport,
  type Logger,
  MisuseError,
  type Observer,
  type ServiceDefinition,
} from "@tightwire/core";
import {
  type Clock,
  checkArgument,
  checkCount,
  checkLogger,
  checkObservers,
  checkOption,
  checkSystem,
  combineObservers,
  contain,
  createReport,
  createScopeRunner,
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
import { createHealth, type HealthState } from "./health/health-state.js";
import type { Exactly } from "./implement.js";
import { createLimitLog } from "./limit-log.js";
import { checkAddress } from "./listen-address.js";
import { OpenStreams } from "./open-streams.js";
import { checkTransport } from "./server-arguments.js";
import { reportLimits } from "./server-limits.js";
import { type ServiceOptions, ServiceRegistry } from "./service-registry.js";
import { checkStopOptions, STOP_OPTION_NAMES, type StopOptions, stopServer } from "./stop.js";

/** Settings of a server; all optional. */
export interface ServerOptions {
  /**
   * Gets a line for each call and for each unexpected error. Default: calls are not logged, and
   * unexpected errors are printed on stderr.
   */
  readonly logger?: Logger;
  /** Hear every call, after the log. Default none. */
  readonly observers?: readonly Observer[];
  /**
   * Interceptors around every handler, the first outermost. They do not run for health and
   * reflection, so that probes need no credentials; those of `add` and its methods run inside them.
   * Default none.
   */
  readonly interceptors?: readonly Interceptor[];
  /** The largest request message, after decompression, in bytes. Default 4 MiB. */
  readonly maxMessageBytes?: number;
  /**
   * Whether responses are checked against the `buf.validate` rules of their contract, as requests
   * always are: a call whose response breaks one fails with INTERNAL, and the log says why. Default
   * false.
   */
  readonly validateResponses?: boolean;
  /** The source of time, for tests in virtual time. Default: the process's. */
  readonly clock?: Clock;
  /** The source of random numbers, for tests that repeat. Default: the process's. */
  readonly random?: Random;
}

/** Services, and the addresses where they are served. */
export interface Server {
  /**
   * Adds a service. The compiler compares the handlers exactly with the contract (see `implement`).
   * Throws a MisuseError when a handler is missing, an option or interceptor is invalid, the
   * service was added before, or the server already listens; then it adds nothing.
   */
  add<Handlers, Client, Given extends Handlers>(
    definition: ServiceDefinition<Handlers, Client>,
    handlers: Given & Exactly<Handlers, Given>,
    options?: ServiceOptions<NoInfer<Handlers>>,
  ): Server;
  /**
   * Listens at `127.0.0.1:50051` (port 0: a free one) or `unix:/path`. The default transport is
   * `wire()` in cleartext. Call it again to listen at more addresses. Rejects with an Error that
   * says why it cannot listen, and can be tried again then; throws a MisuseError for an argument of
   * the wrong kind, and once the server was stopped.
   */
  listen(address: string, transport?: ServerTransport): Promise<Listener>;
  /** The definitions that were added. */
  readonly services: readonly ServiceDefinition[];
  /** What health checks report. */
  readonly health: HealthState;
  /**
   * What clients make the process hold, in bytes, by kind and by connection, and how often each
   * limit stopped one (see `docs/reference/wire-limits.md`). Only `wire()` keeps these books.
   */
  limits(): LimitsReport;
  /**
   * Stops the server. It reports NOT_SERVING at once. After the pause it takes no new calls and
   * tells streams (`call.draining`). Calls in flight may finish; those left when the grace period
   * has passed finish with UNAVAILABLE. Never rejects; throws a MisuseError for an invalid option.
   * A second call returns the promise of the first.
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
  "validateResponses",
  "clock",
  "random",
];

/**
 * Makes a server without services. Throws a MisuseError for an unknown or invalid option, and for
 * an interceptor that is not a function or does not return one.
 */
export function createServer(options: ServerOptions = {}): Server {
  checkServerOptions(options);
  const {
    logger,
    interceptors = [],
    maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES,
    validateResponses = false,
    clock = systemClock,
    random = systemRandom,
  } = options;
  const report = createReport(logger);
  const observer = observerOf(options, report);
  const streams = new OpenStreams();
  const logsFailures = logger !== undefined;
  const runInScope = createScopeRunner();
  const parts = {
    observer,
    streams,
    clock,
    random,
    report,
    logsFailures,
    validateResponses,
    runInScope,
  };
  const registry = new ServiceRegistry(interceptors, parts);
  const { methods, services } = registry;
  const limitActed = logger === undefined ? undefined : createLimitLog(logger, clock, report);
  const acceptor = createAcceptor({
    methods,
    observer,
    maxMessageBytes,
    clock,
    random,
    report,
    limitActed,
  });
  const listeners: Listener[] = [];
  const { health, shutDown: shutDownHealth } = createHealth(report);
  const force = new AbortController();
  const stopParts = { shutDownHealth, listeners, streams, force: force.signal, clock };
  let stopped: Promise<void> | undefined;

  function log(fields: object, message: string): void {
    if (logger === undefined) return;
    contain(
      () => logger.info(fields, message),
      (thrown) => report(thrown, "the logger", message),
    );
  }

  async function listen(address: string, transport: ServerTransport): Promise<Listener> {
    let listener: Listener;
    registry.seal();
    try {
      listener = await transport.listen(address, acceptor);
    } catch (error) {
      registry.unseal();
      throw error;
    }
    if (stopped !== undefined) {
      await listener.closeNow();
      throw stoppedError();
    }
    listeners.push(listener);
    const names = services.map(({ name }) => name);
    log({ address: listener.address, transport: transport.name, services: names }, "listening");
    return listener;
  }

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
      checkTransport(transport);
      if (stopped !== undefined) throw stoppedError();
      return listen(address, transport);
    },
    limits: () => reportLimits(listeners),
    stop(stopOptions = {}) {
      refuseUnknownOptions("stop", stopOptions, STOP_OPTION_NAMES);
      checkStopOptions(stopOptions);
      if (stopped === undefined) {
        log({}, "stopping");
        stopped = stopServer(stopParts, stopOptions).then(() => log({}, "stopped"));
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

function stoppedError(): MisuseError {
  return new MisuseError("TW_STOPPED", "the server was stopped and cannot listen again");
}

function checkServerOptions(options: ServerOptions): void {
  checkArgument("the options of createServer", options, "object");
  refuseUnknownOptions("createServer", options, OPTION_NAMES);
  checkCount("maxMessageBytes", options.maxMessageBytes);
  checkLogger(options.logger);
  checkObservers(options.observers);
  checkOption("interceptors", options.interceptors, "array");
  checkOption("validateResponses", options.validateResponses, "boolean");
  checkSystem(options.clock, options.random);
}

function observerOf(
  { logger, observers = [] }: ServerOptions,
  report: Report,
): Observer | undefined {
  const log = logger === undefined ? [] : [createCallLog(logger)];
  return combineObservers([...log, ...observers], report);
}
