#!/usr/bin/env node
// Records what peers say to one another, for the corpus: `pnpm fuzz:record`.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { callGrpcJs, serveGrpcJs } from "./record-grpc-js.js";
import type { RecordedClient, RecordedServer } from "./record-peer.js";
import { callPython, hasPythonGrpc, servePython } from "./record-python.js";
import { SCENES, type Scene } from "./record-scenes.js";
import { openTap } from "./record-tap.js";
import { callWire, serveWire } from "./record-wire.js";
import { RECORDINGS, type Recording } from "./recording.js";

/** How long a server that goes away may take to say so. */
const GOAWAY_MS = 300;

interface Pair {
  readonly client: string;
  readonly server: string;
  readonly call: RecordedClient;
  readonly serve: (scene: Scene) => Promise<RecordedServer>;
}

const PAIRS: readonly Pair[] = [
  { client: "wire", server: "wire", call: callWire, serve: serveWire },
  { client: "wire", server: "grpc-js", call: callWire, serve: serveGrpcJs },
  { client: "grpc-js", server: "wire", call: callGrpcJs, serve: serveWire },
  ...(hasPythonGrpc()
    ? ([
        { client: "wire", server: "python", call: callWire, serve: servePython },
        { client: "python", server: "wire", call: callPython, serve: serveWire },
      ] as const)
    : []),
];

async function record({ client, server, call, serve }: Pair, scene: Scene): Promise<Recording[]> {
  const serving = await serve(scene);
  const tap = await openTap(serving.address);
  let drained = false;
  await call(tap.address, scene, async () => {
    if (!scene.goesAway || drained) return;
    drained = true;
    serving.drain();
    await sleep(GOAWAY_MS);
  });
  await sleep(50);
  const { fromClient, fromServer } = await tap.close();
  await serving.close();
  const { calls } = scene;
  // The wire hears both when it speaks with itself.
  const heardByServer: Recording = {
    name: `${client}-client-${scene.name}`,
    target: "server",
    calls,
    bytes: fromClient,
  };
  const heardByClient: Recording = {
    name: `${server}-server-${scene.name}`,
    target: "client",
    calls,
    bytes: fromServer,
  };
  return [
    ...(server === "wire" ? [heardByServer] : []),
    ...(client === "wire" ? [heardByClient] : []),
  ];
}

rmSync(RECORDINGS, { recursive: true, force: true });
mkdirSync(RECORDINGS, { recursive: true });
const index: Omit<Recording, "bytes">[] = [];
for (const pair of PAIRS) {
  for (const scene of SCENES) {
    for (const { bytes, ...entry } of await record(pair, scene)) {
      writeFileSync(join(RECORDINGS, `${entry.name}.bin`), bytes);
      index.push(entry);
      console.error(`record: ${entry.name}: ${bytes.length} bytes`);
    }
  }
}
writeFileSync(join(RECORDINGS, "index.json"), `${JSON.stringify(index, undefined, 2)}\n`);
