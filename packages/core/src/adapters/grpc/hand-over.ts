import { type CallCredentials, credentials, Metadata, status } from '@grpc/grpc-js';

/** Tracks how far one request got on its way to the payment service. */
export interface HandOver {
  /** Credentials for the call: grpc-js requests their metadata right before it hands the request to a connection. */
  readonly credentials: CallCredentials;
  /** True once the request was handed to a connection; from then on it may have been executed. */
  wasGiven(): boolean;
  /**
   * True when the transport wants to hand the request to a connection again. It does so only when HTTP/2 itself states that
   * the first stream was not processed: RST_STREAM with REFUSED_STREAM, a stream behind the last one of a GOAWAY, or a
   * stream that could not be opened. No status written by a service leads here. A GOAWAY whose own error code is
   * REFUSED_STREAM applies to every stream of the connection: RFC 9113, section 7 defines the code as "refused prior to
   * performing any application processing".
   */
  wasRefused(): boolean;
}

/** Stops the second hand-over: the charge policy decides whether the request is sent again. */
const STOP = Object.assign(new Error('the stream was refused; the transport must not repeat it'), {
  code: status.UNAVAILABLE,
});

/** Creates the witness of one call on a channel with `grpc.enable_retries` and without a retry policy. */
export function watchHandOver(): HandOver {
  let given = 0;
  return {
    credentials: credentials.createFromMetadataGenerator((_, callback) => {
      given += 1;
      if (given === 1) callback(null, new Metadata());
      else callback(STOP);
    }),
    wasGiven: () => given > 0,
    wasRefused: () => given > 1,
  };
}
