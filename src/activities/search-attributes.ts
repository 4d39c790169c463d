/**
 * Which of our search attributes the namespace has. Setting one that is not registered would hang the workflow, so
 * `prepare` asks, within two seconds; any trouble means none, and a warning in the plan.
 */
import { Context } from '@temporalio/activity';
import { SEARCH_ATTRIBUTES, type SearchAttributeName } from '../contract';

const LIMIT_MS = 2_000;
/** `INDEXED_VALUE_TYPE_KEYWORD` of Temporal's API. */
const KEYWORD = 2;

export async function listSearchAttributes(): Promise<{ names: SearchAttributeName[]; warnings: string[] }> {
  try {
    const context = Context.current();
    const { connection } = context.client;
    const namespace = context.info.namespace;
    const { customAttributes } = await connection.withDeadline(Date.now() + LIMIT_MS, () =>
      connection.operatorService.listSearchAttributes({ namespace }),
    );
    const names = SEARCH_ATTRIBUTES.filter((name) => Number(customAttributes[name]) === KEYWORD);
    const missing = SEARCH_ATTRIBUTES.filter((name) => !names.includes(name));
    if (missing.length === 0) return { names, warnings: [] };
    return {
      names,
      warnings: [
        `the namespace ${namespace} has no search attribute ${missing.join(', ')} of type Keyword; register with: ` +
          `temporal operator search-attribute create --namespace ${namespace} ${flagsFor(missing)}`,
      ],
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { names: [], warnings: [`the namespace's search attributes could not be listed: ${reason}`] };
  }
}

function flagsFor(names: string[]): string {
  return names.map((name) => `--name ${name} --type Keyword`).join(' ');
}
