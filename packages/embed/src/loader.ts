/** The script of `<script src=".../embed.js">`: defines the elements and, where the page wants it, gives its blocks Run buttons. */
import { upgrade } from './base.ts';
import { DrydockLab, DrydockTerminal } from './element.ts';
import { upgradeBlocks } from './run-buttons.ts';

function begin(): void {
  upgradeBlocks(upgrade);
}

// Twice on one page does no harm, whichever came first.
if (customElements.get('drydock-terminal') === undefined) {
  customElements.define('drydock-terminal', DrydockTerminal);
  customElements.define('drydock-lab', DrydockLab);
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', begin, { once: true });
  else begin();
}
