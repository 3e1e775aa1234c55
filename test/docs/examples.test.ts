import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';

const cwd = new URL('../../', import.meta.url);
const find = (pattern: string) =>
  globSync(pattern, { cwd }).filter((path) => !/node_modules|\.next|\.wrangler/.test(path));
const read = (path: string) => readFileSync(new URL(path, cwd), 'utf8');

const sources = find('examples/*/**/*.{ts,tsx,js,css}');

describe('the examples', () => {
  it('have files of under 100 lines', () => {
    expect(sources.length).toBeGreaterThan(30);
    const long = sources.filter((path) => read(path).trimEnd().split('\n').length >= 100);
    expect(long).toEqual([]);
  });

  it('have in common what they say they have in common', () => {
    for (const name of [
      'shop.ts',
      'texts.ts',
      'style.css',
      'checkout.test.ts',
      'customer.ts',
      'pages.ts',
      'orders.ts',
    ]) {
      const copies = sources.filter((path) => basename(path) === name);
      expect(copies.length, name).toBeGreaterThan(1);
      expect(new Set(copies.map(read)).size, name).toBe(1);
    }
  });

  it('each have a README with the command that starts them, and are on the list', () => {
    const list = read('examples/README.md');
    for (const path of find('examples/*/package.json')) {
      const { scripts, dependencies } = JSON.parse(read(path));
      const name = path.split('/')[1] ?? '';
      const command = ['npm run dev', 'npm start', 'npm test'].find(
        (each) => (each.split(' ').at(-1) ?? '') in scripts,
      );
      expect(read(`examples/${name}/README.md`)).toContain(`npm install && ${command}\n`);
      expect(list).toContain(`[${name}](${name})`);
      expect(scripts.test).toBeDefined();
      expect(dependencies['momo-collections']).toBe('0.x');
    }
  });

  it('take packages from whatever registry their reader has, and the library from npm', () => {
    for (const path of find('examples/*/package-lock.json')) {
      expect(read(path)).not.toMatch(/"resolved"|momo-collections"/);
    }
  });
});
