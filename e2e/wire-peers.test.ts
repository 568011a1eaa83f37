import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConnectionOptions, connect } from "node:tls";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createChannel, createClient } from "@tightwire/client";
import { grpcJs as grpcJsClient } from "@tightwire/client/grpc-js";
import { createServer, type Served, serve } from "@tightwire/server";
import { grpcJs as grpcJsServer } from "@tightwire/server/grpc-js";
import { eventually } from "@tightwire/testing";
import {
  CallBooks,
  type TestClient,
  TestService,
  UnaryRequest,
  UnaryResponse,
} from "@tightwire/transport-contract";
import { wire as wireClient } from "@tightwire/wire/client";
import { wire as wireServer } from "@tightwire/wire/server";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { type Certificates, makeCertificates } from "./certificates.js";
import { exerciseConnect, serveConnect } from "./connect-peer.js";
import { EXPECTED, exercise, PACKED_STATUS, PEER_HANDLERS } from "./peer-service.js";
import { handlersOf } from "./pitfalls-stage.js";
import { PYTHON, pythonHas } from "./python.js";
import { repository } from "./shop-process.js";

const run = promisify(execFile);
const BUF = join(repository, "node_modules/.bin/buf");
const RUBY = "/usr/bin/ruby";
const METHOD = `${TestService.name}/Unary`;
const IMAGE = fileURLToPath(TestService.image as URL);
const GRPC_HEADERS = ["-H", "content-type: application/grpc", "-H", "te: trailers"];

let served: Served;
let books: CallBooks;
const folder = mkdtempSync(join(tmpdir(), "tightwire-peers-"));
/** A request as it lies on the wire, in a file. */
const body = join(folder, "request");

async function serveTestService(
  options: Parameters<typeof wireServer>[0],
  observers: CallBooks[],
): Promise<Served> {
  const server = createServer({ observers }).add(TestService, handlersOf(PEER_HANDLERS));
  return await serve(server, {
    address: "127.0.0.1:0",
    transport: wireServer(options),
    signals: [],
    pauseMs: 0,
    graceMs: 100,
  });
}

beforeAll(async () => {
  const message = UnaryRequest.encode(
    UnaryRequest.fromPartial({ number: 41n, text: "hello" }),
  ).finish();
  writeFileSync(body, Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message]));
});

beforeEach(async () => {
  books = new CallBooks();
  served = await serveTestService({}, [books]);
  onTestFinished(() => served.stop());
});

afterAll(() => rmSync(folder, { recursive: true }));

/**
 * A test of a tool of Debian's that is left out, with the reason in its name, where the tool is not
 * installed.
 */
function testWith(
  tool: string,
  what: string,
  body: () => Promise<void>,
  is: (tool: string) => boolean = existsSync,
): void {
  const there = is(tool);
  test.skipIf(!there)(there ? what : `${what} (left out: ${tool} is not installed)`, body);
}

/** A client over the wire; closed when the test has finished. */
function clientOf(address: string, transport = wireClient()): TestClient {
  const channel = createChannel(address, { transport });
  onTestFinished(() => channel.close());
  return createClient(TestService, channel);
}

