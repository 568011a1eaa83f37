// Tightwire's server, all options as they come:
// `node --expose-gc tightwire-main.js <certificate> <key>`.
import { once } from "node:events";
import { createServer } from "@tightwire/server";
import { wire } from "@tightwire/wire/server";
import { HostileService } from "../gen/tightwire/hostile/v1/hostile.service.js";
import { serveAsSubject } from "./subject-process.js";
import { zeros } from "./zeros.js";

const [certificate = "", key = ""] = process.argv.slice(2);

const server = createServer({ logger: quietLogger() }).add(HostileService, {
  async measure({ payload }) {
    return { bytes: BigInt(payload.length) };
  },
  async produce({ bytes }) {
    return { payload: zeros(bytes) };
  },
  async *watch({ count, bytes }) {
    for (let sent = 0; sent < count; sent++) yield { payload: zeros(bytes) };
  },
  async collect(requests) {
    let bytes = 0;
    for await (const { payload } of requests) bytes += payload.length;
    return { bytes: BigInt(bytes) };
  },
  // biome-ignore lint/correctness/useYield: it never responds.
  async *hold(requests, { signal }) {
    await requests[Symbol.asyncIterator]().next();
    if (!signal.aborted) await once(signal, "abort");
  },
});

/** Errors of a server under attack are what is expected of it. */
function quietLogger(): { debug(): void; info(): void; warn(): void; error(): void } {
  const silent = (): void => {};
  return { debug: silent, info: silent, warn: silent, error: silent };
}

const plaintext = await server.listen("127.0.0.1:0", wire());
const tls = await server.listen("127.0.0.1:0", wire({ tls: { certificate, key } }));
serveAsSubject(plaintext.address, tls.address);
