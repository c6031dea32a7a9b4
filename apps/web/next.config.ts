/** Next.js serves pages only; the API, sockets and published ports belong to the session manager in front of it. */
import type { NextConfig } from 'next';
import { PHASE_DEVELOPMENT_SERVER } from 'next/constants.js';

/** The same as `basePath` of src/env.ts, which the transpiled configuration cannot import. */
const basePath = process.env.NEXT_PUBLIC_BASE_PATH ?? '';

/** Files whose names end so are pages in development alone: the stories. */
const DEVELOPMENT_PAGES = 'dev.tsx';

const config: NextConfig = {
  basePath,
  // A build for another path lies apart: two stacks of one clone may have different ones.
  distDir: basePath === '' ? '.next' : `.next${basePath.replaceAll('/', '-')}`,
  reactStrictMode: true,
  poweredByHeader: false,
  // It would lie over what the stories show.
  devIndicators: false,
  // `tsc -b` of the whole repository is the type check; Next's own would run it a second time with other settings.
  typescript: { ignoreBuildErrors: true },
  // No image is optimised at run time, so that the server never writes a cache.
  images: { unoptimized: true },
  // A frame on an isolated page is isolated itself, and starts only workers that say the same of themselves.
  headers: async () => [
    {
      source: '/_next/static/:path*',
      headers: [{ key: 'Cross-Origin-Embedder-Policy', value: 'require-corp' }],
    },
  ],
  // Only `next dev` looks at it: the manager in front of it is asked by both names of the loopback.
  allowedDevOrigins: ['localhost', '127.0.0.1'],
  turbopack: { root: `${import.meta.dirname}/../..` },
};

export default function configFor(phase: string): NextConfig {
  const pageExtensions = ['tsx', 'ts'];
  return {
    ...config,
    pageExtensions: phase === PHASE_DEVELOPMENT_SERVER ? [DEVELOPMENT_PAGES, ...pageExtensions] : pageExtensions,
  };
}
