import type { Metadata as GrpcMetadata, StatusObject } from "@grpc/grpc-js";
import { type Completion, localCompletion, StatusNumber } from "@tightwire/core/runtime";
import { foreignResponse } from "./foreign-response.js";
import { fromGrpcMetadata } from "./metadata.js";
import { writtenByGrpcJs } from "./origin.js";

/** How a call finished, by the status that grpc-js reports. `head`: the response's headers. */
export function completionOf(status: StatusObject, head: GrpcMetadata | undefined): Completion {
  const foreign = status.code === StatusNumber.OK ? undefined : foreignResponse(status, head);
  if (foreign !== undefined) return localCompletion(foreign, "unknown");
  const local = writtenByGrpcJs(status);
  return {
    // A code outside 0 to 16 is UNKNOWN; grpc-js passes on any number.
    code:
      Number.isInteger(status.code) && status.code >= 0 && status.code <= 16
        ? status.code
        : StatusNumber.UNKNOWN,
    message: status.details,
    headers: undefined,
    trailers: fromGrpcMetadata(status.metadata),
    outcome: local ? "unknown" : "responded",
    origin: local ? "local" : "peer",
  };
}
