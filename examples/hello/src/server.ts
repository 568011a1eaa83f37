import { createServer, implement, serve } from "@tightwire/server";
import { HelloService } from "./gen/hello/v1/hello.service.js";

const hello = implement(HelloService, {
  async sayHello({ name }, call) {
    if (name === "Bob") throw call.errors.away("Bob is on holiday");
    return { text: `Hello, ${name}` }; // a missing, wrong or misspelt field does not compile
  },
});

const server = createServer().add(HelloService, hello);
const { address } = await serve(server, { address: process.env["ADDRESS"] ?? "127.0.0.1:50060" });
console.log(`listening on ${address}`);
