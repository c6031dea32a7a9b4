import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { frontMatterJsonSchema, frontMatterSchema } from './front-matter-schema.ts';

// As an editor has it: the schema as a file's JSON, and a validator made of that alone.
const schema = JSON.parse(JSON.stringify(frontMatterJsonSchema()));
const ofJson = z.fromJSONSchema(schema);

const GOOD: Record<string, unknown> = {
  lab: 1,
  title: 'Your first service',
  level: 'beginner',
  time: '25m',
  lang: 'pt-BR',
  authors: ['A'],
  tags: ['swarm'],
  nodes: ['node1', { name: 'db', size: 'small' }],
  needs: ['docker>=28', 'internet'],
  images: ['nginx'],
  files: { 'node1:/root/a': 'text' },
  setup: { node1: 'touch /ready' },
  env: { A: 'b', N: 3, ID: { ask: 'Your ID', match: '/^a/', secret: true } },
  ports: [8080, { port: 80, node: 'db', path: '/x', title: 'Page', open: true }],
  layout: 'below',
  order: 'gate',
  reset: 'never',
};
const BAD: Record<string, unknown>[] = [
  { titel: 'x' },
  { title: '' },
  { level: 'hard' },
  { lab: 2 },
  { lang: 'english' },
  { nodes: ['Node_1'] },
  { nodes: [{ name: 'a', sise: 'x' }] },
  { nodes: -1 },
  { ports: [0] },
  { ports: [{ port: 80, path: 'x' }] },
  { env: { '1A': 'b' } },
  { env: { A: { match: 'x' } } },
  { template: '../x' },
  { images: Array.from({ length: 51 }, () => 'nginx') },
];

describe("the schema for editors says of a file's head what the compiler says", () => {
  test('the whole of a right one is taken, and so is none at all', () => {
    for (const head of [GOOD, {}]) {
      expect(frontMatterSchema.safeParse(head).error).toBeUndefined();
      expect(ofJson.safeParse(head).error).toBeUndefined();
    }
  });

  test('a wrong key, form, word or number is refused', () => {
    for (const head of BAD) {
      const name = JSON.stringify(head).slice(0, 80);
      expect(frontMatterSchema.safeParse(head).success, name).toBe(false);
      expect(ofJson.safeParse(head).success, name).toBe(false);
    }
  });

  test('every key is described by it, and no other', () => {
    expect(Object.keys(schema.properties)).toEqual(Object.keys(frontMatterSchema.shape));
    expect(schema.additionalProperties).toBe(false);
    expect(schema.$schema).toContain('2020-12');
  });
});
