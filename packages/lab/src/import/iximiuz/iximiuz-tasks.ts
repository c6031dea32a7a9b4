/** `tasks:` of an iximiuz page: scripts on the nodes, set up before the lab or run as checks. */
import { patternProblem } from '../../patterns/pattern.ts';
import type { Located } from '../../yaml/located.ts';
import { entriesAt, entryAt, numberAt, tellOthers, textAt, wordsAt } from '../foreign-yaml.ts';
import { shellQuoted } from '../instruqt-hosts.ts';
import type { NodeFiles } from '../lab-parts.ts';
import type { Report } from '../report.ts';
import { TASK_FOLDER, TASK_OUTPUT } from './iximiuz-helpers.ts';

/** Items of a check by the task's name; each is given out once. */
export type Tasks = {
  setup: Record<string, string>;
  /** The items of a task, `title` being what its place in the page says; none where it is unknown or was given out. */
  take(name: string, title: string, ask?: { regex: string | undefined }): Record<string, unknown>[];
  /** Names of those that no place in the page has taken. */
  left(): string[];
};

const KEYS = ['init', 'helper', 'machine', 'user', 'needs', 'env', 'run', 'hintcheck', 'failcheck', 'timeout_seconds'];
const EXPRESSION = /x\(\s*\.needs\.([A-Za-z][\w-]{0,60})\.(stdout|stderr)\s*\)/g;
/** Tasks of a page: each is a check, and a step has at most 200. */
const MAX_TASKS = 100;

type Task = { name: string; node: string; value: Located; line: number; isAsked: boolean };

