/** Bundles the loader as one classic script, and tells its size: the promise is in docs/SPECIFICATION.md. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const outfile = `${import.meta.dirname}/dist/embed.js`;
await build({
  entryPoints: [`${import.meta.dirname}/src/loader.ts`],
  outfile,
  bundle: true,
  minify: true,
  format: 'iife',
  target: ['chrome109', 'firefox115', 'safari16.4'],
  legalComments: 'none',
});
console.log(`embed.js: ${gzipSync(readFileSync(outfile), { level: 9 }).byteLength} bytes gzipped`);
