import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { PYTHON, pythonHas } from "./python.js";
import { repository } from "./shop-process.js";

/** A Python that has python3-grpcio and not python3-grpc-tools, whatever is installed. */
function withoutGrpcTools(): void {
  const folder = mkdtempSync(join(tmpdir(), "tightwire-python-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
    vi.unstubAllEnvs();
  });
  for (const [name, text] of [
    ["grpc", ""],
    ["grpc_tools", "raise ImportError('not installed')\n"],
  ] as const) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "__init__.py"), text);
  }
  vi.stubEnv("PYTHONPATH", folder);
}

test.skipIf(!existsSync(PYTHON))(
  `python with grpc and without grpc_tools is seen as that (skipped where ${PYTHON} is not installed)`,
  () => {
    withoutGrpcTools();
    expect(pythonHas("grpc")).toBe(true);
    expect(pythonHas("grpc", "grpc_tools")).toBe(false);
  },
);

test.skipIf(!existsSync(PYTHON))(
  `the shop's test with Python is left out without grpc_tools (skipped where ${PYTHON} is not installed)`,
  () => {
    withoutGrpcTools();
    const { status, stdout } = spawnSync(
      process.execPath,
      [
        ...["node_modules/vitest/vitest.mjs", "run", "--project", "wire", "e2e/shop.test.ts"],
        ...["-t", "python reads", "--reporter", "json"],
      ],
      { cwd: repository, encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } },
    );
    expect(JSON.parse(stdout)).toMatchObject({ numFailedTests: 0, numPassedTests: 0 });
    expect(status).toBe(0);
  },
);
