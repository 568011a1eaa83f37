import type { Codec, MethodDefinition, ServiceDefinition } from "@tightwire/core";
import { createServer } from "@tightwire/server";
import type { SimulatedProcess } from "@tightwire/testing";

/** A message of the service: the number of its call. */
export interface Numbered {
  readonly number: number;
}

const numbered: Codec<Numbered> = {
  encode: ({ number }) => Buffer.from(String(number)),
  decode: (bytes) => ({ number: Number(Buffer.from(bytes).toString()) }),
  create: (partial) => partial as Numbered,
};

/** How long a call may take. */
export const TIMEOUT_MS = 3_000;

const DO: MethodDefinition = {
  name: "Do",
  path: "/test.Work/Do",
  kind: "unary",
  idempotency: "unknown",
  policy: { timeoutMs: TIMEOUT_MS },
  http: [],
  redacted: { request: [], response: [] },
  request: numbered as Codec<unknown>,
  response: numbered as Codec<unknown>,
};

export interface Work {
  do(request: Numbered): Promise<Numbered>;
}

/** A service whose calls must not be run twice. */
export const WorkService: ServiceDefinition<Work, Work> = {
  name: "test.Work",
  methods: { do: DO },
};

export const PORT = 50_051;

/** Serves it; `runs` hears of each call that a handler runs. */
export async function serveWork(
  process: SimulatedProcess,
  takesMs: number,
  runs: (number: number) => void,
): Promise<void> {
  const server = createServer({ ...process.system }).add(WorkService, {
    async do({ number }) {
      runs(number);
      await process.sleep(takesMs);
      return { number };
    },
  });
  await process.serve(server, PORT);
}
