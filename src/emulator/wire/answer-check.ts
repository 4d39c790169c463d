/**
 * Holds the emulator's own answers against the output shapes of AWS's model. `pipeline.ts` hands over what handlers answer,
 * before any fault changes it; what is wrong is told at `GET /_emulator/defects`. What a script of outcomes says in AWS's
 * place is said on purpose.
 */
import { findOutputViolations, isModelled } from '../../service-model';
import type { Violation } from '../../service-model';
import { rawPayloadMember } from './codec';
import type { Operation } from './schemas';

/** An answer of the emulator that AWS's model does not let be. */
export interface AnswerDefect {
  /** AWS's name of the operation. */
  operation: string;
  /** Of the first answer that was so: the main name in the request. */
  resource: string | null;
  /** What is wrong, in the words that AWS has for requests. */
  message: string;
}

export interface AnswerCheck {
  check(operation: Operation, resource: string | null, output: unknown): void;
  /** Each defect once, the first hundred. */
  defects(): AnswerDefect[];
}

const DEFECTS_MAX = 100;

/** Lists stand for all their items, so that one defect of a hundred items is one. */
const withoutPlaces = (path: string): string => path.replace(/\.\d+\.member/g, '');

export function createAnswerCheck(isScripted: (value: string) => boolean): AnswerCheck {
  const found = new Map<string, AnswerDefect>();
  const isOnPurpose = ({ value }: Violation): boolean => value !== undefined && isScripted(value);
  return {
    check(operation, resource, output) {
      if (found.size >= DEFECTS_MAX || !isModelled(operation.name)) return;
      const raw = rawPayloadMember(operation.output);
      // Streams pass as they are; their bytes are nobody's defect.
      const members = raw === undefined ? output : { ...(output as object), [raw]: '' };
      for (const violation of findOutputViolations(operation.name, members)) {
        if (isOnPurpose(violation)) continue;
        const { path, constraint, message } = violation;
        const key = `${operation.name} ${withoutPlaces(path)} ${constraint}`;
        if (!found.has(key)) found.set(key, { operation: operation.name, resource, message });
      }
    },
    defects: () => [...found.values()],
  };
}
