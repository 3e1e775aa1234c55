// What has no business in a bundle of the portable entries: shared by the size report and the bundlers of test/package.

/** Node's built-ins and globals, and what is for tests or builds alone. */
export const nodeOnly = [
  /\bnode:/,
  /\bprocess\b/,
  /\bBuffer\b/,
  /\b__(?:dir|file)name\b/,
  /\brequire\(/,
  /\bmsw\b/,
  /sourceMappingURL/,
];

/** All that, and our own dependencies: for entries that need none. */
export const noPackages = [...nodeOnly, /\bky\b/, /"~standard"/];

/** MTN's test numbers: where one of them is, the sandbox came along. */
export const sandbox = [/\b[45]67331234\d\d\b/];

/** Which of them a bundle has, as text. */
export function findLeaks(text, leaks) {
  return leaks.filter((leak) => leak.test(text)).map(String);
}
