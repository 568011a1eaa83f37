import { readFileSync } from "node:fs";

/** What a `.cpuprofile` holds, as far as it is read here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
    };
  }[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

/** A function or a layer, with its share of the busy time (0 to 1) that was spent in itself. */
export interface Share {
  readonly name: string;
  readonly share: number;
}

/** Where the time of a process went. */
export interface ProfileSummary {
  readonly layers: readonly Share[];
  /** Functions of this repository's packages, the dearest first. */
  readonly own: readonly Share[];
}

/** Layers below it are not told. */
const LEAST_SHARE = 0.005;

/** Reads a `.cpuprofile`. */
export function readProfile(path: string): CpuProfile {
  return JSON.parse(readFileSync(path, "utf8")) as CpuProfile;
}

/** Sums self time up, by layer and by function of ours. Idle time counts for nothing. */
export function summarizeProfile(profile: CpuProfile, topFunctions: number): ProfileSummary {
  const self = new Map<number, number>();
  profile.samples.forEach((id, index) =>
    self.set(id, (self.get(id) ?? 0) + (profile.timeDeltas[index] ?? 0)),
  );
  const layers = new Map<string, number>();
  const own = new Map<string, number>();
  let busy = 0;
  for (const { id, callFrame } of profile.nodes) {
    const time = self.get(id) ?? 0;
    const layer = layerOf(callFrame);
    if (layer === "idle" || time === 0) continue;
    busy += time;
    add(layers, layer, time);
    if (layer.startsWith("tightwire"))
      add(own, `${callFrame.functionName || "(anonymous)"} ${placeOf(callFrame)}`, time);
  }
  const worthTelling = sharesOf(layers, busy).filter(({ share }) => share >= LEAST_SHARE);
  return { layers: worthTelling, own: sharesOf(own, busy).slice(0, topFunctions) };
}

/** A summary as lines for a terminal. */
export function formatProfile(name: string, { layers, own }: ProfileSummary): string {
  const line = ({ name: what, share }: Share): string =>
    `  ${(share * 100).toFixed(1).padStart(5)} %  ${what}`;
  return [
    `${name}: share of busy time, by layer`,
    ...layers.map(line),
    `${name}: self time of our functions`,
    ...own.map(line),
  ].join("\n");
}

function layerOf({ functionName, url }: CpuProfile["nodes"][number]["callFrame"]): string {
  if (functionName === "(idle)") return "idle";
  if (functionName === "(garbage collector)") return "garbage collection";
  const own = /\/tightwire\/(\w+)\/dist\//.exec(url)?.[1];
  if (own !== undefined) return `tightwire ${own}`;
  if (url.includes("/@grpc/grpc-js/")) return "grpc-js";
  if (url.includes("/@bufbuild/protobuf/")) return "protobuf wire";
  if (url.includes("/bench/dist/gen/")) return "generated messages";
  if (url.includes("/bench/dist/")) return "bench";
  return url.startsWith("node:")
    ? url.replace(/^(node:(?:internal\/)?[\w-]+).*/, "$1")
    : "native and program";
}

function placeOf({ url, lineNumber }: CpuProfile["nodes"][number]["callFrame"]): string {
  return `${url.replace(/^.*\/tightwire\//, "").replace("/dist/", "/")}:${lineNumber + 1}`;
}

function add(sums: Map<string, number>, key: string, amount: number): void {
  sums.set(key, (sums.get(key) ?? 0) + amount);
}

function sharesOf(sums: ReadonlyMap<string, number>, whole: number): Share[] {
  return [...sums]
    .map(([name, time]) => ({ name, share: time / whole }))
    .sort((a, b) => b.share - a.share);
}
