import { parseArgs } from "node:util";

/** The flags of a program: `*` must be given, `?` may be, and any other text is the default. */
export type FlagSpecs = Readonly<Record<string, string>>;

/** Flags as they were given; those that were not, and have no default, are undefined. */
export interface Flags {
  /** Throws an Error that names the flag when it has no value. */
  text(name: string): string;
  /** Undefined when it was not given. */
  optional(name: string): string | undefined;
  /** Throws an Error that names the flag when it is not a whole number from `least`. */
  whole(name: string, least: number): number;
  /** Throws an Error that names the flag when it is neither `true` nor `false`. */
  bool(name: string): boolean;
}

/**
 * Reads `--flag=value` and `--flag value`. Throws an Error that names a flag which is unknown, or
 * missing.
 */
export function readFlags(args: readonly string[], specs: FlagSpecs): Flags {
  const { values } = parseArgs({
    args: args[0] === "--" ? args.slice(1) : [...args],
    options: Object.fromEntries(
      Object.keys(specs).map((name) => [name, { type: "string" as const }]),
    ),
  });
  for (const [name, spec] of Object.entries(specs))
    if (spec === "*" && values[name] === undefined) throw new Error(`--${name} is missing`);

  function optional(name: string): string | undefined {
    const spec = specs[name];
    return (
      (values[name] as string | undefined) ?? (spec === "*" || spec === "?" ? undefined : spec)
    );
  }

  function text(name: string): string {
    const value = optional(name);
    if (value === undefined) throw new Error(`--${name} is missing`);
    return value;
  }

  return {
    optional,
    text,
    whole(name, least) {
      const value = Number(text(name));
      if (Number.isInteger(value) && value >= least) return value;
      throw new Error(
        `--${name} takes a whole number from ${least}, not ${JSON.stringify(text(name))}`,
      );
    },
    bool(name) {
      const value = text(name).toLowerCase();
      if (value === "true" || value === "false") return value === "true";
      throw new Error(`--${name} takes true or false, not ${JSON.stringify(text(name))}`);
    },
  };
}
