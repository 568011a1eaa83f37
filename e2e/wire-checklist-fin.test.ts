import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { connect as connectTls } from "node:tls";
import { eventually } from "@tightwire/testing";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { makeCertificates } from "./certificates.js";
import { CLIENT_PREFACE, greetRaw, headers, request } from "./raw-peer.js";
import { type ServerOptions, serve } from "./wire-stage.js";

const certificates = makeCertificates();
afterAll(() => certificates.remove());

const HOUR_MS = 3_600_000;
/** No timer of the server's closes anything here. */
const PATIENT: ServerOptions = {
  handshakeTimeoutMs: HOUR_MS,
  limits: { prefaceTimeoutMs: HOUR_MS },
};
const CONNECTIONS = 200;

/** Sockets of this process that are open, those that listen aside. */
function openSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
}

/** Connects, sends `bytes` and a FIN, and keeps its side open until the server closes its own. */
async function sendAndFinish(address: string, bytes: Uint8Array): Promise<void> {
  const [host = "", port = ""] = address.split(":");
  const socket = connect({ host, port: Number(port), allowHalfOpen: true });
  socket.on("error", () => {}).resume();
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  socket.end(bytes);
}

/** What a TLS client sends first. */
async function recordHello(): Promise<Buffer> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const client = connectTls({ host: "127.0.0.1", port, ALPNProtocols: ["h2"] });
  client.on("error", () => {});
  const [socket] = await once(server, "connection");
  const [hello] = await once(socket, "data");
  client.destroy();
  socket.destroy();
  server.close();
  return hello as Buffer;
}

const hello = await recordHello();

describe("34. a FIN before there is a session", () => {
  test.each<[string, Uint8Array, Pick<ServerOptions, "tls">]>([
    ["a TLS port: at once", Buffer.alloc(0), { tls: certificates.server }],
    ["a TLS port: inside the hello", hello.subarray(0, 50), { tls: certificates.server }],
    ["a TLS port: behind the hello", hello, { tls: certificates.server }],
    ["a cleartext port: at once", Buffer.alloc(0), {}],
    ["a cleartext port: inside the preface", CLIENT_PREFACE.subarray(0, 10), {}],
  ])("34. on %s, closes the socket, with no timer", async (_what, bytes, options) => {
    const server = await serve({ ...PATIENT, ...options }, {}, clientOf(options));
    const before = openSockets();
    for (let count = 0; count < CONNECTIONS; count++) await sendAndFinish(server.address, bytes);
    await eventually(() => expect(openSockets()).toBeLessThanOrEqual(before));
    await server.neighbour();
  });

  test("34. behind the TLS handshake closes the socket too", async () => {
    const server = await serve({ ...PATIENT, tls: certificates.server });
    const before = openSockets();
    const [host = "", port = ""] = server.address.split(":");
    for (let count = 0; count < 20; count++) {
      const ca = readFileSync(certificates.ca);
      const options = { host, port: Number(port), ca, ALPNProtocols: ["h2"], allowHalfOpen: true };
      const socket = connectTls(options).on("error", () => {});
      onTestFinished(() => void socket.destroy());
      await once(socket, "secureConnect");
      socket.resume().end();
    }
    await eventually(() => expect(openSockets()).toBeLessThanOrEqual(before));
  });
});

function clientOf({ tls }: Pick<ServerOptions, "tls">) {
  return { client: tls === undefined ? {} : { tls: { ca: certificates.ca } } };
}

test("34. a FIN behind the preface cancels the calls of its connection, as a client that is gone", async () => {
  const server = await serve(PATIENT);
  const peer = await greetRaw(server.address);
  peer.send(headers(1, request("/t/Hold")));
  await peer.roundTrip();
  peer.socket.end();
  await eventually(() =>
    expect(server.calls[0]?.cancelled?.message).toContain("the client is gone"),
  );
  await eventually(() => expect(peer.socket.destroyed).toBe(true));
});
