import { fileURLToPath } from "node:url";
import type { GrpcOptions } from "@nestjs/microservices";

/**
 * What both halves give to NestJS's gRPC transport: absent fields come as their defaults, and int64
 * as numbers, the cheaper of the two forms that typed code has.
 */
export function grpcOptions(url: string): GrpcOptions["options"] {
  return {
    package: "bench.v1",
    protoPath: fileURLToPath(new URL("../../../proto/bench/v1/bench.proto", import.meta.url)),
    url,
    loader: { longs: Number, defaults: true },
  };
}
