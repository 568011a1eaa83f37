import { isIP } from "node:net";
import type { ClientTransport, Clock, Random, Report } from "@tightwire/core/runtime";
import type { BalancerFactory } from "../balancer/balancer.js";
import { type BalancerName, balancerOf } from "../balancer/by-name.js";
import { EndpointPool } from "../endpoints/endpoint-pool.js";
import { type EndpointStatus, stateOf } from "../endpoints/endpoint-status.js";
import { EndpointSource } from "../resolver/endpoint-source.js";
import { type Lookup, resolveTarget } from "../resolver/resolve-target.js";
import type { Target } from "../resolver/target.js";
import type { OpenChannel } from "./channel.js";
import { type Connector, createConnector } from "./connector.js";

/** What the endpoints of a channel need. */
export interface EndpointsParts {
  readonly transport: ClientTransport;
  readonly lookup: Lookup;
  readonly balancer?: BalancerName | BalancerFactory;
  readonly timeoutMs: number;
  readonly maxMessageBytes: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly report: Report;
}

/** The part of a channel that its endpoints make up. */
export type Endpoints = Pick<OpenChannel, "ready" | "acquire" | "attempts" | "endpoints"> & {
  close(graceMs: number): Promise<void>;
};

/**
 * The endpoints of a target: one connection where there can be one endpoint only, or where one is
 * to be picked once; else a pool of them.
 */
export function openEndpoints(target: Target, parts: EndpointsParts): Endpoints {
  const { clock, random, report, lookup } = parts;
  const resolve = () => resolveTarget(target, lookup);
  const failure = (reason: string): string => `cannot connect to ${target.text}: ${reason}`;
  const balancer = balancerOf(parts.balancer);
  if (balancer === undefined || hasOneEndpoint(target)) {
    const one = { ...parts, target: target.text, addresses: resolve, failure };
    const connector = createConnector(one);
    const { ready, acquire, close } = connector;
    return {
      ready,
      acquire,
      close,
      attempts: undefined,
      endpoints: () => [statusOf(target, connector)],
    };
  }
  const pool = new EndpointPool({
    target: target.text,
    source: new EndpointSource({ target: target.text, resolve, clock, random, report }),
    balancer,
    failure,
    connect: (addresses, changed) =>
      createConnector({
        ...parts,
        target: "", // the reason of each endpoint names it
        addresses: async () => addresses,
        failure: (reason) => reason,
        changed,
      }),
    clock,
    random,
    report,
  });
  return {
    ready: () => pool.ready(),
    acquire: (ready, failed) => pool.acquire(ready, failed),
    close: (graceMs) => pool.close(graceMs),
    endpoints: () => pool.endpoints,
    attempts: pool,
  };
}

function statusOf(target: Target, { state }: Connector): EndpointStatus {
  const address =
    state.kind === "ready"
      ? state.connection.info.address
      : target.scheme === "static" && target.endpoints.length === 1
        ? (target.endpoints[0]?.address ?? target.text)
        : target.text;
  return { address, state: stateOf(state.kind), inFlight: undefined, latencyMs: undefined };
}

function hasOneEndpoint(target: Target): boolean {
  if (target.scheme === "static") return target.endpoints.length === 1;
  return target.scheme === "in-process" || isIP(target.host) !== 0;
}
