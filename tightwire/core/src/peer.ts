/** What a verified certificate says of its holder, read once a connection. */
export interface PeerCertificate {
  /** The distinguished name of the subject, as `CN=orders,O=Shop`. */
  readonly subject: string;
  /** URIs of the subject alternative name, for example SPIFFE ids. */
  readonly uris: readonly string[];
  /** DNS names of the subject alternative name. */
  readonly dnsNames: readonly string[];
  /** SHA-256 over the certificate, hexadecimal with colons. */
  readonly fingerprint256: string;
}

/**
 * Whom a connection belongs to. Nothing in it comes from metadata; it is as trustworthy as what the
 * transport verified.
 */
export interface Peer {
  readonly kind: "network" | "in-process";
  /** `127.0.0.1:40112`, `unix:`, or the name that an in-process caller was given. */
  readonly address: string;
  /** The certificate that the peer proved to own, when the server asked for one. */
  readonly certificate?: PeerCertificate;
  /**
   * SPIFFE URI, else DNS name, else subject of the certificate; the name of an in-process caller;
   * undefined for anybody else.
   */
  readonly identity?: string;
}

/** The identity in a certificate: SPIFFE URI, else DNS name, else subject. */
export function certificateIdentity(certificate: PeerCertificate): string {
  return (
    certificate.uris.find((uri) => uri.startsWith("spiffe://")) ??
    certificate.dnsNames[0] ??
    certificate.subject
  );
}
