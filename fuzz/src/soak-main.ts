#!/usr/bin/env node
// Soaks the wire; see `--help`.
import { dataBytes, type LiveMemory, liveMemory, megabytes } from "./heap.js";
import { readSoakOptions, SOAK_USAGE } from "./options.js";
import { type SoakResult, soak } from "./soak.js";

/**
 * Write buffers belong to the process: 64 of 64 KiB at most are kept, however many the first minute
 * needed.
 */
const EXTERNAL_SLACK_BYTES = 4_194_304;

/** Memory at rest; `data` is the heap without compiled code. */
interface RestMemory extends LiveMemory {
  readonly data: number;
}

interface Check {
  readonly what: string;
  readonly first: string;
  readonly last: string;
  readonly good: boolean;
}

function memoryCheck(what: string, first: number, last: number, slack = 0): Check {
  return {
    what,
    first: megabytes(first),
    last: megabytes(last),
    good: last <= first * 1.05 + slack,
  };
}

function countCheck(what: string, first: number | undefined, last: number | undefined): Check {
  return { what, first: String(first), last: String(last), good: first === last };
}

function checksOf(result: SoakResult, first: RestMemory, last: RestMemory): Check[] {
  const { client, server } = result;
  return [
    memoryCheck("heap at rest, after two collections", first.heap, last.heap),
    memoryCheck("the same without compiled code", first.data, last.data),
    memoryCheck("memory outside of the heap", first.external, last.external, EXTERNAL_SLACK_BYTES),
    countCheck("open file descriptors", result.descriptorsBefore, result.descriptorsAfter),
    countCheck("sockets left", 0, result.socketsAfter),
    countCheck("calls begun and ended, client", client.begun, client.ended),
    countCheck("calls begun and ended, server", server.begun, server.ended),
    countCheck("second endings, client and server", 0, client.endedAgain + server.endedAgain),
  ];
}

function print(checks: readonly Check[], { client, server, connections }: SoakResult): void {
  const codes = (byCode: ReadonlyMap<number, number>): string =>
    [...byCode]
      .sort(([one], [two]) => one - two)
      .map(([code, count]) => `${code}: ${count}`)
      .join(", ");
  console.log(
    `${connections} connections; codes of the client: ${codes(client.byCode)}; of the server: ${codes(server.byCode)}`,
  );
  console.log(`| ${"what".padEnd(36)} | ${"first".padStart(12)} | ${"last".padStart(12)} |      |`);
  console.log(`|${"-".repeat(38)}|${"-".repeat(13)}:|${"-".repeat(13)}:|------|`);
  for (const { what, first, last, good } of checks) {
    console.log(
      `| ${what.padEnd(36)} | ${first.padStart(12)} | ${last.padStart(12)} | ${good ? "ok  " : "FAIL"} |`,
    );
  }
}

try {
  const options = readSoakOptions(process.argv.slice(2));
  if (options === undefined) console.log(SOAK_USAGE);
  else {
    const warmUpSeconds = options.warmUpMinutes * 60;
    const seconds = options.minutes * 60;
    console.error(
      `soak: ${options.minutes} minutes after ${options.warmUpMinutes} to warm up, --seed ${options.seed}`,
    );
    const rests: RestMemory[] = [];
    const result = await soak({
      seconds: warmUpSeconds + seconds,
      seed: options.seed,
      firstRestSeconds: warmUpSeconds + Math.min(60, seconds / 2),
      atRest: async () => void rests.push({ ...liveMemory(), data: await dataBytes() }),
      eachMinute: (calls, made) =>
        console.error(
          `soak: ${calls} calls over ${made} connections; heap ${megabytes(liveMemory().heap)} under load`,
        ),
    });
    const checks = checksOf(result, rests[0] as RestMemory, rests[1] as RestMemory);
    print(checks, result);
    const good = checks.every((check) => check.good);
    console.log(good ? "soak: PASS" : "soak: FAIL");
    process.exitCode = good ? 0 : 1;
  }
} catch (error) {
  console.error(`soak: ${error instanceof Error ? error.stack : String(error)}`);
  process.exitCode = 1;
}
