import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Files in a temporary folder: an authority, and two certificates that it signed. */
export interface Certificates {
  readonly ca: string;
  readonly server: { readonly certificate: string; readonly key: string };
  readonly client: { readonly certificate: string; readonly key: string };
  remove(): void;
}

/**
 * Makes them with openssl: the server is `localhost` and `127.0.0.1`, the client
 * `spiffe://test/client`.
 */
export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), "tightwire-certificates-"));
  const openssl = (...args: string[]): void =>
    void execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl(
    "req",
    "-x509",
    ...newKey,
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
    "-days",
    "2",
    "-subj",
    "/CN=test authority",
  );
  for (const [name, alternative] of [
    ["server", "DNS:localhost,IP:127.0.0.1"],
    ["client", "URI:spiffe://test/client,DNS:client.test"],
  ] as const) {
    writeFileSync(join(folder, `${name}.ext`), `subjectAltName=${alternative}\n`);
    openssl(
      "req",
      ...newKey,
      "-keyout",
      `${name}.key`,
      "-out",
      `${name}.csr`,
      "-subj",
      `/CN=${name}`,
    );
    openssl(
      "x509",
      "-req",
      "-in",
      `${name}.csr`,
      "-CA",
      "ca.pem",
      "-CAkey",
      "ca.key",
      "-CAcreateserial",
      "-out",
      `${name}.pem`,
      "-days",
      "2",
      "-extfile",
      `${name}.ext`,
    );
  }
  const pair = (name: string): { certificate: string; key: string } => ({
    certificate: join(folder, `${name}.pem`),
    key: join(folder, `${name}.key`),
  });
  return {
    ca: join(folder, "ca.pem"),
    server: pair("server"),
    client: pair("client"),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
