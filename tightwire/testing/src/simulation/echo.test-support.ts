import type {
  Codec,
  MethodDefinition,
  MethodKind,
  Policy,
  ServiceDefinition,
} from "@tightwire/core";
import { createServer } from "@tightwire/server";
import type { SimulatedProcess } from "./host.js";

const text: Codec<{ text: string }> = {
  encode: (message) => Buffer.from(message.text),
  decode: (bytes) => ({ text: Buffer.from(bytes).toString() }),
  create: (partial) => partial as { text: string },
};

function method(name: string, kind: MethodKind, policy: Policy): MethodDefinition {
  return {
    name,
    path: `/test.Echo/${name}`,
    kind,
    idempotency: "no_side_effects",
    policy,
    http: [],
    redacted: { request: [], response: [] },
    request: text as Codec<unknown>,
    response: text as Codec<unknown>,
  };
}

interface Text {
  readonly text: string;
}
export interface EchoHandlers {
  say(request: Text): Promise<Text>;
  count(request: Text): AsyncIterable<Text>;
}
export interface EchoClient {
  say(request: Text): Promise<Text>;
  count(request: Text): AsyncIterable<Text>;
}
/** A service for simulated worlds. */
export const Echo: ServiceDefinition<EchoHandlers, EchoClient> = {
  name: "test.Echo",
  methods: {
    say: method("Say", "unary", { timeoutMs: 3_000 }),
    count: method("Count", "server_streaming", {}),
  },
};

/** What each instance of the service does. */
export interface EchoOptions {
  /** How long `say` takes, in milliseconds, now. Default 5. */
  readonly takesMs?: () => number;
  /** Called first by each `say`; what it throws fails the call. */
  readonly said?: (text: string) => void;
}

/** Serves it on port 50,051. */
export async function serveEcho(
  process: SimulatedProcess,
  { takesMs = () => 5, said }: EchoOptions = {},
): Promise<void> {
  const server = createServer({ ...process.system }).add(Echo, {
    async say({ text }) {
      said?.(text);
      await process.sleep(takesMs());
      return { text: `${process.name} ${text}` };
    },
    async *count({ text }) {
      for (let number = 0; number < Number(text); number++) {
        await process.sleep(100);
        yield { text: String(number) };
      }
    },
  });
  await process.serve(server, 50_051);
}
