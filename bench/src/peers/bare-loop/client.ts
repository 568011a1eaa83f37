import { connect } from "node:net";
import { GetRequest, GetResponse } from "../../gen/tightwire/bench/v1/bench.js";
import type { LifeHeaders, NextHeaders } from "../../headers.js";
import type { PeerClient } from "../../peer.js";
import { DATA, HEADERS, LoopOutput, readFrames } from "./frames.js";

const HEAD: Buffer = Buffer.concat([
  Buffer.from([0x83, 0x86]),
  literal(":path", "/bench.v1.BenchService/Get"),
  literal("content-type", "application/grpc"),
]);

/** A field that goes into no table, its text as it is. */
function literal(name: string, value: string): Buffer {
  return Buffer.concat([
    Buffer.from([0, name.length]),
    Buffer.from(name),
    lengthOf(value),
    Buffer.from(value),
  ]);
}

/** An integer with a prefix of 7 bits, up to 16,510. */
function lengthOf({ length }: string): Buffer {
  const rest = length - 0x7f;
  if (rest < 0) return Buffer.from([length]);
  return Buffer.from(rest < 0x80 ? [0x7f, rest] : [0x7f, 0x80 | (rest & 0x7f), rest >> 7]);
}

function headWith({ traceparent, authorization }: LifeHeaders): Buffer {
  return Buffer.concat([
    HEAD,
    literal("traceparent", traceparent),
    literal("authorization", authorization),
  ]);
}

/**
 * The loop's other half: the same fixed head on every call, with headers as in life behind it, a
 * promise each, and a response that is decoded. It can do `get` alone.
 */
export async function connectClient(
  address: string | undefined,
  nextHeaders: NextHeaders,
): Promise<PeerClient> {
  const socket = connect({
    host: "127.0.0.1",
    port: Number(address?.split(":")[1]),
    noDelay: true,
  });
  socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  const output = new LoopOutput(socket);
  const waiting = new Map<number, (response: GetResponse) => void>();
  let nextId = 1;
  readFrames(socket, 0, (type, _flags, streamId, bytes, start, end) => {
    if (type !== DATA) return;
    waiting.get(streamId)?.(GetResponse.decode(bytes.subarray(start + 5, end)));
    waiting.delete(streamId);
  });
  const cannot = (): Promise<never> =>
    Promise.reject(new Error("bare-loop can do the cases get and get1 alone"));
  return {
    get: (id) =>
      new Promise((resolve) => {
        const streamId = nextId;
        nextId += 2;
        waiting.set(streamId, resolve);
        output.frame(
          HEADERS,
          4,
          streamId,
          nextHeaders === undefined ? HEAD : headWith(nextHeaders()),
        );
        output.message(1, streamId, GetRequest.encode({ id }).finish());
      }),
    list: cannot,
    watch: cannot,
    chat: cannot,
  };
}
