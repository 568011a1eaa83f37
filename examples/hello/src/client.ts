import { createChannel, createClient } from "@tightwire/client";
import { matchError } from "@tightwire/core";
import { HelloErrors } from "./gen/hello/v1/hello.errors.js";
import { HelloService } from "./gen/hello/v1/hello.service.js";

const channel = createChannel(process.env["TARGET"] ?? "dns:///localhost:50060");
const hello = createClient(HelloService, channel);

for (const name of ["Ada", "Bob", ""]) {
  try {
    // Times out after the contract's 2 s, downstream calls included.
    console.log((await hello.sayHello({ name })).text);
  } catch (error) {
    const away = (_: undefined, { message }: Error): string => `try later: ${message}`;
    console.log(matchError(error, HelloErrors, { away }, (other) => (other as Error).message));
  }
}
await channel.close();
