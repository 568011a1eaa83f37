#!/usr/bin/env node
// A gateway as a separate process, in front of gRPC services in any language.
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Channel, createChannel } from "@tightwire/client";
import { createGateway, type Gateway } from "./gateway.js";

const USAGE = `tightwire-gateway --image <file> --target <target> [options]
  --image <file>       a descriptor image: buf build --as-file-descriptor-set -o <file>;
                       may be given more than once
  --target <target>    where the services are: dns:///host:port, static:///a:1,b:2, unix:/path
  --service <name>     serve only this service; <name>=<target> for its own target;
                       may be given more than once; default: all services of the image
  --listen <address>   default 127.0.0.1:8080
  --cors <origin>      allow calls from pages of this origin, for example
                       https://shop.example; may be given more than once
  --expose <key>       response metadata that becomes a header; may be given more than once
  --log                write a line of JSON per request
  --title <text>, --api-version <text>   title and version of the OpenAPI document
  --openapi <file>     write the OpenAPI document and exit; - for standard output`;

/** A mistake in the command line. */
class UsageError extends Error {}

function readOptions() {
  const text = { type: "string" } as const;
  const list = { type: "string", multiple: true, default: [] as string[] } as const;
  const options = {
    image: list,
    target: text,
    service: list,
    listen: { type: "string", default: "127.0.0.1:8080" },
    cors: list,
    expose: list,
    log: { type: "boolean", default: false },
    title: text,
    "api-version": text,
    openapi: text,
    help: { type: "boolean", default: false },
  } as const;
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

type Options = ReturnType<typeof readOptions>;

function buildGateway(options: Options, channels: Map<string, Channel>): Gateway {
  const { title, "api-version": version, cors, expose, log } = options;
  if (options.image.length === 0) throw new UsageError("--image is missing");
  const gateway = createGateway({
    exposeMetadata: expose,
    openApi: {
      ...(title === undefined ? {} : { title }),
      ...(version === undefined ? {} : { version }),
    },
    ...(cors.length === 0 ? {} : { cors: { origins: cors } }),
    ...(log ? { logger: { debug: write, info: write, warn: write, error: write } } : {}),
  });
  const targets = options.service.map(
    (service) => service.split("=", 2) as [name: string, target?: string],
  );
  for (const file of options.image) {
    const image = readFileSync(file);
    if (targets.length === 0) gateway.addImage(image, channelTo(options.target, channels));
    for (const [name, target] of targets)
      gateway.addImage(image, channelTo(target ?? options.target, channels), [name]);
  }
  return gateway;
}

/** One channel per target. */
function channelTo(target: string | undefined, channels: Map<string, Channel>): Channel {
  if (target === undefined) throw new UsageError("--target is missing");
  const channel = channels.get(target) ?? createChannel(target);
  channels.set(target, channel);
  return channel;
}

function write(fields: object, message: string): void {
  process.stdout.write(
    `${JSON.stringify({ time: new Date().toISOString(), message, ...fields })}\n`,
  );
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options.help) return void process.stdout.write(`${USAGE}\n`);
  const channels = new Map<string, Channel>();
  if (options.openapi !== undefined) {
    // Nothing is called, so any target is fine.
    const { openApi } = buildGateway(
      { ...options, target: options.target ?? "127.0.0.1:1" },
      channels,
    );
    const text = `${JSON.stringify(openApi, undefined, 2)}\n`;
    return options.openapi === "-"
      ? void process.stdout.write(text)
      : writeFileSync(options.openapi, text);
  }
  const gateway = buildGateway(options, channels);
  const { address } = await gateway.listen(options.listen);
  process.stdout.write(`listening on ${address}\n`);
  await new Promise<void>((resolve) => {
    process.once("SIGTERM", () => resolve());
    process.once("SIGINT", () => resolve());
  });
  await gateway.close();
  await Promise.all([...channels.values()].map((channel) => channel.close()));
}

try {
  await main();
} catch (error) {
  const usage = error instanceof UsageError ? `\n\n${USAGE}` : "";
  process.stderr.write(
    `tightwire-gateway: ${error instanceof Error ? error.message : String(error)}${usage}\n`,
  );
  process.exitCode = 1;
}
