/** What a frame shows in the place of its page where it may not be: a sentence, and its code for the page around it. It can start nothing. */
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { type DrydockError, EMBED_VERSION } from '@drydock/protocol';
import { escapeHtml, htmlResponse, NO_CODE_OF_STRINGS, pageFrame } from '../base/pages.ts';

/** Answers the greeting of the page that made the frame (protocol embed-frame.ts), and nothing else. */
const SCRIPT = `addEventListener("message",e=>{const d=e.data,p=e.ports[0],m=document.querySelector("p");if(e.source===parent&&p&&d&&d.drydock===${EMBED_VERSION}&&d.nonce===location.hash.slice(1))p.postMessage({type:"state",state:"refused",code:m.dataset.code,message:m.textContent})});parent.postMessage("drydock-listens","*")`;
const SCRIPT_HASH = createHash('sha256').update(SCRIPT).digest('base64');

/** Any page may show it, so that its reader learns why there is no more. */
export const FRAME_HEADERS = {
  'cross-origin-resource-policy': 'cross-origin',
  'cross-origin-embedder-policy': 'require-corp',
} as const;

/** Answers with it. */
export function refusalPage(response: ServerResponse, error: DrydockError): void {
  const body = `<p data-code="${error.code}">${escapeHtml(error.message)}</p><script>${SCRIPT}</script>`;
  htmlResponse(response, error.status, pageFrame('Not here', body), {
    ...FRAME_HEADERS,
    'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${SCRIPT_HASH}'; ${NO_CODE_OF_STRINGS}`,
    'referrer-policy': 'no-referrer',
  });
}
