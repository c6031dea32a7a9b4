/** Go's compiler and standard library. */
import { versionTags } from '../version-tags.mjs';

/** @type {import('../catalogue.mjs').LibraryImage} */
export const golang = {
  repository: 'library/golang',
  description: 'The Go compiler and standard library; without a C compiler, so CGO_ENABLED is 0',
  base: 'debian',
  packages: ['golang-go', 'ca-certificates'],
  versionOf: 'golang-go',
  tags: ({ version }) => [...versionTags(version), 'latest'],
  finish: ['mkdir -p /go/src /go/bin && chmod -R 1777 /go && ln -s /usr/lib/go /usr/local/go && go version'],
  config: {
    Cmd: ['bash'],
    Env: ['GOPATH=/go', 'GOTOOLCHAIN=local', 'CGO_ENABLED=0'],
    WorkingDir: '/go',
  },
};
