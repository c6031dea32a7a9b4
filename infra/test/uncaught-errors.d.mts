/** Each line of the logs in `directory` that tells of an error that nothing caught. */
export function uncaughtErrorsIn(directory: string): string[];
