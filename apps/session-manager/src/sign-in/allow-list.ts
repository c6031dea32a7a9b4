/** Who may sign in: an operator's list of addresses, domains and subjects. Pure. */

/** What an issuer says of somebody, as far as we look at it. */
export interface Person {
  /** The issuer's own name for somebody: unique and for ever. */
  subject: string;
  /** An address that the issuer has verified; undefined when it has none, or does not vouch for it. */
  email: string | undefined;
  name: string | undefined;
  /** The issuer calls it an operator of this place, by the claim that the settings name. */
  isOperator?: boolean;
}

export type AllowList = readonly { kind: 'email' | 'domain' | 'subject'; value: string }[];

/**
 * Parses `ann@example.org, @example.com, sub:1234`: addresses, whole domains, subjects.
 * @throws Error naming the first bad entry.
 */
export function parseAllowList(text: string): AllowList {
  const entries = text.split(',').map((entry) => entry.trim());
  return entries
    .filter((entry) => entry !== '')
    .map((entry) => {
      if (entry.startsWith('sub:') && entry.length > 4) return { kind: 'subject', value: entry.slice(4) };
      const [, before, domain] = /^([^@\s]*)@([^@\s.]+(?:\.[^@\s.]+)+)$/.exec(entry.toLowerCase()) ?? [];
      if (domain === undefined) throw new Error(`${JSON.stringify(entry)} is no address, @domain or sub:subject`);
      return before === '' ? { kind: 'domain', value: domain } : { kind: 'email', value: `${before}@${domain}` };
    });
}

/** Whether the list lets somebody in; an empty one lets in everybody whom the issuer does. */
export function isAllowed(list: AllowList, { subject, email }: Person): boolean {
  if (list.length === 0) return true;
  const address = email?.toLowerCase();
  const known = { subject, email: address, domain: address?.slice(address.lastIndexOf('@') + 1) };
  return list.some(({ kind, value }) => known[kind] === value);
}
