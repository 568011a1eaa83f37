import { credentials } from "@grpc/grpc-js";
import { type ChannelOptions, createChannel, createClient } from "@tightwire/client";
import { grpcJs } from "@tightwire/client/grpc-js";
import { wire } from "@tightwire/wire/client";
import { BenchServiceClient } from "./gen/grpc-js/bench/v1/bench.js";
import { BenchService } from "./gen/tightwire/bench/v1/bench.service.js";

/**
 * Makes a connection of its own, and opens streams on it that were used once, both ways, and stay
 * open.
 */
export type StreamOpener = (address: string, count: number) => Promise<void>;

/** By peer. */
export const STREAM_OPENERS: Readonly<Record<string, StreamOpener>> = {
  "grpc-js": openGrpcJs,
  "tightwire-grpc-js": (address, count) => openTightwire(address, count, grpcJs()),
  "tightwire-wire": (address, count) => openTightwire(address, count, wire()),
};

async function openGrpcJs(address: string, count: number): Promise<void> {
  const stub = new BenchServiceClient(address, credentials.createInsecure(), {
    "grpc.use_local_subchannel_pool": 1,
  });
  for (let opened = 0; opened < count; opened++) {
    await new Promise((resolve, reject) => {
      const call = stub.chat();
      call.once("data", resolve);
      call.once("error", reject);
      call.write({ sequence: 0, text: "ping" });
    });
  }
}

async function openTightwire(
  address: string,
  count: number,
  transport: ChannelOptions["transport"],
): Promise<void> {
  const client = createClient(
    BenchService,
    createChannel(address, transport === undefined ? {} : { transport }),
  );
  for (let opened = 0; opened < count; opened++) {
    await client
      .chat(once(), { idleTimeoutMs: Number.POSITIVE_INFINITY })
      [Symbol.asyncIterator]()
      .next();
  }
}

/** One message, and then nothing for ever. */
async function* once(): AsyncGenerator<{ sequence: number; text: string }> {
  yield { sequence: 0, text: "ping" };
  await new Promise(() => {});
}