describe("HTTP/2 tools, against a wire server", () => {
  testWith(
    "/usr/bin/h2load",
    "h2load: 400 unary calls over 4 connections, all responded to with 200 and counted",
    async () => {
      const args = [
        "-n",
        "400",
        "-c",
        "4",
        "-m",
        "20",
        "-d",
        body,
        ...GRPC_HEADERS,
        `http://${served.address}/${METHOD}`,
      ];
      const { stdout } = await run("/usr/bin/h2load", args);
      expect(stdout).toMatch(
        /requests: 400 total, 400 started, 400 done, 400 succeeded, 0 failed, 0 errored, 0 timeout/,
      );
      expect(stdout).toMatch(/status codes: 400 2xx, 0 3xx, 0 4xx, 0 5xx/);
      await eventually(() => expect(books.unfinished).toEqual([]));
      expect(books.codes).toEqual(Array.from({ length: 400 }, () => "ok"));
    },
  );

  testWith(
    "/usr/bin/nghttp",
    "nghttp -v: a call by hand, with priorities that are ignored; grpc-status 0 comes in trailers",
    async () => {
      const { stdout } = await run("/usr/bin/nghttp", [
        "-v",
        "-d",
        body,
        ...GRPC_HEADERS,
        `http://${served.address}/${METHOD}`,
      ]);
      expect(stdout).toMatch(
        /recv \(stream_id=\d+\) :status: 200[\s\S]*recv DATA frame[\s\S]*recv \(stream_id=\d+\) grpc-status: 0/,
      );
      expect(stdout).toMatch(/END_STREAM \| END_HEADERS/);
      expect(books.codes).toEqual(["ok"]);
    },
  );

  const curl = (...args: string[]) =>
    run("/usr/bin/curl", ["-sS", "--max-time", "10", ...args], { encoding: "latin1" });

  testWith("/usr/bin/curl", "curl with prior knowledge: message and trailers", async () => {
    const out = join(folder, "response");
    const args = [
      "--http2-prior-knowledge",
      "-D",
      "-",
      "-o",
      out,
      "--data-binary",
      `@${body}`,
      ...GRPC_HEADERS,
    ];
    const { stdout } = await curl(...args, `http://${served.address}/${METHOD}`);
    expect(stdout).toMatch(
      /^HTTP\/2 200[\s\S]*content-type: application\/grpc[\s\S]*grpc-status: 0/,
    );
    expect(UnaryResponse.decode(readFileSync(out).subarray(5)).number).toBe(42n);
    // Without a body: curl 7.88 takes a response that comes before the end of its request for an
    // error, now and then.
    const bodiless = ["--http2-prior-knowledge", "-D", "-", "-X", "POST", ...GRPC_HEADERS];
    const unknown = await curl(...bodiless, `http://${served.address}/${TestService.name}/None`);
    expect(unknown.stdout).toMatch(/grpc-status: 12/);
    const page = await curl("--http2-prior-knowledge", "-i", `http://${served.address}/`);
    expect(page.stdout).toMatch(/^HTTP\/2 405[\s\S]*allow: POST/);
  });

  testWith(
    "/usr/bin/curl",
    "29. curl with HTTP/1.1 is refused in words, also when it asks for an upgrade",
    async () => {
      for (const args of [["--http1.1"], ["--http2"]]) {
        const { stdout } = await curl("-i", ...args, `http://${served.address}/`);
        expect(stdout).toMatch(
          /^HTTP\/1.1 400 Bad Request[\s\S]*This port speaks gRPC: HTTP\/2 with prior knowledge only$/,
        );
      }
    },
  );
});

describe("buf curl, over reflection, against a wire server", () => {
  const request = ["--protocol", "grpc", "-d", '{"number": "41"}'];

  test("in cleartext, health too", async () => {
    const plain = ["--http2-prior-knowledge", ...request];
    const { stdout } = await run(BUF, ["curl", ...plain, `http://${served.address}/${METHOD}`]);
    expect(JSON.parse(stdout)).toEqual({ number: "42" });
    const listed = await run(BUF, [
      "curl",
      "--protocol",
      "grpc",
      "--http2-prior-knowledge",
      "--list-methods",
      `http://${served.address}`,
    ]);
    expect(listed.stdout.split("\n")).toEqual(
      expect.arrayContaining([METHOD, "grpc.health.v1.Health/Check"]),
    );
    const health = await run(BUF, [
      "curl",
      "--protocol",
      "grpc",
      "--http2-prior-knowledge",
      "-d",
      "{}",
      `http://${served.address}/grpc.health.v1.Health/Check`,
    ]);
    expect(JSON.parse(health.stdout)).toEqual({ status: "SERVING" });
  });

  describe("over TLS", () => {
    let certificates: Certificates;
    beforeAll(() => {
      certificates = makeCertificates();
    });
    afterAll(() => certificates.remove());

    test("with --cacert", async () => {
      const secure = await serveTestService({ tls: certificates.server }, []);
      onTestFinished(() => secure.stop());
      const { stdout } = await run(BUF, [
        "curl",
        "--cacert",
        certificates.ca,
        ...request,
        `https://${secure.address}/${METHOD}`,
      ]);
      expect(JSON.parse(stdout)).toEqual({ number: "42" });
    });

    testWith("/usr/bin/curl", "29. curl agrees on h2 by ALPN", async () => {
      const secure = await serveTestService({ tls: certificates.server }, []);
      onTestFinished(() => secure.stop());
      const args = [
        "-sS",
        "--cacert",
        certificates.ca,
        "-D",
        "-",
        "-o",
        "/dev/null",
        "--data-binary",
        `@${body}`,
        ...GRPC_HEADERS,
      ];
      const { stdout } = await run("/usr/bin/curl", [
        ...args,
        `https://${secure.address}/${METHOD}`,
      ]);
      expect(stdout).toMatch(/^HTTP\/2 200[\s\S]*grpc-status: 0/);
    });

    test.each<[string, ConnectionOptions]>([
      [
        "TLS 1.1",
        {
          ALPNProtocols: ["h2"],
          minVersion: "TLSv1.1",
          maxVersion: "TLSv1.1",
          ciphers: "ALL:@SECLEVEL=0",
        },
      ],
      [
        "a suite of the blocklist",
        { ALPNProtocols: ["h2"], maxVersion: "TLSv1.2", ciphers: "ECDHE-ECDSA-AES128-SHA" },
      ],
      ["HTTP/1.1 by ALPN", { ALPNProtocols: ["http/1.1"] }],
    ])("29. openssl's client is refused with %s", async (_what, options) => {
      const secure = await serveTestService({ tls: certificates.server }, []);
      onTestFinished(() => secure.stop());
      const [host, port] = secure.address.split(":");
      const socket = connect({
        ...options,
        host,
        port: Number(port),
        ca: readFileSync(certificates.ca),
      });
      onTestFinished(() => void socket.destroy());
      await expect(once(socket, "secureConnect")).rejects.toThrow(
        /alert|protocol version|handshake/i,
      );
    });

    test("29. openssl's client agrees on h2 with TLS 1.2, and may not negotiate again", async () => {
      const secure = await serveTestService({ tls: certificates.server }, []);
      onTestFinished(() => secure.stop());
      const [host, port] = secure.address.split(":");
      const ca = readFileSync(certificates.ca);
      const socket = connect({
        ALPNProtocols: ["h2"],
        maxVersion: "TLSv1.2",
        host,
        port: Number(port),
        ca,
      });
      onTestFinished(() => void socket.destroy());
      await once(socket, "secureConnect");
      expect([socket.alpnProtocol, socket.getProtocol()]).toEqual(["h2", "TLSv1.2"]);
      const refused = once(socket, "close");
      socket.on("error", () => {});
      socket.renegotiate({}, () => {});
      await refused;
    });
  });
});

