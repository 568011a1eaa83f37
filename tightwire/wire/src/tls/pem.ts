import { StartError } from "@tightwire/core";

/**
 * PEM text as bytes: `value` itself when it is PEM, else the content of the file that it names.
 * Throws an Error that names the option when the file cannot be read or holds no PEM.
 */
export function readPem(option: string, value: string): Buffer {
  if (value.includes("-----BEGIN ")) return Buffer.from(value);
  let bytes: Buffer;
  try {
    // Not imported above: as a module, "node:fs" brings all of its parts along, and takes as long
    // to load as all of this package.
    bytes = process.getBuiltinModule("node:fs").readFileSync(value);
  } catch (cause) {
    throw new StartError(
      "TW_UNREADABLE_FILE",
      `${option}: cannot read ${value} (${(cause as NodeJS.ErrnoException).code ?? String(cause)})`,
      { cause },
    );
  }
  if (!bytes.includes("-----BEGIN "))
    throw new StartError("TW_INVALID_FILE", `${option}: ${value} has no PEM text`);
  return bytes;
}
