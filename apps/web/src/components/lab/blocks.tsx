/** The blocks of a step, each by its kind. */
'use client';

import type { ReaderBlock } from '@drydock/lab';
import { Fragment, type ReactNode } from 'react';
import { strings } from '../../strings.ts';
import { useWorkbench } from '../../workbench/use-workbench.tsx';
import { CheckList } from './checks.tsx';
import { FileBlock } from './file-block.tsx';
import { useLabHere } from './lab-context.tsx';
import { FilePlace, PortPlace, sessionParts } from './places.tsx';
import { LabPicture, Prose } from './prose.tsx';
import { AskBlock, QuizBlock } from './questions.tsx';
import { RunBlock } from './run-block.tsx';

const text = strings.labs;

interface FoldedProps {
  title: string;
  blocks: readonly ReaderBlock[];
  /** Noted by the manager when it is opened, for the statement. */
  noted?: string;
}

function Folded({ title, blocks, noted }: FoldedProps) {
  const { labs } = useWorkbench();
  return (
    <details
      className="rounded-md border border-line px-3 py-2"
      onToggle={(event) => {
        if (event.currentTarget.open && noted !== undefined) void labs.ask('lab:hint', { key: noted });
      }}
    >
      <summary className="cursor-pointer font-[600]">{title}</summary>
      <div className="mt-2 space-y-3">
        <Blocks blocks={blocks} />
      </div>
    </details>
  );
}

function Block({ block }: { block: ReaderBlock }): ReactNode {
  const version = useLabHere()?.view.version ?? '';
  const parts = sessionParts(version);
  switch (block.kind) {
    case 'prose':
      return <Prose nodes={block.nodes} parts={parts} />;
    case 'run':
      return <RunBlock run={block} />;
    case 'file':
      return <FileBlock file={block} />;
    case 'output':
      return (
        <figure>
          <figcaption className="text-[12.5px] text-ink-3">{text.expectedOutput}</figcaption>
          <pre className="overflow-x-auto rounded-md bg-sunken p-3 font-mono text-[13px] text-ink-2 leading-6">
            {block.text}
          </pre>
        </figure>
      );
    case 'checks':
      return <CheckList keys={block.leaves} />;
    case 'quiz':
      return <QuizBlock quiz={block} parts={parts} />;
    case 'ask':
      return <AskBlock leaf={block.leaf} question={block.question} />;
    case 'hint':
      return <Folded title={block.title === '' ? text.hint : block.title} blocks={block.blocks} noted={block.key} />;
    case 'solution':
      return (
        <Folded title={block.title === '' ? text.solution : block.title} blocks={block.blocks} noted={block.key} />
      );
    case 'details':
      return <Folded title={block.title} blocks={block.blocks} />;
    case 'port':
      return (
        <p>
          <PortPlace node={block.node} port={block.port} path={block.path}>
            {block.text}
          </PortPlace>
        </p>
      );
    case 'file-link':
      return (
        <p>
          <FilePlace node={block.node} path={block.path}>
            {block.text}
          </FilePlace>
        </p>
      );
    case 'image':
      return <LabPicture src={block.src} external={block.external} alt={block.alt} version={version} />;
  }
}

export function Blocks({ blocks }: { blocks: readonly ReaderBlock[] }) {
  return blocks.map((block, index) => (
    <Fragment key={'key' in block ? block.key : index}>
      <Block block={block} />
    </Fragment>
  ));
}
