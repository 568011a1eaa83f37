import { connect, type Socket } from "node:net";

const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
/** SETTINGS without any, and the acknowledgement of the server's. */
const SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
const SETTINGS_ACK = Buffer.from([0, 0, 0, 4, 1, 0, 0, 0, 0]);
/** So many connect at a time: no more than a server's backlog takes. */
const AT_A_TIME = 100;

/**
 * Opens HTTP/2 connections on which nothing happens. Resolves when each has heard from the server.
 */
export async function openIdleConnections(address: string, count: number): Promise<void> {
  for (let opened = 0; opened < count; opened += AT_A_TIME) {
    await Promise.all(
      Array.from({ length: Math.min(AT_A_TIME, count - opened) }, () => openOne(address)),
    );
  }
}

function openOne(address: string): Promise<Socket> {
  const [host, port] = address.split(":");
  return new Promise((resolve, reject) => {
    const socket = connect({ host: host as string, port: Number(port) });
    socket.once("error", reject);
    socket.write(Buffer.concat([PREFACE, SETTINGS]));
    socket.once("data", () => {
      socket.write(SETTINGS_ACK);
      socket.resume();
      resolve(socket);
    });
  });
}
