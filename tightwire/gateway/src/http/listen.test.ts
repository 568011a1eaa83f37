import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { connect, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { compileContract } from "../contract.test-support.js";
import { type StubbedGateway, type StubParts, serveStub } from "../stub.test-support.js";

const rule = (text: string): string => `option (google.api.http) = { ${text} };`;
const CONTRACT = `
  service Try {
    rpc Get(Thing) returns (Thing) { ${rule('get: "/things"')} }
    rpc Put(Thing) returns (Thing) { ${rule('put: "/things" body: "*"')} }
    rpc Send(stream Thing) returns (Thing) { ${rule('post: "/sent" body: "*"')} }
  }
  message Thing { string text = 1; }
`;
/** A grace period that no test could wait for. */
const LONG_MS = 600_000;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function serve(respond?: StubParts["respond"]): Promise<StubbedGateway> {
  const stub = await serveStub(compileContract(CONTRACT), respond === undefined ? {} : { respond });
  cleanups.push(() => stub.close());
  return stub;
}

/** Sends a GET over the connections of `agent`. Resolves when the response is complete. */
function get(agent: Agent, address: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request(`http://${address}/things`, { agent }, (response) =>
      response.resume().on("end", () => resolve(response)),
    );
    sent.on("error", reject).end();
  });
}

/** A new connection, and all that arrived on it. */
function open(address: string): { socket: Socket; text: () => string } {
  const [host, port] = address.split(":");
  const socket = connect(Number(port), host);
  let text = "";
  socket.on("data", (part) => {
    text += part.toString("latin1");
  });
  socket.on("error", () => {});
  cleanups.unshift(() => socket.destroy());
  return { socket, text: () => text };
}

function gate(): { passed: Promise<void>; pass: () => void } {
  let pass = (): void => {};
  const passed = new Promise<void>((resolve) => {
    pass = resolve;
  });
  return { passed, pass };
}

test("a request in flight when the gateway closes gets the last response of its connection; others are refused", async () => {
  const [began, finish] = [gate(), gate()];
  const { gateway, address } = await serve(async (bytes) => {
    began.pass();
    await finish.passed;
    return bytes;
  });
  const response = get(new Agent({ keepAlive: true }), address);
  await began.passed;
  const closed = gateway.close(LONG_MS);
  await expect(get(new Agent(), address)).rejects.toThrow("ECONNREFUSED");
  finish.pass();
  expect(await response).toMatchObject({ statusCode: 200, headers: { connection: "close" } });
  await closed;
});

test("a response that waits for its reader when the gateway closes is received completely", async () => {
  const size = 4_000_000;
  const large = Buffer.concat([
    Buffer.from([
      0x0a,
      0x80 | (size & 0x7f),
      0x80 | ((size >> 7) & 0x7f),
      0x80 | ((size >> 14) & 0x7f),
      size >> 21,
    ]),
    Buffer.alloc(size, "a"),
  ]);
  const { gateway, address, calls } = await serve(() => large);
  const { socket, text } = open(address);
  socket.pause().write("GET /things HTTP/1.1\r\nhost: a\r\n\r\n");
  await expect.poll(() => calls.length).toBe(1);
  const closed = gateway.close(LONG_MS);
  // Longer than idle connections stay open.
  await new Promise((resolve) => setTimeout(resolve, 100));
  socket.resume();
  await once(socket, "close");
  expect(text().length).toBeGreaterThan(size);
  await closed;
});

test("idle connections are closed with the gateway, and those that were refused a WebSocket", async () => {
  const { gateway, address } = await serve();
  const agent = new Agent({ keepAlive: true });
  await get(agent, address);
  const { socket, text } = open(address);
  socket.write(
    "GET /nowhere HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
  );
  await expect.poll(text).toContain("HTTP/1.1 404 Not Found");
  await gateway.close(LONG_MS);
  expect(socket.closed || socket.readableEnded).toBe(true);
  agent.destroy();
});

test.each([
  ["that contains its host", "http://shop.example/things", 200],
  ["that is only its host", "http://shop.example", 404],
  ["that contains another host", "http://evil.example/things", 404],
  ["that starts with neither / nor a host", "*hings", 404],
])("a target %s", async (_which, target, status) => {
  const { socket, text } = open((await serve()).address);
  socket.write(`GET ${target} HTTP/1.1\r\nhost: shop.example\r\nconnection: close\r\n\r\n`);
  await once(socket, "close");
  expect(text()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
});

test("a unary call does not accept lines", async () => {
  const { ask, calls } = await serve();
  expect(
    await ask("PUT", "/things", '{"text":"a"}', { "content-type": "application/x-ndjson" }),
  ).toMatchObject({ status: 415 });
  expect(calls).toEqual([]);
});

test("requests that arrive after an early response are dropped, and the next request is handled", async () => {
  const { socket, text } = open((await serve()).address);
  socket.write(
    "POST /sent HTTP/1.1\r\nhost: a\r\ncontent-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n\r\n",
  );
  for (let line = 0; line < 5_000; line++) socket.write(`65\r\n${"x".repeat(100)}\n\r\n`);
  await expect.poll(text).toContain("HTTP/1.1 200 OK");
  socket.write("0\r\n\r\nGET /things HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
  await once(socket, "close");
  expect(text().match(/HTTP\/1.1 200 OK/g)).toHaveLength(2);
});

test("an error response reaches a client that is still sending its body", async () => {
  const { ask } = await serve();
  const response = await ask("PUT", "/things", Buffer.alloc(2_000_000, "a"), {
    "content-type": "application/json",
    "content-encoding": "gzip",
  });
  expect(response).toMatchObject({ status: 415 });
});

test("pipelined requests all get a response when the gateway closes, the last one with connection: close; a silent connection is closed", async () => {
  const [began, finish] = [gate(), gate()];
  const { gateway, address, calls } = await serve(async (bytes) => {
    if (calls.length === 2) began.pass();
    await finish.passed;
    return bytes;
  });
  const silent = open(address).socket;
  await once(silent, "connect");
  const { socket, text } = open(address);
  socket.write("GET /things HTTP/1.1\r\nhost: a\r\n\r\n".repeat(2));
  await began.passed;
  const closed = gateway.close(LONG_MS);
  await once(silent, "close");
  finish.pass();
  await once(socket, "close");
  expect(text().match(/Connection: [a-z-]+/g)).toEqual([
    "Connection: keep-alive",
    "Connection: close",
  ]);
  await closed;
});

test("invalid HTTP on an open connection gets a 400", async () => {
  const { socket, text } = open((await serve()).address);
  socket.write("GET /things HTTP/1.1\r\nhost: a\r\n\r\n");
  await expect.poll(text).toContain("HTTP/1.1 200 OK");
  socket.write("no HTTP\r\n\r\n");
  await once(socket, "end");
  expect(text()).toContain("HTTP/1.1 400 Bad Request");
});
