import { once } from "node:events";
import type { Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, test } from "vitest";
import { GET, openRaw, serveRaw } from "./raw-server.test-support.js";
import { stopAccepting } from "./stop-accepting.js";

/** More than the buffers of two sockets hold. */
const SIZE = 32_000_000;

/** Whether a slow client gets its whole response from a server that is closed meanwhile. */
async function getsAll(close: (server: Server) => void): Promise<boolean> {
  let ended = (): void => {};
  const hasEnded = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const server = await serveRaw((_request, response) => {
    response.end(Buffer.alloc(SIZE, "a"));
    ended();
  });
  const { socket, text } = openRaw(server);
  socket.pause().write(GET);
  await hasEnded;
  // Node considers the connection idle once the response was passed to the socket.
  await new Promise((resolve) => setImmediate(resolve));
  close(server);
  server.on("close", () => socket.destroy());
  socket.resume();
  await expect.poll(() => socket.closed || text().length > SIZE, { timeout: 20_000 }).toBe(true);
  return text().length > SIZE;
}

test("stopAccepting leaves a connection whose response waits for its reader", async () => {
  expect(await getsAll((server) => void stopAccepting(server))).toBe(true);
});

test("the close of Node's HTTP server destroys such a connection", async () => {
  expect(await getsAll((server) => server.close())).toBe(false);
});

test("resolves when all connections are closed, and new ones are refused meanwhile", async () => {
  const server = await serveRaw((_request, response) => response.end("x"));
  const { port } = server.address() as AddressInfo;
  const { socket } = openRaw(server);
  await once(socket, "connect");
  const stopped = stopAccepting(server);
  const [error] = await once(connect(port, "127.0.0.1"), "error");
  expect(error).toMatchObject({ code: "ECONNREFUSED" });
  socket.destroy();
  await stopped;
  expect(server.listening).toBe(false);
});
