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
  onPress: () => void;
}

export function TemplateRow({ template, disabled, label, onPress }: TemplateRowProps) {
  return (
    <button
      type="button"
      disabled={disabled}
      onClick={onPress}
      aria-label={`${label} ${text.templateNodes(template.nodes.length)}`}
      title={template.description}
      className="group flex h-full w-full flex-col justify-between gap-1 border-line border-t pt-2 pb-2.5 text-left text-sm transition-colors hover:border-accent hover:text-accent disabled:opacity-60"
    >
      <span className="font-[600]">{template.title}</span>
      <Hulls count={template.nodes.length} />
    </button>
  );
}
