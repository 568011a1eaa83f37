import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A server's certificate and key, and the authority that signed it: paths of PEM files. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
  readonly ca: string;
}

const NEW_KEY: readonly string[] = [
  "-newkey",
  "ec",
  "-pkeyopt",
  "ec_paramgen_curve:prime256v1",
  "-nodes",
];

/**
 * Makes a certificate for `localhost` and 127.0.0.1, good for two days, in a new temporary folder.
 * Throws when there is no `openssl`.
 */
export function makeCertificate(): CertificateFiles {
  const folder = mkdtempSync(join(tmpdir(), "tightwire-interop-"));
  const openssl = (...args: string[]): void =>
    void execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  openssl(
    "req",
    "-x509",
    ...NEW_KEY,
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
    "-days",
    "2",
    "-subj",
    "/CN=interop authority",
  );
  writeFileSync(join(folder, "server.ext"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
  openssl(
    "req",
    ...NEW_KEY,
    "-keyout",
    "server.key",
    "-out",
    "server.csr",
    "-subj",
    "/CN=localhost",
  );
  const signing = [
    "-CA",
    "ca.pem",
    "-CAkey",
    "ca.key",
    "-CAcreateserial",
    "-days",
    "2",
    "-extfile",
    "server.ext",
  ];
  openssl("x509", "-req", "-in", "server.csr", ...signing, "-out", "server.pem");
  return {
    certificate: join(folder, "server.pem"),
    key: join(folder, "server.key"),
    ca: join(folder, "ca.pem"),
  };
}
