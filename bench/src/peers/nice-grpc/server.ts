import { createServer } from "nice-grpc";
import { BenchServiceDefinition } from "../../gen/nice-grpc/bench/v1/bench.js";
import { handlers } from "../../handlers.js";

/** nice-grpc with ts-proto's generic definitions, all options as they come. */
export async function startServer(): Promise<string> {
  const server = createServer();
  server.add(BenchServiceDefinition, handlers);
  return `127.0.0.1:${await server.listen("127.0.0.1:0")}`;
}
