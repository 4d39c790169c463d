/**
 * A cancel that came while an answer was awaited: what cannot be cancelled once it is begun is then not begun. Called by
 * the steps just before they make or take away anything.
 */
import { CancellationScope, CancelledFailure, patched } from '@temporalio/workflow';

export function throwIfCancelled(before: string): void {
  if (CancellationScope.current().consideredCancelled) throw new CancelledFailure(`cancelled before ${before}`);
}

/** The same in places where earlier releases did not look: histories of theirs must replay. */
export function throwIfCancelledNow(before: string, since: Since = 'begin-nothing-once-cancelled'): void {
  if (CancellationScope.current().consideredCancelled && patched(since)) throwIfCancelled(before);
}

/** The changes with which places came to look. */
type Since = 'begin-nothing-once-cancelled' | 'cancel-before-outcome';
