/** Opens a port of an embedded session in a tab: by an address that the server gives for it, since the frame has no cookie to show. */
import { openPortResponseSchema } from '@drydock/protocol';
import { strings } from '../../strings.ts';
import type { Notices } from '../base/notices.ts';
import type { WorkbenchActions } from '../session/workbench-actions.ts';

export interface OpenPortDeps {
  actions: Pick<WorkbenchActions, 'call'>;
  notices: Notices;
  node: string;
  port: number;
  /** From `/` on. */
  path?: string | undefined;
}

/** To be called by a press: only then a browser opens a tab. */
export async function openPort({ actions, notices, node, port, path }: OpenPortDeps): Promise<void> {
  // At once, while the press counts; its address comes after it.
  const tab = window.open('about:blank', '_blank');
  if (tab === null) {
    notices.show({ kind: 'error', title: strings.embed.portFailed(port), text: strings.embed.portBlocked });
    return;
  }
  tab.opener = null;
  try {
    const { url } = await actions.call('POST', `/nodes/${node}/ports/${port}/open`, {
      body: path === undefined ? {} : { path },
      read: openPortResponseSchema,
    });
    tab.location.replace(url);
  } catch (error) {
    tab.close();
    notices.fail(strings.embed.portFailed(port), error);
  }
}
