import type {
  Codec,
  LimitsPolicy,
  MethodDefinition,
  MethodKind,
  ServiceDefinition,
} from "@tightwire/core";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type Caller, callerOf } from "./caller.test-support.js";
import { createServer } from "./server.js";

const text: Codec<unknown> = {
  encode: ({ text }: { text: string }) => Buffer.from(text),
  decode: (bytes) => ({ text: Buffer.from(bytes).toString() }),
  create: (partial) => partial,
} as Codec<unknown>;

function method(name: string, kind: MethodKind, limits: LimitsPolicy): MethodDefinition {
  return {
    name,
    path: `/test.Limited/${name}`,
    kind,
    idempotency: "unknown",
    policy: { limits },
    http: [],
    redacted: { request: [], response: [] },
    request: text,
    response: text,
  };
}

const limits = { maxRequestBytes: 10, maxDurationMs: 700 };
const Limited: ServiceDefinition = {
  name: "test.Limited",
  methods: {
    unary: method("Unary", "unary", limits),
    upload: method("Upload", "client_streaming", limits),
    watch: method("Watch", "server_streaming", limits),
  },
};

let seen: string[];
let call: Caller;

const never = new Promise<never>(() => {});
const handlers = {
  unary: async ({ text: given }: { text: string }) => {
    seen.push(given);
    return given === "hang" ? never : { text: given };
  },
  async upload(requests: AsyncIterable<{ text: string }>) {
    for await (const request of requests) seen.push(request.text);
    return { text: "all" };
  },
  async *watch({ text: given }: { text: string }) {
    seen.push(given);
    yield { text: "first" };
    await never;
  },
};

beforeEach(async () => {
  seen = [];
  call = await callerOf(createServer().add(Limited as never, handlers as never));
});

// Once for all: the timer that all deadlines of the process share begins with the first.
beforeAll(() => void vi.useFakeTimers());
afterAll(() => void vi.useRealTimers());

const tooLarge = (name: string, bytes: number): string =>
  `resource_exhausted: a request of /test.Limited/${name} has ${bytes} bytes; its limit is 10 (limits.max_request_bytes)`;

test("a request as large as the contract allows is served, a larger one never reaches the handler", async () => {
  const fits = call(Limited, "unary", { text: "x".repeat(10) });
  const large = call(Limited, "unary", { text: "x".repeat(11) });
  const watched = call(Limited, "watch", { text: "x".repeat(99) });
  expect([await fits.finished, await large.finished, await watched.finished]).toEqual([
    "ok",
    tooLarge("Unary", 11),
    tooLarge("Watch", 99),
  ]);
  expect(seen).toEqual(["x".repeat(10)]);
});

test("each message of a stream has the limit for itself", async () => {
  const fits = call(Limited, "upload", { text: "x".repeat(9) }, { text: "y".repeat(9) });
  expect(await fits.finished).toBe("ok");
  const large = call(Limited, "upload", { text: "z" }, { text: "z".repeat(12) });
  expect(await large.finished).toBe(tooLarge("Upload", 12));
});

test("a call may run as long as the contract says, whatever its caller's deadline, streams too", async () => {
  const calls = [
    call(Limited, "unary", { text: "hang" }),
    call(Limited, "watch", { text: "hang" }),
  ];
  await vi.advanceTimersByTimeAsync(690);
  let finished = 0;
  for (const one of calls) void one.finished.then(() => finished++);
  await vi.advanceTimersByTimeAsync(0);
  expect(finished).toBe(0);
  // Deadlines of many calls share a timer, which may be some milliseconds late.
  await vi.advanceTimersByTimeAsync(60);
  expect(await Promise.all(calls.map((one) => one.finished))).toEqual(
    Array(2).fill("deadline_exceeded: the server's own limit of 700 ms for this method passed"),
  );
});

test("a server tightens the limits of a service, of a method, and never widens them", async () => {
  const options = {
    limits: { maxRequestBytes: 5, maxDurationMs: 9_000 },
    methods: { upload: { limits: { maxRequestBytes: 3 } } },
  };
  const server = createServer().add(Limited as never, handlers as never, options as never);
  call = await callerOf(server);
  const large = call(Limited, "unary", { text: "x".repeat(6) });
  expect(await large.finished).toContain("has 6 bytes; its limit is 5");
  const uploaded = call(Limited, "upload", { text: "x".repeat(4) });
  expect(await uploaded.finished).toContain("has 4 bytes; its limit is 3");
  const hanging = call(Limited, "unary", { text: "hang" });
  await vi.advanceTimersByTimeAsync(750);
  expect(await hanging.finished).toContain("limit of 700 ms");
  const wider = { methods: { unary: { limits: { maxRequestBytes: 11 } } } };
  const add = () => createServer().add(Limited as never, handlers as never, wider as never);
  expect(add).toThrow(
    "add(test.Limited): methods.unary.limits.maxRequestBytes must be at most the contract's 10 (got 11)",
  );
});
