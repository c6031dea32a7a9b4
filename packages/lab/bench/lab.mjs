/** Measures what docs/SPECIFICATION.md says of labs: `npm run bench -w @drydock/lab`, after a build. */
import { compileLab, evaluate, explain, leavesOf, shellSegments } from '../dist/index.js';

const STEP = (index) => `## Step ${index}

Swarm runs your containers on *many* hosts. See [the page](http://localhost:8080) and \`docker node ls\`. This text goes on for some
lines, as prose of tutorials does, with **bold** words, and says what the commands below do and why somebody would want them.

\`\`\`sh
docker service create --name web${index} --replicas 3 -p 8080:80 nginx
for i in 1 2 3; do echo $i; done
\`\`\`

- one item
- another item with \`code\`

\`\`\`check
- service: web${index}
  running: 3
\`\`\`

`;
const prose = Array.from(
  { length: 20_000 },
  () => 'Prose of a tutorial, with *some* emphasis and `code`, in lines that are as long as these.\n',
).join('');

function measure(name, runs, unit, work) {
  const seen = [];
  for (let run = 0; run < runs; run += 1) {
    // Processor time, since other work shares the machine.
    const started = process.cpuUsage();
    const amount = work();
    const { user, system } = process.cpuUsage(started);
    const ms = (user + system) / 1e3;
    seen.push(unit === 'MB/s' ? amount / 1e6 / (ms / 1e3) : ms);
  }
  seen.sort((a, b) => a - b);
  const at = (share) => seen[Math.min(seen.length - 1, Math.floor(seen.length * share))].toFixed(2);
  process.stdout.write(`${name}: p50 ${at(0.5)}, p95 ${at(0.95)} ${unit} (${runs} runs)\n`);
}

const lab = Array.from({ length: 100 }, (_, index) => STEP(index)).join('');
const compile = (text) => () => {
  compileLab({ entry: 'lab.md', files: new Map([['lab.md', { text }]]) });
  return text.length;
};
measure('compile a lab of 100 steps with checks', 30, 'MB/s', compile(lab));
measure('compile prose', 8, 'MB/s', compile(prose.slice(0, 1_000_000)));
const shell = 'docker run -d --name web nginx && \\\n  echo "$(hostname)"\ncat <<EOF\nx\nEOF\n'.repeat(5_000);
measure('cut a shell text', 20, 'MB/s', () => {
  shellSegments(shell);
  return shell.length;
});

const checks = Array.from(
  { length: 200 },
  (_, index) => `- container: c${index}\n  state: running\n  image: nginx\n  publishes: ${8000 + index}`,
);
const many = `## A\n\n\`\`\`check\n${checks.join('\n')}\n\`\`\`\n`;
const plan = compileLab({ entry: 'lab.md', files: new Map([['lab.md', { text: many }]]) }).lab.steps[0].checks;
const containers = Array.from({ length: 50 }, (_, index) => ({
  name: `c${index * 4}`,
  image: 'nginx:latest',
  state: 'running',
  publishes: [{ port: 8000 + index * 4, target: 80 }],
}));
const facts = { nodes: { node1: { containers, images: [], ports: [] } }, swarm: null };
measure('evaluate 200 leaves against 50 containers', 500, 'ms', () => evaluate(plan, facts));
const leaves = leavesOf(plan);
measure('explain 200 leaves', 50, 'ms', () => leaves.map((leaf) => explain(leaf, facts)));
