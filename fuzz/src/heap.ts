import { text } from "node:stream/consumers";
import { getHeapSnapshot } from "node:v8";

/** What lives on the heap and outside of it, in bytes. */
export interface LiveMemory {
  readonly heap: number;
  readonly external: number;
}

/**
 * What lives after two forced collections; the second takes what the first only let go of. Needs
 * `--expose-gc`.
 */
export function liveMemory(): LiveMemory {
  if (globalThis.gc === undefined) throw new Error("start it with --expose-gc");
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return { heap: heapUsed, external };
}

/** The same in one sum. */
export function liveBytes(): number {
  const { heap, external } = liveMemory();
  return heap + external;
}

/** As people read it. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(2)} MiB`;
}

/**
 * What a heap snapshot holds, as far as it is read here: nodes as rows of numbers, and what their
 * columns mean.
 */
interface Snapshot {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[];
      readonly node_types: readonly (readonly string[])[];
    };
  };
  readonly nodes: readonly number[];
}

/**
 * Compiled code, and what the engine keeps beside it; both grow for minutes, as functions are
 * compiled again for what they have seen since.
 */
const CODE: ReadonlySet<string> = new Set(["code", "hidden"]);

/**
 * The bytes of all that a program made: objects, arrays, strings, closures, numbers, without the
 * code that was compiled.
 */
export async function dataBytes(): Promise<number> {
  const { snapshot, nodes } = JSON.parse(await text(getHeapSnapshot())) as Snapshot;
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const kind = fields.indexOf("type");
  const size = fields.indexOf("self_size");
  let sum = 0;
  for (let row = 0; row < nodes.length; row += fields.length) {
    if (!CODE.has(types[0]?.[nodes[row + kind] as number] as string))
      sum += nodes[row + size] as number;
  }
  return sum;
}
