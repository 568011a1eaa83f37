import { isIP } from "node:net";
import type { ChannelCredentials } from "@grpc/grpc-js";

/** What of grpc-js's credentials holds the options of its TLS sockets. */
interface InnerCredentials {
  _createSecureConnector(...parts: unknown[]): {
    readonly connectionOptions?: { servername?: string };
  };
}

/**
 * Leaves the server name out of the TLS hello when it is an address, which RFC 6066 does not allow
 * and Node warns of (DEP0123); the certificate has to prove the address all the same. That reaches
 * into grpc-js, which sets it whatever it is; a test that listens for warnings fails should a
 * version keep it elsewhere.
 */
export function nameNoAddress(credentials: ChannelCredentials): ChannelCredentials {
  const inner = credentials as unknown as InnerCredentials;
  const original = inner._createSecureConnector;
  inner._createSecureConnector = (...parts) => {
    const connector = original.apply(credentials, parts);
    const { connectionOptions } = connector;
    if (isIP(connectionOptions?.servername ?? "") !== 0) delete connectionOptions?.servername;
    return connector;
  };
  return credentials;
}
