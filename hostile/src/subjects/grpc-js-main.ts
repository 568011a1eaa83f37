// grpc-js's server, all options as they come:
// `node --expose-gc grpc-js-main.js <certificate> <key>`.
import { readFileSync } from "node:fs";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import {
  type HostileServiceServer,
  HostileServiceService,
} from "../gen/grpc-js/hostile/v1/hostile.js";
import { serveAsSubject } from "./subject-process.js";
import { zeros } from "./zeros.js";

const [certificate = "", key = ""] = process.argv.slice(2);

const handlers: HostileServiceServer = {
  measure: ({ request }, respond) => respond(null, { bytes: BigInt(request.payload.length) }),
  produce: ({ request }, respond) => respond(null, { payload: zeros(request.bytes) }),
  watch(call) {
    let sent = 0;
    const write = (): void => {
      while (sent++ < call.request.count)
        if (!call.write({ payload: zeros(call.request.bytes) }))
          return void call.once("drain", write);
      call.end();
    };
    write();
  },
  collect(call, respond) {
    let bytes = 0;
    call.on("data", ({ payload }) => {
      bytes += payload.length;
    });
    call.on("end", () => respond(null, { bytes: BigInt(bytes) }));
    call.on("error", () => {});
  },
  hold(call) {
    call.once("data", () => call.pause());
    call.on("error", () => {});
  },
};

const server = new Server();
server.addService(HostileServiceService, handlers);

function listen(credentials: ServerCredentials): Promise<string> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", credentials, (error, port) => {
      if (error === null) resolve(`127.0.0.1:${port}`);
      else reject(error);
    });
  });
}

const pair = { private_key: readFileSync(key), cert_chain: readFileSync(certificate) };
const plaintext = await listen(ServerCredentials.createInsecure());
serveAsSubject(plaintext, await listen(ServerCredentials.createSsl(null, [pair])));
