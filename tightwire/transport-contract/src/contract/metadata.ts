import { Metadata, type MetadataInit, RpcError } from "@tightwire/core";
import { createGate, errorOf } from "@tightwire/testing";
import { expect } from "vitest";
import type { Suite } from "../suite.js";
import { callOnce, KINDS, readAll, responding } from "../test-handlers.js";
import { testMessage } from "../test-messages.js";

const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, index) => index);
const PRINTABLE = Array.from({ length: 93 }, (_, index) => String.fromCharCode(33 + index)).join(
  "",
);

const CARRIED: Readonly<Record<string, MetadataInit>> = {
  "a text": { "x-text": "hello there" },
  "a text of every printable character": { "x-text": PRINTABLE },
  "an empty text": { "x-text": "" },
  "bytes of every value": { "x-data-bin": ALL_BYTES },
  "no bytes": { "x-data-bin": new Uint8Array() },
  "bytes of every length modulo 3": {
    "x-data-bin": [ALL_BYTES.subarray(0, 1), ALL_BYTES.subarray(0, 2), ALL_BYTES.subarray(0, 3)],
  },
  "repeated texts": { "x-many": ["one", "two", "three"] },
  "repeated bytes, equal and empty ones too": {
    "x-many-bin": [ALL_BYTES, new Uint8Array(), ALL_BYTES],
  },
  "a key in upper case": { "X-Upper": "v" },
  "long values": { "x-long": "y".repeat(8_192), "x-long-bin": new Uint8Array(6_000).fill(200) },
  "a key of every kind of letter": { "a_b.c-9": "v" },
  "keys that objects have": { constructor: "c", toString: "t" },
  "fifty keys": Object.fromEntries(
    Array.from({ length: 50 }, (_, index) => [`x-key-${index}`, `v${index}`]),
  ),
  "the key __proto__": [["__proto__", "p"]],
};

/** What users may see of metadata: keys and values, repeated texts joined as transports may. */
function plain(metadata: Metadata | undefined, only: MetadataInit): Record<string, unknown> {
  const found: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [key] of new Metadata(only)) {
    const all = metadata?.getAll(key) ?? [];
    found[key] = key.endsWith("-bin")
      ? all.map((bytes) => [...(bytes as Uint8Array)])
      : all.join(", ");
  }
  return found;
}

