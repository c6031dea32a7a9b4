/** `@drydock/client/http`: calls and errors without a schema library, for pages that must load quickly. */
export * from './errors.ts';
export * from './http-client.ts';
export * from './read-body.ts';
export * from './texts.ts';
