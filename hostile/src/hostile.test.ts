import { afterAll, beforeAll, expect, test } from "vitest";
import { findCase } from "./cases.js";
import { type CertificateFiles, makeCertificate } from "./certificate.js";
import { runCase } from "./run-case.js";
import { findSubject } from "./subjects.js";
import { judgeCounts } from "./verdict.js";

/** What `pnpm hostile` does for longer, and with every case: how many attack, for how long. */
const CHOSEN: readonly (readonly [name: string, attackers: number, seconds: number])[] = [
  ["unread-gzip", 1, 2],
  ["unread-plain", 1, 2],
  ["one-byte-data", 1, 0.5],
  ["zero-window-streams", 10, 1.5],
  ["no-reader", 1, 1.5],
  ["slow-reader", 10, 1],
  ["truncated-protobuf", 1, 0.5],
  ["one-byte-fields", 1, 0.5],
  ["held-headers", 10, 0.5],
  ["continuation-flood", 10, 0.5],
  ["rapid-reset", 10, 0.5],
  ["data-behind-reset", 1, 2],
  ["unread-pings", 10, 0.5],
  ["tls-connect-and-end", 10, 0.5],
];
let files: CertificateFiles;
beforeAll(() => {
  files = makeCertificate();
});
afterAll(() => files.remove());

for (const [name, attackers, maxSeconds] of CHOSEN) {
  test(`${name}, ${attackers} at once: bytes, descriptors and statuses`, async () => {
    const options = { attackers, maxSeconds, brief: true };
    const result = await runCase(findCase(name), findSubject("tightwire"), files, options);
    const bad = judgeCounts(findCase(name), result).map(({ text }) => text);
    expect(bad, JSON.stringify(result)).toEqual([]);
  });
}
