import { createServer } from "@tightwire/server";
import { wire } from "@tightwire/wire/server";
import { BenchService } from "../../gen/tightwire/bench/v1/bench.service.js";
import { tightwireHandlers } from "../../tightwire-handlers.js";

/** Tightwire's server over the wire, all options as they come. */
export async function startServer(): Promise<string> {
  const listener = await createServer()
    .add(BenchService, tightwireHandlers)
    .listen("127.0.0.1:0", wire());
  return listener.address;
}
