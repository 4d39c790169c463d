import { guardListener } from '../../../src/client/guard-listener';

test('a listener that throws fails nobody, and is told of once', () => {
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const heard: string[] = [];
  const guarded = guardListener((notice) => {
    heard.push(notice);
    throw new Error('mine');
  });
  guarded('one');
  guarded('two');
  expect(heard).toEqual(['one', 'two']);
  expect(warn).toHaveBeenCalledTimes(1);
  expect(warn).toHaveBeenCalledWith('a listener threw on "one": Error: mine', 'SageMakerWarning');
  warn.mockRestore();
});
