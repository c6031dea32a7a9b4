/** Makes the page an app that a browser installs: in a window of its own Ctrl+W, T and N reach the shell. */
import type { MetadataRoute } from 'next';
import { basePath } from '../env.ts';
import { strings } from '../strings.ts';

export default function manifest(): MetadataRoute.Manifest {
  const start = `${basePath}/`;
  return {
    id: start,
    name: strings.product.name,
    short_name: strings.product.name,
    description: strings.product.description,
    start_url: start,
    scope: start,
    display: 'standalone',
    background_color: '#0a1214',
    theme_color: '#0a1214',
    icons: [{ src: `${basePath}/icon.svg`, sizes: 'any', type: 'image/svg+xml' }],
  };
}
