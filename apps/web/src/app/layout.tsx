import type { Metadata, Viewport } from 'next';
import { headers } from 'next/headers';
import { strings } from '../strings.ts';
import { themeScript } from '../workbench/base/theme.ts';
import { trustedTypesScript } from '../workbench/base/trusted-types.ts';
import './globals.css';

export const metadata: Metadata = {
  title: { default: strings.product.title, template: `%s · ${strings.product.name}` },
  description: strings.product.description,
};

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  interactiveWidget: 'resizes-content',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f2f4f2' },
    { media: '(prefers-color-scheme: dark)', color: '#0a1214' },
  ],
};

export default async function RootLayout({ children }: { children: React.ReactNode }) {
  const nonce = (await headers()).get('x-nonce') ?? undefined;
  return (
    <html lang="en" data-theme="light" suppressHydrationWarning>
      <head>
        <script nonce={nonce} suppressHydrationWarning>
          {trustedTypesScript}
        </script>
        {/* Sets the theme before the first paint, so that a dark room stays dark. */}
        <script nonce={nonce} suppressHydrationWarning>
          {themeScript}
        </script>
      </head>
      <body>{children}</body>
    </html>
  );
}
