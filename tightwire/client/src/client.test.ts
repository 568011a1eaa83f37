import type { CallOptions, MethodDefinition, ServiceDefinition } from "@tightwire/core";
import { MisuseError } from "@tightwire/core";
import { expect, test } from "vitest";
import { createChannel } from "./channel/create-channel.js";
import { createClient } from "./client.js";

const codec = {
  encode: () => new Uint8Array(),
  decode: () => ({}),
  create: () => ({}),
};

function method(name: string, kind: MethodDefinition["kind"]): MethodDefinition {
  return {
    path: `/shop.v1.Shop/${name}`,
    kind,
    request: codec,
    response: codec,
    policy: {},
    redacted: { request: [], response: [] },
  } as unknown as MethodDefinition;
}

const Shop = {
  name: "shop.v1.Shop",
  methods: {
    get: method("Get", "unary"),
    watch: method("Watch", "server_streaming"),
    put: method("Put", "client_streaming"),
    chat: method("Chat", "bidi_streaming"),
  },
} as unknown as ServiceDefinition;

type AnyMethod = (request: unknown, options?: unknown) => unknown;

test.each([
  [undefined, "undefined"],
  [null, "null"],
  ["Shop", "string"],
  [{}, "object"],
])("a definition that is none is refused: %j", (definition, shown) => {
  const create = () => createClient(definition as never, createChannel("localhost:1"));
  expect(create).toThrow(
    `the first argument of createClient must be a generated service definition (got ${shown})`,
  );
  expect(create).toThrow(expect.objectContaining({ code: "TW_INVALID_OPTION" }));
});

test.each([[undefined], ["dns:///localhost:1"], [{}]])(
  "a channel that is none is refused: %j",
  (channel) => {
    expect(() => createClient(Shop, channel as never)).toThrow(
      expect.objectContaining({ code: "TW_NOT_A_CHANNEL" }),
    );
  },
);

test.each<[string, unknown, string, string]>([
  [
    "misspelt",
    { timeOutMs: 5 },
    "TW_UNKNOWN_OPTION",
    'unknown option of a call to .*: "timeOutMs"; allowed: timeoutMs, ',
  ],
  ["a signal that is none", { signal: {} }, "TW_INVALID_OPTION", "signal must be an AbortSignal"],
  ["a timeout that is none", { timeoutMs: 0 }, "TW_INVALID_OPTION", "timeoutMs must be "],
  ["onHeaders", { onHeaders: 1 }, "TW_INVALID_OPTION", "onHeaders must be a function"],
  ["compress", { compress: "gzip" }, "TW_INVALID_OPTION", "compress must be a boolean or a fun"],
  ["detached", { detached: 1 }, "TW_INVALID_OPTION", "detached must be a boolean"],
  ["no object", 5000, "TW_INVALID_OPTION", "the options of a call to .* must be an object"],
])("options of a call are checked: %s", async (_name, options, code, message) => {
  const channel = createChannel("localhost:1", {
    observers: [{ started: () => expect.fail("a call was started") }],
  });
  const client = createClient(Shop, channel) as Record<string, AnyMethod>;
  for (const name of ["get", "watch", "put", "chat"]) {
    const call = async () => client[name]?.({}, options as CallOptions);
    const error: unknown = await call().catch((thrown: unknown) => thrown);
    expect(error, name).toBeInstanceOf(MisuseError);
    expect(error, name).toMatchObject({ code, message: expect.stringMatching(message) });
  }
});

test("an interceptor is called once, when the channel is made", () => {
  let composed = 0;
  const channel = createChannel("localhost:1", {
    interceptors: [
      (next) => {
        composed++;
        return next;
      },
    ],
  });
  createClient(Shop, channel);
  createClient(Shop, channel);
  expect(composed).toBe(1);
});
