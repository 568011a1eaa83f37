import type { Peer } from "./peer.js";

/** What all others are compared with. */
export const BASE_PEER = "grpc-js";

/**
 * All that can be measured. To add one: `peers/<name>/server.ts` and `client.ts`, and a line here.
 * Each is loaded only in its own processes.
 */
export const PEERS: readonly Peer[] = [
  {
    name: BASE_PEER,
    server: () => import("./peers/grpc-js/server.js"),
    client: () => import("./peers/grpc-js/client.js"),
  },
  {
    name: "tightwire-grpc-js",
    server: () => import("./peers/tightwire-grpc-js/server.js"),
    client: () => import("./peers/tightwire-grpc-js/client.js"),
  },
  {
    name: "tightwire-wire",
    server: () => import("./peers/tightwire-wire/server.js"),
    client: () => import("./peers/tightwire-wire/client.js"),
  },
  {
    name: "tightwire-wire-tls",
    server: () => import("./peers/tightwire-wire-tls/server.js"),
    client: () => import("./peers/tightwire-wire-tls/client.js"),
  },
  {
    name: "nice-grpc",
    server: () => import("./peers/nice-grpc/server.js"),
    client: () => import("./peers/nice-grpc/client.js"),
  },
  {
    name: "connect-node",
    server: () => import("./peers/connect-node/server.js"),
    client: () => import("./peers/connect-node/client.js"),
  },
  {
    name: "nestjs",
    server: () => import("./peers/nestjs/server.js"),
    client: () => import("./peers/nestjs/client.js"),
  },
  {
    name: "fastify-http1",
    server: () => import("./peers/fastify-http1/server.js"),
    client: () => import("./peers/fastify-http1/client.js"),
    cannot: ["chat"],
  },
  {
    name: "fastify-http1-pipelined",
    server: () => import("./peers/fastify-http1/server.js"),
    client: () => import("./peers/fastify-http1-pipelined/client.js"),
    cannot: ["chat"],
  },
  {
    name: "fastify-http2",
    server: () => import("./peers/fastify-http2/server.js"),
    client: () => import("./peers/fastify-http2/client.js"),
    cannot: ["chat"],
  },
  {
    name: "bare-loop",
    server: () => import("./peers/bare-loop/server.js"),
    client: () => import("./peers/bare-loop/client.js"),
    cannot: ["list", "watch", "chat"],
  },
  {
    name: "gateway-in-process",
    server: () => import("./peers/gateway-in-process/server.js"),
    client: () => import("./peers/gateway-in-process/client.js"),
    cannot: ["chat"],
  },
  {
    name: "gateway-proxy",
    server: () => import("./peers/gateway-proxy/server.js"),
    client: () => import("./peers/gateway-in-process/client.js"),
    cannot: ["chat"],
  },
  {
    name: "fastify-grpc-js-proxy",
    server: () => import("./peers/fastify-grpc-js-proxy/server.js"),
    client: () => import("./peers/fastify-grpc-js-proxy/client.js"),
    cannot: ["watch", "chat"],
  },
  {
    name: "tightwire-in-process",
    server: undefined,
    client: () => import("./peers/tightwire-in-process/client.js"),
  },
];

/**
 * Peers that are compared with one other beside those that all are compared with: the gateway with
 * what one would write by hand.
 */
export const PAIRS: readonly (readonly [peer: string, against: string])[] = [
  ["gateway-in-process", "fastify-http1"],
  ["gateway-proxy", "fastify-grpc-js-proxy"],
];

/** What Tightwire does, as it comes: measured against every other. */
export const OWN_PEER = "tightwire-wire";

/** The peer of that name. Throws an Error that lists the names there are. */
export function findPeer(name: string): Peer {
  const peer = PEERS.find((one) => one.name === name);
  if (peer === undefined)
    throw new Error(
      `there is no peer "${name}"; there are ${PEERS.map((one) => one.name).join(", ")}`,
    );
  return peer;
}
