/**
 * grpc-js's own words for failures that the peer's kind explains; each becomes what a person can
 * act on.
 */
const EXPLAINED: readonly (readonly [words: RegExp, meaning: string])[] = [
  [/^Protocol error$/, "the peer does not speak HTTP/2, or speaks it over TLS only"],
  [/^Failed to connect$/, "the peer closed the connection before it spoke HTTP/2"],
  [/wrong version number/, "the peer does not speak TLS"],
];

/**
 * Why no connection came about, in one line: the `details` of the status that grpc-js gives a call
 * which found none, without what grpc-js wraps around the reason.
 */
export function connectFailure(details: string): string {
  const reason = details
    .replace(/^No connection established\. Last error: (?:Error: )?/, "")
    .replace(/\. Resolution note:.*$/s, "")
    .replace(/ \(\d{4}-\d\d-\d\dT[^)]*\)$/, "")
    .trim();
  return EXPLAINED.find(([words]) => words.test(reason))?.[1] ?? reason.replace(/\s*\n\s*/g, " ");
}
