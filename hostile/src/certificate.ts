import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A certificate for 127.0.0.1 that signed itself, and its key: paths of PEM files. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
  remove(): void;
}

/** Makes one with openssl, good for two days. Throws an Error when there is no openssl. */
export function makeCertificate(): CertificateFiles {
  const folder = mkdtempSync(join(tmpdir(), "tightwire-hostile-"));
  const [certificate, key] = [join(folder, "certificate.pem"), join(folder, "key.pem")];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const name = ["-subj", "/CN=tightwire hostile", "-addext", "subjectAltName=IP:127.0.0.1"];
  execFileSync(
    "openssl",
    ["req", "-x509", ...curve, ...name, "-days", "2", "-keyout", key, "-out", certificate],
    { stdio: "pipe" },
  );
  return { certificate, key, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
