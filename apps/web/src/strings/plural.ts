/** `1 node`, `2 nodes`. */
export const plural = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;
