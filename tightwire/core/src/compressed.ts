/**
 * Messages that came compressed. Weak, so that it keeps none of them; and filled for those alone,
 * so that the others cost nothing.
 */
const received = new WeakSet<object>();

/**
 * Whether a message that a peer sent, a request in a handler or an answer at its caller, came
 * compressed. False for any other object, and for answers over grpc-js, which does not tell.
 */
export function wasCompressed(message: object): boolean {
  return received.has(message);
}

/** Notes that a message, just decoded, came compressed. */
export function noteCompressed(message: unknown): void {
  if (typeof message === "object" && message !== null) received.add(message);
}
