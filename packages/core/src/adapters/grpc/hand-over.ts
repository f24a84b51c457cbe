import { type CallCredentials, credentials, Metadata, status } from '@grpc/grpc-js';

/** How far one request got on its way to the payment service. */
export interface HandOver {
  /** For the call: grpc-js asks them for metadata right before it gives the request to a connection. */
  readonly credentials: CallCredentials;
  /** True once the request was given to a connection; from then on it may have been executed. */
  wasGiven(): boolean;
  /**
   * True when the transport wants to give the request to a connection once more. It does so only when HTTP/2 itself
   * states that the first stream was not processed: RST_STREAM with REFUSED_STREAM, a stream behind the last one of
   * a GOAWAY, or a stream that could not be opened. Nothing that a service writes into a status leads here. A GOAWAY whose
   * own error code is REFUSED_STREAM is taken at its word for every stream of the connection: RFC 9113, 7 defines the
   * code as "refused prior to performing any application processing".
   */
  wasRefused(): boolean;
}

/** The second hand-over is stopped: whether the request is sent again is for the charge policy to say. */
const STOP = Object.assign(new Error('the stream was refused; the transport must not repeat it'), {
  code: status.UNAVAILABLE,
});

/** A witness for one call on a channel with `grpc.enable_retries`, without a retry policy. */
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
