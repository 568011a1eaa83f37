import { connect } from "node:tls";
import { createChannel } from "@tightwire/client";
import { wire } from "@tightwire/wire/client";
import type { NextHeaders } from "../../headers.js";
import type { PeerClient } from "../../peer.js";
import { tightwireCalls } from "../../tightwire-calls.js";

/**
 * Tightwire's client over the wire in TLS, all options as they come. It trusts the certificate that
 * the server shows at first.
 */
export async function connectClient(
  address: string | undefined,
  nextHeaders: NextHeaders,
): Promise<PeerClient> {
  if (address === undefined)
    throw new TypeError("tightwire-wire-tls is measured against a server of its own");
  const transport = wire({ tls: { ca: await certificateOf(address) } });
  return tightwireCalls(createChannel(address, { transport }), nextHeaders);
}

function certificateOf(address: string): Promise<string> {
  const { hostname, port } = new URL(`https://${address}`);
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: hostname,
      port: Number(port),
      ALPNProtocols: ["h2"],
      rejectUnauthorized: false,
    });
    socket.once("error", reject).once("secureConnect", () => {
      resolve(`${socket.getPeerX509Certificate()}`);
      socket.destroy();
    });
  });
}
