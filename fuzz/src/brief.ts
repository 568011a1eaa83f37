import { createHash } from "node:crypto";
import type { Metadata } from "@tightwire/core";

/** Bytes as a log shows them: short ones whole. */
export function briefBytes(bytes: Uint8Array): string {
  const shown = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return bytes.length <= 32
    ? shown.toString("hex")
    : `${bytes.length} bytes, md5 ${createHash("md5").update(shown).digest("hex")}`;
}

/** Metadata as a log shows it. */
export function briefMetadata(metadata: Metadata | undefined): string {
  if (metadata === undefined) return "none";
  return [...metadata]
    .map(([key, value]) => `${key}=${typeof value === "string" ? value : briefBytes(value)}`)
    .join(" ");
}
