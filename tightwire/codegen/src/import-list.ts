import { posix } from "node:path";
import type { DescEnum, DescFile, DescMessage } from "@bufbuild/protobuf";
import { errorListName, errorModule } from "./error-name.js";
import { checkName, rulesModule } from "./rules/rules-name.js";
import { typeName } from "./type-name.js";

/** The imports of one generated file. */
export interface ImportList {
  /** Imports a type that only signatures use. Returns its local name. */
  type(name: string, from: string): string;
  /** Imports a value, or a type and value of the same name. Returns its local name. */
  value(name: string, from: string): string;
  /** Imports the message that ts-proto generated for `message`. Returns its local name. */
  message(message: DescMessage): string;
  /** As {@link ImportList.message}, for signatures only. */
  messageType(message: DescMessage): string;
  /**
   * The name of the function that checks a message: imported, when it is generated into another
   * file.
   */
  check(message: DescMessage): string;
  /** Imports the list of errors that was generated for an enum. Returns its local name. */
  errors(desc: DescEnum): string;
  /** The import statements, sorted by module. */
  lines(): string[];
}

interface Imported {
  readonly name: string;
  readonly local: string;
  readonly from: string;
  value: boolean;
}

/**
 * Makes the import list of the generated file at `path`. Imports get local names that differ from
 * the file's own exports (`reserved`).
 */
export function createImportList(
  path: string,
  mapped: ReadonlyMap<string, string>,
  reserved: ReadonlySet<string>,
): ImportList {
  const entries = new Map<string, Imported>();
  const taken = new Set(reserved);

  const add = (name: string, from: string, value: boolean): string => {
    const key = `${from} ${name}`;
    const known = entries.get(key);
    if (known !== undefined) {
      known.value ||= value;
      return known.local;
    }
    let local = name;
    for (let count = 2; taken.has(local); count++) local = `${name}${count}`;
    taken.add(local);
    entries.set(key, { name, local, from, value });
    return local;
  };

  const moduleOf = (file: DescFile): string =>
    mapped.get(`${file.name}.proto`) ?? relativeModule(path, file.name);
  /** A module that is generated beside that of a file's messages. */
  const besideOf = (file: DescFile, module: string): string => {
    const from = mapped.get(`${file.name}.proto`);
    return from === undefined
      ? relativeModule(path, module)
      : from.replace(/\.js$/, `${module.slice(file.name.length)}.js`);
  };

  return {
    type: (name, from) => add(name, from, false),
    value: (name, from) => add(name, from, true),
    message: (message) => add(typeName(message), moduleOf(message.file), true),
    messageType: (message) => add(typeName(message), moduleOf(message.file), false),
    check: (message) => {
      const module = rulesModule(message.file);
      if (`${module}.ts` === path) return checkName(message);
      return add(checkName(message), besideOf(message.file, module), true);
    },
    errors: (desc) => add(errorListName(desc), besideOf(desc.file, errorModule(desc.file)), true),
    lines: () => formatImports([...entries.values()]),
  };
}

function relativeModule(path: string, protoFile: string): string {
  const relative = posix.relative(posix.dirname(path), `${protoFile}.js`);
  return relative.startsWith(".") ? relative : `./${relative}`;
}

function formatImports(entries: readonly Imported[]): string[] {
  const modules = [...new Set(entries.map((entry) => entry.from))].sort(byModule);
  return modules.flatMap((from) => {
    const here = entries.filter((entry) => entry.from === from);
    return [
      ...formatImport(
        "import type",
        from,
        here.filter((entry) => !entry.value),
      ),
      ...formatImport(
        "import",
        from,
        here.filter((entry) => entry.value),
      ),
    ];
  });
}

/** Sorts packages before relative modules, and both by name. */
function byModule(a: string, b: string): number {
  if (a.startsWith(".") !== b.startsWith(".")) return a.startsWith(".") ? 1 : -1;
  return a < b ? -1 : a > b ? 1 : 0;
}

function formatImport(keyword: string, from: string, entries: readonly Imported[]): string[] {
  if (entries.length === 0) return [];
  const names = entries
    .map(({ name, local }) => (name === local ? name : `${name} as ${local}`))
    .sort();
  const line = `${keyword} { ${names.join(", ")} } from "${from}";`;
  if (line.length <= 120) return [line];
  return [`${keyword} {`, ...names.map((name) => `  ${name},`), `} from "${from}";`];
}
