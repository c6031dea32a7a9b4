/** Three things that are true of every session. */
import { strings } from '../../strings.ts';

export function Facts() {
  return (
    <dl className="grid gap-x-10 gap-y-4 border-line border-t pt-5 sm:grid-cols-3">
      {strings.landing.facts.map(({ title, text }) => (
        <div key={title}>
          <dt className="font-[640] text-[15px]">{title}</dt>
          <dd className="mt-0.5 text-ink-2 text-sm">{text}</dd>
        </div>
      ))}
    </dl>
  );
}
