// A web server without any package of others.
const http = require('node:http');
const os = require('node:os');

const greeting = process.argv[2] || 'Hello Docker learners!';

http
  .createServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<h1>${greeting}</h1>\n<p>from ${os.hostname()}, as user ${os.userInfo().username}</p>\n`);
  })
  .listen(8080, () => process.stdout.write(`says "${greeting}" on port 8080\n`));

process.on('SIGTERM', () => process.exit(0));
