import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { onTestFinished } from "vitest";

/** Why tests in a network namespace are left out here; undefined when they can run. */
export function namespacesMissing(): string | undefined {
  if (spawnSync("ip", ["-V"]).status !== 0) return "iproute2 is not installed";
  const probe = `tw-probe-${process.pid}`;
  if (spawnSync("ip", ["netns", "add", probe]).status !== 0)
    return "network namespaces cannot be made, for which root is needed";
  spawnSync("ip", ["netns", "del", probe]);
  return undefined;
}

/** A host of its own, behind a cable that can be cut. */
export interface OtherHost {
  readonly address: string;
  /** From now on nothing passes either way, and nobody is told. */
  cut(): void;
  heal(): void;
  /** Runs a program of Node there until the test has finished; resolves with its first line. */
  run(program: string): Promise<string>;
}

let hosts = 0;

/** Makes a network namespace that this process reaches over a virtual cable. */
export function createOtherHost(): OtherHost {
  const id = `${process.pid}-${hosts++}`;
  const name = `tw-${id}`;
  // A name of an interface has at most 15 characters.
  const [near, far] = [`twn${id}`.slice(-15), `twf${id}`.slice(-15)];
  const network = `10.231.${process.pid % 250}`;
  const host = hosts * 4;
  const children: ChildProcess[] = [];
  onTestFinished(() => {
    for (const child of children) child.kill("SIGKILL");
    spawnSync("ip", ["link", "del", near]);
    spawnSync("ip", ["netns", "del", name]);
  });
  ip(`netns add ${name}`);
  ip(`link add ${near} type veth peer name ${far}`);
  ip(`link set ${far} netns ${name}`);
  ip(`addr add ${network}.${host + 1}/30 dev ${near}`);
  ip(`link set ${near} up`);
  ip(`-n ${name} addr add ${network}.${host + 2}/30 dev ${far}`);
  ip(`-n ${name} link set ${far} up`);
  return {
    address: `${network}.${host + 2}`,
    cut: () => ip(`-n ${name} link set ${far} down`),
    heal: () => ip(`-n ${name} link set ${far} up`),
    async run(program) {
      const child = spawn("ip", ["netns", "exec", name, process.execPath, "-e", program], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      children.push(child);
      const [line] = (await once(child.stdout, "data")) as [Buffer];
      return String(line).trim();
    },
  };
}

function ip(command: string): void {
  const { status, stderr } = spawnSync("ip", command.split(" "));
  if (status !== 0) throw new Error(`ip ${command}: ${String(stderr).trim()}`);
}
