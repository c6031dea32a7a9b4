/** Prose of a lab: the allow-listed nodes as elements. There is no way from an author's text to HTML. */
import type { PhrasingNode, ProseNode } from '@drydock/lab';
import { Fragment, type ReactNode } from 'react';
import { basePath } from '../../env.ts';
import { strings } from '../../strings.ts';
import { cn } from '../ui/cn.ts';

/** How links to ports and files, and pictures, are drawn: in a session they do something, on a lab's own page they are text. */
export interface ProseParts {
  version: string;
  port(node: string | undefined, port: number, path: string, children: ReactNode): ReactNode;
  file(node: string, path: string, children: ReactNode): ReactNode;
}

const SAFE_LINK = /^(https?:\/\/|mailto:)/i;
const IN_PAGE = /^#l-[\w-]+$/;

/** A file that the lab brings along. */
export const assetUrl = (version: string, path: string) =>
  `${basePath}/api/v1/lab-assets/${version}/${path.split('/').map(encodeURIComponent).join('/')}`;

function linkTarget(url: string, version: string): string | undefined {
  if (IN_PAGE.test(url) || SAFE_LINK.test(url)) return url;
  return /^[a-z][a-z0-9+.-]*:/i.test(url) || url.startsWith('#') ? undefined : assetUrl(version, url);
}

export function LabPicture({
  src,
  external,
  alt,
  version,
}: {
  src: string;
  external: boolean;
  alt: string;
  version: string;
}) {
  if (external) {
    return (
      <a href={SAFE_LINK.test(src) ? src : undefined} target="_blank" rel="noopener noreferrer">
        {strings.labs.image(alt)}
      </a>
    );
  }
  return (
    // biome-ignore lint/performance/noImgElement: the manager serves it, and no optimiser runs.
    <img
      src={assetUrl(version, src)}
      alt={alt}
      loading="lazy"
      className="my-3 max-w-full rounded-md border border-line"
    />
  );
}

function Phrase({ node, parts }: { node: PhrasingNode; parts: ProseParts }): ReactNode {
  switch (node.type) {
    case 'text':
      return node.value;
    case 'inlineCode':
      return <code className="rounded bg-sunken px-1 py-0.5 font-mono text-[0.9em]">{node.value}</code>;
    case 'break':
      return <br />;
    case 'emphasis':
      return (
        <em>
          <Phrases nodes={node.children} parts={parts} />
        </em>
      );
    case 'strong':
      return (
        <strong>
          <Phrases nodes={node.children} parts={parts} />
        </strong>
      );
    case 'delete':
      return (
        <del>
          <Phrases nodes={node.children} parts={parts} />
        </del>
      );
    case 'link': {
      const href = linkTarget(node.url, parts.version);
      const isOutside = href !== undefined && SAFE_LINK.test(href);
      return (
        <a
          href={href}
          title={node.title}
          className="underline underline-offset-2"
          {...(isOutside ? { target: '_blank', rel: 'noopener noreferrer' } : {})}
        >
          <Phrases nodes={node.children} parts={parts} />
        </a>
      );
    }
    case 'image':
      return <LabPicture src={node.url} external={node.external} alt={node.alt} version={parts.version} />;
    case 'portLink':
      return parts.port(node.node, node.port, node.path, <Phrases nodes={node.children} parts={parts} />);
    case 'fileLink':
      return parts.file(node.node, node.path, <Phrases nodes={node.children} parts={parts} />);
    case 'footnoteReference':
      return <sup>[{node.identifier}]</sup>;
    case 'element': {
      const Element = node.name;
      return (
        <Element>
          <Phrases nodes={node.children} parts={parts} />
        </Element>
      );
    }
  }
}

export function Phrases({ nodes, parts }: { nodes: readonly PhrasingNode[]; parts: ProseParts }) {
  return nodes.map((node, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a text that does not change has no better name for its parts.
    <Fragment key={index}>
      <Phrase node={node} parts={parts} />
    </Fragment>
  ));
}

const TONES = {
  note: 'border-edge',
  tip: 'border-ok',
  important: 'border-crane',
  warning: 'border-crane',
  caution: 'border-danger',
} as const;

function Paragraphs({ node, parts }: { node: ProseNode; parts: ProseParts }): ReactNode {
  switch (node.type) {
    case 'paragraph':
      return (
        <p>
          <Phrases nodes={node.children} parts={parts} />
        </p>
      );
    case 'heading': {
      // The page's own headings stand above a lab's.
      const Element = `h${Math.min(node.depth + 1, 6)}` as 'h2';
      return (
        <Element id={node.id} className="pt-2 font-[640] text-[1.05em]">
          <Phrases nodes={node.children} parts={parts} />
        </Element>
      );
    }
    case 'thematicBreak':
      return <hr className="border-line" />;
    case 'blockquote':
      return (
        <blockquote className="border-line border-l-4 pl-4">
          <Prose nodes={node.children} parts={parts} />
        </blockquote>
      );
    case 'alert':
      return (
        <div role="note" className={cn('border-l-4 pl-4', TONES[node.tone])}>
          <p className="font-[640]">{strings.labs.tones[node.tone]}</p>
          <Prose nodes={node.children} parts={parts} />
        </div>
      );
    case 'list': {
      const Element = node.ordered ? 'ol' : 'ul';
      return (
        <Element
          className={cn('space-y-1 pl-6', node.ordered ? 'list-decimal' : 'list-disc')}
          {...(node.ordered && node.start !== undefined ? { start: node.start } : {})}
        >
          {node.children.map((item, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a text that does not change has no better name for its parts.
            <li key={index}>
              <Prose nodes={item.children} parts={parts} />
            </li>
          ))}
        </Element>
      );
    }
    case 'code':
      return (
        <pre className="overflow-x-auto rounded-md bg-sunken p-3 font-mono text-[13px] leading-6">{node.value}</pre>
      );
    case 'table': {
      const [head, ...rows] = node.children;
      return (
        <div className="overflow-x-auto">
          <table className="w-full text-left">
            <thead>
              <tr className="border-line border-b">
                {head?.children.map((cell, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a text that does not change has no better name for its parts.
                  <th key={index} scope="col" className="py-1 pr-4 font-[640]">
                    <Phrases nodes={cell.children} parts={parts} />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, line) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a text that does not change has no better name for its parts.
                <tr key={line} className="border-line/60 border-b align-top">
                  {row.children.map((cell, index) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: a text that does not change has no better name for its parts.
                    <td key={index} className="py-1 pr-4">
                      <Phrases nodes={cell.children} parts={parts} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      );
    }
    case 'footnoteDefinition':
      return (
        <aside className="flex gap-2 text-ink-2 text-sm">
          <span>[{node.identifier}]</span>
          <Prose nodes={node.children} parts={parts} />
        </aside>
      );
  }
}

export function Prose({ nodes, parts }: { nodes: readonly ProseNode[]; parts: ProseParts }) {
  return nodes.map((node, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a text that does not change has no better name for its parts.
    <Fragment key={index}>
      <Paragraphs node={node} parts={parts} />
    </Fragment>
  ));
}
