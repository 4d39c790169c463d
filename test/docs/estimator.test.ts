/**
 * docs/estimator.md has every member of the original and a test for each: those tests exist, under the titles that the
 * page gives them.
 */
import { hasTest, namedTests, readRows } from './test-titles';

const rows = readRows('docs/estimator.md');

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
  const tests = namedTests(shownBy);
  expect(tests).not.toEqual([]);
  expect(tests.filter((named) => !hasTest(named))).toEqual([]);
});
