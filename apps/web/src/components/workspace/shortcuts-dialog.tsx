/** Every key the page keeps, and what a browser does not let it keep. */
'use client';

import { strings } from '../../strings.ts';
import { Modal } from '../ui/dialog.tsx';

const text = strings.shortcuts;

function Keys({ keys }: { keys: string }) {
  return (
    <span className="whitespace-nowrap text-right">
      {keys.split(' / ').map((combination, index) => (
        <span key={combination}>
          {index > 0 && ' '}
          <kbd>{combination}</kbd>
        </span>
      ))}
    </span>
  );
}

export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  return (
    <Modal title={text.title} text={text.text} onClose={onClose} className="max-w-2xl">
      <div className="grid gap-x-8 gap-y-5 sm:grid-cols-2">
        {text.groups.map(({ title, keys }) => (
          <section key={title}>
            <h3 className="caption mb-1 text-ink-3">{title}</h3>
            <dl>
              {keys.map(([combination, meaning]) => (
                <div key={combination} className="flex justify-between gap-3 border-line border-t py-1.5 text-sm">
                  <dt className="text-ink-2">{meaning}</dt>
                  <dd>
                    <Keys keys={combination} />
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
