import { type AddressInfo, createServer } from "node:net";
import { GetRequest, GetResponse } from "../../gen/tightwire/bench/v1/bench.js";
import { sampleGetResponse } from "../../sample.js";
import { DATA, HEADERS, LoopOutput, readFrames } from "./frames.js";

const PREFACE_BYTES = 24;
const SETTINGS = 4;
/** `:status 200` and a content type; `grpc-status: 0`: as literals. */
const HEAD: Buffer = Buffer.concat([
  Buffer.from([0x88, 0x0f, 0x10, 16]),
  Buffer.from("application/grpc"),
]);
const TRAILERS: Buffer = Buffer.concat([
  Buffer.from([0, 11]),
  Buffer.from("grpc-status"),
  Buffer.from([1, 0x30]),
]);

const handler = async ({ id }: GetRequest): Promise<GetResponse> => sampleGetResponse(id);

/**
 * A loop over a socket that responds to `get` with real messages and an async handler, and leaves
 * out all else: no header block is decoded, no window counted, nothing bounded, no deadline kept.
 * What an engine that does those things is measured by.
 */
export function startServer(): Promise<string> {
  const server = createServer({ noDelay: true }, (socket) => {
    const output = new LoopOutput(socket);
    output.frame(SETTINGS, 0, 0, new Uint8Array());
    async function respond(streamId: number, bytes: Buffer): Promise<void> {
      const response = await handler(GetRequest.decode(bytes));
      output.frame(HEADERS, 4, streamId, HEAD);
      output.message(0, streamId, GetResponse.encode(response).finish());
      output.frame(HEADERS, 5, streamId, TRAILERS);
    }
    readFrames(socket, PREFACE_BYTES, (type, _flags, streamId, bytes, start, end) => {
      if (type === DATA) void respond(streamId, bytes.subarray(start + 5, end));
    });
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () =>
      resolve(`127.0.0.1:${(server.address() as AddressInfo).port}`),
    );
  });
}
