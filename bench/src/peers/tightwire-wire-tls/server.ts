import { execFileSync } from "node:child_process";
import { createServer } from "@tightwire/server";
import { wire } from "@tightwire/wire/server";
import { BenchService } from "../../gen/tightwire/bench/v1/bench.service.js";
import { tightwireHandlers } from "../../tightwire-handlers.js";

/** Tightwire's server over the wire in TLS, all options as they come. */
export async function startServer(): Promise<string> {
  const pem = makeCertificate();
  const transport = wire({ tls: { certificate: pem, key: pem } });
  const listener = await createServer()
    .add(BenchService, tightwireHandlers)
    .listen("127.0.0.1:0", transport);
  return listener.address;
}

/**
 * A key on the curve P-256 and a certificate for 127.0.0.1 that it signed, both in one PEM text.
 */
function makeCertificate(): string {
  const key = [
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-nodes",
    "-keyout",
    "-",
  ];
  const subject = [
    "-subj",
    "/CN=tightwire bench",
    "-addext",
    "subjectAltName=IP:127.0.0.1",
    "-days",
    "2",
  ];
  return execFileSync("openssl", ["req", "-x509", ...key, ...subject], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
}
