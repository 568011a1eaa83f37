import type { LifeHeaders, NextHeaders } from "./headers.js";
import { type PeerClient, STREAM_TIMEOUT_MS, UNARY_TIMEOUT_MS } from "./peer.js";

/**
 * A typed client of the bench service whose responses are promises, and whose streams are async
 * iterables.
 */
export interface IterableClient<Options> {
  get(request: { id: string }, options: Options): ReturnType<PeerClient["get"]>;
  list(request: { pageSize: number }, options: Options): ReturnType<PeerClient["list"]>;
  watch(request: { count: number }, options: Options): AsyncIterable<unknown>;
  chat(requests: AsyncIterable<ChatRequest>, options: Options): AsyncIterable<unknown>;
}

type ChatRequest = { sequence: number; text: string };

/**
 * The calls of the bench service by such a client. `optionsOf` makes the options of one call out of
 * its deadline and headers.
 */
export function iterableCalls<Options>(
  client: IterableClient<Options>,
  nextHeaders: NextHeaders,
  optionsOf: (timeoutMs: number, headers: LifeHeaders | undefined) => Options,
): PeerClient {
  const unary = (): Options => optionsOf(UNARY_TIMEOUT_MS, nextHeaders?.());
  const stream = (): Options => optionsOf(STREAM_TIMEOUT_MS, nextHeaders?.());
  return {
    get: (id) => client.get({ id }, unary()),
    list: (pageSize) => client.list({ pageSize }, unary()),
    watch: (count) => watch(client.watch({ count }, stream())),
    chat: (count, responded) =>
      chat((requests) => client.chat(requests, stream()), count, responded),
  };
}

async function watch(changes: AsyncIterable<unknown>): Promise<number> {
  let seen = 0;
  for await (const _ of changes) seen++;
  return seen;
}

async function chat(
  call: (requests: AsyncIterable<ChatRequest>) => AsyncIterable<unknown>,
  count: number,
  responded: () => void,
): Promise<number> {
  let seen = 0;
  let next = (): void => {};
  async function* requests(): AsyncGenerator<ChatRequest> {
    for (let sequence = 0; sequence < count; sequence++) {
      const response = new Promise<void>((resolve) => {
        next = resolve;
      });
      yield { sequence, text: "ping" };
      await response;
    }
  }
  for await (const _ of call(requests())) {
    responded();
    seen++;
    next();
  }
  return seen;
}
