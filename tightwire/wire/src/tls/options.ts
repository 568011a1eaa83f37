/** A server's TLS. Each value is PEM text, or the path of a file that holds it. */
export interface ServerTlsOptions {
  /** The server's certificate, with intermediates behind it. */
  readonly certificate: string;
  /** The private key of the certificate. */
  readonly key: string;
  /**
   * Who signs client certificates. When set, only clients with such a certificate are let in
   * (mutual TLS). Default: clients need none.
   */
  readonly clientCa?: string;
}

/** A client's TLS. Each value but the name is PEM text, or the path of a file that holds it. */
export interface ClientTlsOptions {
  /** Who signs server certificates. Default: the authorities that Node ships. */
  readonly ca?: string;
  /** The client's own certificate, for mutual TLS. Goes with `key`. */
  readonly certificate?: string;
  readonly key?: string;
  /** The name that the server's certificate must prove. Default: the host of the target. */
  readonly serverName?: string;
}
