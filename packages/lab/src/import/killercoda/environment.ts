/** `backend.imageid`: which machines a scenario expects, and whether ours can be those. */
import { type KillercodaContext, SECOND_HOST } from './context.ts';

/** Sets what the environment asks for; `line` is that of the image's name. */
export function takeEnvironment(
  image: string | undefined,
  at: { file: string; line: number },
  context: KillercodaContext,
): void {
  const { report } = context;
  const name = (image ?? 'ubuntu').toLowerCase();
  const construct = `imageid: ${name}`;
  if (/kubernetes|minikube|openshift|k3s|kubeadm/.test(name)) {
    context.runs = false;
    report.dropped(
      construct,
      at.file,
      at.line,
      'There is no Kubernetes here: the lab is a text, and its commands are only shown.',
    );
  } else if (/swarm|2-?nodes?/.test(name)) {
    context.second = true;
    report.changed(
      construct,
      at.file,
      at.line,
      `The machines are two nodes with Docker, the second is ${SECOND_HOST}.`,
    );
  } else if (/^(ubuntu|docker|bash|debian)(?![a-z])/.test(name)) {
    if (!/^docker/.test(name))
      report.changed(
        construct,
        at.file,
        at.line,
        'The machine is a Debian node with Docker: what is Ubuntu’s alone (PPAs, snap) is missing.',
      );
  } else
    report.changed(
      construct,
      at.file,
      at.line,
      'The machine is a Debian node with Docker: install the language in it, or use its image.',
    );
}

const LEVELS = {
  beginner: 'beginner',
  easy: 'beginner',
  basic: 'beginner',
  intermediate: 'intermediate',
  medium: 'intermediate',
  advanced: 'advanced',
  hard: 'advanced',
  difficult: 'advanced',
  expert: 'advanced',
} as const;

export function levelOf(text: string | undefined): (typeof LEVELS)[keyof typeof LEVELS] | undefined {
  const word = (text ?? '').toLowerCase().match(/[a-z]+/)?.[0] ?? '';
  return Object.entries(LEVELS).find(([name]) => name === word)?.[1];
}

/** "15 minutes", "10", "1 hour", "10-15 min" (the longer) as minutes, 1 to 1,440. */
export function minutesOf(text: string | undefined): number | undefined {
  const [, first, second, unit] = /^\D{0,20}(\d{1,4})(?:\s*(?:-|to|–)\s*(\d{1,4}))?\s*(h)?/i.exec(text ?? '') ?? [];
  if (first === undefined) return undefined;
  const minutes = Number(second ?? first) * (unit === undefined ? 1 : 60);
  return minutes >= 1 && minutes <= 1_440 ? minutes : undefined;
}
