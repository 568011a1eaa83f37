import { rmSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { PROJECTS } from "./projects.js";
import { checkTypes, folderOf, writeContract, writeProject } from "./type-check.js";

test.each(PROJECTS.map((project) => [project.name, project] as const))(
  "the program of %s compiles",
  (name, project) => {
    const folder = folderOf(`test-${name.replaceAll(/\W+/g, "-")}`);
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeContract(folder, 2);
    expect(checkTypes(writeProject(folder, project, 2)).lines).toBeGreaterThan(1_000);
  },
  60_000,
);
