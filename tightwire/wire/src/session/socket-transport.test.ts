import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { connect as connectTls, createServer as createTlsServer, type TLSSocket } from "node:tls";
import { expect, onTestFinished, test, vi } from "vitest";
import { SocketTransport } from "./socket-transport.js";

const MIB = 1_048_576;

interface SocketPair {
  readonly near: Socket;
  readonly far: Socket;
}

async function openPair(): Promise<SocketPair> {
  const server = createServer();
  const accepted = once(server, "connection");
  await once(server.listen(0, "127.0.0.1"), "listening");
  const near = connect((server.address() as { port: number }).port, "127.0.0.1");
  const [far] = (await accepted) as [Socket];
  server.close();
  onTestFinished(() => {
    near.destroy();
    far.destroy();
  });
  return { near, far };
}

/** Without certificates: what matters is where TLS keeps the bytes. */
async function openTlsPair(): Promise<SocketPair> {
  const psk = { psk: Buffer.alloc(32, 7), identity: "test" };
  const options = { ciphers: "PSK", maxVersion: "TLSv1.2" } as const;
  const server = createTlsServer({ ...options, pskCallback: () => psk.psk });
  const accepted = once(server, "secureConnection");
  await once(server.listen(0, "127.0.0.1"), "listening");
  const near = connectTls({
    ...options,
    port: (server.address() as { port: number }).port,
    host: "127.0.0.1",
    pskCallback: () => psk,
    checkServerIdentity: () => undefined,
  });
  const [far] = (await accepted) as [TLSSocket];
  server.close();
  onTestFinished(() => {
    near.destroy();
    far.destroy();
  });
  return { near, far };
}

/** Reads as much as is promised, and gives what was not as expected. */
async function wrongBytes(far: Socket, count: number, expected: number): Promise<number> {
  let left = count;
  let wrong = 0;
  far.on("data", (bytes: Buffer) => {
    left -= bytes.length;
    for (const byte of bytes) if (byte !== expected) wrong++;
    if (left === 0) far.emit("whole");
  });
  await once(far, "whole");
  return wrong;
}

test.each([
  ["TCP", openPair, { reused: true, waited: true }],
  // Node counts every byte as waiting until it was encrypted and written.
  ["TLS", openTlsPair, { reused: false, waited: true }],
] as const)("over %s a buffer is free as soon as nothing waits", async (_, open, taken) => {
  const { near, far } = await open();
  const transport = new SocketTransport(near);
  let sent = 0;
  let reused = 0;
  let waited = 0;
  const write = async (size: number): Promise<void> => {
    const buffer = Buffer.alloc(size, 0x11);
    sent += size;
    transport.write(buffer);
    if (transport.waitingBytes === 0) reused++;
    else {
      waited++;
      await new Promise<void>((resolve) => transport.whenWritten(resolve));
      expect(transport.waitingBytes).toBe(0);
    }
    buffer.fill(0xee);
  };
  const sizes = [1, 16, 1_000, 16_384, 65_536, MIB, 9 * MIB];
  const total = sizes.reduce((sum, size) => sum + size * 3, 0);
  const wrong = wrongBytes(far, total, 0x11);
  for (let round = 0; round < 3; round++) for (const size of sizes) await write(size);
  expect(sent).toBe(total);
  expect(await wrong).toBe(0);
  // Without these the test would show nothing.
  expect({ reused: reused > 0, waited: waited > 0 }).toEqual(taken);
});

test("over TLS it waits without an empty write, for what was handed on before and no more", async () => {
  const { near, far } = await openTlsPair();
  far.resume();
  const write = vi.spyOn(near, "write");
  const transport = new SocketTransport(near);
  transport.write(Buffer.alloc(MIB));
  const first = new Promise<void>((resolve) => transport.whenWritten(resolve));
  transport.write(Buffer.alloc(MIB));
  await first;
  if (transport.waitingBytes > 0)
    await new Promise<void>((resolve) => transport.whenWritten(resolve));
  expect(transport.waitingBytes).toBe(0);
  expect(write.mock.calls.map(([bytes]) => bytes.length)).toEqual([MIB, MIB]);
});

test("over TLS nobody is called back when the socket closes", async () => {
  const { near } = await openTlsPair();
  const transport = new SocketTransport(near);
  transport.write(Buffer.alloc(9 * MIB));
  let called = false;
  transport.whenWritten(() => {
    called = true;
  });
  const closed = once(near, "close");
  transport.destroy();
  await closed;
  expect(called).toBe(false);
});
