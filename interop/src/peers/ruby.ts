import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readOutcomes, startChild } from "./child.js";
import type { FoundPeer } from "./foreign-peer.js";

const NAME = "Ruby (C-core, official programs)";
const RUBY = "/usr/bin/ruby";
const RUN_CASES = join(import.meta.dirname, "../../peers/official_cases.rb");

/** What the official client has of the cases that ours has. */
const CASES: readonly string[] = [
  "empty_unary",
  "large_unary",
  "client_compressed_unary",
  "client_streaming",
  "client_compressed_streaming",
  "server_streaming",
  "ping_pong",
  "empty_stream",
  "custom_metadata",
  "status_code_and_message",
  "unimplemented_method",
  "unimplemented_service",
  "cancel_after_begin",
  "cancel_after_first_response",
  "timeout_on_sleeping_server",
];

/**
 * The official interoperability programs of gRPC for Ruby, as Debian installs them, with their own
 * certificates.
 */
export function findRuby(): FoundPeer {
  const gem = findGem();
  const client = join(gem ?? "", "src/ruby/pb/test/client.rb");
  if (gem === undefined || !existsSync(client)) {
    return {
      name: NAME,
      leftOut: `${RUBY} has no gem grpc with its interoperability programs; Debian's is ruby-grpc, with ruby-googleauth`,
    };
  }
  const file = (name: string): string => join(gem, "src/ruby/spec/testdata", name);
  return {
    name: NAME,
    certificate: { ca: file("ca.pem"), certificate: file("server1.pem"), key: file("server1.key") },
    serverName: "foo.test.google.fr",
    cases: CASES,
    runCases: (names, { port, tls }) =>
      readOutcomes(RUBY, [RUN_CASES, client, `${port}`, `${tls}`, names.join(",")]),
    async startServer(tls) {
      // It does not tell which port it took, nor when.
      const port = await freePort();
      const announce = `BEGIN { STDOUT.sync = true; puts "port ${port}" }`;
      const args = ["-e", `${announce}; load ARGV.shift`, join(gem, "src/ruby/pb/test/server.rb")];
      const child = await startChild(
        RUBY,
        [...args, "--port", `${port}`, "--use_tls", `${tls}`],
        /^port (\d+)$/,
      );
      await untilListening(port);
      return child;
    },
    close() {},
  };
}

function findGem(): string | undefined {
  try {
    const find = 'require "googleauth"; puts Gem::Specification.find_by_name("grpc").gem_dir';
    return execFileSync(RUBY, ["-e", find], { encoding: "utf8", stdio: "pipe" }).trim();
  } catch {
    return undefined;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function untilListening(port: number): Promise<void> {
  const until = performance.now() + 10_000;
  while (!(await accepts(port))) {
    if (performance.now() > until)
      throw new Error(`the server of ${NAME} does not listen at port ${port}`);
    await sleep(20);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