const hasPythonGrpc = (): boolean => pythonHas("grpc", "google.protobuf");

describe("clients of all four kinds, with a rich error and a deadline, against a wire server", () => {
  test("the wire's own", async () => {
    expect(await exercise(clientOf(served.address))).toEqual(EXPECTED);
  });

  test("grpc-js", async () => {
    expect(await exercise(clientOf(served.address, grpcJsClient()))).toEqual(EXPECTED);
  });

  test("connect-node", async () => {
    expect(await exerciseConnect(served.address)).toEqual(EXPECTED);
  });

  testWith(
    "python3-grpcio",
    "python3-grpcio",
    async () => {
      const { stdout } = await run(PYTHON, [
        join(repository, "e2e/python_peer.py"),
        "client",
        IMAGE,
        served.address,
      ]);
      expect(JSON.parse(stdout)).toEqual(EXPECTED);
    },
    hasPythonGrpc,
  );

  testWith(
    "ruby-grpc",
    "ruby-grpc",
    async () => {
      const { stdout } = await run(RUBY, [
        join(repository, "e2e/ruby_peer.rb"),
        IMAGE,
        served.address,
      ]);
      expect(JSON.parse(stdout)).toEqual(EXPECTED);
    },
    () => existsSync(RUBY) && existsSync("/usr/share/doc/ruby-grpc"),
  );
});

describe("a wire client with calls of all four kinds, a rich error and a deadline, against", () => {
  test("a grpc-js server", async () => {
    const server = createServer().add(TestService, handlersOf(PEER_HANDLERS));
    const { address } = await server.listen("127.0.0.1:0", grpcJsServer());
    onTestFinished(() => server.stop({ pauseMs: 0, graceMs: 100 }));
    expect(await exercise(clientOf(address))).toEqual(EXPECTED);
  });

  test("a connect-node server", async () => {
    expect(await exercise(clientOf(await serveConnect(PACKED_STATUS)))).toEqual(EXPECTED);
  });

  testWith(
    "python3-grpcio",
    "a python3-grpcio server",
    async () => {
      const packed = Buffer.from(PACKED_STATUS).toString("base64");
      const server = spawn(
        PYTHON,
        [join(repository, "e2e/python_peer.py"), "server", IMAGE, packed],
        {
          stdio: ["ignore", "pipe", "inherit"],
        },
      );
      onTestFinished(async () => {
        const exited = once(server, "exit");
        if (server.kill("SIGKILL")) await exited;
      });
      const [address] = (await once(server.stdout, "data")) as [Buffer];
      expect(await exercise(clientOf(String(address).trim()))).toEqual(EXPECTED);
    },
    hasPythonGrpc,
  );
});
