/**
 * docs/estimator.md has every member of the original and a test for each: those tests exist, under the titles that the
 * page gives them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDocument, ROOT } from './markdown';

const PAGE = 'docs/estimator.md';

/** The rows of all tables on the page, cell by cell. */
const rows = readDocument(PAGE)
  .split('\n')
  .filter((line) => line.startsWith('|') && !/^\| (SDK 1\.0|-)/.test(line))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

/** Members and parameters of the SDK 1.0 that an Estimator has to do with. */
const ORIGINAL = [
  ...['image_name', 'role', 'train_instance_count', 'train_instance_type', 'train_volume_size', 'train_max_run'],
  ...['input_mode', 'output_path', 'output_kms_key', 'base_job_name', 'sagemaker_session'],
  ...['train_image()', 'hyperparameters()', 'set_hyperparameters(', 'model_data', 'Estimator.attach('],
  ...['fit(inputs', 'wait', 'logs', 'job_name'],
  ...['create_model(image', 'predictor_cls', 'serializer', 'deserializer', 'content_type', 'accept', 'env', 'name'],
  ...['deploy(initial_instance_count', 'instance_type', 'endpoint_name', '**kwargs', 'delete_endpoint()'],
  ...['s3_data', 'distribution', 'compression', 'content_type', 'record_wrapping', 's3_data_type'],
  ...['RealTimePredictor(endpoint', 'predict(data)', 'csv_serializer', 'json_serializer', 'json_deserializer'],
  ...['Session(', 'default_bucket()', 'upload_data(path', 'bucket', 'key_prefix', 'expand_role('],
];

test('every member and parameter of the original has a row', () => {
  const members = rows.map(([member = '']) => member).join('\n');
  expect(ORIGINAL.filter((name) => !members.includes(name))).toEqual([]);
  expect(rows.filter((cells) => cells.length !== 4 || cells.some((cell) => cell === ''))).toEqual([]);
});

test.each(rows.map((cells) => [cells[0] ?? '', cells[3] ?? '']))('the tests of %s exist', (_member, shownBy) => {
  const tests = [...shownBy.matchAll(/\[((?:[^\]]|\](?!\())+)\]\(\.\.\/(test\/[^)]+)\)/g)];
  expect(tests.length).toBeGreaterThan(0);
  const missing = tests.filter(([, title = '', path = '']) => !hasTest(path, title)).map(([text]) => text);
  expect(missing).toEqual([]);
});

/** True where a test of this very title stands in the file. */
function hasTest(path: string, title: string): boolean {
  if (!existsSync(join(ROOT, path))) return false;
  // Behind the bracket of a call, or on a line of its own.
  const lines = readFileSync(join(ROOT, path), 'utf8').split('\n');
  return ["'", '"', '`'].some((quote) => {
    const literal = `${quote}${title}${quote},`;
    return lines.some((line) => line.includes(`(${literal}`) || line.trim() === literal);
  });
}
