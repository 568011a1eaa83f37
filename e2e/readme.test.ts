import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { RUNTIME_FAILURES } from "./grpc-js-subject.js";
import { repository } from "./shop-process.js";

const run = promisify(execFile);
const HELLO = join(repository, "examples/hello");
const readme = readFileSync(join(repository, "README.md"), "utf8");

function packages(folder: string): string[] {
  return readdirSync(join(repository, folder)).map((name) => join(folder, name));
}

/** The Markdown files of a folder, not of those below it. */
function pagesIn(folder: string): string[] {
  return readdirSync(join(repository, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name));
}

/** The fenced blocks of a language, in order. */
function blocks(markdown: string, language: string): string[] {
  return [...markdown.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, "gm"))].map(
    ([, code = ""]) => code,
  );
}

describe("README", () => {
  const file = (path: string) => readFileSync(join(HELLO, path), "utf8");

  it("shows the files of examples/hello as they are", () => {
    const [server = "", client = ""] = blocks(readme, "ts");
    expect(server).toBe(`// server.ts\n${file("src/server.ts")}`);
    expect(client).toBe(`// client.ts\n${file("src/client.ts")}`);
    const [contract = ""] = blocks(readme, "proto");
    expect(file("proto/hello/v1/hello.proto")).toContain(contract);
  });

  it("counts the known failures of grpc-js on each runtime", () => {
    const counted = [
      ...readme.matchAll(/^\| (Node|Bun) [\d., ]+\|.*`grpcJs\(\)`: (\d+) tests?,/gm),
    ];
    expect(
      counted.map(([, runtime = "", count]) => [runtime.toLowerCase(), Number(count)]),
    ).toEqual([
      ["node", RUNTIME_FAILURES.node.length],
      ["node", RUNTIME_FAILURES.node.length],
      ["bun", RUNTIME_FAILURES.bun.length],
    ]);
  });

  it("shows what they print", async () => {
    const [output = ""] = blocks(readme, "console");
    const server = spawn(process.execPath, [join(HELLO, "dist/server.js")], {
      env: { ...process.env, ADDRESS: "127.0.0.1:0" },
    });
    try {
      const target = await new Promise<string>((resolve, reject) => {
        server.stdout.on("data", (chunk) =>
          resolve(/listening on (\S+)/.exec(String(chunk))?.[1] ?? ""),
        );
        server.on("exit", () => reject(new Error("the server ended")));
      });
      const { stdout } = await run(process.execPath, [join(HELLO, "dist/client.js")], {
        env: { ...process.env, TARGET: target },
      });
      expect(`$ node client.js\n${stdout}`).toBe(output);
    } finally {
      server.kill();
    }
  });

  it("shows how to install what examples/hello has installed, and to generate as it does", () => {
    const [install = ""] = blocks(readme, "sh");
    const { dependencies, devDependencies, scripts } = JSON.parse(file("package.json")) as Record<
      string,
      Record<string, string>
    >;
    const named = (command: string): string[] =>
      new RegExp(`^${command} ((?:@?[\\w-]+[/\\w-]* ?)+)$`, "m")
        .exec(install)?.[1]
        ?.split(" ")
        .sort() ?? [];
    expect(named("npm install")).toEqual(Object.keys(dependencies ?? {}).sort());
    expect(named("npm install --save-dev")).toEqual(Object.keys(devDependencies ?? {}).sort());
    expect(install).toMatch(/^npx buf generate\b/m);
    expect(scripts?.["generate"]).toMatch(/^buf generate\b/);
  });

  it("shows installation and contract within the first 30 lines, server, client and output within the first screen", () => {
    const linesBefore = (text: string): number =>
      readme.slice(0, readme.indexOf(text)).split("\n").length;
    expect(linesBefore("npx buf generate")).toBeLessThan(30);
    expect(linesBefore("// server.ts")).toBeLessThan(30);
    expect(linesBefore("## ")).toBeLessThan(75);
  });
});

describe("guides and package READMEs", () => {
  const folder = mkdtempSync(join(import.meta.dirname, "snippets-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("hold only snippets that compile", async () => {
    const pages = [
      "docs",
      "docs/guides",
      "docs/reference",
      ...packages("tightwire"),
      ...packages("packages"),
    ].flatMap(pagesIn);
    let snippets = 0;
    for (const page of pages) {
      for (const code of blocks(readFileSync(join(repository, page), "utf8"), "ts")) {
        writeFileSync(
          join(folder, `${page.replace(/[^a-z]+/gi, "-")}${snippets++}.ts`),
          `${code}\nexport {};\n`,
        );
      }
    }
    expect(snippets).toBeGreaterThan(3);
    const options = {
      composite: false,
      noEmit: true,
      isolatedDeclarations: false,
      declaration: false,
      types: ["node"],
    };
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({
        extends: "../../tsconfig.base.json",
        compilerOptions: options,
        include: ["*.ts"],
      }),
    );
    const compiled = run(join(repository, "node_modules/.bin/tsc"), ["-p", folder]).then(
      () => "",
      // A compiler that did not start has written nothing.
      (error: Error & { stdout: string }) => error.stdout || String(error),
    );
    expect(await compiled).toBe("");
  });
});
