#!/usr/bin/env node
// The interoperability server; see `--help`.
import type { ServerTlsOptions } from "@tightwire/wire/tls";
import { makeCertificate } from "./certificate.js";
import { type Flags, readFlags } from "./flags.js";
import { sentenceOf } from "./sentence.js";
import { startServer } from "./start-server.js";
import { findTransport, TRANSPORT_NAMES } from "./transports.js";

const FLAGS = {
  port: "*",
  transport: "wire",
  use_tls: "false",
  tls_cert_file: "?",
  tls_key_file: "?",
};
const USAGE = `pnpm interop:server --port <port> [flags]

  --port <port>            where to listen, on all interfaces; 0 takes a free one
  --transport <name>       ${TRANSPORT_NAMES.join(" or ")}; default wire
  --use_tls <true|false>   default false
  --tls_cert_file <path>   with --tls_key_file: its certificate; default: one for localhost, made now`;

/** The certificate to show, and the file by which clients know it, when it was made here. */
function tlsOf(flags: Flags): { readonly tls: ServerTlsOptions | undefined; readonly ca?: string } {
  if (!flags.bool("use_tls")) return { tls: undefined };
  if (
    flags.optional("tls_cert_file") === undefined &&
    flags.optional("tls_key_file") === undefined
  ) {
    const { certificate, key, ca } = makeCertificate();
    return { tls: { certificate, key }, ca };
  }
  return { tls: { certificate: flags.text("tls_cert_file"), key: flags.text("tls_key_file") } };
}

async function main(args: readonly string[]): Promise<void> {
  if (args.includes("--help")) return console.log(USAGE);
  const flags = readFlags(args, FLAGS);
  const { tls, ca } = tlsOf(flags);
  const transport = findTransport(flags.text("transport")).server(tls);
  const { address } = await startServer(`0.0.0.0:${flags.whole("port", 0)}`, transport);
  console.log(
    `listening at ${address} over ${transport.name}${tls === undefined ? "" : ", with TLS"}`,
  );
  if (ca !== undefined) console.log(`clients know its certificate by --ca_file ${ca}`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`interop:server: ${sentenceOf(error)}`);
  process.exitCode = 1;
});
