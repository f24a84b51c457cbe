import { connectToPayments } from '../run/payments.ts';
import type { Contender } from './contender.ts';
import { newId } from './raw-rows.ts';

/** The call to the payment service over one channel, and nothing else. */
export const contender: Contender = {
  reserve({ paymentPort }) {
    const payments = connectToPayments(paymentPort);
    return Promise.resolve({
      once: () => payments.charge(`RES-${newId()}`),
      close: () => Promise.resolve(payments.close()),
    });
  },
};
