// An honest client beside the attackers: `node neighbour-main.js <address> <certificate> <warm-up
// calls>`, the certificate for TLS or an empty string. It makes a small call every 5 ms on a
// connection of its own, says `ready` once it is warm, and answers `report` with what came of the
// calls since.
import { readFileSync } from "node:fs";
import { type ClientHttp2Session, connect } from "node:http2";
import type { NeighbourReport } from "./neighbour.js";
import { measureRequest } from "./peer/messages.js";

const EVERY_MS = 5;
const CALL_TIMEOUT_MS = 5_000;
/** Calls at once; more are not made while none ends. */
const MAX_IN_FLIGHT = 200;

const [address = "", certificate = "", warmUpCalls = "0"] = process.argv.slice(2);
const request = measureRequest({ payload: Buffer.from("neighbour") });

let session: ClientHttp2Session | undefined;
let inFlight = 0;
let report: { calls: number; failures: number; longestMs: number } = fresh();
let pending = new Set<number>();

function fresh(): { calls: number; failures: number; longestMs: number } {
  return { calls: 0, failures: 0, longestMs: 0 };
}

function connected(): ClientHttp2Session {
  if (session !== undefined && !session.closed && !session.destroyed) return session;
  const tls = certificate !== "";
  session = connect(`${tls ? "https" : "http"}://${address}`, {
    ...(tls ? { ca: readFileSync(certificate) } : {}),
  });
  session.on("error", () => session?.destroy());
  return session;
}

/** Makes one call, and resolves to whether it succeeded. */
function call(): Promise<boolean> {
  return new Promise((resolve) => {
    let status: string | undefined;
    const stream = connected().request({
      ":method": "POST",
      ":path": "/hostile.v1.HostileService/Measure",
      te: "trailers",
      "content-type": "application/grpc",
    });
    const timer = setTimeout(() => stream.close(), CALL_TIMEOUT_MS);
    stream.on("response", (fields) => {
      status ??= fields["grpc-status"] as string | undefined;
    });
    stream.on("trailers", (fields) => {
      status ??= fields["grpc-status"] as string | undefined;
    });
    stream.on("error", () => {});
    stream.on("close", () => {
      clearTimeout(timer);
      resolve(status === "0");
    });
    stream.resume();
    stream.end(request);
  });
}

async function measuredCall(): Promise<void> {
  if (inFlight >= MAX_IN_FLIGHT) return;
  const began = performance.now();
  const into = report;
  inFlight++;
  pending.add(began);
  const succeeded = await call();
  inFlight--;
  pending.delete(began);
  into.calls++;
  if (!succeeded) into.failures++;
  into.longestMs = Math.max(into.longestMs, performance.now() - began);
}

/** Calls that still wait count with what they have waited. */
function tell(): void {
  const now = performance.now();
  const waited = [...pending].map((began) => now - began);
  const answer: NeighbourReport = {
    ...report,
    longestMs: Math.max(report.longestMs, ...waited),
  };
  report = fresh();
  pending = new Set();
  process.send?.(answer);
}

process.on("disconnect", () => process.exit(0));
process.on("message", () => tell());
for (let warm = 0; warm < Number(warmUpCalls); warm++) await call();
setInterval(() => void measuredCall(), EVERY_MS);
process.send?.("ready");
