import { Metadata } from "@tightwire/core";

/** The trailers that the handler set, followed by those of its error. */
export function mergeTrailers(
  fromHandler: Metadata | undefined,
  fromError: Metadata | undefined,
): Metadata | undefined {
  if (fromHandler === undefined || fromError === undefined) return fromHandler ?? fromError;
  const merged = new Metadata(fromHandler);
  for (const [key, value] of fromError) merged.appendReceived(key, value);
  return merged;
}
