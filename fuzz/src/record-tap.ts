import { connect, createServer, type Socket } from "node:net";

/** What the two sides of one connection sent. */
export interface Tapped {
  readonly fromClient: Buffer;
  readonly fromServer: Buffer;
}

/** A way to a server on which everything is kept. */
export interface Tap {
  readonly address: string;
  /** Closes it and gives what went over its first connection. */
  close(): Promise<Tapped>;
}

/** Listens in front of a server. */
export async function openTap(serverAddress: string): Promise<Tap> {
  const connections: { readonly fromClient: Buffer[]; readonly fromServer: Buffer[] }[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const kept = { fromClient: [] as Buffer[], fromServer: [] as Buffer[] };
    connections.push(kept);
    const [host, port] = serverAddress.split(":");
    const upstream = connect(Number(port), host);
    for (const [from, to, list] of [
      [client, upstream, kept.fromClient],
      [upstream, client, kept.fromServer],
    ] as const) {
      sockets.add(from);
      from.on("data", (bytes) => void list.push(bytes));
      from.on("error", () => to.destroy());
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return {
    address: `127.0.0.1:${port}`,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      const [first] = connections;
      return Promise.resolve({
        fromClient: Buffer.concat(first?.fromClient ?? []),
        fromServer: Buffer.concat(first?.fromServer ?? []),
      });
    },
  };
}
