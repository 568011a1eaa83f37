import { createServer } from "@tightwire/server";
import { grpcJs } from "@tightwire/server/grpc-js";
import { BenchService } from "../../gen/tightwire/bench/v1/bench.service.js";
import { tightwireHandlers } from "../../tightwire-handlers.js";

/** Tightwire's server over grpc-js, all options as they come. */
export async function startServer(): Promise<string> {
  const listener = await createServer()
    .add(BenchService, tightwireHandlers)
    .listen("127.0.0.1:0", grpcJs());
  return listener.address;
}
