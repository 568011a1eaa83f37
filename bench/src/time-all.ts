import { median } from "./statistics.js";

const SAMPLES = 15;
const SAMPLE_MS = 100;

/** Nanoseconds that one call takes, over a while. */
function time(work: () => unknown): number {
  const started = performance.now();
  let count = 0;
  let now = started;
  for (; now - started < SAMPLE_MS; now = performance.now())
    for (let turn = 0; turn < 20; turn++, count++) work();
  return ((now - started) * 1e6) / count;
}

/** Nanoseconds a call, medians, in the works' order; each takes its turn, again and again. */
export function timeAll(works: readonly (() => unknown)[]): number[] {
  const samples: number[][] = works.map(() => []);
  for (let turn = -1; turn < SAMPLES; turn++) {
    works.forEach((work, index) => {
      const sample = time(work);
      if (turn >= 0) samples[index]?.push(sample);
    });
  }
  return samples.map(median);
}
