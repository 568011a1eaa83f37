import type { PartialMessage } from "./definition.js";
import { BadRequest } from "./gen/google/rpc/error_details.js";
import { Status as StatusMessage } from "./gen/google/rpc/status.js";
import { MisuseError } from "./misuse-error.js";

/**
 * One detail of an error: the full name of a message and its bytes, as `google.protobuf.Any`
 * carries them.
 */
export interface ErrorDetail {
  /** `google.rpc.BadRequest` */
  readonly type: string;
  readonly value: Uint8Array;
}

/**
 * A message that can be a detail: what ts-proto generates with `outputTypeAnnotations=static-only`,
 * as for the standard ones in `@tightwire/core/details`.
 */
export interface DetailType<T> {
  readonly $type: string;
  encode(message: T): { finish(): Uint8Array };
  decode(bytes: Uint8Array): T;
  fromPartial(partial: never): T;
}

/** Packs a message as an error detail: `detail(ErrorInfo, { reason: "STOCK", domain: "shop" })`. */
export function detail<T>(type: DetailType<T>, value: PartialMessage<T>): ErrorDetail {
  return { type: type.$type, value: type.encode(type.fromPartial(value as never)).finish() };
}

/**
 * A `google.rpc.BadRequest` detail out of field paths and what is wrong with each:
 * `badRequest({ "lines[0].quantity": "must be at least 1" })`.
 */
export function badRequest(violations: Readonly<Record<string, string>>): ErrorDetail {
  return detail(BadRequest, {
    fieldViolations: Object.entries(violations).map(([field, description]) => ({
      field,
      description,
    })),
  });
}

/**
 * Throws a {@link MisuseError} that names the first detail that is not one. Code without types may
 * give anything.
 */
export function checkDetails(details: readonly ErrorDetail[]): void {
  if (!Array.isArray(details))
    throw new MisuseError(
      "TW_INVALID_DETAILS",
      `details must be an array (got ${details === null ? "null" : typeof details})`,
    );
  for (const [index, one] of (details as readonly (Partial<ErrorDetail> | null)[]).entries()) {
    if (typeof one?.type !== "string" || one.type === "")
      throw invalidDetail(index, "type must be the full name of a message", one?.type);
    if (!(one.value instanceof Uint8Array))
      throw invalidDetail(index, "value must be a Uint8Array", one.value);
  }
}

function invalidDetail(index: number, wrong: string, value: unknown): MisuseError {
  const got = typeof value === "string" ? JSON.stringify(value) : typeof value;
  return new MisuseError(
    "TW_INVALID_DETAILS",
    `details[${index}].${wrong} (got ${got}); make details with detail() or badRequest()`,
  );
}

const TYPE_URL = "type.googleapis.com/";

/**
 * The bytes of `grpc-status-details-bin`: a `google.rpc.Status`. Source: the "richer error model"
 * of the gRPC error guide.
 */
export function encodeStatusDetails(
  code: number,
  message: string,
  details: readonly ErrorDetail[],
): Uint8Array {
  const any = details.map(({ type, value }) => ({ typeUrl: TYPE_URL + type, value }));
  return StatusMessage.encode({ code, message, details: any }).finish();
}

/**
 * The details in `grpc-status-details-bin`; none when the bytes are no `google.rpc.Status`, since a
 * bad detail must not hide the error.
 */
export function decodeStatusDetails(bytes: Uint8Array): ErrorDetail[] {
  try {
    return StatusMessage.decode(bytes).details.map(({ typeUrl, value }) => ({
      type: typeUrl.slice(typeUrl.lastIndexOf("/") + 1),
      value: value.slice(),
    }));
  } catch {
    return [];
  }
}