export function readTasks(
  values: Located | undefined,
  nodes: ReadonlyMap<string, string>,
  nodeFiles: NodeFiles,
  report: Report,
): Tasks {
  const setup: Record<string, string> = {};
  const open = new Map<string, Task>();
  const first = [...nodes.values()][0] ?? 'node1';
  const nodeOf = (value: Located | undefined) => {
    const machine = textAt(value, 'machine', 100);
    return machine === undefined ? first : nodes.get(machine);
  };
  for (const [index, { key, value, place }] of entriesAt(values, 'tasks').entries()) {
    const { file, line } = place;
    if (index >= MAX_TASKS || !/^[A-Za-z][\w-]{0,60}$/.test(key)) {
      report.dropped(`task ${key}`, file, line, `A page has at most ${MAX_TASKS} tasks, with plain names.`);
      continue;
    }
    tellOthers(value, KEYS, report, `tasks.${key}.`);
    const node = nodeOf(value);
    if (node === undefined) {
      report.dropped(`task ${key}`, file, line, 'The lab has no such machine.');
      continue;
    }
    const user = textAt(value, 'user', 60);
    if (user !== undefined && user !== 'root') report.changed(`tasks.${key}.user`, file, line, 'It runs as root.');
    const run = textAt(value, 'run', 60_000) ?? '';
    const task = { name: key, node, value, line, isAsked: /x\(\s*\.input\s*\)/.test(run) };
    if (!write(task, file)) continue;
    const path = `${TASK_FOLDER}/${key}`;
    const isInit = entryAt(value, 'init')?.value.type === 'scalar' && textAt(value, 'init') === 'true';
    if (textAt(value, 'helper') === 'true') {
      report.changed(`tasks.${key}.helper`, file, line, 'It is started once, in the background.');
      setup[node] = `${setup[node] ?? ''}nohup setsid ${path} </dev/null >/dev/null 2>&1 &\n`;
    } else if (isInit) setup[node] = `${setup[node] ?? ''}${path}\n`;
    else open.set(key, task);
  }

  /** The task's scripts as files of its node. */
  function write(task: Task, file: string): boolean {
    const { name, node, value, line } = task;
    const from = { file, line };
    const scripts = (['run', 'hintcheck', 'failcheck'] as const).flatMap((part) => {
      const text = textAt(value, part, 60_000);
      return text === undefined ? [] : [[part, text] as const];
    });
    for (const [part, text] of scripts) {
      const suffix = part === 'run' ? '.run' : `.${part}`;
      if (/\b(podman_|kubectl_|kube_)\w+/.test(text))
        report.changed(`tasks.${name}.${part}`, file, line, 'It calls helper commands that the nodes do not have.');
      if (!nodeFiles.put(node, `${TASK_FOLDER}/${name}${suffix}`, `#!/bin/bash\n${withOutputs(text)}\n`, true, from))
        return false;
    }
    return nodeFiles.put(
      node,
      `${TASK_FOLDER}/${name}`,
      wrapper(
        task,
        file,
        scripts.some(([part]) => part === 'hintcheck'),
      ),
      true,
      from,
    );
  }

  /** Needs first, then the run out of sight, then what the hint says. */
  function wrapper({ name, node, value, line }: Task, file: string, hasHint: boolean): string {
    const needs = wordsAt(value, 'needs').filter((need) => {
      const other = entryAt(values, 'tasks', need)?.value;
      const isHere = /^[A-Za-z][\w-]{0,60}$/.test(need) && other !== undefined && nodeOf(other) === node;
      if (!isHere) report.dropped(`tasks.${name}.needs ${need}`, file, line, 'No task of the same machine.');
      return isHere;
    });
    const env = wordsAt(value, 'env').flatMap((word) => {
      const [, key, given = ''] = /^([A-Za-z_]\w{0,127})=(.*)$/s.exec(word) ?? [];
      if (key === undefined) report.dropped(`tasks.${name}.env`, file, line, 'No NAME=value.');
      const isPlain = withOutputs(given) === given;
      return key === undefined
        ? []
        : [`export ${key}=${isPlain ? shellQuoted(given) : `"${withOutputs(given.replace(/["$`\\]/g, ''))}"`}`];
    });
    return [
      '#!/bin/bash',
      `mkdir -p ${TASK_OUTPUT}`,
      ...needs.map((need) => `[ -e ${TASK_OUTPUT}/${need}.done ] || { echo "First comes: ${need}." >&2; exit 1; }`),
      ...env,
      `if ${TASK_FOLDER}/${name}.run >${TASK_OUTPUT}/${name}.stdout 2>${TASK_OUTPUT}/${name}.stderr; then`,
      `  touch ${TASK_OUTPUT}/${name}.done`,
      '  exit 0',
      'fi',
      ...(hasHint ? [`${TASK_FOLDER}/${name}.hintcheck >&2`] : []),
      'exit 1',
      '',
    ].join('\n');
  }

  return {
    setup,
    take(name, title, ask) {
      const task = open.get(name);
      if (task === undefined) return [];
      open.delete(name);
      const { file } = task.value.place;
      const path = `${TASK_FOLDER}/${name}`;
      if (task.isAsked || ask !== undefined) {
        report.changed(`tasks.${name}`, file, task.line, 'The form of the answer alone is checked, not its truth.');
        const regex = ask?.regex;
        const isPattern = regex !== undefined && /^[\w^$.*+?[\]{},: -]{1,200}$/.test(regex) && isRegex(regex);
        return [{ ask: title, answer: isPattern ? `/${regex}/` : '/./' }];
      }
      const seconds = Math.min(60, Math.max(1, Math.round(numberAt(task.value, 'timeout_seconds') ?? 10)));
      const common = { on: task.node, timeout: `${seconds}s` };
      const fails = textAt(task.value, 'failcheck') !== undefined;
      return [
        { run: path, ...common, title },
        ...(fails ? [{ fail: { run: `${path}.failcheck`, exit: '!0', ...common } }] : []),
      ];
    },
    left: () => [...open.keys()],
  };
}

function withOutputs(text: string): string {
  return text.replace(EXPRESSION, (_, need, stream) => `$(cat ${TASK_OUTPUT}/${need}.${stream} 2>/dev/null)`);
}

function isRegex(text: string): boolean {
  return patternProblem(text) === undefined;
}
