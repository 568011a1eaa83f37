import { createHash } from "node:crypto";

/**
 * A page token that was not made by {@link writePageToken}, or belongs to another listing. The
 * message says which.
 */
export class PageTokenError extends Error {
  override readonly name = "PageTokenError";
}

/** Where a page ended: the keys of its last row, in the order of the listing. */
export type PagePosition = readonly [string, string];

/**
 * An opaque token for the page after `position`. It belongs to `listing`: whatever decides which
 * rows are listed, and in which order (its name and filter). Not signed: it leads to no row that
 * the same filter would not list.
 */
export function writePageToken(listing: unknown, position: PagePosition): string {
  return Buffer.from(JSON.stringify([fingerprint(listing), ...position])).toString("base64url");
}

/** The position in a token. Throws a {@link PageTokenError}. */
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
  // Node's decoder passes over whatever is not base64url.
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
