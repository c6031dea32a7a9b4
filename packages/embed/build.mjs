/** Bundles what pages load as classic scripts, and tells the loader's size: the promise is in docs/SPECIFICATION.md. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const outdir = `${import.meta.dirname}/dist`;
await build({
  entryPoints: {
    embed: `${import.meta.dirname}/src/loader.ts`,
    'katacoda-embed': `${import.meta.dirname}/src/old-pages/katacoda.ts`,
    pwd: `${import.meta.dirname}/src/old-pages/pwd.ts`,
    styles: `${import.meta.dirname}/src/old-pages/pwd.css`,
  },
  outdir,
  bundle: true,
  minify: true,
  format: 'iife',
  target: ['chrome109', 'firefox115', 'safari16.4'],
  legalComments: 'none',
});
console.log(`embed.js: ${gzipSync(readFileSync(`${outdir}/embed.js`), { level: 9 }).byteLength} bytes gzipped`);
