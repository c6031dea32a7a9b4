/** A template as one press: what it is, and a hull for each of its nodes. */
import type { TemplateView } from '@drydock/protocol';
import { strings } from '../../strings.ts';

const text = strings.landing;

function Hulls({ count }: { count: number }) {
  return (
    <span className="flex items-center gap-1 text-ink-3 group-hover:text-accent" aria-hidden="true">
      {Array.from({ length: count }, (_, index) => (
        <svg
          // biome-ignore lint/suspicious/noArrayIndexKey: hulls are alike and never change places.
          key={index}
          width="15"
          height="10"
          viewBox="0 0 15 10"
          fill="currentColor"
          aria-hidden="true"
          focusable="false"
        >
          <path d="M0 0h15l-1.2 6.2Q13.3 10 9.6 10H5.4Q1.7 10 1.2 6.2z" />
        </svg>
      ))}
      <span className="ml-1 text-[12.5px]">{text.templateNodes(count)}</span>
    </span>
  );
}

interface TemplateRowProps {
  template: TemplateView;
  disabled: boolean;
  /** What a press does, for those who hear it. */
  label: string;
  /** Whether as many nodes as it has are warm: only then it is known how soon it is ready. */
  warm?: boolean;
  onPress: () => void;
}

const ROW =
  'group flex h-full w-full flex-col gap-1 border-line border-t pt-2 pb-2.5 text-left text-sm transition-colors hover:border-accent hover:text-accent disabled:opacity-60';

export function TemplateRow({ template, disabled, label, warm = false, onPress }: TemplateRowProps) {
  const { nodes, description, readySeconds } = template;
  return (
    <button
      type="button"
      disabled={disabled}
      onClick={onPress}
      aria-label={`${label} ${text.templateNodes(nodes.length)}`}
      aria-description={description}
      className={ROW}
    >
      <span className="font-[600]">{template.title}</span>
      <span className="text-[13px] text-ink-2 leading-snug">{description}</span>
      <span className="flex items-center gap-2">
        <Hulls count={nodes.length} />
        {warm && readySeconds !== undefined && (
          <span className="text-[12.5px] text-ink-3">· {text.readyIn(readySeconds)}</span>
        )}
      </span>
    </button>
  );
}

/** A session without nodes, for whoever wants to begin with nothing. */
export function EmptyRow({ disabled, onPress }: Pick<TemplateRowProps, 'disabled' | 'onPress'>) {
  return (
    <button type="button" disabled={disabled} onClick={onPress} aria-label={text.startEmpty} className={ROW}>
      <span className="font-[600]">{text.emptySession}</span>
      <span className="text-[13px] text-ink-2 leading-snug">{text.emptyText}</span>
      <span className="text-[12.5px] text-ink-3">{text.templateNodes(0)}</span>
    </button>
  );
}
