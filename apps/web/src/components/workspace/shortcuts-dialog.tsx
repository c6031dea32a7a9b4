/** Every key the page keeps, and what a browser does not let it keep. */
'use client';

import { strings } from '../../strings.ts';
import { keyHelp } from '../../workbench/workspace/key-help.ts';
import { Modal } from '../ui/dialog.tsx';

const text = strings.shortcuts;

export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  return (
    <Modal title={text.title} text={text.text} onClose={onClose} className="max-w-2xl">
      <div className="grid gap-x-8 gap-y-5 sm:grid-cols-2">
        {keyHelp().map(({ title, rows }) => (
          <section key={title}>
            <h3 className="caption mb-1 text-ink-3">{title}</h3>
            <dl>
              {rows.map(({ presses, meaning }) => (
                <div key={meaning} className="flex justify-between gap-3 border-line border-t py-1.5 text-sm">
                  <dt className="text-ink-2">{meaning}</dt>
                  <dd className="flex shrink-0 flex-col items-end gap-0.5 whitespace-nowrap">
                    {presses.map((press) => (
                      <kbd key={press}>{press}</kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p className="mt-5 text-[13px] text-ink-3">{text.browser}</p>
    </Modal>
  );
}
