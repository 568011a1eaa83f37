import http2 from "node:http2";
import { createEventLog, eventually } from "@tightwire/testing";
import { CallBooks, testMessage } from "@tightwire/transport-contract";
import { describe, expect, onTestFinished, test } from "vitest";
import { listenAt, openClient, readAll, rejectionOf, startServer } from "./pitfalls-stage.js";

const SERVICE = "/tightwire.testing.v1.TestService";
/**
 * A message of three bytes, `number` set to 1 after an empty field, with its five bytes of framing.
 */
const WHOLE = Buffer.from([0, 0, 0, 0, 2, 0x18, 1]);
/** Where a message can stop: in its framing, after it, in its bytes. */
const CUTS = [1, 4, 5, 6];

/** What a raw peer received. */
interface RawResponse {
  readonly code: number;
  readonly text: string;
}

/** Calls a method with nothing of gRPC but the bytes given, then half-closes the stream. */
async function callRaw(
  address: string,
  method: string,
  body: Buffer,
  headers: http2.OutgoingHttpHeaders = {},
): Promise<RawResponse> {
  const session = http2.connect(`http://${address}`);
  onTestFinished(() => session.destroy());
  const stream = session.request({
    ":method": "POST",
    ":path": `${SERVICE}/${method}`,
    "content-type": "application/grpc",
    te: "trailers",
    ...headers,
  });
  const response = new Promise<RawResponse>((resolve, reject) => {
    const read = (fields: http2.IncomingHttpHeaders): void => {
      if (fields["grpc-status"] === undefined) return;
      resolve({
        code: Number(fields["grpc-status"]),
        text: decodeURI(String(fields["grpc-message"])),
      });
    };
    stream.on("response", read).on("trailers", read).on("error", reject);
    stream.on("close", () => reject(new Error(`closed without a status, by ${stream.rstCode}`)));
  });
  stream.resume().end(body);
  return await response;
}

/** A peer that responds to every call with these bytes and OK. */
function listenResponding(body: Buffer): Promise<string> {
  const server = http2.createServer();
  server.on("stream", (stream) => {
    stream.on("error", () => {});
    stream.respond(
      { ":status": 200, "content-type": "application/grpc" },
      { waitForTrailers: true },
    );
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(body);
  });
  return listenAt(server);
}

describe("a message that stops short is INTERNAL", () => {
  test.each(CUTS)(
    "in a request, after %i of its bytes, and no handler takes what came before for all of it",
    async (cut) => {
      const books = new CallBooks();
      const log = createEventLog();
      const gather = async (
        requests: AsyncIterable<unknown>,
      ): Promise<ReturnType<typeof testMessage>> => {
        await readAll(requests).catch((error: unknown) => {
          log.add(`handler ${(error as { code: string }).code}`);
          throw error;
        });
        log.add("committed");
        return testMessage();
      };
      const { address } = await startServer(
        {
          unary: () => Promise.resolve(log.add("committed")).then(() => testMessage()),
          async *serverStream() {
            log.add("committed");
            yield testMessage();
          },
          clientStream: gather,
          async *bidiStream(requests) {
            yield await gather(requests);
          },
        },
        { observers: [books] },
      );
      const cutShort = { code: 13, text: "the requests end in the middle of a message" };
      for (const method of ["Unary", "ServerStream"])
        expect(await callRaw(address, method, WHOLE.subarray(0, cut))).toEqual(cutShort);
      for (const method of ["ClientStream", "BidiStream"]) {
        expect(
          await callRaw(address, method, Buffer.concat([WHOLE, WHOLE.subarray(0, cut)])),
        ).toEqual(cutShort);
      }
      await eventually(() => expect(log.entries).toEqual(["handler internal", "handler internal"]));
      expect(books.calls.map(({ code, message }) => `${code}: ${message}`)).toEqual(
        Array(4).fill(`internal: ${cutShort.text}`),
      );
      expect((await callRaw(address, "ClientStream", WHOLE)).code).toBe(0);
    },
  );

  test.each(CUTS)("in a response, after %i of its bytes", async (cut) => {
    const { client } = openClient(
      await listenResponding(Buffer.concat([WHOLE, WHOLE.subarray(0, cut)])),
    );
    const cutShort = {
      code: "internal",
      message: "the response ends in the middle of a message",
      origin: "local",
    };
    expect(await rejectionOf(client.unary({}))).toMatchObject(cutShort);
    expect(await rejectionOf(client.clientStream([{}]))).toMatchObject(cutShort);
    for (const stream of [client.serverStream({}), client.bidiStream([{}])]) {
      const numbers: bigint[] = [];
      const reading = (async () => {
        for await (const { number } of stream) numbers.push(number);
      })();
      expect(await rejectionOf(reading)).toMatchObject(cutShort);
      expect(numbers).toEqual([1n]);
    }
    const whole = openClient(await listenResponding(WHOLE));
    expect((await whole.client.unary({})).number).toBe(1n);
  });
});

describe("grpc-timeout", () => {
  test.each(["-1S", "123456789S", "1.5S", "1 S", "1s", "S", "1", "1S, 1S", "x".repeat(500)])(
    "%j is malformed: INTERNAL, named, logged, and no handler runs",
    async (timeout) => {
      const books = new CallBooks();
      const { address } = await startServer(
        {
          clientStream() {
            throw new Error("ran");
          },
        },
        { observers: [books] },
      );
      for (const method of ["Unary", "ClientStream", "NoSuchMethod"]) {
        const response = await callRaw(address, method, WHOLE, { "grpc-timeout": timeout });
        expect(response).toEqual({
          code: 13,
          text: `grpc-timeout is malformed: ${JSON.stringify(timeout.slice(0, 40))}`,
        });
      }
      expect(books.codes).toEqual(["internal", "internal", "internal"]);
      expect(books.calls.flatMap(({ failures }) => failures)).toEqual([]);
    },
  );

  test.each([
    ["1000H", 3_600_000_000],
    ["2592000S", 2_592_000_000],
    ["99999999H", 99_999_999 * 3_600_000],
  ])("%s is a long time, and not cut short", async (timeout, ms) => {
    const left: number[] = [];
    const { address } = await startServer({
      async clientStream(_requests, call) {
        left.push(call.timeLeftMs);
        return testMessage();
      },
    });
    expect((await callRaw(address, "ClientStream", WHOLE, { "grpc-timeout": timeout })).code).toBe(
      0,
    );
    expect(left[0]).toBeGreaterThan(ms - 60_000);
    expect(left[0]).toBeLessThanOrEqual(ms);
  });

  test("that has passed cancels the call", async () => {
    const { address } = await startServer({ clientStream: () => new Promise(() => {}) });
    for (const timeout of ["0S", "1n", "5m"]) {
      expect(
        (await callRaw(address, "ClientStream", WHOLE, { "grpc-timeout": timeout })).code,
      ).toBe(4);
    }
  });
});
