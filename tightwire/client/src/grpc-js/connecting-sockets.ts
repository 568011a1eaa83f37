import { connect, type NetConnectOpts, type Socket } from "node:net";
import type { Channel } from "@grpc/grpc-js";

type ConnectTcp = (address: NetConnectOpts, options: object) => Promise<Socket>;

/** What of a grpc-js channel leads to the place where it makes sockets. */
interface InnerChannel {
  readonly internalChannel: {
    readonly subchannelPool: {
      getOrCreateSubchannel(...parts: unknown[]): {
        readonly connector: { tcpConnect: ConnectTcp };
      };
    };
  };
}

/** What grpc-js sets when a proxy lies between. */
const PROXIED = "grpc.http_connect_target";

/**
 * Makes the sockets of a channel in grpc-js's place, and returns how to end them. A channel of
 * grpc-js that is closed while it connects leaves its socket to the peer and the operating system,
 * and one that is silent holds the process. Those to a proxy stay grpc-js's. That reaches into
 * grpc-js; a test with a silent peer fails should a version make them elsewhere.
 */
export function takeSockets(channel: Channel): () => void {
  const sockets = new Set<Socket>();
  const { subchannelPool } = (channel as unknown as InnerChannel).internalChannel;
  const original = subchannelPool.getOrCreateSubchannel;
  subchannelPool.getOrCreateSubchannel = (...parts) => {
    const subchannel = original.apply(subchannelPool, parts);
    const { connector } = subchannel;
    const connectThrough = connector.tcpConnect.bind(connector);
    connector.tcpConnect = (address, options) =>
      PROXIED in options ? connectThrough(address, options) : connectTcp(address, sockets);
    return subchannel;
  };
  return () => {
    for (const socket of sockets) socket.destroy();
  };
}

function connectTcp(address: NetConnectOpts, sockets: Set<Socket>): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(address, () => resolve(socket));
    sockets.add(socket);
    socket.on("error", reject);
    socket.on("close", () => {
      sockets.delete(socket);
      reject(new Error("Socket closed"));
    });
  });
}
