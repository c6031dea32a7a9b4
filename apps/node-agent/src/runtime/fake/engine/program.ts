/** The `docker` of a fake node: hands its arguments to the node's engine, in the agent, and prints what it says. */

/** The text of the program, for a Node.js at `node`. */
export const dockerProgram = (node: string) => `#!${node}
import('node:http').then(({ request }) => {
  const call = request({ socketPath: process.env.HOME + '/run/docker.sock', path: '/fake/docker', method: 'POST' });
  call.once('response', async (response) => {
    let text = '';
    for await (const chunk of response) text += chunk;
    const said = JSON.parse(text);
    (said.exitCode === 0 ? process.stdout : process.stderr).write(said.text);
    process.exitCode = said.exitCode;
  });
  call.once('error', () => {
    console.error('Cannot connect to the fake engine. Is the agent running?');
    process.exitCode = 1;
  });
  call.end(JSON.stringify(process.argv.slice(2)));
});
`;
