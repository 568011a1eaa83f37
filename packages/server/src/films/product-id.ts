import { createHash } from "node:crypto";

const MAX_SLUG = 48;

/**
 * The product id of a film: its title in plain letters, and eight hexadecimal digits of a hash over
 * the source's title and release date, which together are unique there. The same row always gives
 * the same id, whatever the other rows.
 */
export function deriveProductId(title: string, releaseDate: string): string {
  const slug = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, MAX_SLUG)
    .replace(/^-|-$/g, "");
  return `${slug}-${filmHash(title, releaseDate).toString("hex", 0, 4)}`.replace(/^-/, "");
}

/** The hash from which everything invented about a film comes. */
export function filmHash(title: string, releaseDate: string): Buffer {
  return createHash("sha256").update(`${title}\0${releaseDate}`).digest();
}
