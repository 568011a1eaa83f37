import { readdirSync, readFileSync } from "node:fs";

const PAGE_BYTES = 4_096;
/** Clock ticks a second, as Linux tells them to programs on every machine. */
const TICKS_PER_SECOND = 100;
const SAMPLE_MS = 10;

/** What a process takes now. Source: proc(5). */
export interface ProcessFigures {
  readonly residentBytes: number;
  readonly descriptors: number;
  readonly cpuSeconds: number;
}

/** Reads them; undefined when the process has ended. */
export function readFigures(pid: number): ProcessFigures | undefined {
  try {
    // The name in field 2 may hold anything, so that fields are counted from its end.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return {
      residentBytes: readResident(pid),
      descriptors: readdirSync(`/proc/${pid}/fd`).length,
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
    };
  } catch {
    return undefined;
  }
}

function readResident(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]) * PAGE_BYTES;
}

/** Watches the resident memory of a process; `stop` gives the most that it was. */
export function watchPeak(pid: number): { stop(): number } {
  let peak = 0;
  const sample = (): void => {
    try {
      peak = Math.max(peak, readResident(pid));
    } catch {
      // It has ended, which others tell.
    }
  };
  sample();
  const timer = setInterval(sample, SAMPLE_MS);
  return {
    stop() {
      clearInterval(timer);
      sample();
      return peak;
    },
  };
}
