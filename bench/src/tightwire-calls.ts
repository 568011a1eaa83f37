import { type Channel, createClient } from "@tightwire/client";
import { type BenchClient, BenchService } from "./gen/tightwire/bench/v1/bench.service.js";
import { type PeerClient, STREAM_TIMEOUT_MS, UNARY_TIMEOUT_MS } from "./peer.js";

const STREAM_OPTIONS = { timeoutMs: STREAM_TIMEOUT_MS };
const UNARY_OPTIONS = { timeoutMs: UNARY_TIMEOUT_MS };

/** The bench service as Tightwire's typed client calls it, over whatever transport the channel has. */
export function tightwireCalls(channel: Channel): PeerClient {
  const client = createClient(BenchService, channel);
  return {
    get: (id) => client.get({ id }, UNARY_OPTIONS),
    list: (pageSize) => client.list({ pageSize }, UNARY_OPTIONS),
    watch: (count) => watch(client, count),
    chat: (count, answered) => chat(client, count, answered),
  };
}

async function watch(client: BenchClient, count: number): Promise<number> {
  let seen = 0;
  for await (const _ of client.watch({ count }, STREAM_OPTIONS)) seen++;
  return seen;
}

async function chat(client: BenchClient, count: number, answered: () => void): Promise<number> {
  let seen = 0;
  let next = (): void => {};
  async function* requests(): AsyncGenerator<{ sequence: number; text: string }> {
    for (let sequence = 0; sequence < count; sequence++) {
      const reply = new Promise<void>((resolve) => {
        next = resolve;
      });
      yield { sequence, text: "ping" };
      await reply;
    }
  }
  for await (const _ of client.chat(requests(), STREAM_OPTIONS)) {
    answered();
    seen++;
    next();
  }
  return seen;
}
