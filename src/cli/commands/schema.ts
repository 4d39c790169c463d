/**
 * `schema [NAME]`: the published JSON Schema documents, for those who have the program at hand and not the package's
 * folder.
 */
import type { Command } from 'commander';
import { CommandFailure } from '../command-failure';
import { invoke, type CommonOptions, type ProgramContext } from '../invocation';

const EXAMPLES = `Examples:
  $ temporal-sagemaker schema
  $ temporal-sagemaker schema fitThenDeploy.input > fit-then-deploy.schema.json
`;

export function addSchemaCommand(program: Command, context: ProgramContext): void {
  program
    .command('schema')
    .description('print the JSON Schema of an input, a result, the progress or the events')
    .addHelpText('before', EXAMPLES)
    .argument('[name]', 'which document; without it, their names are listed')
    .action(
      invoke<CommonOptions>(context, async ({ args: [name], output }) => {
        const { buildPublishedSchemas } = await import('../published-schemas.js');
        const published = buildPublishedSchemas();
        if (name === undefined) {
          const width = Math.max(...published.map((each) => each.name.length));
          output.result(
            { schemas: published.map(({ name, title, document }) => ({ name, title, id: document.$id })) },
            published.map(({ name, title }) => `${name.padEnd(width)}  ${title}`).join('\n'),
          );
          return;
        }
        const found = published.find((each) => each.name === name);
        if (!found) {
          throw new CommandFailure('InvalidInput', `there is no schema named ${name}`, {
            fix: `Name one of ${published.map((each) => each.name).join(', ')}.`,
          });
        }
        output.document(found.document, JSON.stringify(found.document, null, 2));
      }),
    );
}
