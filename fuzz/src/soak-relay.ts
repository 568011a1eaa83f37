import { connect, createServer, type Socket } from "node:net";

/** Stands between a client and a server, and at times cuts a connection. */
export interface SoakRelay {
  readonly address: string;
  /** Sockets on both sides. */
  readonly open: number;
  /** Resets the connection that has been there for longest. */
  cutOne(): void;
  close(): Promise<void>;
}

/** Listens in front of a server. */
export async function openRelay(serverAddress: string): Promise<SoakRelay> {
  const sockets = new Set<Socket>();
  const [host, port] = serverAddress.split(":");
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ host: host as string, port: Number(port), allowHalfOpen: true });
    join(client, upstream, sockets);
    join(upstream, client, sockets);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const bound = server.address() as { port: number };
  return {
    address: `127.0.0.1:${bound.port}`,
    get open() {
      return sockets.size;
    },
    cutOne() {
      const [oldest] = sockets;
      oldest?.resetAndDestroy();
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function join(from: Socket, to: Socket, sockets: Set<Socket>): void {
  sockets.add(from);
  from.setNoDelay(true);
  from.on("error", () => to.destroy());
  from.on("close", () => {
    sockets.delete(from);
    if (from.errored !== null || !from.readableEnded) to.destroy();
  });
  from.pipe(to);
}
