import { parseArgs } from "node:util";

/** What the program is asked for. */
export interface Arguments {
  readonly command: "lint" | "breaking" | "docs";
  /** A buf input (a folder with a buf.yaml or with contracts), or a descriptor image. */
  readonly input: string;
  readonly format: "text" | "json" | "github-actions";
  /** The image that `breaking` compares with. */
  readonly against: string;
  /** Where `docs` writes. */
  readonly out: string;
}

const FORMATS = ["text", "json", "github-actions"] as const;

/** How the program is called. */
export const USAGE = `tightwire-contract lint [<input>] [--format text|json|github-actions]
tightwire-contract breaking [<input>] --against <image> [--format text|json|github-actions]
tightwire-contract docs [<input>] [--out <folder>]

<input>   what buf builds: a folder with a buf.yaml or with contracts (default: .), or an image
          that \`buf build -o image.binpb\` wrote
--against the image of what was released
--format  how faults are printed; default text
--out     the folder for one Markdown page per service; default docs/contract

lint and breaking exit with 1 when they found something.`;

/** Reads the arguments. Throws an Error that says what is wrong and what is allowed. */
export function readArguments(args: readonly string[]): Arguments | "help" {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      format: { type: "string", default: "text" },
      against: { type: "string", default: "" },
      out: { type: "string", default: "docs/contract" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return "help";
  const [command, input = ".", ...more] = positionals;
  if (command !== "lint" && command !== "breaking" && command !== "docs")
    throw new Error(`the command must be lint, breaking or docs (got ${command ?? "none"})`);
  if (command === "breaking" && values.against === "")
    throw new Error("breaking needs --against, the image of what was released");
  if (more.length > 0) throw new Error(`there is one input (got ${[input, ...more].join(", ")})`);
  const format = FORMATS.find((one) => one === values.format);
  if (format === undefined)
    throw new Error(`--format must be ${FORMATS.join(", ")} (got ${values.format})`);
  return { command, input, format, against: values.against, out: values.out };
}
