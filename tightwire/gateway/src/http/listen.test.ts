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
/** A grace that no test would wait for. */
const LONG_MS = 600_000;

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function serve(answer?: StubParts["answer"]): Promise<StubbedGateway> {
  const stub = await serveStub(compileContract(CONTRACT), answer === undefined ? {} : { answer });
  ends.push(() => stub.close());
  return stub;
}

/** The whole answer to a GET over the connections of `agent`. */
function get(agent: Agent, address: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = request(`http://${address}/things`, { agent }, (response) =>
      response.resume().on("end", () => resolve(response)),
    );
    asked.on("error", reject).end();
  });
}

/** A connection of one's own, and all that came on it. */
function open(address: string): { socket: Socket; text: () => string } {
  const [host, port] = address.split(":");
  const socket = connect(Number(port), host);
  let text = "";
  socket.on("data", (part) => {
    text += part.toString("latin1");
  });
  socket.on("error", () => {});
  ends.unshift(() => socket.destroy());
  return { socket, text: () => text };
}

function gate(): { passed: Promise<void>; pass: () => void } {
  let pass = (): void => {};
  const passed = new Promise<void>((resolve) => {
    pass = resolve;
  });
  return { passed, pass };
}

test("a request in flight when the gateway closes is answered as the last one of its connection; others are not taken", async () => {
  const [began, finish] = [gate(), gate()];
  const { gateway, address } = await serve(async (bytes) => {
    began.pass();
    await finish.passed;
    return bytes;
  });
  const answer = get(new Agent({ keepAlive: true }), address);
  await began.passed;
  const closed = gateway.close(LONG_MS);
  await expect(get(new Agent(), address)).rejects.toThrow("ECONNREFUSED");
  finish.pass();
  expect(await answer).toMatchObject({ statusCode: 200, headers: { connection: "close" } });
  await closed;
});

test("an answer that waits for its reader when the gateway closes is read to its end", async () => {
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
  // Longer than a connection that is idle lives on.
  await new Promise((resolve) => setTimeout(resolve, 100));
  socket.resume();
  await once(socket, "close");
  expect(text().length).toBeGreaterThan(size);
  await closed;
});

test("connections that are kept are closed with the gateway, and those that were refused a WebSocket", async () => {
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
  ["with its host in it", "http://shop.example/things", 200],
  ["of nothing but its host", "http://shop.example", 404],
  ["with another host in it", "http://evil.example/things", 404],
  ["that begins otherwise", "*hings", 404],
])("a target %s", async (_which, target, status) => {
  const { socket, text } = open((await serve()).address);
  socket.write(`GET ${target} HTTP/1.1\r\nhost: shop.example\r\nconnection: close\r\n\r\n`);
  await once(socket, "close");
  expect(text()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
});

test("a unary call is not made of lines", async () => {
  const { ask, calls } = await serve();
  expect(
    await ask("PUT", "/things", '{"text":"a"}', { "content-type": "application/x-ndjson" }),
  ).toMatchObject({ status: 415 });
  expect(calls).toEqual([]);
});

test("what still comes of a stream of requests that was answered early is dropped, and the next request answered", async () => {
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

test("a refusal reaches a client that is still sending its body", async () => {
  const { ask } = await serve();
  const answer = await ask("PUT", "/things", Buffer.alloc(2_000_000, "a"), {
    "content-type": "application/json",
    "content-encoding": "gzip",
  });
  expect(answer).toMatchObject({ status: 415 });
});

test("requests that came together when the gateway closes are all answered, the last one as such; a silent connection is closed", async () => {
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

test("what is no HTTP on a kept connection is told so", async () => {
  const { socket, text } = open((await serve()).address);
  socket.write("GET /things HTTP/1.1\r\nhost: a\r\n\r\n");
  await expect.poll(text).toContain("HTTP/1.1 200 OK");
  socket.write("no HTTP\r\n\r\n");
  await once(socket, "end");
  expect(text()).toContain("HTTP/1.1 400 Bad Request");
});
