import type { DescEnumValue, DescMessage } from "@bufbuild/protobuf";

/** An error that a contract declares. */
export interface DeclaredError {
  /** What `ErrorInfo.reason` holds: `OUT_OF_STOCK`. */
  readonly reason: string;
  /** What `ErrorInfo.domain` holds. */
  readonly domain: string;
  /** The status code, as `StatusCode` of `@tightwire/core` spells it. */
  readonly code: string;
  /** The message that the error carries; undefined when it has none. */
  readonly detail: DescMessage | undefined;
  /** The value of the enum that declares it. */
  readonly value: DescEnumValue;
}