/** Metadata both ways, by all kinds of call. */
export function metadata({ test }: Suite): void {
  for (const [what, init] of Object.entries(CARRIED)) {
    test(`carries ${what} as request metadata, headers and trailers`, async (stage) => {
      const wanted = plain(new Metadata(init), init);
      const seen: unknown[] = [];
      const { client } = await stage.open({
        handlers: responding((call) => {
          seen.push(plain(call.metadata, init));
          for (const [key, value] of new Metadata(init)) {
            call.headers.append(key, value);
            call.trailers.append(key, value);
          }
          return testMessage();
        }),
      });
      for (const kind of KINDS) {
        let headers: Metadata | undefined;
        let trailers: Metadata | undefined;
        await callOnce(client, kind, {
          metadata: init,
          onHeaders: (got) => (headers = got),
          onTrailers: (got) => (trailers = got),
        });
        expect(seen.pop(), `request of ${kind}`).toEqual(wanted);
        expect(plain(headers, init), `headers of ${kind}`).toEqual(wanted);
        expect(plain(trailers, init), `trailers of ${kind}`).toEqual(wanted);
      }
    });
  }

  test("carries nothing that nobody set", async (stage) => {
    const keys: string[] = [];
    const { client } = await stage.open({
      handlers: responding((call) => {
        for (const [key] of call.metadata) if (key !== "user-agent") keys.push(key);
        call.headers.set("x-head", "h");
        call.trailers.set("x-tail", "t");
        return testMessage();
      }),
    });
    for (const kind of KINDS) {
      let headers = new Metadata();
      let trailers = new Metadata();
      await callOnce(client, kind, {
        timeoutMs: 5_000,
        onHeaders: (got) => (headers = got),
        onTrailers: (got) => (trailers = got),
      });
      expect([...headers]).toEqual([["x-head", "h"]]);
      expect([...trailers]).toEqual([["x-tail", "t"]]);
    }
    expect(keys).toEqual([]);
  });

  test("refuses keys of the protocol and values that no header holds, before anything is sent", async (stage) => {
    const { client, serverBooks } = await stage.open({ handlers: responding(() => testMessage()) });
    const bad: MetadataInit[] = [
      { "grpc-timeout": "1S" },
      { ":path": "/" },
      { te: "trailers" },
      { "Content-Type": "text/plain" },
      { "x y": "v" },
      { "x-ä": "v" },
      { "x-text": "käse" },
      { "x-text": "a\nb" },
      { "x-data-bin": "text" },
    ];
    for (const metadata of bad)
      await expect(async () => await client.unary({}, { metadata })).rejects.toThrow(TypeError);
    expect(serverBooks.calls).toEqual([]);
  });

  test("goes its own way: what one side changes afterwards the other does not see", async (stage) => {
    const sent = new Metadata({ "x-a": "1" });
    const gate = createGate();
    const { client } = await stage.open({
      handlers: responding(async (call) => {
        await gate.passed;
        const response = testMessage({ text: `${call.metadata.get("x-a")}` });
        call.metadata.set("x-a", "3");
        return response;
      }),
    });
    const call = client.unary({}, { metadata: sent });
    sent.set("x-a", "2");
    gate.open();
    expect((await call).text).toBe("1");
    expect(sent.get("x-a")).toBe("2");
  });

  for (const kind of KINDS) {
    test(`carries trailers of a failed call by ${kind}`, async (stage) => {
      const { client } = await stage.open({
        handlers: responding((call) => {
          call.trailers.set("x-tail", "set by the handler");
          throw new RpcError("aborted", "no", { metadata: { "x-error": "set by the error" } });
        }),
      });
      let trailers: Metadata | undefined;
      const error = await errorOf(
        callOnce(client, kind, { onTrailers: (got) => (trailers = got) }),
      );
      for (const from of [error.metadata, trailers]) {
        expect(from?.get("x-tail")).toBe("set by the handler");
        expect(from?.get("x-error")).toBe("set by the error");
      }
    });
  }

  for (const kind of ["serverStream", "clientStream", "bidiStream"] as const) {
    test(`sends headers early by ${kind}`, async (stage) => {
      const early = createGate();
      const { client } = await stage.open({
        handlers: responding(async (call) => {
          call.headers.set("x-early", "yes");
          call.sendHeaders();
          call.sendHeaders();
          await early.passed;
          return testMessage({ text: "later" });
        }),
      });
      let heads = 0;
      const onHeaders = (headers: Metadata): void => {
        heads++;
        stage.log.add(`headers ${headers.get("x-early")}`);
        early.open();
      };
      const responses = await callOnce(client, kind, { onHeaders });
      stage.log.add(`response ${responses[0]?.text}`);
      expect(stage.log.entries).toEqual(["headers yes", "response later"]);
      expect(heads).toBe(1);
    });
  }

  test("gives headers before the first message, once, and trailers after the last", async (stage) => {
    const { client } = await stage.open({
      handlers: {
        async *serverStream(_request, call) {
          call.headers.set("x-head", "h");
          for (let number = 0n; number < 3n; number++) yield testMessage({ number });
          call.trailers.set("x-tail", "t");
        },
      },
    });
    const { log } = stage;
    const stream = client.serverStream(
      {},
      {
        onHeaders: (got) => log.add(`headers ${got.get("x-head")}`),
        onTrailers: (got) => log.add(`trailers ${got.get("x-tail")}`),
      },
    );
    const numbers = (await readAll(stream)).map(({ number }) => number);
    expect(numbers).toEqual([0n, 1n, 2n]);
    expect(log.entries).toEqual(["headers h", "trailers t"]);
  });
}
