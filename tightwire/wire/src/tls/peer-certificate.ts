import type { PeerCertificate as NodeCertificate } from "node:tls";
import type { PeerCertificate } from "@tightwire/core";

/** What Node says of a verified certificate, as ours; undefined when the peer sent none. */
export function readPeerCertificate(
  certificate: NodeCertificate | undefined,
): PeerCertificate | undefined {
  // Node gives an empty object when the client sent none.
  if (certificate?.fingerprint256 === undefined) return undefined;
  const names = splitNames(certificate.subjectaltname ?? "");
  return {
    subject: Object.entries(certificate.subject)
      .flatMap(([key, value]) => [value ?? []].flat().map((one) => `${key}=${one}`))
      .join(","),
    uris: names.filter(([kind]) => kind === "URI").map(([, name]) => name),
    dnsNames: names.filter(([kind]) => kind === "DNS").map(([, name]) => name),
    fingerprint256: certificate.fingerprint256,
  };
}

/**
 * `DNS:a, URI:"spiffe://x, y"`: names that hold a comma or a quote are written as JSON strings
 * (Node, CVE-2021-44532).
 */
function splitNames(text: string): [kind: string, name: string][] {
  return [...text.matchAll(/([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/g)].map(
    ([, kind = "", name = ""]) => [
      kind.trim(),
      name.startsWith('"') ? (JSON.parse(name) as string) : name,
    ],
  );
}
