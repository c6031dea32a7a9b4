/** Pages of a site that embeds nodes, as three generators write them: a two-node exercise in each. */

const HEAD = (
  title: string,
  script = '',
) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<script src="EMBED_ORIGIN/embed.js" data-upgrade="sh,bash" async></script>${script}
<style>body{font:17px/1.6 Georgia,serif;max-width:46rem;margin:2rem auto;padding:0 1rem}pre{padding:.8rem;overflow:auto;border:1px solid #8886}</style></head><body>`;

/** A server on one node, asked by the other. */
const SERVE = ['docker run -d --name web -p 8080:80 nginx'];
const ASK = ['until curl -sf node1:8080 >page.html; do sleep 0.2; done', 'grep -c "Welcome to nginx" page.html'];

const docusaurus = (lines: readonly string[], node: string) =>
  `<div data-node="${node}" class="language-bash codeBlockContainer theme-code-block"><div class="codeBlockContent"><pre tabindex="0" class="prism-code language-bash codeBlock"><code class="codeBlockLines">${lines
    .map((line) => `<span class="token-line"><span class="token plain">${escaped(line)}</span><br></span>`)
    .join('')}</code></pre><div class="buttonGroup"><button type="button">Copy</button></div></div></div>`;
const mkdocs = (lines: readonly string[], node: string) =>
  `<div data-node="${node}" class="language-sh highlight"><pre><span></span><button class="md-code__button">Copy</button><code>${lines
    .map((line, at) => `<a id="__codelineno-0-${at}" name="__codelineno-0-${at}"></a>${escaped(line)}\n`)
    .join('')}</code></pre></div>`;
const hugo = (lines: readonly string[], node: string) =>
  `<div data-node="${node}" class="highlight"><pre tabindex="0" class="chroma"><code class="language-sh" data-lang="sh">${lines
    .map((line) => `<span class="line"><span class="cl">${escaped(line)}\n</span></span>`)
    .join('')}</code></pre></div>`;

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

export const GENERATORS = { docusaurus, mkdocs, hugo } as const;
export type Generator = keyof typeof GENERATORS;

/** The exercise's page. */
export function exercisePage(generator: Generator): string {
  const block = GENERATORS[generator];
  return `${HEAD(generator)}<h1>Two hosts</h1><p>Start a web server on the first host.</p>${block(SERVE, 'node1')}
<p>Ask it from the second.</p>${block(ASK, 'node2')}<drydock-terminal nodes="2" height="26rem"></drydock-terminal></body></html>`;
}

/** A page with these elements and nothing else. */
export function plainPage(elements: string): string {
  return `${HEAD('plain')}${elements}</body></html>`;
}
