/**
 * Listeners that are told of trouble beside the work: their own mistakes are told too, and fail nothing.
 */

/** `listener`, never throwing; what it threw becomes a warning of the process, once. */
export function guardListener<Further extends unknown[]>(
  listener: (notice: string, ...further: Further) => void,
): (notice: string, ...further: Further) => void {
  let hasThrown = false;
  return (notice, ...further) => {
    try {
      listener(notice, ...further);
    } catch (error) {
      if (!hasThrown) process.emitWarning(`a listener threw on "${notice}": ${String(error)}`, 'SageMakerWarning');
      hasThrown = true;
    }
  };
}
