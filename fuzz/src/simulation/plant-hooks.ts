import type { InitializeHook, LoadHook } from "node:module";
import type { PlantedBug } from "./planted.js";

// Hooks of Node's module loader, in a thread of their own; see `plant.ts`.

let bug: PlantedBug | undefined;

export const initialize: InitializeHook<PlantedBug> = (data) => {
  bug = data;
};

export const load: LoadHook = async (url, context, nextLoad) => {
  const loaded = await nextLoad(url, context);
  if (bug === undefined || !url.endsWith(`/${bug.file}`)) return loaded;
  const source = Buffer.from(loaded.source as Uint8Array).toString();
  if (!source.includes(bug.find))
    throw new Error(`the bug "${bug.name}" cannot be planted: ${bug.file} has no ${bug.find}`);
  return { ...loaded, source: source.replace(bug.find, bug.replace) };
};
