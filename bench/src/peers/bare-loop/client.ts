import { connect } from "node:net";
import { GetRequest, GetResponse } from "../../gen/tightwire/bench/v1/bench.js";
import type { PeerClient } from "../../peer.js";
import { DATA, HEADERS, LoopOutput, readFrames } from "./frames.js";

const HEAD: Buffer = Buffer.concat([
  Buffer.from([0x83, 0x86]),
  literal(":path", "/bench.v1.BenchService/Get"),
  literal("content-type", "application/grpc"),
]);

function literal(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.from([0, name.length]), Buffer.from(name), Buffer.from([value.length]), Buffer.from(value)]);
}

/** The loop's other half: the same fixed head on every call, a promise each, and an answer that is decoded. It can do `get` alone. */
export async function connectClient(address: string | undefined): Promise<PeerClient> {
  const socket = connect({ host: "127.0.0.1", port: Number(address?.split(":")[1]), noDelay: true });
  socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  const output = new LoopOutput(socket);
  const waiting = new Map<number, (response: GetResponse) => void>();
  let nextId = 1;
  readFrames(socket, 0, (type, _flags, streamId, bytes, start, end) => {
    if (type !== DATA) return;
    waiting.get(streamId)?.(GetResponse.decode(bytes.subarray(start + 5, end)));
    waiting.delete(streamId);
  });
  const cannot = (): Promise<never> => Promise.reject(new Error("bare-loop can do the cases get and get1 alone"));
  return {
    get: (id) =>
      new Promise((resolve) => {
        const streamId = nextId;
        nextId += 2;
        waiting.set(streamId, resolve);
        output.frame(HEADERS, 4, streamId, HEAD);
        output.message(1, streamId, GetRequest.encode({ id }).finish());
      }),
    list: cannot,
    watch: cannot,
    chat: cannot,
  };
}
