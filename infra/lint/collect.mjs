/** Finds the regular expressions of a program by its syntax tree. Pure: it reads text and answers. */
import { parse } from '@babel/parser';

/**
 * @typedef {object} Expression
 * @property {string} file
 * @property {number} line from 1
 * @property {string} pattern what `new RegExp` is given, or what stands between the slashes
 * @property {string} flags
 * @property {string} text as it is named in messages and lists
 * @property {boolean} open whether it is put together of what its file does not say: `word` stands for that in `pattern`
 */

/** Any node of the tree: its kinds are told apart by `type`, as the parser's documentation names them. @typedef {any} Node */

/** Stands in a pattern for what is only known when the program runs. */
const WORD = 'word';
/** Constants that are put together of constants, in depth: it ends where one names itself. */
const MOST_DEPTH = 8;
/** Methods that make an expression of a text. */
const MAKES_ONE = new Set(['match', 'matchAll', 'search']);

/**
 * @param {string} file its ending says what it is written in
 * @param {string} source
 * @returns {Expression[]}
 */
export function expressionsOf(file, source) {
  const tree = parse(source, {
    sourceType: 'unambiguous',
    plugins: file.endsWith('x') ? ['typescript', 'jsx'] : ['typescript'],
  });
  /** @type {Map<string, Node>} */
  const constants = new Map();
  visit(tree.program, (node) => {
    if (node.type !== 'VariableDeclaration' || node.kind !== 'const') return;
    for (const { id, init } of node.declarations) {
      if (id.type === 'Identifier' && init !== null && init !== undefined) constants.set(id.name, init);
    }
  });
  /** @type {Expression[]} */
  const found = [];
  visit(tree.program, (node) => {
    const made = madeBy(node, constants);
    if (made === undefined) return;
    const { pattern, flags, open } = made;
    found.push({ file, line: node.loc.start.line, pattern, flags, text: `/${pattern}/${flags}`, open });
  });
  return found;
}

/**
 * @param {Node} node
 * @param {ReadonlyMap<string, Node>} constants of the file, by name
 * @returns {{pattern: string, flags: string, open: boolean} | undefined}
 */
function madeBy(node, constants) {
  if (node.type === 'RegExpLiteral') return { pattern: node.pattern, flags: node.flags, open: false };
  const isCall = node.type === 'CallExpression';
  if (!isCall && node.type !== 'NewExpression') return undefined;
  const [first, second] = node.arguments;
  if (node.callee.type === 'Identifier' && node.callee.name === 'RegExp') {
    const { text, open } = textOf(first, constants);
    return { pattern: text, flags: second?.type === 'StringLiteral' ? second.value : '', open };
  }
  const isMethod = isCall && node.callee.type === 'MemberExpression' && MAKES_ONE.has(node.callee.property.name);
  return isMethod && first?.type === 'StringLiteral' ? { pattern: first.value, flags: '', open: false } : undefined;
}

/**
 * What a text of constants is.
 * @param {Node | undefined} node
 * @param {ReadonlyMap<string, Node>} constants
 * @returns {{text: string, open: boolean}}
 */
function textOf(node, constants, depth = 0) {
  const unknown = { text: WORD, open: true };
  if (node === undefined || depth > MOST_DEPTH) return unknown;
  switch (node.type) {
    case 'StringLiteral':
      return { text: node.value, open: false };
    case 'TemplateLiteral': {
      const parts = node.expressions.map((/** @type {Node} */ part) => textOf(part, constants, depth + 1));
      const text = node.quasis.map((/** @type {Node} */ quasi, /** @type {number} */ index) => {
        return quasi.value.cooked + (parts[index]?.text ?? '');
      });
      return { text: text.join(''), open: parts.some((/** @type {{open: boolean}} */ part) => part.open) };
    }
    case 'Identifier':
      return constants.has(node.name) ? textOf(constants.get(node.name), constants, depth + 1) : unknown;
    case 'MemberExpression': {
      const of = node.object.type === 'Identifier' ? constants.get(node.object.name) : undefined;
      const isSource = node.property.name === 'source' && of?.type === 'RegExpLiteral';
      return isSource ? { text: of.pattern, open: false } : unknown;
    }
    default:
      return unknown;
  }
}

/**
 * @param {Node} node
 * @param {(node: Node) => void} see called for each node of the tree
 */
function visit(node, see) {
  if (Array.isArray(node)) for (const one of node) visit(one, see);
  else if (typeof node?.type === 'string') {
    see(node);
    for (const [key, value] of Object.entries(node)) {
      if (value !== null && typeof value === 'object' && key !== 'loc' && !key.endsWith('Comments')) visit(value, see);
    }
  }
}
