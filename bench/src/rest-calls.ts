import type { Dispatcher, H2CClient, Pool } from "undici";
import type { GetResponse, ListResponse, WatchResponse } from "./gen/numbers/bench/v1/bench.js";
import type { NextHeaders } from "./headers.js";
import { type PeerClient, STREAM_TIMEOUT_MS, UNARY_TIMEOUT_MS } from "./peer.js";

/** How a server is told the time left: a header's name and value. */
export type TimeoutHeader = (timeoutMs: number) => readonly [name: string, value: string];

const X_TIMEOUT_MS: TimeoutHeader = (timeoutMs) => ["x-timeout-ms", `${timeoutMs}`];

/**
 * The bench service as undici calls it over REST. The server is told the time left by a header,
 * `x-timeout-ms` where nothing else is said; the client waits so long for the head of a response
 * and between any two parts of its body: undici's own timeouts, which cost the least.
 */
export function restCalls(
  origin: Pool | H2CClient,
  nextHeaders: NextHeaders,
  timeoutHeader: TimeoutHeader = X_TIMEOUT_MS,
): PeerClient {
  async function ask(path: string, timeoutMs: number): Promise<Dispatcher.ResponseData["body"]> {
    const [name, value] = timeoutHeader(timeoutMs);
    const { statusCode, body } = await origin.request({
      path,
      method: "GET",
      headers: { [name]: value, ...nextHeaders?.() },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
    if (statusCode !== 200)
      throw new Error(`${path} responds with ${statusCode}: ${await body.text()}`);
    return body;
  }
  return {
    get: async (id) => (await (await ask(`/orders/${id}`, UNARY_TIMEOUT_MS)).json()) as GetResponse,
    list: async (pageSize) =>
      (await (await ask(`/lines?pageSize=${pageSize}`, UNARY_TIMEOUT_MS)).json()) as ListResponse,
    watch: async (count) => countLines(await ask(`/changes?count=${count}`, STREAM_TIMEOUT_MS)),
    chat: () =>
      Promise.reject(
        new Error("REST has no streams in both directions: it cannot do the case chat"),
      ),
  };
}

async function countLines(body: Dispatcher.ResponseData["body"]): Promise<number> {
  let seen = 0;
  let rest = "";
  body.setEncoding("utf8");
  for await (const text of body as AsyncIterable<string>) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    const changes = lines.map((line) => JSON.parse(line) as WatchResponse);
    seen += changes.length;
  }
  return seen;
}
