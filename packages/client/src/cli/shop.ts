import { parseArgs } from "node:util";
import { createCatalogClient } from "../catalog-client.js";
import { createOrdersClient } from "../orders-client.js";
import { type Command, type CommandContext, UsageError } from "./command.js";
import { describeError } from "./error-text.js";
import { orderCommands } from "./orders.js";
import { createOutput } from "./output.js";
import { productCommands } from "./products.js";

/** The world around the command. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Gets whole lines without line breaks. */
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

interface Clients {
  readonly catalog: ReturnType<typeof createCatalogClient>;
  readonly orders: ReturnType<typeof createOrdersClient>;
}

const COMMANDS: readonly Command[] = [...productCommands, ...orderCommands];
const COMMON = { json: "boolean", catalog: "string", orders: "string", help: "boolean" } as const;

/**
 * Runs `shop <args>`. Returns the exit code: 0, 1 when a call failed, 2 for a wrong command line.
 */
export async function runShop(
  args: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  const [group, verb, ...rest] = args;
  const command = COMMANDS.find(
    ({ usage }) => usage.startsWith(`${group} ${verb} `) || usage === `${group} ${verb}`,
  );
  if (command === undefined) {
    const asked = args.length === 0 || args.includes("--help") || group === "help";
    const write = asked ? surroundings.out : surroundings.err;
    if (!asked) write(`there is no command "${[group, verb].filter(Boolean).join(" ")}"`);
    for (const line of usageOfAll()) write(line);
    return asked ? 0 : 2;
  }
  try {
    return await runCommand(command, rest, surroundings);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    surroundings.err(error.message);
    surroundings.err(`usage: shop ${command.usage}`);
    return 2;
  }
}

async function runCommand(
  command: Command,
  args: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  const { signal, out, err } = surroundings;
  const { values, positionals } = parse(command, args);
  if (values["help"] === true) {
    out(`usage: shop ${command.usage}`);
    out(command.summary);
    return 0;
  }
  checkOperands(command, positionals);
  const flag = (name: string) => (typeof values[name] === "string" ? values[name] : undefined);
  const targets = readTargets(surroundings.env, flag);
  const { catalog, orders } = openClients(targets);
  const context: CommandContext = {
    operands: positionals,
    flag,
    isSet: (name) => values[name] === true,
    number: (name) => parseNumber(name, flag(name)),
    output: createOutput(values["json"] === true, out),
    signal,
    catalog,
    orders,
  };
  try {
    await command.run(context);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (signal.aborted) return 0;
    for (const line of describeError(error, targets)) err(line);
    return 1;
  } finally {
    await Promise.all([catalog.close(), orders.close()]);
  }
}

function checkOperands({ operands: { least, most } }: Command, given: readonly string[]): void {
  if (given.length < least) throw new UsageError("something is missing");
  if (given.length > most) throw new UsageError(`"${given[most]}" is too much`);
}

function readTargets(
  env: Surroundings["env"],
  flag: CommandContext["flag"],
): { catalog: string; orders: string } {
  return {
    catalog: flag("catalog") ?? env["SHOP_CATALOG"] ?? "127.0.0.1:50051",
    orders: flag("orders") ?? env["SHOP_ORDERS"] ?? "127.0.0.1:50052",
  };
}

/** An invalid target is a usage error. */
function openClients(targets: { catalog: string; orders: string }): Clients {
  try {
    return {
      catalog: createCatalogClient(targets.catalog),
      orders: createOrdersClient(targets.orders),
    };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function parse(
  command: Command,
  args: readonly string[],
): { values: Record<string, unknown>; positionals: string[] } {
  const flags = Object.entries({ ...COMMON, ...command.flags }).map(
    ([name, type]) => [name, { type }] as const,
  );
  try {
    return parseArgs({
      args: [...args],
      options: Object.fromEntries(flags),
      allowPositionals: true,
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function parseNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^-?\d{1,9}$/.test(text))
    throw new UsageError(`--${name} takes a whole number, not "${text}"`);
  return Number(text);
}

function usageOfAll(): string[] {
  return [
    "usage: shop <command> [--json] [--catalog <target>] [--orders <target>]",
    "",
    ...COMMANDS.flatMap(({ usage, summary }) => [`  shop ${usage}`, `      ${summary}`]),
    "",
    "Targets: --catalog or SHOP_CATALOG (default 127.0.0.1:50051), --orders or SHOP_ORDERS (default 127.0.0.1:50052).",
  ];
}
