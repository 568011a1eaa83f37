import type { Metadata, MetadataValue } from "@tightwire/core";
import { type HpackEncoder, mostFieldBytes } from "../hpack/encoder.js";

/** Credentials, which nobody on the way may keep in a table. Source: RFC 7541, section 7.1.3. */
const SECRETS: ReadonlySet<string> = new Set([
  "authorization",
  "cookie",
  "proxy-authorization",
  "set-cookie",
]);

/** The most octets that `metadata` takes in a header block. */
export function mostMetadataBytes(metadata: Metadata | undefined): number {
  if (metadata === undefined || metadata.size === 0) return 0;
  let most = 0;
  for (const [key, value] of metadata)
    most += mostFieldBytes(key, "") + Math.ceil((value.length * 4) / 3) + 4;
  return most;
}

/**
 * Writes metadata as fields: bytes in base64 without padding, texts without spaces at their ends,
 * which no field has.
 */
export function writeMetadata(encoder: HpackEncoder, metadata: Metadata): void {
  if (metadata.size === 0) return;
  for (const [key, value] of metadata) {
    const text = fieldValue(value);
    if (SECRETS.has(key)) encoder.secret(key, text);
    else encoder.literal(key, text);
  }
}

function fieldValue(value: MetadataValue): string {
  if (typeof value === "string") return value.trim();
  const base64 = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64");
  return base64.replace(/=+$/, "");
}
