// How long a fresh process takes to import a library, in milliseconds.
//   node probes/import.mjs specifier

const startedAtMs = performance.now();
await import(process.argv[2]);
console.log(JSON.stringify({ importMs: performance.now() - startedAtMs }));
