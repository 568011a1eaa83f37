import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect as connectTcp } from "node:net";
import { type ConnectionOptions, connect, createServer, type TLSSocket } from "node:tls";
import { StatusNumber } from "@tightwire/core/runtime";
import { eventually } from "@tightwire/testing";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { makeCertificates } from "./certificates.js";
import {
  CLIENT_PREFACE,
  connectRaw,
  data,
  headers,
  message,
  request,
  settings,
} from "./raw-peer.js";
import { callUnary, dial, serve, type WireServer } from "./wire-stage.js";

const certificates = makeCertificates();
afterAll(() => certificates.remove());

async function serveTls(): Promise<WireServer> {
  return await serve(
    { tls: certificates.server },
    {},
    { client: { tls: { ca: certificates.ca } } },
  );
}

/** A TLS socket to a server, once it is secure; rejects with the handshake's failure. */
async function secure(address: string, options: ConnectionOptions): Promise<TLSSocket> {
  const [host = "", port = ""] = address.split(":");
  const socket = connect({
    host,
    port: Number(port),
    ca: readFileSync(certificates.ca),
    servername: "localhost",
    ...options,
  });
  onTestFinished(() => void socket.destroy());
  await new Promise((resolve, reject) =>
    socket
      .once("secureConnect", resolve)
      .once("error", reject)
      .once("close", () => reject(new Error("closed"))),
  );
  return socket.on("error", () => {});
}

/** All that a peer says until it closes the connection. */
async function readAll(socket: {
  on(event: "data", listener: (bytes: Buffer) => void): unknown;
  once(event: "end" | "close", listener: () => void): unknown;
}): Promise<string> {
  let text = "";
  socket.on("data", (bytes) => {
    text += bytes.toString("latin1");
  });
  await new Promise<void>((resolve) => {
    socket.once("end", resolve);
    socket.once("close", resolve);
  });
  return text;
}

describe("29. TLS", () => {
  test("29. ALPN h2 is agreed on, with TLS 1.2 and 1.3, and calls pass", async () => {
    const server = await serveTls();
    for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
      const socket = await secure(server.address, {
        ALPNProtocols: ["h2"],
        minVersion: version,
        maxVersion: version,
      });
      expect(socket.alpnProtocol).toBe("h2");
      const peer = await connectRaw(socket);
      await peer.greet();
      peer.send(headers(1, request("/t/Echo")), data(1, message("secure"), true));
      expect((await peer.response(1)).body.toString()).toContain("secure");
    }
  });

  test("29. a client that offers only HTTP/1.1 by ALPN fails in the handshake", async () => {
    const server = await serveTls();
    await expect(secure(server.address, { ALPNProtocols: ["http/1.1"] })).rejects.toThrow(
      /no application protocol/,
    );
    await server.neighbour();
  });

  for (const [what, first] of [
    ["HTTP/1.1", Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n\r\n")],
    ["an HTTP/2 preface", Buffer.concat([CLIENT_PREFACE, settings()])],
  ] as const) {
    test(`29. one without ALPN that sends ${what} gets a refusal that it can read`, async () => {
      const server = await serveTls();
      const socket = await secure(server.address, {});
      socket.write(first);
      expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n[\s\S]*HTTP\/2/);
      await server.neighbour();
    });
  }

  for (const cipher of [
    "AES128-SHA",
    "ECDHE-ECDSA-AES128-SHA256",
    "AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-SHA384",
  ]) {
    test(`29. ${cipher}, which stands in the blocklist, is not agreed on`, async () => {
      const server = await serveTls();
      await expect(
        secure(server.address, { ALPNProtocols: ["h2"], maxVersion: "TLSv1.2", ciphers: cipher }),
      ).rejects.toThrow();
      await server.neighbour();
    });
  }

  test("29. TLS 1.1 is not agreed on", async () => {
    const server = await serveTls();
    await expect(
      secure(server.address, {
        ALPNProtocols: ["h2"],
        minVersion: "TLSv1.1",
        maxVersion: "TLSv1.1",
        ciphers: "DEFAULT@SECLEVEL=0",
      }),
    ).rejects.toThrow();
    await server.neighbour();
  });

  test("29. renegotiation in TLS 1.2 closes the connection, and no other", async () => {
    const server = await serveTls();
    const socket = await secure(server.address, { ALPNProtocols: ["h2"], maxVersion: "TLSv1.2" });
    const ended = new Promise((resolve) => {
      socket.once("close", () => resolve("closed"));
      socket.renegotiate({ rejectUnauthorized: false }, (error) =>
        resolve(error === null ? "renegotiated" : "refused"),
      );
    });
    socket.resume();
    expect(["closed", "refused"]).toContain(await ended);
    await server.neighbour();
  });

  test("29. our client refuses a server that does not agree on h2", async () => {
    const tls = createServer({
      cert: readFileSync(certificates.server.certificate),
      key: readFileSync(certificates.server.key),
      ALPNProtocols: ["http/1.1"],
    });
    const plain = createServer({
      cert: readFileSync(certificates.server.certificate),
      key: readFileSync(certificates.server.key),
    });
    for (const server of [tls, plain]) {
      server.on("secureConnection", (socket) => socket.on("error", () => {}));
      server.on("tlsClientError", () => {});
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      onTestFinished(() => void server.close());
      const { port } = server.address() as { port: number };
      await expect(dial(`127.0.0.1:${port}`, { tls: { ca: certificates.ca } })).rejects.toThrow();
    }
  });
});

describe("29. other protocols on a port of ours", () => {
  for (const [what, first] of [
    ["a request of HTTP/1.1", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"],
    [
      "an upgrade to h2c",
      "GET / HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: \r\n\r\n",
    ],
    ["a preface that goes wrong at its end", CLIENT_PREFACE.toString().replace("SM", "XX")],
  ] as const) {
    test(`29. ${what} gets a response in HTTP/1.1, in whole and byte by byte`, async () => {
      const server = await serve();
      const [host = "", port = ""] = server.address.split(":");
      for (const step of [first.length, 1]) {
        const socket = connectTcp(Number(port), host)
          .setNoDelay(true)
          .on("error", () => {});
        onTestFinished(() => void socket.destroy());
        const text = readAll(socket);
        for (let at = 0; at < first.length; at += step) {
          socket.write(first.slice(at, at + step));
          await new Promise((resolve) => setImmediate(resolve));
        }
        const response = await text;
        expect(response).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
        expect(response.endsWith("This port speaks gRPC: HTTP/2 with prior knowledge only")).toBe(
          true,
        );
      }
      await server.neighbour();
    });
  }

  test("29. a TLS hello on a cleartext port closes that connection alone", async () => {
    const server = await serve();
    await expect(secure(server.address, { ALPNProtocols: ["h2"] })).rejects.toThrow();
    await server.neighbour();
  });

  test("29. our client says what it found when a server speaks TLS only, or HTTP/1.1", async () => {
    const server = await serveTls();
    await expect(dial(server.address)).rejects.toThrow("HTTP/2");
    const cleartext = await serve();
    await expect(dial(cleartext.address, { tls: { ca: certificates.ca } })).rejects.toThrow(
      "does not speak TLS",
    );
    await eventually(async () =>
      expect((await callUnary(await dial(cleartext.address), "/t/Echo")).end.code).toBe(
        StatusNumber.OK,
      ),
    );
  });
});
