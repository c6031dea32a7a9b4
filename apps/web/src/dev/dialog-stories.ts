/** Every dialog of the workbench, checked complete by the type: a new kind without a story does not compile. */
import type { Dialog } from '../workbench/base/dialogs.ts';
import { STORY_TERMINALS } from './fixtures.ts';

const node = 'mgr1';
const { terminalId = '' } = STORY_TERMINALS[0] ?? {};
const nothing = () => undefined;

export const DIALOG_STORIES: { [K in Dialog['kind']]: Extract<Dialog, { kind: K }> } = {
  'close-session': { kind: 'close-session' },
  'rename-session': { kind: 'rename-session' },
  share: { kind: 'share' },
  'take-home': { kind: 'take-home' },
  settings: { kind: 'settings' },
  shortcuts: { kind: 'shortcuts' },
  palette: { kind: 'palette' },
  outputs: { kind: 'outputs', terminalId },
  'add-node': { kind: 'add-node' },
  'delete-node': { kind: 'delete-node', node },
  'node-details': { kind: 'node-details', node },
  'open-port': { kind: 'open-port', node },
  qr: { kind: 'qr', node, port: 8080, url: 'http://8080-mgr1-kjwtq5ab.lab.example', visibility: 'private' },
  'share-port': { kind: 'share-port', node, port: 8080 },
  'new-file': { kind: 'new-file', what: 'file', node, folder: '/root' },
  'move-file': { kind: 'move-file', node, path: '/root/app/compose.yaml' },
  'delete-file': { kind: 'delete-file', node, path: '/root/app', isFolder: true },
  'close-file': { kind: 'close-file', id: 'file-1' },
  'close-terminal': { kind: 'close-terminal', terminalId, title: 'mgr1', program: 'sleep' },
  link: {
    kind: 'link',
    question: { text: 'docs.docker.com', target: 'https://docs.docker.com.example.org/login', open: nothing },
  },
  paste: {
    kind: 'paste',
    question: { text: 'docker swarm init\ndocker node ls\nrm -rf data\n', lines: 3, accept: nothing },
  },
};
