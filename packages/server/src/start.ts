import { readLauncherConfig } from "./launcher/config.js";
import { runShop } from "./launcher/launcher.js";
import { describeStartFailure, whenStopIsAsked } from "./process.js";

const stop = new AbortController();
void whenStopIsAsked().then(() => stop.abort());

try {
  await runShop(readLauncherConfig(), stop.signal, (line) => process.stdout.write(`${line}\n`));
} catch (error) {
  process.stderr.write(`${describeStartFailure(error)}\n`);
  process.exitCode = 1;
}
