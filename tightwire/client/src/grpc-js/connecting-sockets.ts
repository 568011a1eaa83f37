import { connect, type NetConnectOpts, type Socket } from "node:net";
import type { Channel } from "@grpc/grpc-js";

type ConnectTcp = (address: NetConnectOpts, options: object) => Promise<Socket>;

/** The path inside a grpc-js channel to the place where it makes sockets. */
interface InnerChannel {
  readonly internalChannel: {
    readonly subchannelPool: {
      getOrCreateSubchannel(...parts: unknown[]): {
        readonly connector: { tcpConnect: ConnectTcp };
      };
    };
  };
}

/** The option that grpc-js sets when it connects through a proxy. */
const PROXIED = "grpc.http_connect_target";

/**
 * Makes the sockets of a channel in place of grpc-js, and returns a function that destroys them. A
 * grpc-js channel that is closed while it connects keeps its socket open, and a silent peer then
 * keeps the process alive. Sockets to a proxy stay with grpc-js. This reaches into grpc-js; a test
 * with a silent peer fails when a version makes its sockets elsewhere.
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
