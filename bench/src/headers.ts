import { randomBytes } from "node:crypto";

/** What a caller adds to a call as callers in production do; header names are the keys. */
export interface LifeHeaders extends Record<"traceparent" | "authorization", string> {}

/** Headers for the next call; undefined where calls carry none but the time left. */
export type NextHeaders = (() => LifeHeaders) | undefined;

const TOKEN_BYTES = 693;
const POOL = 4_096;

/**
 * Makes headers as in life: another `traceparent` on each call, and the same 700-byte
 * `authorization` on all of them.
 */
export function lifeHeaders(): () => LifeHeaders {
  const authorization = `Bearer ${randomBytes(TOKEN_BYTES).toString("base64url").slice(0, TOKEN_BYTES)}`;
  const trace = randomBytes(16).toString("hex");
  const spans = Array.from({ length: POOL }, () => randomBytes(4).toString("hex"));
  let calls = 0;
  return () => {
    const call = calls++;
    const span = `${(call / POOL) | 0}`.padStart(8, "0") + spans[call % POOL];
    return { traceparent: `00-${trace}-${span}-01`, authorization };
  };
}
