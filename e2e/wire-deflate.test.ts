import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { promisify } from "node:util";
import { deflateSync } from "node:zlib";
import { Client, compressionAlgorithms, credentials } from "@grpc/grpc-js";
import { StatusNumber } from "@tightwire/core/runtime";
import { expect, onTestFinished, test } from "vitest";
import { PYTHON, pythonHas } from "./python.js";
import { data, headers, message, respondRaw, responseHead } from "./raw-peer.js";
import { callUnary, dial, serve } from "./wire-stage.js";

const PEER = join(import.meta.dirname, "deflate_peer.py");
const SIZES = [10, 1_000, 20_000, 1_000_000];

/** A server that echoes, and how the requests came that it had. */
async function serveEcho() {
  const compressed: (boolean | undefined)[] = [];
  const server = await serve(
    {},
    {
      "/t/Echo": ({ call, messages }) => ({
        start: () => call.pull(2),
        message: (_bytes, how) => void compressed.push(how),
        halfClosed() {
          call.respond(undefined, messages[0] ?? new Uint8Array(), undefined, true);
          call.handlerFinished();
        },
      }),
    },
  );
  return { server, compressed };
}

test("grpc-js sends deflate, and gets its echoes", async () => {
  const { server, compressed } = await serveEcho();
  const client = new Client(server.address, credentials.createInsecure(), {
    "grpc.default_compression_algorithm": compressionAlgorithms.deflate,
  });
  onTestFinished(() => client.close());
  const asIs = (bytes: Buffer): Buffer => bytes;
  for (const size of SIZES) {
    const sent = Buffer.alloc(size, 7);
    const got = await new Promise((resolve, reject) => {
      client.makeUnaryRequest("/t/Echo", asIs, asIs, sent, (error, value) =>
        error === null ? resolve(value) : reject(error),
      );
    });
    expect(sent.equals(got as Buffer)).toBe(true);
  }
  expect(compressed).toEqual(SIZES.map(() => true));
});

const installed = pythonHas("grpc");
const named = (what: string): string =>
  installed ? what : `${what} (left out: python3-grpcio is not installed)`;

test.skipIf(!installed)(named("grpcio sends deflate, and gets its echoes"), async () => {
  const { server, compressed } = await serveEcho();
  const { stdout } = await promisify(execFile)(PYTHON, ["-B", PEER, "client", server.address]);
  expect(stdout.trim()).toBe(SIZES.join(" "));
  // C-core sends as it is what would not become smaller.
  expect(compressed.slice(1)).toEqual(SIZES.slice(1).map(() => true));
});

test.skipIf(!installed)(named("our client reads what grpcio responds in deflate"), async () => {
  const peer = spawn(PYTHON, ["-B", PEER, "server"], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void peer.kill("SIGKILL"));
  const [address] = (await once(peer.stdout, "data")) as [Buffer];
  const connection = await dial(String(address).trim());
  for (const size of SIZES.slice(1)) {
    const sent = Buffer.alloc(size, 7);
    const { end, message: got, compressed } = await callUnary(connection, "/t/Echo", sent);
    expect([end.code, compressed, got?.equals(sent)]).toEqual([StatusNumber.OK, true, true]);
  }
});

test("our client reads a response in deflate, and asks for it", async () => {
  const asked: (string | undefined)[] = [];
  const address = await respondRaw((peer, streamId) => {
    const head = peer.frames.find((one) => one.streamId === streamId)?.fields;
    asked.push(head?.find(({ name }) => name === "grpc-accept-encoding")?.value);
    peer.send(
      headers(streamId, responseHead(["grpc-encoding", "deflate"])),
      data(streamId, message(deflateSync("deflated"), { flag: 1 })),
      headers(streamId, [["grpc-status", "0"]], { endStream: true }),
    );
  });
  const { message: got, compressed } = await callUnary(await dial(address), "/t/Echo");
  expect([got?.toString(), compressed, asked]).toEqual([
    "deflated",
    true,
    ["identity,gzip,deflate"],
  ]);
});
