import { eachReservation, type Check } from './check.ts';

/** Includes events of settlement and operators, which are written later and in other processes. */
export const oneOrigin: Check = eachReservation(
  'C',
  'every event of a stream carries correlation id, trace context and caller of the request that opened it',
  ({ events }) => {
    const [first] = events;
    const stray = events.find(
      ({ metadata }) =>
        metadata.correlationId !== first?.metadata.correlationId ||
        metadata.traceparent !== first.metadata.traceparent ||
        metadata.caller !== first.metadata.caller,
    );
    return stray === undefined ? null : `version ${stray.version} carries ${JSON.stringify(stray.metadata)}`;
  },
);
