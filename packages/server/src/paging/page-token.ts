import { createHash } from "node:crypto";

/**
 * The error for a page token that {@link writePageToken} did not make, or that belongs to another
 * listing. The message says which.
 */
export class PageTokenError extends Error {
  override readonly name = "PageTokenError";
}

/** The position of a page's last row: its keys, in the order of the listing. */
export type PagePosition = readonly [string, string];

/**
 * An opaque token for the page after `position`. It belongs to `listing`: everything that decides
 * which rows are listed and in which order (name and filter). It is not signed, because it leads to
 * no row that the same filter would not list.
 */
export function writePageToken(listing: unknown, position: PagePosition): string {
  return Buffer.from(JSON.stringify([fingerprint(listing), ...position])).toString("base64url");
}

/** Reads the position in a token. Throws a {@link PageTokenError}. */
export function readPageToken(listing: unknown, token: string): PagePosition {
  const parts = parse(token);
  if (parts === undefined) throw new PageTokenError("is not a token that a page came with");
  const [owner, ...position] = parts;
  if (owner !== fingerprint(listing))
    throw new PageTokenError("belongs to a listing with another filter");
  return position;
}

function parse(token: string): [string, string, string] | undefined {
  const bytes = Buffer.from(token, "base64url");
  // Node's decoder ignores characters that are not base64url.
  if (bytes.toString("base64url") !== token) return undefined;
  try {
    const value: unknown = JSON.parse(bytes.toString());
    const whole =
      Array.isArray(value) &&
      value.length === 3 &&
      value.every((part) => typeof part === "string" && !part.includes("\0"));
    return whole ? (value as [string, string, string]) : undefined;
  } catch {
    return undefined;
  }
}

function fingerprint(listing: unknown): string {
  const text = JSON.stringify(listing, (_key, value: unknown) =>
    typeof value === "bigint" ? value.toString() : value,
  );
  return createHash("sha256").update(text).digest("base64url").slice(0, 16);
}
