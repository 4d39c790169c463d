/** The progress of several steps told as one. */
import type { Progress } from '../../../src/contract';
import { addUp } from '../../../src/domain/progress';

const step = (further: Partial<Progress>): Progress => ({
  stage: 'Preparing',
  ledger: [],
  attempts: {},
  links: {},
  warnings: [],
  ...further,
});

describe('the progress of several steps', () => {
  it('is that of the step that spoke last, with what all of them made and warned of', () => {
    const first = step({ stage: 'Training', ledger: [{ kind: 'model', name: 'm', state: 'made' }], warnings: ['a'] });
    const second = step({
      stage: 'Deploying',
      ledger: [{ kind: 'endpoint', name: 'e', state: 'made' }],
      warnings: ['a', 'b'],
    });
    expect(addUp([first, second], 1)).toMatchObject({
      stage: 'Deploying',
      ledger: [...first.ledger, ...second.ledger],
      warnings: ['a', 'b'],
    });
    expect(addUp([first, second], 0).stage).toBe('Training');
  });

  it('says once what became of a resource that two steps had to do with', () => {
    const made = step({ ledger: [{ kind: 'model', name: 'm', state: 'made', arn: 'arn' }] });
    const retired = step({ ledger: [{ kind: 'model', name: 'm', state: 'deleted' }] });
    expect(addUp([made, retired], 1).ledger).toEqual([{ kind: 'model', name: 'm', state: 'deleted', arn: 'arn' }]);
  });

  it('knows of a training job what the step that trained knew', () => {
    const job = { name: 'j', status: 'Completed', transitions: [], metrics: [] };
    const deploy = step({ trainingJob: { name: 'j', transitions: [], metrics: [] } });
    expect(addUp([step({ trainingJob: job }), deploy], 1).trainingJob).toEqual(job);
    const other = step({ trainingJob: { name: 'k', transitions: [], metrics: [] } });
    expect(addUp([step({ trainingJob: job }), other], 1).trainingJob?.name).toBe('k');
  });
});
