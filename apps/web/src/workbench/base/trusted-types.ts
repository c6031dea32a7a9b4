/**
 * Which strings may become code in our pages, where the browser asks (Trusted Types, required by the policy of proxy.ts): addresses of our
 * own build, and nothing else. Turbopack's loader and React set plain strings, so this is the default policy; xterm.js and CodeMirror need none.
 */
import { basePath } from '../../env.ts';

/** React makes its script elements by this; what is made so is empty, and does not run. */
const EMPTY_SCRIPT = '<script></script>';

/** Runs first in the head, before a script of the build sets an address. A string that it does not answer for is refused by the browser. */
export const trustedTypesScript = `(function(t){if(!t)return;t.createPolicy('default',{createScriptURL:function(u){
var a=new URL(u,location.href);if(a.origin===location.origin&&a.pathname.indexOf('${basePath}/_next/static/')===0)return u},
createHTML:function(h){if(h==='${EMPTY_SCRIPT.replace('</', '<\\/')}')return h}})})(window.trustedTypes)`;
