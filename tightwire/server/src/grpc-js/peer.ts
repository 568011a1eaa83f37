import type { ServerInterceptingCallInterface } from "@grpc/grpc-js";
import type { Peer } from "@tightwire/core";
import { certificateIdentity } from "@tightwire/core/runtime";
import { readPeerCertificate } from "@tightwire/wire/tls";

/** Who made a call. Read it only when asked: it walks through the session. */
export function peerOf(call: ServerInterceptingCallInterface): Peer {
  const address = call.getPeer();
  const certificate = readPeerCertificate(call.getAuthContext().sslPeerCertificate);
  if (certificate === undefined) return { kind: "network", address };
  return { kind: "network", address, certificate, identity: certificateIdentity(certificate) };
}
