import { Metadata, type MetadataValue } from "@tightwire/core";
import { isBinaryKey } from "@tightwire/core/runtime";
import { type HpackEncoder, mostFieldBytes } from "../hpack/encoder.js";

/** Credentials, which nobody on the way may keep in a table. Source: RFC 7541, section 7.1.3. */
const SECRETS: ReadonlySet<string> = new Set([
  "authorization",
  "cookie",
  "proxy-authorization",
  "set-cookie",
]);

/** The most bytes that `metadata` takes in a header block. */
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

/** Reads metadata out of the application's fields: key, value, key, value …. */
export function readMetadata(fields: readonly string[] | undefined): Metadata {
  const metadata = new Metadata();
  if (fields === undefined) return metadata;
  for (let at = 0; at < fields.length; at += 2)
    appendField(metadata, fields[at] as string, fields[at + 1] as string);
  return metadata;
}

/**
 * Adds what a field carries. Bytes are base64, padded or not; several values in one field are split
 * at commas before they are decoded.
 */
function appendField(metadata: Metadata, name: string, value: string): void {
  if (!isBinaryKey(name)) return metadata.appendReceived(name, value);
  for (const part of value.split(","))
    metadata.appendReceived(name, new Uint8Array(Buffer.from(part, "base64")));
}
