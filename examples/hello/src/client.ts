import { createChannel, createClient } from "@tightwire/client";
import { RpcError } from "@tightwire/core";
import { HelloService } from "./gen/hello/v1/hello.service.js";

const channel = createChannel(process.env["TARGET"] ?? "dns:///localhost:50060");
const hello = createClient(HelloService, channel);

// Times out after the contract's 2 s, downstream calls included.
const { text } = await hello.sayHello({ name: "Ada" });
console.log(text);

const error = await hello.sayHello({}).catch((thrown: unknown) => thrown);
if (error instanceof RpcError) console.log(`${error.code}: ${error.message}`);
await channel.close();
