/** A page of a React site in strict mode, for a test in a real browser: everything is mounted, taken away and mounted again at once. */
import { createElement, StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { DrydockTerminal } from '../src/react.ts';

const server = document.documentElement.dataset.server;
globalThis.heard = [];

function Page() {
  const [nodes, setNodes] = useState([]);
  const [count, setCount] = useState(0);
  return createElement(
    'main',
    null,
    createElement('p', { id: 'nodes' }, nodes.join(' ')),
    createElement('button', { type: 'button', onClick: () => setCount(count + 1) }, `Again ${count}`),
    createElement(DrydockTerminal, {
      server,
      nodes: 2,
      fontSize: 18,
      onReady: (detail) => {
        globalThis.heard.push(['ready', count]);
        setNodes(detail.nodes);
      },
    }),
    createElement(DrydockTerminal, { server, session: 'b' }),
  );
}

createRoot(document.querySelector('#root')).render(createElement(StrictMode, null, createElement(Page)));
