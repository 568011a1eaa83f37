import { type CallOptions, Metadata, type MethodDefinition, RpcError } from "@tightwire/core";
import {
  type Completion,
  catchRejection,
  DETAILS_KEY,
  encodeStatusDetails,
  type Status,
  StatusNumber,
  statusNumber,
  validate,
  violationError,
} from "@tightwire/core/runtime";
import type { ChannelSettings } from "../channel/channel.js";

/**
 * Encodes a request, which may be given in part, once it is found to keep the rules of its
 * contract. Throws an RpcError that names the method: INVALID_ARGUMENT with violations for one that
 * breaks a rule, INTERNAL for one that cannot be encoded.
 */
export function encodeRequest(
  method: MethodDefinition,
  request: unknown,
  settings: ChannelSettings,
): Uint8Array {
  let broken: RpcError | undefined;
  try {
    const message = method.request.create(request as never);
    broken = findBroken(method, message, settings);
    if (broken === undefined) return method.request.encode(message);
  } catch (cause) {
    throw unencodable(method, cause);
  }
  throw broken;
}

/** The error of a request that breaks a rule of its contract; undefined when it keeps all. */
function findBroken(
  { checkRequest: check, path }: MethodDefinition,
  message: unknown,
  { validateRequests, clock }: ChannelSettings,
): RpcError | undefined {
  if (check === undefined || !validateRequests) return undefined;
  const broken = validate(check, message, clock);
  return broken && violationError(`the request of ${path}`, broken);
}

function unencodable({ path }: MethodDefinition, cause: unknown): RpcError {
  return new RpcError("internal", `the request of ${path} cannot be encoded: ${messageOf(cause)}`, {
    cause,
    call: path,
  });
}

/** How a run finishes whose request cannot be sent, for an error that was thrown here. */
export function requestFailure(thrown: unknown): {
  readonly status: Status;
  readonly cause: unknown;
  readonly trailers: Metadata | undefined;
} {
  const error = RpcError.from(thrown);
  const { message, details, cause } = error;
  const code = statusNumber(error.code);
  if (details.length === 0) return { status: { code, message }, cause, trailers: undefined };
  const trailers = new Metadata();
  trailers.appendReceived(DETAILS_KEY, encodeStatusDetails(code, message, details));
  return { status: { code, message }, cause, trailers };
}

/**
 * Whether a request is sent compressed. Throws an INTERNAL RpcError when the caller's own function
 * throws, or returns something other than a boolean.
 */
export function isCompressed(
  { compress = false }: CallOptions,
  path: string,
  request: unknown,
): boolean {
  if (typeof compress === "boolean") return compress;
  let compressed: unknown;
  try {
    compressed = compress(request as never);
  } catch (cause) {
    throw new RpcError("internal", `the compress option of a call to ${path} threw`, {
      cause,
      call: path,
    });
  }
  if (typeof compressed === "boolean") return compressed;
  catchRejection(compressed, () => {});
  throw new RpcError(
    "internal",
    `the compress option of a call to ${path} must return a boolean (got ${typeof compressed})`,
    { call: path },
  );
}

/** How a call finishes whose response cannot be decoded. */
export function undecodable(
  method: MethodDefinition,
  { headers, trailers }: Pick<Completion, "headers" | "trailers">,
  error: unknown,
): Completion {
  return {
    code: StatusNumber.INTERNAL,
    message: `the response of ${method.path} cannot be decoded: ${messageOf(error)}`,
    headers,
    trailers,
    outcome: "responded",
    origin: "local",
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
