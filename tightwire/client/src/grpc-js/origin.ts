import type { StatusObject } from "@grpc/grpc-js";

/** How the messages begin of statuses that grpc-js 1.14 makes itself, without one from the peer. */
const OWN_MESSAGES: readonly RegExp[] = [
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
 * Whether grpc-js made a status itself, rather than received it from the peer. It does not say, so
 * its message and its empty metadata must tell.
 */
export function writtenByGrpcJs(status: StatusObject): boolean {
  return (
    status.code !== 0 &&
    Object.keys(status.metadata.getMap()).length === 0 &&
    OWN_MESSAGES.some((message) => message.test(status.details))
  );
}
