/**
 * In a page schemas are not compiled: zod tries `new Function` for that, which the page's policy refuses and reports as a violation, at
 * every visit. Has to be the first import of the package: a schema asks when it is made.
 */
import { config } from 'zod';

if ('document' in globalThis) config({ jitless: true });
