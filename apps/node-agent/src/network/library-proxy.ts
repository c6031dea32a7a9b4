/** Passes a session's image requests on to the host's library, read-only. */
import http from 'node:http';

/** Builds the request listener for the mirror's socket. */
export function createLibraryProxy(libraryUrl: string): http.RequestListener {
  const base = new URL(libraryUrl);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
  return (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405).end();
      return;
    }
    const { accept = '*/*', range } = request.headers;
    const upstream = http.request(
      new URL(request.url ?? '/', base),
      { method: request.method, agent, headers: { accept, ...(range === undefined ? {} : { range }) } },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
        answer.on('error', () => response.destroy());
      },
    );
    upstream.on('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
    response.on('close', () => upstream.destroy());
    upstream.end();
  };
}
