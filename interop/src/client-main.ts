#!/usr/bin/env node
// The interoperability client; see `--help`.
import type { ClientTlsOptions } from "@tightwire/wire/tls";
import { type Flags, readFlags } from "./flags.js";
import { DEFAULT_SOAK, runCase } from "./run-case.js";
import { sentenceOf } from "./sentence.js";
import type { SoakSettings } from "./test-case.js";
import { TEST_CASE_NAMES } from "./test-cases.js";
import { findTransport, TRANSPORT_NAMES } from "./transports.js";

const FLAGS = {
  server_host: "localhost",
  server_host_override: "?",
  server_port: "*",
  test_case: "*",
  transport: "wire",
  use_tls: "false",
  use_test_ca: "false",
  ca_file: "?",
  soak_iterations: String(DEFAULT_SOAK.iterations),
  soak_max_failures: String(DEFAULT_SOAK.maxFailures),
  soak_per_iteration_max_acceptable_latency_ms: String(DEFAULT_SOAK.maxLatencyMs),
  soak_min_time_ms_between_rpcs: String(DEFAULT_SOAK.minIntervalMs),
  soak_overall_timeout_seconds: "?",
  soak_request_size: String(DEFAULT_SOAK.requestBytes),
  soak_response_size: String(DEFAULT_SOAK.responseBytes),
};
const USAGE = `pnpm interop:client --server_port <port> --test_case <name> [flags]

  --test_case <name>       one of ${TEST_CASE_NAMES.join(", ")}
  --server_host <host>     default localhost
  --server_host_override   the name that the server's certificate has to prove; default: that of --server_host
  --transport <name>       ${TRANSPORT_NAMES.join(" or ")}; default wire
  --use_tls <true|false>   default false
  --ca_file <path>         the authorities to trust instead of the system's; --use_test_ca=true asks for it
  --soak_iterations <n>, --soak_max_failures <n>,
  --soak_per_iteration_max_acceptable_latency_ms <ms>, --soak_min_time_ms_between_rpcs <ms>,
  --soak_overall_timeout_seconds <s> (default: all calls at their latest),
  --soak_request_size <bytes>, --soak_response_size <bytes>`;

function tlsOf(flags: Flags): ClientTlsOptions | undefined {
  if (!flags.bool("use_tls")) return undefined;
  // The test authority that others ship is not kept here.
  const ca = flags.bool("use_test_ca") ? flags.text("ca_file") : flags.optional("ca_file");
  const serverName = flags.optional("server_host_override");
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(serverName === undefined ? {} : { serverName }),
  };
}

function soakOf(flags: Flags): SoakSettings {
  const iterations = flags.whole("soak_iterations", 1);
  const maxLatencyMs = flags.whole("soak_per_iteration_max_acceptable_latency_ms", 1);
  const overall =
    flags.optional("soak_overall_timeout_seconds") === undefined
      ? 0
      : flags.whole("soak_overall_timeout_seconds", 0);
  return {
    iterations,
    maxFailures: flags.whole("soak_max_failures", 0),
    maxLatencyMs,
    minIntervalMs: flags.whole("soak_min_time_ms_between_rpcs", 0),
    // As elsewhere, 0 says nothing.
    overallTimeoutMs: overall === 0 ? iterations * maxLatencyMs : overall * 1_000,
    requestBytes: flags.whole("soak_request_size", 0),
    responseBytes: flags.whole("soak_response_size", 0),
  };
}

async function main(args: readonly string[]): Promise<void> {
  if (args.includes("--help")) return console.log(USAGE);
  const flags = readFlags(args, FLAGS);
  const name = flags.text("test_case");
  const tls = tlsOf(flags);
  const { client } = findTransport(flags.text("transport"));
  const peer = {
    target: `${flags.text("server_host")}:${flags.whole("server_port", 1)}`,
    transport: (compression: boolean) => client({ tls, compression }),
  };
  const soak = soakOf(flags);
  const began = performance.now();
  try {
    await runCase(name, peer, soak);
    console.log(`${name}: passed in ${Math.round(performance.now() - began)} ms`);
  } catch (error) {
    console.log(`${name}: failed: ${sentenceOf(error)}`);
    process.exitCode = 1;
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`interop:client: ${sentenceOf(error)}`);
  process.exitCode = 1;
});
