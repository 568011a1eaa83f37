import { BASE_PEER, OWN_PEER } from "./peers.js";
import type { CaseResult, RatioResult } from "./result.js";
import type { Results } from "./results-file.js";
import type { Estimate } from "./statistics.js";

/** Something that Tightwire means to reach, and whether it does. */
export interface Target {
  readonly what: string;
  readonly against: string;
  /** The limit, and whether it is the least or the most that will do. */
  readonly limit: number;
  readonly kind: "at least" | "at most";
  /** What was measured; undefined when it was not. An interval, where there is one. */
  readonly reached: Estimate | number | undefined;
}

/** Whether a target that was measured is met: by its median. */
export function isMet({ limit, kind, reached }: Target): boolean | undefined {
  if (reached === undefined) return undefined;
  const value = typeof reached === "number" ? reached : reached.median;
  return kind === "at least" ? value >= limit : value <= limit;
}

/** All of them, with what was measured on one version of Node.js. */
export function targetsOf(results: Results): Target[] {
  const speed = (name: string, against: string): Estimate | undefined =>
    ratioOf(results, name, OWN_PEER, against)?.perSecond;
  const least = (
    what: string,
    against: string,
    limit: number,
    reached: Target["reached"],
  ): Target => ({
    what,
    against,
    limit,
    kind: "at least",
    reached,
  });
  const most = (
    what: string,
    against: string,
    limit: number,
    reached: Target["reached"],
  ): Target => ({
    what,
    against,
    limit,
    kind: "at most",
    reached,
  });
  const fastest = (name: string): string => bestRest(results.cases, name, (one) => -one.perSecond);
  const quickest = bestRest(results.cases, "get1", (one) => one.p50Us);
  return [
    least("calls of 350 bytes, 64 in flight (`get`)", BASE_PEER, 15, speed("get", BASE_PEER)),
    least("", fastest("get"), 4, speed("get", fastest("get"))),
    least("", "nice-grpc", 18, speed("get", "nice-grpc")),
    least("", "connect-node", 40, speed("get", "connect-node")),
    least(
      "the same with headers as in life (`get-life`)",
      BASE_PEER,
      10,
      speed("get-life", BASE_PEER),
    ),
    least("", fastest("get-life"), 3, speed("get-life", fastest("get-life"))),
    least(
      "a server alone on a core, under h2load",
      "gRPC C++, its better form",
      2,
      besideCpp(results),
    ),
    most(
      "half of the calls, 1 in flight (`get1`), take as long",
      quickest,
      0.6,
      ratioOf(results, "get1", OWN_PEER, quickest)?.p50,
    ),
    least("responses of 64 KiB, 64 in flight (`list`)", BASE_PEER, 5, speed("list", BASE_PEER)),
    least("", fastest("list"), 2, speed("list", fastest("list"))),
    least("streams of 1,000 messages (`watch`)", BASE_PEER, 5, speed("watch", BASE_PEER)),
    least("ping-pong on 64 streams (`chat`)", BASE_PEER, 5, speed("chat", BASE_PEER)),
    least(
      "`get` over TLS",
      "the same in plaintext",
      0.7,
      inverse(speed("get", "tightwire-wire-tls")),
    ),
    least(
      "`get` by REST, gateway and service in one process",
      "fastify-http1",
      0.7,
      ratioOf(results, "get", "gateway-in-process", "fastify-http1")?.perSecond,
    ),
    least(
      "`get` by REST, gateway before a service over the wire",
      "fastify-grpc-js-proxy",
      1.5,
      ratioOf(results, "get", "gateway-proxy", "fastify-grpc-js-proxy")?.perSecond,
    ),
    most(
      "memory of a server with 10,000 idle connections",
      BASE_PEER,
      1,
      memoryRatio(results, "idle-connections"),
    ),
    most(
      "memory of both sides with 10,000 open streams",
      BASE_PEER,
      1,
      memoryRatio(results, "open-streams"),
    ),
    most(
      "import of client and wire, cold, in ms",
      "",
      30,
      results.imports.find(({ what }) => what.includes("client"))?.ms,
    ),
  ];
}

function ratioOf(
  { ratios }: Results,
  name: string,
  peer: string,
  against: string,
): RatioResult | undefined {
  return ratios.find((one) => one.case === name && one.peer === peer && one.against === against);
}

/** The form of Fastify with undici that does best in a case. */
function bestRest(
  cases: readonly CaseResult[],
  name: string,
  costOf: (one: CaseResult) => number,
): string {
  const forms = cases.filter((one) => one.case === name && one.peer.startsWith("fastify-http"));
  return forms.sort((a, b) => costOf(a) - costOf(b))[0]?.peer ?? "fastify";
}

/** Over as many connections as C++ does best with. */
function besideCpp(results: Results): Estimate | undefined {
  const forms = results.serverAlone
    .filter((one) => one.peer === "grpc-cpp")
    .sort((a, b) => b.perSecond - a.perSecond);
  return forms[0] && ratioOf(results, forms[0].case, OWN_PEER, "grpc-cpp")?.perSecond;
}

function memoryRatio({ memory }: Results, name: string): number | undefined {
  const bytes = (peer: string): number => {
    const row = memory.find((one) => one.case === name && one.peer === peer);
    return row === undefined ? Number.NaN : row.serverBytesEach + (row.clientBytesEach ?? 0);
  };
  const ratio = bytes(OWN_PEER) / bytes(BASE_PEER);
  return Number.isFinite(ratio) ? ratio : undefined;
}

function inverse(estimate: Estimate | undefined): Estimate | undefined {
  return (
    estimate && { median: 1 / estimate.median, low: 1 / estimate.high, high: 1 / estimate.low }
  );
}
