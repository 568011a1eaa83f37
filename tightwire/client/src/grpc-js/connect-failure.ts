/** Failures that grpc-js words badly, and what they mean. */
const EXPLAINED: readonly (readonly [message: RegExp, meaning: string])[] = [
  [/^Protocol error$/, "the peer does not speak HTTP/2, or speaks it over TLS only"],
  [/^Failed to connect$/, "the peer closed the connection before it spoke HTTP/2"],
  [/wrong version number/, "the peer does not speak TLS"],
];

/**
 * The reason why grpc-js could not connect, in one line. `details` is the message of the status
 * that it gives a call without a connection; what it wraps around the reason is removed.
 */
export function connectFailure(details: string): string {
  const reason = details
    .replace(/^No connection established\. Last error: (?:Error: )?/, "")
    .replace(/\. Resolution note:.*$/s, "")
    .replace(/ \(\d{4}-\d\d-\d\dT[^)]*\)$/, "")
    .trim();
  return (
    EXPLAINED.find(([message]) => message.test(reason))?.[1] ?? reason.replace(/\s*\n\s*/g, " ")
  );
}
