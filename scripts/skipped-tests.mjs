// A reporter for vitest: names each test that was skipped, with the reason that its name or note
// holds. Nothing is left out silently.

/** @implements {import("vitest/reporters").Reporter} */
export default class SkippedTests {
  #chosen = false;

  onInit(vitest) {
    this.#chosen = vitest.config.testNamePattern !== undefined;
  }

  onTestRunEnd(modules) {
    if (this.#chosen) return; // whoever names the tests to run knows which are not
    const skipped = modules.flatMap((module) => [...module.children.allTests("skipped")]);
    for (const test of skipped) {
      const note = test.result().note;
      console.log(
        `skipped: [${test.project.name}] ${test.module.relativeModuleId}: ${test.fullName}${note === undefined ? "" : ` (${note})`}`,
      );
    }
  }
}
