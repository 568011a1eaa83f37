import { createHash } from "node:crypto";

const MAX_SLUG = 48;

/**
 * The product id of a film: its title in plain letters, and eight hexadecimal digits of a hash over
 * the title and release date as the source has them, which together are unique there. The same row
 * always gives the same id, whatever the rows around it.
 */
export function deriveProductId(title: string, releaseDate: string): string {
  const slug = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, MAX_SLUG)
    .replace(/^-|-$/g, "");
  return `${slug}-${filmHash(title, releaseDate).toString("hex", 0, 4)}`.replace(/^-/, "");
}

/** The hash that everything derived of a film comes from. */
export function filmHash(title: string, releaseDate: string): Buffer {
  return createHash("sha256").update(`${title}\0${releaseDate}`).digest();
}
