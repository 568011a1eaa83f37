import type { Interceptor, Logger, Observer } from "@tightwire/core";
import {
  type ClientTransport,
  type Clock,
  checkCount,
  checkLogger,
  checkObservers,
  checkOption,
  checkSystem,
  checkTime,
  type Random,
  refuseUnknownOptions,
} from "@tightwire/core/runtime";
import type { BalancerFactory } from "../balancer/balancer.js";
import { type BalancerName, checkBalancer } from "../balancer/by-name.js";
import type { Lookup } from "../resolver/resolve-target.js";
import type { PolicyOverride } from "./policy-override.js";

/** Options of a channel. All are optional. */
export interface ChannelOptions {
  /**
   * How bytes reach the server. Default: `wire()` in cleartext. The others are `grpcJs()` of
   * `@tightwire/client/grpc-js`, and `inProcess(server)` of `@tightwire/server`, which the target
   * `in-process:` needs.
   */
  readonly transport?: ClientTransport;
  /**
   * Timeout of unary calls that set none themselves, in milliseconds; `Infinity` for none. Default:
   * the contract's, else 10,000.
   */
  readonly timeoutMs?: number;
  /**
   * How long streaming calls that do not say it themselves may go without a message either way, in
   * milliseconds; `Infinity` for as long as it takes. Default: the contract's, else 300,000.
   */
  readonly idleTimeoutMs?: number;
  /**
   * What holds for single methods instead of their contract and of the two options above; see
   * `overridePolicies`. Default: none.
   */
  readonly policies?: readonly PolicyOverride[];
  /**
   * How long connecting to one endpoint may take, in milliseconds; `Infinity` for as long as it
   * takes. Over `wire()` also how long a silent server may take to acknowledge a PING. Default
   * 5,000.
   */
  readonly connectTimeoutMs?: number;
  /**
   * Looks up the addresses of the host of a `dns` target; rejects when there are none. Default: the
   * system's resolver.
   */
  readonly lookup?: Lookup;
  /**
   * How calls are spread over the endpoints of a target that has several: `least-loaded` by calls
   * in flight and latency, `round-robin` one after the other, `pick-first` all to the first that
   * accepts a connection; or a function that makes a balancer of your own. Default `least-loaded`.
   */
  readonly balancer?: BalancerName | BalancerFactory;
  /** Limit of one response message, in bytes after decompression. Default 4 MiB. */
  readonly maxMessageBytes?: number;
  /**
   * Whether requests are checked against the `buf.validate` rules of their contract before they are
   * sent: a call whose request breaks one fails with INVALID_ARGUMENT, and nothing is sent. Default
   * true.
   */
  readonly validateRequests?: boolean;
  /** Run around every call, the first one outermost. Default: none. */
  readonly interceptors?: readonly Interceptor[];
  /**
   * Run around every attempt, inside `interceptors`: the place to refresh a token. What one changes
   * of the call, and its `onFinish` listener, belong to that attempt. Default: none.
   */
  readonly attemptInterceptors?: readonly Interceptor[];
  /** Gets one line for each call. Default: no log. */
  readonly logger?: Logger;
  /** Observe every call, after the log. Default: none. */
  readonly observers?: readonly Observer[];
  /** The clock of all that the channel does, for tests in virtual time. Default: the system's. */
  readonly clock?: Clock;
  /** The source of jitter, for tests that can be repeated. Default: the system's. */
  readonly random?: Random;
}

const OPTION_NAMES: readonly string[] = [
  "transport",
  "timeoutMs",
  "idleTimeoutMs",
  "policies",
  "connectTimeoutMs",
  "lookup",
  "balancer",
  "maxMessageBytes",
  "validateRequests",
  "interceptors",
  "attemptInterceptors",
  "logger",
  "observers",
  "clock",
  "random",
];

/** Throws a MisuseError that names an unknown option, or one whose value is not allowed. */
export function checkChannelOptions(options: ChannelOptions): void {
  refuseUnknownOptions("createChannel", options, OPTION_NAMES);
  checkOption("lookup", options.lookup, "function");
  checkOption("validateRequests", options.validateRequests, "boolean");
  checkOption("interceptors", options.interceptors, "array");
  checkOption("attemptInterceptors", options.attemptInterceptors, "array");
  checkLogger(options.logger);
  checkObservers(options.observers);
  checkSystem(options.clock, options.random);
  checkTime("timeoutMs", options.timeoutMs);
  checkTime("idleTimeoutMs", options.idleTimeoutMs);
  checkOption("policies", options.policies, "array");
  checkTime("connectTimeoutMs", options.connectTimeoutMs);
  checkBalancer(options.balancer);
  checkCount("maxMessageBytes", options.maxMessageBytes);
}
