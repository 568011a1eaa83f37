import type { StatusObject } from "@grpc/grpc-js";

/**
 * How the texts of statuses begin that grpc-js 1.14 makes itself, when it heard none from the peer.
 */
const OWN_TEXTS: readonly RegExp[] = [
  /^Connection dropped$/,
  /^No connection established/,
  /^Received RST_STREAM/,
  /^Stream refused by server$/,
  /^Call cancelled$/,
  /^Bandwidth exhausted/,
  /^Protocol not secure enough$/,
  /^Deadline exceeded after/,
  /^Received HTTP status code/,
  /^(Received|Attempted to send) message/,
  /^Failed to (start|decompress)/,
  /^Channel (closed|has been shut down)/,
  /^(read|write|connect) E[A-Z]+/,
  /^No status information received$/,
];

/**
 * Whether a status is grpc-js's own finding rather than the peer's answer: it does not say, so its
 * text and empty metadata must.
 */
export function writtenByGrpcJs(status: StatusObject): boolean {
  return (
    status.code !== 0 &&
    Object.keys(status.metadata.getMap()).length === 0 &&
    OWN_TEXTS.some((text) => text.test(status.details))
  );
}
