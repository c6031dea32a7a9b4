/** Texts that the platform replaces: addresses of ports and machines. */
import { FIRST_HOST, type KillercodaContext, SECOND_HOST } from './context.ts';

const KATACODA =
  /(?:https?:\/\/)?\[\[HOST(2?)_SUBDOMAIN\]\]-(?:(\d{1,5})-)?\[\[KATACODA_HOST\]\]\.(?:environments\.katacoda\.com|\[\[KATACODA_DOMAIN\]\])/g;
const TRAFFIC = /\{\{TRAFFIC_HOST([12])_(\d{1,5})\}\}/g;
const ADDRESS = /\[\[HOST(2?)_IP\]\]/g;
const LOST = /\{\{TRAFFIC_SELECTOR\}\}|\[\[(?:KATACODA_HOST|KATACODA_DOMAIN|HOST2?_SUBDOMAIN)\]\]/g;

/** Replaces them in a line; in `prose`, a bare address becomes a link. */
export function replacePlaceholders(
  line: string,
  use: 'prose' | 'code',
  at: { file: string; line: number },
  context: KillercodaContext,
): string {
  if (!line.includes('[[') && !line.includes('{{')) return line;
  const { report } = context;
  const url = (found: string, second: boolean, port: string | undefined): string => {
    if (second) context.second = true;
    if (port === undefined || Number(port) < 1 || Number(port) > 65_535) {
      report.dropped(
        found,
        at.file,
        at.line,
        'There is no page on which a port is chosen: ports have tabs of their own.',
      );
      return 'http://localhost:80';
    }
    if (use === 'code')
      report.changed(
        found,
        at.file,
        at.line,
        'In code, the port has its address within the machines, not its public one.',
      );
    return `http://${second ? SECOND_HOST : 'localhost'}:${port}`;
  };
  const replaced = line
    .replace(KATACODA, (found, second: string, port: string | undefined) => url(found, second === '2', port))
    .replace(TRAFFIC, (found, host: string, port: string) => url(found, host === '2', port))
    .replace(ADDRESS, (found, second: string) => {
      if (second === '2') context.second = true;
      const name = second === '2' ? SECOND_HOST : FIRST_HOST;
      report.changed(found, at.file, at.line, 'The machine is named instead of its address.');
      return use === 'code' && second !== '2' ? '$(hostname -i)' : name;
    })
    .replace(LOST, (found) => {
      report.dropped(found, at.file, at.line, 'This has no counterpart.');
      return use === 'code' ? found : '';
    });
  if (use === 'code' || replaced === line) return replaced;
  return replaced.replace(/(^|[\s:])(http:\/\/(?:localhost|host02):\d{1,5}[^\s<>()[\]`"']{0,500})/g, '$1<$2>');
}
