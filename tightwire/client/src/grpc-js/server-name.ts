import { isIP } from "node:net";
import type { ChannelCredentials } from "@grpc/grpc-js";

/** The path inside grpc-js's credentials to the options of its TLS sockets. */
interface InnerCredentials {
  _createSecureConnector(...parts: unknown[]): {
    readonly connectionOptions?: { servername?: string };
  };
}

/**
 * Omits the server name from the TLS hello when it is an address: RFC 6066 forbids it, and Node
 * warns (DEP0123). The certificate must still prove the address. This reaches into grpc-js, which
 * sets any name; a test that listens for warnings fails when a version keeps it elsewhere.
 */
export function omitAddressAsServerName(credentials: ChannelCredentials): ChannelCredentials {
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
