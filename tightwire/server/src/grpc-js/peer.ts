import type { ServerInterceptingCallInterface } from "@grpc/grpc-js";
import type { Peer } from "@tightwire/core";
import { certificateIdentity } from "@tightwire/core/runtime";
import { readPeerCertificate } from "@tightwire/wire/tls";

/**
 * Who a call of grpc-js comes from; read when asked for, since it costs a walk through the session.
 */
export function peerOf(call: ServerInterceptingCallInterface): Peer {
  const address = call.getPeer();
  const certificate = readPeerCertificate(call.getAuthContext().sslPeerCertificate);
  if (certificate === undefined) return { kind: "network", address };
  return { kind: "network", address, certificate, identity: certificateIdentity(certificate) };
}
