/** One line per check as it ends, and the count at the end. */
export function createReport() {
  const startedAtMs = Date.now();
  let passed = 0;
  let failed = 0;
  return {
    /** Runs a check; it fails by rejecting, and may return a remark. */
    async check(name, work) {
      try {
        const remark = await work();
        passed += 1;
        console.log(`ok    ${name}${remark ? ` (${remark})` : ''}`);
      } catch (error) {
        failed += 1;
        console.log(`FAIL  ${name}\n${String(error?.message ?? error).replace(/^/gm, '        ')}`);
      }
    },
    end() {
      console.log(`\n${((Date.now() - startedAtMs) / 1000).toFixed(1)} s on Node ${process.versions.node}`);
      console.log(`${passed} passed, ${failed} failed`);
      process.exitCode = failed === 0 ? 0 : 1;
    },
  };
}

/** Complains with every line there is, or not at all. */
export function expectNone(problems) {
  if (problems.length > 0) throw new Error(problems.join('\n'));
}
