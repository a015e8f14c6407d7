// Reads workflows and actions with GitHub's own parser, and works out their expressions as GitHub does.

import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
import type { FunctionDefinition } from '@actions/expressions/funcs/info';
import { NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { parseAction } from '@actions/workflow-parser/actions/action-parser';
import { ensureStatusFunction } from '@actions/workflow-parser/model/converter/if-condition';
import type { MappingToken } from '@actions/workflow-parser/templates/tokens/mapping-token';
import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/template-token';
import {
  isBasicExpression,
  isMapping,
  isSequence,
} from '@actions/workflow-parser/templates/tokens/type-guards';

/** What expressions may name: `github`, `inputs`, `steps`, ... → a JSON value. */
export type Contexts = Readonly<Record<string, unknown>>;

/** @throws Error where GitHub's parser refuses the text. */
export function parsed(kind: 'workflow' | 'action', name: string, content: string): MappingToken {
  const read = kind === 'workflow' ? parseWorkflow : parseAction;
  const { context, value } = read({ name, content }, new NoOperationTraceWriter());
  const errors = context.errors.getErrors().map(({ message }) => message);
  if (value === undefined || errors.length > 0) throw new Error(`${name}: ${errors.join('; ')}`);
  return value.assertMapping(name);
}

/** Returns a part of a workflow as a JSON value, its expressions worked out. */
export function jsonOf(token: TemplateToken | undefined, contexts: Contexts, failed = false): unknown {
  if (token === undefined) return undefined;
  if (isSequence(token))
    return Array.from({ length: token.count }, (_, at) => jsonOf(token.get(at), contexts, failed));
  if (isMapping(token)) {
    return Object.fromEntries(
      [...token].map(({ key, value }) => [key.toString(), jsonOf(value, contexts, failed)]),
    );
  }
  if (isBasicExpression(token)) return evaluated(token.expression, contexts, failed);
  return token.toJSON() ?? null;
}

/** Returns a mapping with its values as text, as variables and inputs of actions are. */
export function textsOf(token: TemplateToken | undefined, contexts: Contexts): Record<string, string> {
  const value = jsonOf(token, contexts);
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      typeof each === 'string' ? each : asData(each).coerceString(),
    ]),
  );
}

/** Returns whether the `if` of a job or a step lets it run; without one it runs where nothing failed before. */
export function isWanted(token: TemplateToken | undefined, contexts: Contexts, failed = false): boolean {
  const text =
    token === undefined ? 'success()' : isBasicExpression(token) ? token.expression : String(token);
  const result = evaluated(ensureStatusFunction(text, token?.definitionInfo), contexts, failed);
  return result !== false && result !== null && result !== 0 && result !== '';
}

/** @param failed what `failure()` says, and `success()` does not. */
function evaluated(expression: string, contexts: Contexts, failed: boolean): unknown {
  const functions = new Map<string, FunctionDefinition>();
  for (const [name, answer] of Object.entries({
    success: new data.BooleanData(!failed),
    failure: new data.BooleanData(failed),
    always: new data.BooleanData(true),
    cancelled: new data.BooleanData(false),
    // What is cached does not depend on it here: whether it was found is told by the test.
    hashfiles: new data.StringData('0'.repeat(64)),
  })) {
    functions.set(name, { name, minArgs: 0, maxArgs: 255, call: () => answer });
  }
  const { tokens } = new Lexer(expression).lex();
  const tree = new Parser(tokens, Object.keys(contexts), [...functions.values()]).parse();
  const known = new data.Dictionary(
    ...Object.entries(contexts).map(([key, value]) => ({ key, value: asData(value) })),
  );
  const result = new Evaluator(tree, known, functions).evaluate();
  return JSON.parse(JSON.stringify(result, data.replacer));
}

function asData(value: unknown): data.ExpressionData {
  return JSON.parse(JSON.stringify(value ?? null), data.reviver);
}
