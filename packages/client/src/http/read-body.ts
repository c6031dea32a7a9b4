/** Bodies of answers, read no further than a bound: whoever answers need not be honest, nor ours. */

/** The largest answer of JSON (bytes): an exec's two outputs with every byte escaped, and some room. */
export const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
/** What is read of an answer that says no (bytes): every mistake of a lab's files, each with its place. */
export const MAX_REFUSAL_BYTES = 1024 * 1024;

/** Reads a body to its end, or to `maxBytes`; null when there is more. @throws what the connection says when it breaks */
export async function readUpTo(response: Response, maxBytes: number): Promise<Uint8Array<ArrayBuffer> | null> {
  const reader = response.body?.getReader();
  if (reader === undefined) return new Uint8Array(await response.arrayBuffer());
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.length;
    if (size > maxBytes) {
      await reader.cancel();
      return null;
    }
    chunks.push(part.value);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

/** A body of JSON; undefined for what is none, or is larger than `maxBytes`. @throws what the connection says when it breaks */
export async function readJson(response: Response, maxBytes: number): Promise<unknown> {
  const bytes = await readUpTo(response, maxBytes);
  if (bytes === null) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
